using System.Text.Json;

namespace Matching.Replay.Http;

/// <summary>What came back: a yes with its body, or a refusal that was reckoned with.</summary>
/// <param name="Field">What a refusal is about, if it says so.</param>
public sealed record Reply(int Status, JsonElement Json, string? Code, bool Replayed = false, string? Field = null)
{
    public bool IsYes => Code is null;

    public string Text(string name) => Json.GetProperty(name).GetString()!;

    public string? TextOrNull(string name) => Json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public DateTimeOffset Time(string name) => Json.GetProperty(name).GetDateTimeOffset();

    public IReadOnlyList<string> Texts(string name) => [.. Json.GetProperty(name).EnumerateArray().Select(item => item.GetString()!)];
}

/// <summary>The service answered in a way in which the replay cannot go on.</summary>
public sealed class StuckException(string message) : Exception(message);
