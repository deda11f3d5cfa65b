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

    public static readonly Availability Always = new([new WeekStretch(0, WeeklySlot.MinutesAWeek)], [], []);

    private readonly Stretch[] _extra;
    private readonly Stretch[] _away;

    private Availability(ImmutableArray<WeekStretch> week, Stretch[] extra, Stretch[] away) => (Week, _extra, _away) = (week, extra, away);

    /// <summary>Sorted, apart, none empty, none beyond the week's end.</summary>
    public ImmutableArray<WeekStretch> Week { get; }

    /// <summary>Free besides the weekly slots.</summary>
    public ReadOnlySpan<Stretch> Extra => _extra;

    /// <summary>Not free, whatever else is said.</summary>
    public ReadOnlySpan<Stretch> Away => _away;

    /// <summary>Refuses a slot outside the week and a period that ends before it begins. Slots may overlap; they are merged.</summary>
    public static Outcome<Availability> Of(IEnumerable<WeeklySlot> weekly, IEnumerable<Window>? extra = null, IEnumerable<Window>? away = null)
    {
        var cut = new List<(int Start, int End)>();
        foreach (var slot in weekly)
        {
            if (slot.Check() is { } refusal)
            {
                return refusal;
            }

            var end = slot.StartMinute + slot.Minutes;
            cut.Add((slot.StartMinute, Math.Min(end, WeeklySlot.MinutesAWeek)));
            if (end > WeeklySlot.MinutesAWeek)
            {
                cut.Add((0, end - WeeklySlot.MinutesAWeek));
            }
        }

        Window[] extras = [.. extra ?? []];
        Window[] aways = [.. away ?? []];
        if (extras.Any(period => !period.IsForwards) || aways.Any(period => !period.IsForwards))
        {
            return Refusals.WindowBackwards;
        }

        return new Availability(Merge(cut), Array.ConvertAll(extras, Stretch.Of), Array.ConvertAll(aways, Stretch.Of));
    }

    /// <summary>The same again from its parts.</summary>
    public static Availability From(ReadOnlySpan<WeekStretch> week, ReadOnlySpan<Stretch> extra, ReadOnlySpan<Stretch> away) =>
        new([.. week], extra.ToArray(), away.ToArray());

    /// <summary>Whether all of the window is free.</summary>
    public bool Covers(Window window, TimeZoneInfo zone) => window.IsForwards && Overlap(window, zone) == window.Length;

    /// <summary>How much of the window is free.</summary>
    public TimeSpan Overlap(Window window, TimeZoneInfo zone) => TimeSpan.FromTicks(FreeTicks(new WallWindow(window, zone)));

    /// <summary>The free ticks of a window.</summary>
    public long FreeTicks(WallWindow window) => FreeTime.Ticks(Week.AsSpan(), _extra, _away, window);

    private static ImmutableArray<WeekStretch> Merge(List<(int Start, int End)> stretches)
    {
        stretches.Sort();
        var merged = new List<(int Start, int End)>(stretches.Count);
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

        return [.. merged.Select(stretch => new WeekStretch((ushort)stretch.Start, (ushort)stretch.End))];
    }
}
