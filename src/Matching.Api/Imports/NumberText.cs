using System.Globalization;
using System.Text.RegularExpressions;

namespace Matching.Api.Imports;

/// <summary>What a number in a spreadsheet stands for.</summary>
public enum NumberKind
{
    Plain,

    Day,

    TimeOfDay,
}

/// <summary>Numbers of a spreadsheet as a CSV file would hold them: a spreadsheet knows days and times only as numbers that look different.</summary>
public static partial class NumberText
{
    // From here on a spreadsheet has forgotten the last digits.
    private const double WholeNumbersEnd = 1e15;

    private const int DaysFrom1900To1904 = 1_462;

    public static string Of(string written, NumberKind kind, bool since1904)
    {
        if (!double.TryParse(written, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
        {
            return written;
        }

        if (kind == NumberKind.Plain || number is < 0 or >= 2_958_466)
        {
            return number == Math.Floor(number) && Math.Abs(number) < WholeNumbersEnd
                ? number.ToString("F0", CultureInfo.InvariantCulture)
                : number.ToString("R", CultureInfo.InvariantCulture);
        }

        // To the second: a time is a fraction of a day that does not come out even.
        var moment = DateTime.FromOADate(0).AddDays(Math.Floor(number) + (since1904 && kind == NumberKind.Day ? DaysFrom1900To1904 : 0))
            .AddSeconds(Math.Round((number - Math.Floor(number)) * 86_400));
        var time = moment.ToString("H:mm", CultureInfo.InvariantCulture);
        return kind == NumberKind.TimeOfDay ? time
            : moment.TimeOfDay == TimeSpan.Zero ? moment.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            : moment.ToString("yyyy-MM-dd ", CultureInfo.InvariantCulture) + time;
    }

    /// <summary>By the number of a format that the standard knows (ECMA-376, 18.8.30), those of Chinese spreadsheets among them.</summary>
    public static NumberKind KindOf(int format) => format switch
    {
        (>= 14 and <= 17) or 22 or (>= 27 and <= 31) or 36 or (>= 50 and <= 54) or 57 or 58 => NumberKind.Day,
        (>= 18 and <= 21) or (>= 32 and <= 35) or (>= 45 and <= 47) or 55 or 56 => NumberKind.TimeOfDay,
        _ => NumberKind.Plain,
    };

    /// <summary>By a format that somebody wrote, as in <c>yyyy"年"m"月"d"日"</c>.</summary>
    public static NumberKind KindOf(string code)
    {
        var letters = Wording().Replace(code, "").ToLowerInvariant();
        return letters.Contains("general", StringComparison.Ordinal) ? NumberKind.Plain
            : letters.AsSpan().ContainsAny('y', 'd') ? NumberKind.Day
            : letters.AsSpan().ContainsAny('h', 's') ? NumberKind.TimeOfDay
            : letters.Contains('m', StringComparison.Ordinal) ? NumberKind.Day
            : NumberKind.Plain;
    }

    // Quoted, escaped, and in brackets (colours, places, conditions).
    [GeneratedRegex("\"[^\"]*\"|\\\\.|_.|\\[[^\\]]*\\]")]
    private static partial Regex Wording();
}
