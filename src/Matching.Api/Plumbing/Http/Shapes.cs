using System.Text.Json;
using FluentValidation;
using FluentValidation.Results;
using Matching.Geography;

namespace Matching.Api.Plumbing.Http;

/// <summary>A place as callers send and read it.</summary>
/// <param name="Lat">Degrees north.</param>
/// <param name="Lng">Degrees east.</param>
/// <param name="Datum">The grid that the two are meant in.</param>
/// <param name="AccuracyM">How far off it may be, in metres.</param>
public sealed record PlaceOnWire(double Lat, double Lng, Datum Datum, double? AccuracyM = null)
{
    public static PlaceOnWire Of(Place place) => new(Math.Round(place.Lat, 7), Math.Round(place.Lng, 7), Datum.Wgs84, place.AccuracyM);

    /// <summary>The place in WGS-84, or why it is none. An accuracy that nobody gave is taken as exact.</summary>
    public Outcome<Place> Read() => Places.Read(Lat, Lng, Datum, AccuracyM ?? 0);
}

/// <summary>A stretch of time as callers send and read it.</summary>
public sealed record WindowOnWire(DateTimeOffset Start, DateTimeOffset End)
{
    public Window ToWindow() => new(Start, End);

    public static WindowOnWire Of(Window window) => new(window.Start, window.End);
}

/// <summary>Checks of shape that several requests share.</summary>
public static class Shapes
{
    private const string CodeMark = "refusal:";

    /// <summary>Names the refusal that a failed check means.</summary>
    public static IRuleBuilderOptions<T, TProperty> Refuse<T, TProperty>(this IRuleBuilderOptions<T, TProperty> rule, Refusal refusal) =>
        rule.WithErrorCode(CodeMark + refusal.Code);

    /// <summary>On Earth, with an accuracy that makes sense.</summary>
    public static IRuleBuilderOptions<T, PlaceOnWire?> OnEarth<T>(this IRuleBuilder<T, PlaceOnWire?> rule) => rule
        .Must(place => place is null || (double.IsFinite(place.Lat) && double.IsFinite(place.Lng) && Math.Abs(place.Lat) <= 90 && Math.Abs(place.Lng) <= 180
            && place.AccuracyM is null or (>= 0 and <= 100_000)))
        .Refuse(Refusals.PlaceOffEarth);

    /// <summary>Ends after it begins.</summary>
    public static IRuleBuilderOptions<T, WindowOnWire?> Forwards<T>(this IRuleBuilder<T, WindowOnWire?> rule) => rule
        .Must(window => window is null || window.End > window.Start)
        .Refuse(Refusals.WindowBackwards);

    /// <summary>A refusal that a rule of ours found, as a validator says it.</summary>
    public static ValidationFailure ToFailure(Refusal refusal, string field) => new(field, refusal.En) { ErrorCode = CodeMark + refusal.Code };

    public static Refusal ToRefusal(ValidationFailure failure)
    {
        var refusal = failure.ErrorCode switch
        {
            _ when failure.ErrorCode.StartsWith(CodeMark, StringComparison.Ordinal) => Refusals.ByCode[failure.ErrorCode[CodeMark.Length..]],
            "NotEmptyValidator" or "NotNullValidator" => Refusals.FieldMissing,
            "MaximumLengthValidator" => Refusals.FieldTooLong,
            "InclusiveBetweenValidator" or "ExclusiveBetweenValidator" or "GreaterThanValidator" or "GreaterThanOrEqualValidator" or "LessThanValidator"
                or "LessThanOrEqualValidator" or "LengthValidator" or "MinimumLengthValidator" or "ExactLengthValidator" => Refusals.FieldOutOfRange,
            _ => Refusals.FieldInvalid,
        };
        return refusal.At(string.Join('.', failure.PropertyName.Split('.').Select(JsonNamingPolicy.CamelCase.ConvertName)));
    }
}
