namespace Matching.Volunteers;

/// <summary>Part of a week on the wall clock, in minutes since Monday 00:00, the end not included; 0 to 10,080.</summary>
public readonly record struct WeekStretch(ushort Start, ushort End);

/// <summary>A stretch of time in UTC ticks, the end not included.</summary>
public readonly record struct Stretch(long Start, long End)
{
    public static Stretch Of(Window window) => new(window.Start.UtcTicks, window.End.UtcTicks);

    public Window ToWindow() => new(new DateTimeOffset(Start, TimeSpan.Zero), new DateTimeOffset(End, TimeSpan.Zero));

    public bool Overlaps(Stretch other) => Start < other.End && other.Start < End;
}

/// <summary>A piece of a window within which wall time is UTC and an offset.</summary>
/// <param name="Time">In UTC ticks.</param>
/// <param name="Wall">The same in ticks since the Monday 00:00 that the wall clock last showed.</param>
public readonly record struct WallPiece(Stretch Time, Stretch Wall);

/// <summary>A window as the wall clock of a zone runs through it: made once for a question that is asked about many volunteers.</summary>
public sealed class WallWindow
{
    private readonly WallPiece[] _pieces;

    public WallWindow(Window window, TimeZoneInfo zone)
    {
        _pieces = [];
        if (window.IsForwards)
        {
            var pieces = LocalTime.Pieces(window, zone);
            _pieces = new WallPiece[pieces.Count];
            for (var i = 0; i < _pieces.Length; i++)
            {
                _pieces[i] = Wall(Stretch.Of(pieces[i].Piece), pieces[i].Offset.Ticks);
            }
        }
    }

    /// <summary>Where the clock is put forward or back a new piece begins.</summary>
    public ReadOnlySpan<WallPiece> Pieces => _pieces;

    /// <summary>The ticks from start to end; zero when it runs backwards.</summary>
    public long Ticks => _pieces.Length == 0 ? 0 : _pieces[^1].Time.End - _pieces[0].Time.Start;

    private static WallPiece Wall(Stretch time, long offset)
    {
        // Day one of the calendar, 0001-01-01, was a Monday: the week's beginning needs no shift.
        var start = (time.Start + offset) % FreeTime.TicksAWeek;
        return new WallPiece(time, new Stretch(start, start + time.End - time.Start));
    }
}

/// <summary>
/// How much of a window somebody is free: in a weekly stretch or an extra period, and in no away period. An instant lies in a weekly stretch when
/// the wall clock then shows a time in it.
/// </summary>
public static class FreeTime
{
    public const long TicksAWeek = WeeklySlot.MinutesAWeek * TimeSpan.TicksPerMinute;

    /// <summary>The free ticks. The weekly stretches do not overlap; the periods may.</summary>
    public static long Ticks(ReadOnlySpan<WeekStretch> week, ReadOnlySpan<Stretch> extra, ReadOnlySpan<Stretch> away, WallWindow window)
    {
        var free = 0L;
        foreach (ref readonly var piece in window.Pieces)
        {
            free += Touches(extra, piece.Time) || Touches(away, piece.Time) ? Walk(week, extra, away, piece) : Weekly(week, piece.Wall);
        }

        return free;
    }

    private static bool Touches(ReadOnlySpan<Stretch> periods, Stretch piece)
    {
        foreach (var period in periods)
        {
            if (period.Overlaps(piece))
            {
                return true;
            }
        }

        return false;
    }

    private static long Weekly(ReadOnlySpan<WeekStretch> week, Stretch wall)
    {
        var free = 0L;
        for (var monday = 0L; monday < wall.End; monday += TicksAWeek)
        {
            foreach (var stretch in week)
            {
                var from = Math.Max(wall.Start, monday + stretch.Start * TimeSpan.TicksPerMinute);
                var to = Math.Min(wall.End, monday + stretch.End * TimeSpan.TicksPerMinute);
                free += Math.Max(0, to - from);
            }
        }

        return free;
    }

    // From one change to the next: nothing is sorted or merged, so nothing is allocated.
    private static long Walk(ReadOnlySpan<WeekStretch> week, ReadOnlySpan<Stretch> extra, ReadOnlySpan<Stretch> away, in WallPiece piece)
    {
        var free = 0L;
        for (var at = piece.Time.Start; at < piece.Time.End;)
        {
            var wall = (at - piece.Time.Start + piece.Wall.Start) % TicksAWeek;
            var next = Math.Min(piece.Time.End, at + TicksAWeek - wall);
            var weekly = false;
            foreach (var stretch in week)
            {
                var (start, end) = (stretch.Start * TimeSpan.TicksPerMinute, stretch.End * TimeSpan.TicksPerMinute);
                weekly |= start <= wall && wall < end;
                next = Next(next, at, at + start - wall, at + end - wall);
            }

            var isFree = (weekly | Within(extra, at, ref next)) & !Within(away, at, ref next);
            free += isFree ? next - at : 0;
            at = next;
        }

        return free;
    }

    private static bool Within(ReadOnlySpan<Stretch> periods, long at, ref long next)
    {
        var within = false;
        foreach (var period in periods)
        {
            within |= period.Start <= at && at < period.End;
            next = Next(next, at, period.Start, period.End);
        }

        return within;
    }

    /// <summary>The next change after now, when either end of a stretch comes before the one known so far.</summary>
    private static long Next(long next, long at, long start, long end)
    {
        next = start > at && start < next ? start : next;
        return end > at && end < next ? end : next;
    }
}
