using System.Globalization;

namespace Matching.Benchmarks;

/// <summary>An option that cannot be read.</summary>
internal sealed class OptionException(string message) : Exception(message);

/// <summary><c>--name value</c> pairs; a name alone is "yes".</summary>
internal sealed class Options
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    public Options(ReadOnlySpan<string> words)
    {
        for (var i = 0; i < words.Length; i++)
        {
            if (!words[i].StartsWith("--", StringComparison.Ordinal))
            {
                throw new OptionException($"expected --name, found {words[i]}");
            }

            var name = words[i][2..];
            var hasValue = i + 1 < words.Length && !words[i + 1].StartsWith("--", StringComparison.Ordinal);
            _values[name] = hasValue ? words[++i] : "yes";
        }
    }

    public bool Has(string name) => _values.ContainsKey(name);

    public string? Text(string name, string? otherwise) => _values.GetValueOrDefault(name, otherwise!);

    public int Number(string name, int otherwise) => _values.TryGetValue(name, out var text) ? Read(name, text) : otherwise;

    /// <summary>Numbers between commas.</summary>
    public int[] Numbers(string name, params int[] otherwise) =>
        _values.TryGetValue(name, out var text) ? [.. text.Split(',').Select(part => Read(name, part))] : otherwise;

    private static int Read(string name, string text) =>
        int.TryParse(text.Replace("_", "", StringComparison.Ordinal), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new OptionException($"--{name} wants a whole number, found {text}");
}
