using System.Text.Json;

namespace Matching.TestPartner.Town;

/// <summary>What the service answered.</summary>
public sealed record Reply(int Status, JsonElement Json, string Body)
{
    public bool IsYes => Status is >= 200 and < 300;

    /// <summary>Of a no.</summary>
    public string? Code => IsYes ? null : TextOrNull("code");

    public IEnumerable<JsonElement> Items => Json.GetProperty("items").EnumerateArray();

    /// <summary>The answer itself, where only a yes will do.</summary>
    public Reply Yes() => IsYes ? this : throw new StuckException($"{Status}: {Body}");

    public string Text(string name) => Json.GetProperty(name).GetString()!;

    public string? TextOrNull(string name) =>
        Json.ValueKind == JsonValueKind.Object && Json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    public static async Task<Reply> ReadAsync(HttpResponseMessage response)
    {
        var body = await response.Content.ReadAsStringAsync();
        var isJson = response.Content.Headers.ContentType?.MediaType?.Contains("json", StringComparison.Ordinal) == true && body.Length > 0;
        return new Reply((int)response.StatusCode, isJson ? JsonDocument.Parse(body).RootElement : default, body);
    }
}

/// <summary>It cannot go on; the message says why.</summary>
public sealed class StuckException(string message) : Exception(message);
