using System.Diagnostics;
using System.Text.Json.Serialization;

namespace Matching.Api.Plumbing.Http;

/// <summary>A refusal as a caller reads it: RFC 9457, with a stable code and the trace by which we find it.</summary>
public sealed record Problem(
    string Type,
    string Title,
    int Status,
    string Detail,
    string Code,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Field,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<ProblemField>? Errors,
    string TraceId)
{
    public const string ContentType = "application/problem+json";

    /// <summary>Under which a request keeps the problem that answers it, for whoever looks at it afterwards.</summary>
    public const string Item = "problem";

    private const string Challenge = "Bearer realm=\"matching\"";

    public static Problem From(HttpContext context, Refusal refusal, IReadOnlyList<Refusal>? all = null)
    {
        var language = Languages.Of(context.Request);
        var status = StatusOf(refusal.Kind);
        var detail = language.Of(refusal);
        return new Problem(
            "urn:matching:refusal:" + refusal.Code,
            Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status),
            status,
            detail,
            refusal.Code,
            refusal.Field,
            all?.Select(one => new ProblemField(one.Field ?? "", one.Code, language.Of(one))).ToList(),
            Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier);
    }

    public static int StatusOf(RefusalKind kind) => kind switch
    {
        RefusalKind.Invalid => StatusCodes.Status400BadRequest,
        RefusalKind.Unauthenticated => StatusCodes.Status401Unauthorized,
        RefusalKind.Forbidden => StatusCodes.Status403Forbidden,
        RefusalKind.Unknown => StatusCodes.Status404NotFound,
        RefusalKind.NotAllowed => StatusCodes.Status405MethodNotAllowed,
        RefusalKind.Conflict => StatusCodes.Status409Conflict,
        RefusalKind.Stale => StatusCodes.Status412PreconditionFailed,
        RefusalKind.TooLarge => StatusCodes.Status413PayloadTooLarge,
        RefusalKind.Unsupported => StatusCodes.Status415UnsupportedMediaType,
        RefusalKind.Rule => StatusCodes.Status422UnprocessableEntity,
        RefusalKind.PreconditionMissing => StatusCodes.Status428PreconditionRequired,
        RefusalKind.TooMany => StatusCodes.Status429TooManyRequests,
        RefusalKind.NotReady => StatusCodes.Status503ServiceUnavailable,
        RefusalKind.Broken => StatusCodes.Status500InternalServerError,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    public static async Task WriteAsync(HttpContext context, Refusal refusal, IReadOnlyList<Refusal>? all = null)
    {
        var problem = Begin(context, refusal, all);
        context.Response.Headers.ContentLanguage = Languages.Of(context.Request).TagOf(Language.KeyOf(refusal));
        await context.Response.WriteAsJsonAsync(problem, Wire.Json, ContentType);
    }

    /// <summary>Everything but the words: the status, its headers, and that there was a refusal at all.</summary>
    public static Problem Begin(HttpContext context, Refusal refusal, IReadOnlyList<Refusal>? all = null)
    {
        var problem = From(context, refusal, all);
        Meters.Refusals.Add(1, new KeyValuePair<string, object?>("code", refusal.Code));
        context.Items[Item] = problem;
        context.Response.StatusCode = problem.Status;
        if (problem.Status == StatusCodes.Status401Unauthorized)
        {
            // RFC 6750: how to ask instead, and that the token that was sent does not do.
            context.Response.Headers.WWWAuthenticate = problem.Code == Refusals.TokenInvalid.Code ? $"{Challenge}, error=\"invalid_token\"" : Challenge;
        }

        if (refusal.RetryAfterSeconds is { } seconds)
        {
            context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }

        return problem;
    }
}

/// <summary>One of several things wrong with a request.</summary>
public sealed record ProblemField(string Field, string Code, string Detail);
