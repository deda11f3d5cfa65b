using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Matching.Api.Plumbing.Http;
using Matching.Policies;

namespace Matching.Api.Board;

/// <summary>A policy as figures under their names (<c>normal.waveLength</c>): to be shown, compared, and sent back as the fields of a form.</summary>
public static class PolicyFigures
{
    /// <summary>All of them, in the order in which the policy has them; a figure with several values has them joined by a space.</summary>
    public static IReadOnlyList<(string Name, string Value)> Of(Policy policy)
    {
        var all = (JsonObject)JsonSerializer.SerializeToNode(policy, Wire.Json)!;
        // Its number and whether it is an emergency's are no figures of it.
        all.Remove("version");
        all.Remove("emergency");
        return [.. Leaves(all, "")];
    }

    /// <summary>A length of time for people: 2 h, 15 min, 7 d; a time of day without its seconds; everything else as it is.</summary>
    public static string Show(string name, string value, Words words) => value switch
    {
        // Times of day, not lengths.
        _ when name is "quietHours.from" or "quietHours.until" or "remindAt" => value[..5],
        "true" => words["policy.yes"],
        "false" => words["policy.no"],
        "atOnce" or "outsideQuietHours" or "nextBatch" => words[$"FirstOffer.{char.ToUpperInvariant(value[0])}{value[1..]}"],
        _ when value.Contains(':', StringComparison.Ordinal) && TimeSpan.TryParse(value, CultureInfo.InvariantCulture, out var span) => Show(span, words),
        _ => value,
    };

    private static string Show(TimeSpan span, Words words) => span switch
    {
        { Ticks: 0 } => words["span.minutes", 0],
        _ when span.Ticks % TimeSpan.TicksPerDay == 0 && span.TotalDays > 3 => words["span.days", (int)span.TotalDays],
        _ when span.Ticks % TimeSpan.TicksPerHour == 0 => words["span.hours", (int)span.TotalHours],
        _ when span.TotalHours < 2 => words["span.minutes", (int)span.TotalMinutes],
        _ => span.ToString("c", CultureInfo.InvariantCulture),
    };

    private static IEnumerable<(string Name, string Value)> Leaves(JsonNode? node, string name) => node switch
    {
        JsonObject fields => fields.SelectMany(field => Leaves(field.Value, name.Length == 0 ? field.Key : $"{name}.{field.Key}")),
        JsonArray items => [(name, string.Join(' ', items.Select(item => item!.ToString())))],
        null => [],
        _ => [(name, node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : node.ToJsonString())],
    };
}
