using System.Globalization;
using Matching.Benchmarks.Crowds;

namespace Matching.Benchmarks.Service;

/// <summary>Made-up volunteers as a center would hand them in: a CSV file, the same for the same sites, skills and number.</summary>
internal static class VolunteerFile
{
    private const string CheckCharacters = "10X98765432";

    private static readonly int[] CheckWeights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    private static readonly string[] Days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
    private static readonly int[] FirstHours = [9, 14, 18];

    public static void Write(string file, int count, Site[] sites, string[] skills)
    {
        using var writer = new StreamWriter(file);
        writer.WriteLine("name,idNumber,site,phone,skills,lat,lng,weekly,realNameChecked");
        for (var number = 0; number < count; number++)
        {
            var dice = new Dice(5, (ulong)number);
            var site = sites[dice.Below(sites.Length)];
            var weekly = Some(ref dice, Days, 2 + dice.Below(4)).Select(day => (Day: day, From: FirstHours[number % FirstHours.Length])).ToArray();
            var hours = 2 + dice.Below(3);
            writer.Write(string.Create(CultureInfo.InvariantCulture, $"志愿者{number},{IdNumberOf(number)},{site.Id},139{number:00000000},"));
            writer.Write(string.Join(';', Some(ref dice, skills, 1 + dice.Below(4)).Select(skill => $"{skill}:{1 + number % 4}")));
            writer.Write(string.Create(CultureInfo.InvariantCulture, $",{site.Lat + 0.02 * dice.Normal():0.00000},{site.Lng + 0.02 * dice.Normal():0.00000},"));
            writer.Write(string.Join(';', weekly.Select(free => $"{free.Day} {free.From:00}:00-{free.From + hours:00}:00")));
            writer.WriteLine(",yes");
        }
    }

    private static IEnumerable<string> Some(ref Dice dice, string[] all, int count)
    {
        var first = dice.Below(all.Length);
        return Enumerable.Range(first, Math.Min(count, all.Length)).Select(i => all[i % all.Length]);
    }

    /// <summary>Each number another one, with a right check character, born between 1945 and 2004.</summary>
    private static string IdNumberOf(int number)
    {
        var born = new DateOnly(1945, 1, 1).AddDays(number / 900 % (60 * 365));
        var digits = string.Create(CultureInfo.InvariantCulture, $"430811{born:yyyyMMdd}{100 + number % 900}");
        return digits + CheckCharacters[digits.Zip(CheckWeights).Sum(pair => (pair.First - '0') * pair.Second) % 11];
    }

    internal sealed record Site(string Id, double Lat, double Lng);
}
