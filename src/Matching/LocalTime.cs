namespace Matching;

/// <summary>Instants read on the wall clock of a zone.</summary>
public static class LocalTime
{
    /// <summary>The day of an instant in a zone.</summary>
    public static DateOnly DayOf(DateTimeOffset instant, TimeZoneInfo zone) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, zone).DateTime);

    /// <summary>The first instant of a day in a zone. Where the clock skips midnight it is the first instant after.</summary>
    public static DateTimeOffset StartOf(DateOnly day, TimeZoneInfo zone) => At(day, TimeOnly.MinValue, zone);

    /// <summary>The instant at which a zone's clock shows a time on a day. Where it skips that time, the first instant after.</summary>
    public static DateTimeOffset At(DateOnly day, TimeOnly time, TimeZoneInfo zone)
    {
        var wall = day.ToDateTime(time);
        while (zone.IsInvalidTime(wall))
        {
            wall = wall.AddMinutes(1);
        }

        // Where the time comes twice the first is meant, which has the greater offset.
        var offset = zone.IsAmbiguousTime(wall) ? zone.GetAmbiguousTimeOffsets(wall).Max() : zone.GetUtcOffset(wall);
        return new DateTimeOffset(wall, offset).ToUniversalTime();
    }

    /// <summary>
    /// A window cut where the zone's clock is put forward or back: within each piece wall time runs evenly, so that a piece is one stretch
    /// on the wall. Looks twice a day, which no zone's changes escape.
    /// </summary>
    public static List<(Window Piece, TimeSpan Offset)> Pieces(Window window, TimeZoneInfo zone)
    {
        var pieces = new List<(Window, TimeSpan)>(1);
        var start = window.Start;
        var offset = zone.GetUtcOffset(start);
        for (var at = start; at < window.End;)
        {
            var next = window.End - at > TimeSpan.FromHours(12) ? at.AddHours(12) : window.End;
            var last = next.AddTicks(-1);
            if (zone.GetUtcOffset(last) != offset)
            {
                next = ChangeBetween(at, last, zone);
                pieces.Add((new Window(start, next), offset));
                start = next;
                offset = zone.GetUtcOffset(next);
            }

            at = next;
        }

        pieces.Add((new Window(start, window.End), offset));
        return pieces;
    }

    /// <summary>The first instant of another offset than that which holds at <paramref name="before"/>.</summary>
    internal static DateTimeOffset ChangeBetween(DateTimeOffset before, DateTimeOffset after, TimeZoneInfo zone)
    {
        var offset = zone.GetUtcOffset(before);
        while ((after - before).Ticks > 1)
        {
            var middle = before.AddTicks((after - before).Ticks / 2);
            if (zone.GetUtcOffset(middle) == offset)
            {
                before = middle;
            }
            else
            {
                after = middle;
            }
        }

        return after;
    }
}
