using System.Text.Json;
using System.Text.RegularExpressions;

namespace Matching.Replay.Reporting;

/// <summary>Which of the service's operations a replay used, by the service's own description of them.</summary>
/// <param name="Used">How many.</param>
/// <param name="Unused">The others, as method and address.</param>
public sealed partial record Coverage(int Used, IReadOnlyList<string> Unused)
{
    private const string Prefix = "/api/v1";

    public int All => Used + Unused.Count;

    /// <param name="used">As the traffic names them: <c>GET /orders/{id}</c>.</param>
    public static async Task<Coverage> ReadAsync(Uri server, IReadOnlyCollection<string> used)
    {
        using var client = new HttpClient { BaseAddress = server };
        using var description = JsonDocument.Parse(await client.GetStringAsync("/swagger/v1/swagger.json"));
        return Of(description.RootElement, used);
    }

    public static Coverage Of(JsonElement description, IReadOnlyCollection<string> used)
    {
        var all = description.GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject().Select(method => $"{method.Name.ToUpperInvariant()} {path.Name.Replace(Prefix, "", StringComparison.Ordinal)}"))
            .Order(StringComparer.Ordinal)
            .ToList();
        var unused = all.Where(operation => !used.Any(Pattern(operation).IsMatch)).ToList();
        return new Coverage(all.Count - unused.Count, unused);
    }

    private static Regex Pattern(string operation) => new($"^{AnyParameter().Replace(Regex.Escape(operation), "[^/]+")}$");

    [GeneratedRegex(@"\\\{[A-Za-z]+}")]
    private static partial Regex AnyParameter();
}
