using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Matching.Accounts;

/// <summary>
/// A telephone number in the form of E.164 (+8613812345678), whichever way it was typed: a mainland mobile with or without +86, 0086 or 86, a mainland
/// landline with its area code (0744-…), or any number with + and its country. Spaces, hyphens, dots, brackets and full-width digits are forgiven.
/// </summary>
public sealed record PhoneNumber
{
    private const string Mainland = "+86";
    private const int MobileDigits = 11;

    private PhoneNumber(string text) => Text = text;

    /// <summary>E.164, with the plus.</summary>
    public string Text { get; }

    /// <summary>Whether a short message can reach it: not so for landlines of the mainland. Elsewhere nobody can tell.</summary>
    public bool TakesMessages => !Text.StartsWith(Mainland, StringComparison.Ordinal) || IsMobile(Text[Mainland.Length..]);

    /// <summary>For people to recognise and nobody to call: 138****5678.</summary>
    public string Masked
    {
        get
        {
            var national = Text.StartsWith(Mainland, StringComparison.Ordinal) ? Text[Mainland.Length..] : Text;
            return national.Length < MobileDigits - 2 ? $"****{national[^2..]}" : $"{national[..3]}****{national[^4..]}";
        }
    }

    public static bool TryParse(string? typed, [NotNullWhen(true)] out PhoneNumber? phone)
    {
        var text = Digits(typed ?? "");
        phone = text is null ? null : Complete(text) is { } whole ? new PhoneNumber(whole) : null;
        return phone is not null;
    }

    /// <summary>The same, as an outcome that can be handed on.</summary>
    public static Outcome<PhoneNumber> Read(string? typed)
    {
        if (TryParse(typed, out var phone))
        {
            return phone;
        }

        return Refusals.PhoneInvalid;
    }

    /// <summary>The number in full is for the one place that seals, hashes or dials; what prints by accident is the masked form.</summary>
    public override string ToString() => Masked;

    private static string? Complete(string text) => text switch
    {
        ['+', '8', '6', .. var national] => IsMobile(national) ? Mainland + national : Landline(national.TrimStart('0')),
        ['+', not '0', .. { Length: >= 6 and <= 14 }] => text,
        ['+', ..] => null,
        ['0', '0', .. var rest] => Complete("+" + rest),
        ['0', .. var national] => Landline(national),
        ['8', '6', .. var national] when IsMobile(national) => Mainland + national,
        _ => IsMobile(text) ? Mainland + text : null,
    };

    private static bool IsMobile(string national) => national is ['1', >= '3' and <= '9', ..] && national.Length == MobileDigits;

    // Two or three digits of area (the trunk 0 taken off), seven or eight of number.
    private static string? Landline(string national) => national is [>= '1' and <= '9', ..] && national.Length is >= 9 and <= 11 ? Mainland + national : null;

    private static string? Digits(string typed)
    {
        var digits = new StringBuilder(typed.Length);
        foreach (var c in Folded.Of(typed))
        {
            switch (c)
            {
                case >= '0' and <= '9':
                case '+' when digits.Length == 0:
                    digits.Append(c);
                    break;
                case ' ' or '-' or '.' or '(' or ')' or '\u00A0':
                    break;
                default:
                    return null;
            }
        }

        return digits.ToString();
    }
}
