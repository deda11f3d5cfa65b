using System.Globalization;

namespace Matching.Tests;

/// <summary>Instants as people write them.</summary>
internal static class At
{
    public static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");
    public static readonly TimeZoneInfo LosAngeles = TimeZoneInfo.FindSystemTimeZoneById("America/Los_Angeles");

    /// <summary>A wall time in China: <c>2026-05-04 09:00</c>, a Monday.</summary>
    public static DateTimeOffset China(string wall) => new(DateTime.Parse(wall, CultureInfo.InvariantCulture), TimeSpan.FromHours(8));

    /// <summary>A time with its offset.</summary>
    public static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    public static Window ChinaWindow(string start, double hours) => new(China(start), China(start).AddHours(hours));
}
