using System.Diagnostics.CodeAnalysis;

namespace Matching.Volunteers;

/// <summary>As the id number says.</summary>
public enum Gender
{
    /// <summary>女</summary>
    Female,

    /// <summary>男</summary>
    Male,
}

/// <summary>
/// A resident identity number of 18 characters by GB 11643-1999: six of region, eight of birth date, three of sequence (odd: male), and a
/// check character by ISO 7064 MOD 11-2. Refuses the old form of 15 digits, a region that is none, a birth date that cannot be, and a
/// wrong check character. It never writes itself out: <see cref="Reveal"/> is for the one place that encrypts and hashes.
/// </summary>
public sealed class IdNumber
{
    private const string CheckCharacters = "10X98765432";

    private static readonly int[] Weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

    // First two digits: provinces, Taiwan, Hong Kong, Macau, Taiwan residence permits, and permanent residents from abroad.
    private static readonly HashSet<string> Provinces =
    [
        "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43", "44", "45", "46",
        "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82", "83", "91",
    ];

    private readonly string _characters;

    private IdNumber(string characters, DateOnly birthDate) => (_characters, BirthDate) = (characters, birthDate);

    public DateOnly BirthDate { get; }

    public Gender Gender => (_characters[16] - '0') % 2 == 1 ? Gender.Male : Gender.Female;

    /// <summary>
    /// Reads what people type: spaces around it, full-width digits and a small x are forgiven. <paramref name="today"/> bounds the birth date,
    /// which may be 130 years back.
    /// </summary>
    public static bool TryParse(string? text, DateOnly today, [NotNullWhen(true)] out IdNumber? number)
    {
        number = null;
        var characters = Fold(text);
        if (characters.Length != 18 || characters.AsSpan(0, 17).ContainsAnyExceptInRange('0', '9') || !Provinces.Contains(characters[..2]))
        {
            return false;
        }

        if (!DateOnly.TryParseExact(characters.AsSpan(6, 8), "yyyyMMdd", out var birthDate)
            || birthDate > today || birthDate < today.AddYears(-130))
        {
            return false;
        }

        if (characters[17] != CheckCharacter(characters.AsSpan(0, 17)))
        {
            return false;
        }

        number = new IdNumber(characters, birthDate);
        return true;
    }

    /// <summary>The same, as an outcome that can be handed on.</summary>
    public static Outcome<IdNumber> Read(string? text, DateOnly today)
    {
        if (TryParse(text, today, out var number))
        {
            return number;
        }

        return Refusals.IdNumberInvalid;
    }

    /// <summary>The check character for seventeen digits.</summary>
    public static char CheckCharacter(ReadOnlySpan<char> seventeen)
    {
        var sum = 0;
        for (var i = 0; i < Weights.Length; i++)
        {
            sum += (seventeen[i] - '0') * Weights[i];
        }

        return CheckCharacters[sum % 11];
    }

    /// <summary>The number itself, in its one canonical form. Danger: never into a log, a message or an answer.</summary>
    public string Reveal() => _characters;

    public override string ToString() => "(id number)";

    private static string Fold(string? text)
    {
        var trimmed = (text ?? "").Trim();
        return string.Create(trimmed.Length, trimmed, static (span, typed) =>
        {
            for (var i = 0; i < span.Length; i++)
            {
                // Full-width forms lie 0xFEE0 above the plain ones.
                var c = typed[i] is >= '\uFF01' and <= '\uFF5E' ? (char)(typed[i] - 0xFEE0) : typed[i];
                span[i] = c == 'x' ? 'X' : c;
            }
        });
    }
}
