namespace Matching;

/// <summary>
/// What people type, as it is compared: outer spaces gone, full-width letters, digits and signs made narrow, small letters. Written out by hand:
/// <see cref="string.Normalize()"/> does nothing where globalization is invariant, as it is here.
/// </summary>
public static class Folded
{
    private const char FirstWide = '\uFF01';
    private const char LastWide = '\uFF5E';
    private const int WideToNarrow = 0xFEE0;
    private const char WideSpace = '\u3000';

    /// <summary>Narrow, trimmed and in small letters.</summary>
    public static string Of(string text) => Narrow(text).Trim().ToLowerInvariant();

    /// <summary>Full-width forms (ＡＢ１２，and the wide space) as their ordinary characters; all else as it was.</summary>
    public static string Narrow(string text) => string.Create(text.Length, text, static (span, from) =>
    {
        for (var i = 0; i < from.Length; i++)
        {
            span[i] = from[i] switch
            {
                >= FirstWide and <= LastWide => (char)(from[i] - WideToNarrow),
                WideSpace => ' ',
                _ => from[i],
            };
        }
    });
}
