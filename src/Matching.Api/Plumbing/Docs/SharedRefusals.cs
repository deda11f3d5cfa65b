using System.Text.Json.Serialization.Metadata;
using Matching.Api.Plumbing.Http;

namespace Matching.Api.Plumbing.Docs;

/// <summary>Every no that a deed can answer: its own, and those that follow from its kind because the way of every request is the same.</summary>
public static class SharedRefusals
{
    public static IReadOnlyList<Refusal> AllOf(Deed deed, ShapeRules rules) => Kinds(deed).Concat(rules.Of(deed.Request)).Concat(deed.Refusals)
        .DistinctBy(refusal => refusal.Code)
        .OrderBy(refusal => Problem.StatusOf(refusal.Kind)).ThenBy(refusal => refusal.Code, StringComparer.Ordinal)
        .ToList();

    private static IEnumerable<Refusal> Kinds(Deed deed)
    {
        yield return Refusals.Broken;
        yield return Refusals.DatabaseBusy;
        yield return Refusals.FieldUnknown;
        yield return Refusals.NodeTakesNoRequests;
        if (!deed.Anyone)
        {
            yield return Refusals.SignInNeeded;
            yield return Refusals.TokenInvalid;
            // Also where any account may: a partner may not.
            yield return Refusals.RoleNotAllowed;
        }

        if (deed.PartnerScope is not null)
        {
            yield return Refusals.ScopeMissing;
            yield return Refusals.RateLimited;
            if (deed is { Verb: "POST", KeepsAnswer: true })
            {
                yield return Refusals.IdempotencyKeyNeeded;
            }
        }

        if (deed.HasBody)
        {
            yield return Refusals.BodyNotJson;
            yield return Refusals.BodyTooLarge;
            yield return Refusals.ContentTypeUnsupported;
            // Looked for in the whole body, whatever its fields are.
            yield return Refusals.TextNotStorable;
        }

        if (deed is { Verb: "POST", KeepsAnswer: true })
        {
            yield return Refusals.IdempotencyKeyInvalid;
            yield return Refusals.IdempotencyKeyReused;
        }

        foreach (var refusal in Wire.Json.GetTypeInfo(deed.Request).Properties.SelectMany(property => OfField(property, deed)))
        {
            yield return refusal;
        }
    }

    private static IEnumerable<Refusal> OfField(JsonPropertyInfo property, Deed deed)
    {
        var type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        // What the address says is always there, and an id that cannot be read is an unknown one.
        var inRoute = deed.Route.Contains($"{{{property.Name}}}", StringComparison.Ordinal);
        if (property.IsRequired && !inRoute)
        {
            yield return Refusals.FieldMissing;
        }

        if (type != typeof(Id) && !(type == typeof(string) && inRoute))
        {
            yield return Refusals.FieldWrongType;
        }

        if (type == typeof(DateTimeOffset))
        {
            yield return Refusals.TimeWithoutOffset;
            yield return Refusals.FieldOutOfRange;
        }

        if (type == typeof(string) || !type.IsValueType)
        {
            yield return Refusals.TextNotStorable;
        }
    }
}
