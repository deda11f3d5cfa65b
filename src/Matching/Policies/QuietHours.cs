namespace Matching.Policies;

/// <summary>
/// The hours of the day, on the wall clock of a zone, in which nobody is rung: from the first time up to but not including the second, over
/// midnight if need be. Equal times mean that there are none. Right where clocks are put forward and back.
/// </summary>
public sealed record QuietHours(TimeOnly From, TimeOnly Until)
{
    /// <summary>No hour is quiet.</summary>
    public static readonly QuietHours None = new(TimeOnly.MinValue, TimeOnly.MinValue);

    private bool AreNone => From == Until;

    // IsBetween takes the start and leaves the end, and goes over midnight.
    public bool IsQuiet(DateTimeOffset instant, TimeZoneInfo zone) => !AreNone && WallTime(instant, zone.GetUtcOffset(instant)).IsBetween(From, Until);

    /// <summary>The instant itself, or the end of the quiet hours that it lies in.</summary>
    public DateTimeOffset Waking(DateTimeOffset instant, TimeZoneInfo zone) => IsQuiet(instant, zone) ? NextChange(instant, zone) : instant;

    /// <summary>Adds a length of waking time: the clock stands still in quiet hours. Never ends inside them.</summary>
    public DateTimeOffset Add(DateTimeOffset instant, TimeSpan waking, TimeZoneInfo zone)
    {
        if (AreNone)
        {
            return instant + waking;
        }

        var at = Waking(instant, zone);
        var left = waking;
        while (true)
        {
            var quiet = NextChange(at, zone);
            if (left < quiet - at)
            {
                return at + left;
            }

            left -= quiet - at;
            at = Waking(quiet, zone);
        }
    }

    /// <summary>The waking time between two instants.</summary>
    public TimeSpan WakingBetween(DateTimeOffset start, DateTimeOffset end, TimeZoneInfo zone)
    {
        if (AreNone)
        {
            return end - start;
        }

        var sum = TimeSpan.Zero;
        for (var at = Waking(start, zone); at < end;)
        {
            var quiet = NextChange(at, zone);
            sum += (quiet < end ? quiet : end) - at;
            at = Waking(quiet, zone);
        }

        return sum;
    }

    private static TimeOnly WallTime(DateTimeOffset instant, TimeSpan offset) => TimeOnly.FromDateTime(instant.UtcDateTime + offset);

    /// <summary>The next instant at which quiet hours begin or end. A zone's change of offset can be one by itself.</summary>
    private DateTimeOffset NextChange(DateTimeOffset instant, TimeZoneInfo zone)
    {
        var quiet = IsQuiet(instant, zone);
        var at = instant;
        while (true)
        {
            var offset = zone.GetUtcOffset(at);
            // Subtracting times of day goes forward round the clock: 08:00 − 21:00 is 11 hours.
            var next = at + ((quiet ? Until : From) - WallTime(at, offset));
            if (zone.GetUtcOffset(next) == offset)
            {
                return next;
            }

            at = LocalTime.ChangeBetween(at, next, zone);
            if (IsQuiet(at, zone) != quiet)
            {
                return at;
            }
        }
    }
}
