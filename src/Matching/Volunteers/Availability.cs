using System.Collections.Immutable;

namespace Matching.Volunteers;

/// <summary>
/// A stretch of every week on the wall clock of the center's zone. <see cref="StartMinute"/> counts from Monday 00:00; the stretch may run
/// across midnight and across the end of the week.
/// </summary>
/// <param name="StartMinute">0 to 10,079.</param>
/// <param name="Minutes">1 to 10,080.</param>
public readonly record struct WeeklySlot(int StartMinute, int Minutes)
{
    public const int MinutesAWeek = 7 * 24 * 60;

    /// <summary>From a time of a day; an end at or before the start means the next day.</summary>
    public static WeeklySlot On(DayOfWeek day, TimeOnly from, TimeOnly to)
    {
        var start = MinuteOfDay(from);
        var length = MinuteOfDay(to) - start;
        return new WeeklySlot(((int)day + 6) % 7 * 1440 + start, length > 0 ? length : length + 1440);
    }

    /// <summary>Null when it lies in a week; otherwise why not.</summary>
    public Refusal? Check() =>
        StartMinute is >= 0 and < MinutesAWeek && Minutes is >= 1 and <= MinutesAWeek ? null : Refusals.SlotOutOfRange;

    private static int MinuteOfDay(TimeOnly time) => time.Hour * 60 + time.Minute;
}

/// <summary>
/// When somebody has time: every week the same, with extra periods added and away periods taken out; where the two meet, away wins.
/// An instant is free when the wall clock of the zone then shows a time in a weekly slot. So the hour that comes twice in autumn is
/// free twice, and the one that spring leaves out is not asked about.
/// </summary>
public sealed class Availability
{
    public static readonly Availability Never = new([], [], []);

    public static readonly Availability Always = new([(0, TicksAWeek)], [], []);

    private const long TicksAWeek = WeeklySlot.MinutesAWeek * TimeSpan.TicksPerMinute;

    // Ticks since Monday 00:00: sorted, apart, none empty, none beyond the week's end.
    private readonly ImmutableArray<(long Start, long End)> _week;

    private Availability(ImmutableArray<(long Start, long End)> week, ImmutableArray<Window> extra, ImmutableArray<Window> away) =>
        (_week, Extra, Away) = (week, extra, away);

    /// <summary>Free besides the weekly slots.</summary>
    public ImmutableArray<Window> Extra { get; }

    /// <summary>Not free, whatever else is said.</summary>
    public ImmutableArray<Window> Away { get; }

    /// <summary>Refuses a slot outside the week and a period that ends before it begins. Slots may overlap; they are merged.</summary>
    public static Outcome<Availability> Of(IEnumerable<WeeklySlot> weekly, IEnumerable<Window>? extra = null, IEnumerable<Window>? away = null)
    {
        var cut = new List<(long Start, long End)>();
        foreach (var slot in weekly)
        {
            if (slot.Check() is { } refusal)
            {
                return refusal;
            }

            var start = slot.StartMinute * TimeSpan.TicksPerMinute;
            var end = start + slot.Minutes * TimeSpan.TicksPerMinute;
            cut.Add((start, Math.Min(end, TicksAWeek)));
            if (end > TicksAWeek)
            {
                cut.Add((0, end - TicksAWeek));
            }
        }

        ImmutableArray<Window> extras = [.. extra ?? []];
        ImmutableArray<Window> aways = [.. away ?? []];
        if (extras.Any(period => !period.IsForwards) || aways.Any(period => !period.IsForwards))
        {
            return Refusals.WindowBackwards;
        }

        return new Availability([.. Merge(cut)], extras, aways);
    }

    /// <summary>Whether all of the window is free.</summary>
    public bool Covers(Window window, TimeZoneInfo zone) => window.IsForwards && Overlap(window, zone) == window.Length;

    /// <summary>How much of the window is free.</summary>
    public TimeSpan Overlap(Window window, TimeZoneInfo zone)
    {
        if (!window.IsForwards)
        {
            return TimeSpan.Zero;
        }

        return Touches(Extra, window) || Touches(Away, window)
            ? OverlapWithExceptions(window, zone)
            : TimeSpan.FromTicks(LocalTime.Pieces(window, zone)
                .Sum(piece => WeeklyTicks(LocalTicks(piece.Piece.Start, piece.Offset), piece.Piece.Length.Ticks)));
    }

    /// <summary>
    /// How much free time there is around the window, from 0 to 1: the free part of the <paramref name="margin"/> before it and of the one after
    /// it. What is given away to others is not taken off.
    /// </summary>
    public double Slack(Window window, TimeSpan margin, TimeZoneInfo zone)
    {
        var before = Overlap(new Window(window.Start - margin, window.Start), zone);
        var after = Overlap(new Window(window.End, window.End + margin), zone);
        return (before + after) / (2 * margin);
    }

    private static long LocalTicks(DateTimeOffset instant, TimeSpan offset) => instant.UtcTicks + offset.Ticks;

    private static bool Touches(ImmutableArray<Window> periods, Window window)
    {
        foreach (var period in periods)
        {
            if (period.Overlaps(window))
            {
                return true;
            }
        }

        return false;
    }

    private static List<(long Start, long End)> Merge(List<(long Start, long End)> stretches)
    {
        stretches.Sort();
        var merged = new List<(long Start, long End)>(stretches.Count);
        foreach (var stretch in stretches)
        {
            if (merged.Count > 0 && stretch.Start <= merged[^1].End)
            {
                merged[^1] = (merged[^1].Start, Math.Max(merged[^1].End, stretch.End));
            }
            else
            {
                merged.Add(stretch);
            }
        }

        return merged;
    }

    /// <summary>How many ticks of a stretch on the wall clock lie in weekly slots.</summary>
    private long WeeklyTicks(long localStart, long length)
    {
        // Day one of the calendar, 0001-01-01, was a Monday: the week's beginning needs no shift.
        var start = localStart % TicksAWeek;
        var end = start + length;
        var free = 0L;
        for (var week = 0L; week < end; week += TicksAWeek)
        {
            foreach (var slot in _week)
            {
                free += Math.Max(0, Math.Min(end, week + slot.End) - Math.Max(start, week + slot.Start));
            }
        }

        return free;
    }

    private TimeSpan OverlapWithExceptions(Window window, TimeZoneInfo zone)
    {
        var free = new List<(long Start, long End)>();
        foreach (var (piece, offset) in LocalTime.Pieces(window, zone))
        {
            var localStart = LocalTicks(piece.Start, offset);
            var weekStart = localStart - localStart % TicksAWeek;
            for (; weekStart < localStart + piece.Length.Ticks; weekStart += TicksAWeek)
            {
                foreach (var slot in _week)
                {
                    AddClipped(free, weekStart + slot.Start - offset.Ticks, weekStart + slot.End - offset.Ticks, piece);
                }
            }
        }

        foreach (var period in Extra)
        {
            AddClipped(free, period.Start.UtcTicks, period.End.UtcTicks, window);
        }

        var away = new List<(long Start, long End)>();
        foreach (var period in Away)
        {
            AddClipped(away, period.Start.UtcTicks, period.End.UtcTicks, window);
        }

        var ticks = 0L;
        away = Merge(away);
        foreach (var (start, end) in Merge(free))
        {
            ticks += end - start;
            foreach (var gone in away)
            {
                ticks -= Math.Max(0, Math.Min(end, gone.End) - Math.Max(start, gone.Start));
            }
        }

        return TimeSpan.FromTicks(ticks);
    }

    private static void AddClipped(List<(long Start, long End)> stretches, long start, long end, Window window)
    {
        start = Math.Max(start, window.Start.UtcTicks);
        end = Math.Min(end, window.End.UtcTicks);
        if (start < end)
        {
            stretches.Add((start, end));
        }
    }
}
