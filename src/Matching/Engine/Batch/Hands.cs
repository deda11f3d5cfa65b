using Matching.Geography;
using Matching.Volunteers;

namespace Matching.Engine;

/// <summary>
/// What fits into one pair of hands: no two orders of a batch that collide, and no more minutes a day and orders a week than a volunteer wants, with what they
/// have promised already. Orders and volunteers are counted as in the batch's graph.
/// </summary>
public sealed class Hands
{
    // Of a great circle, and a millimetre more than that.
    private const double MetresADegree = Distance.EarthRadiusM * Math.PI / 180 + 0.001;

    private readonly Slice[] _slices;
    private readonly Limits[] _limits;

    // What each order takes of which days, and the Monday of its week; days as DayNumber.
    private readonly (int Day, double Minutes)[][] _days;
    private readonly int[] _week;

    // What the volunteers' own bookings already take of days and weeks. Who has no limit is not looked up.
    private readonly Dictionary<(int Volunteer, int Day), double> _minutesBooked = [];
    private readonly Dictionary<(int Volunteer, int Week), int> _ordersBooked = [];

    /// <param name="zone">The center's: days and weeks are in it.</param>
    public Hands(BatchOrder[] orders, BatchVolunteer[] volunteers, TimeZoneInfo zone)
    {
        _slices = [.. orders.Select(order => new Slice(order.Window.Start.UtcTicks, order.Window.End.UtcTicks, order.Place))];
        _limits = [.. volunteers.Select(volunteer => volunteer.Limits)];
        _days = [.. orders.Select(order => HardRules.MinutesByDay(order.Window, order.Minutes, zone))];
        _week = [.. orders.Select(order => WeekOf(order.Window, zone))];
        for (var volunteer = 0; volunteer < volunteers.Length; volunteer++)
        {
            if (_limits[volunteer] == default || volunteers[volunteer].Bookings.IsDefaultOrEmpty)
            {
                continue;
            }

            foreach (var booking in volunteers[volunteer].Bookings)
            {
                var week = (volunteer, WeekOf(booking.Window, zone));
                _ordersBooked[week] = _ordersBooked.GetValueOrDefault(week) + 1;
                foreach (var (day, minutes) in HardRules.MinutesByDay(booking.Window, booking.Minutes, zone))
                {
                    _minutesBooked[(volunteer, day)] = _minutesBooked.GetValueOrDefault((volunteer, day)) + minutes;
                }
            }
        }
    }

    /// <summary>Whether a volunteer who holds these orders, all but one of them, can take another. Each order alone is taken to fit.</summary>
    /// <param name="held">The orders, as candidates of the graph.</param>
    /// <param name="except">The candidate that they give up for it; below 0: none.</param>
    public bool Fit(BatchGraph graph, int volunteer, ReadOnlySpan<int> held, int except, int order)
    {
        if (held.Length == 0 || (held.Length == 1 && held[0] == except))
        {
            return true;
        }

        foreach (var candidate in held)
        {
            if (candidate != except && Collide(order, graph.OrderOf[candidate]))
            {
                return false;
            }
        }

        return WithinWeek(graph, volunteer, held, except, order) && WithinDays(graph, volunteer, held, except, order);
    }

    private bool Collide(int order, int other)
    {
        ref readonly var one = ref _slices[order];
        ref readonly var two = ref _slices[other];
        var between = Math.Max(two.Start - one.End, one.Start - two.End);
        if (between > 0)
        {
            // The way north or south and then east or west is never the shorter one, and quickly reckoned: mostly there is time enough even for it.
            var degrees = Math.Abs(one.Place.Lat - two.Place.Lat) + Math.Abs(one.Place.Lng - two.Place.Lng);
            if (Travel.Time(degrees * MetresADegree).Ticks <= between)
            {
                return false;
            }
        }

        return Booking.Collide(one.Window, one.Place, two.Window, two.Place);
    }

    private bool WithinWeek(BatchGraph graph, int volunteer, ReadOnlySpan<int> held, int except, int order)
    {
        if (_limits[volunteer].OrdersAWeek is not { } most)
        {
            return true;
        }

        var orders = 1 + (_ordersBooked.Count == 0 ? 0 : _ordersBooked.GetValueOrDefault((volunteer, _week[order])));
        foreach (var candidate in held)
        {
            orders += candidate != except && _week[graph.OrderOf[candidate]] == _week[order] ? 1 : 0;
        }

        return orders <= most;
    }

    private bool WithinDays(BatchGraph graph, int volunteer, ReadOnlySpan<int> held, int except, int order)
    {
        if (_limits[volunteer].MinutesADay is not { } most)
        {
            return true;
        }

        foreach (var (day, own) in _days[order])
        {
            var minutes = own + (_minutesBooked.Count == 0 ? 0 : _minutesBooked.GetValueOrDefault((volunteer, day)));
            foreach (var candidate in held)
            {
                if (candidate != except)
                {
                    foreach (var share in _days[graph.OrderOf[candidate]])
                    {
                        minutes += share.Day == day ? share.Minutes : 0;
                    }
                }
            }

            if (minutes > most + HardRules.MinuteSlack)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>When and where, in ticks of UTC.</summary>
    private readonly record struct Slice(long Start, long End, Place Place)
    {
        public Window Window => new(new DateTimeOffset(Start, TimeSpan.Zero), new DateTimeOffset(End, TimeSpan.Zero));
    }

    private static int WeekOf(Window window, TimeZoneInfo zone) => Limits.MondayOf(LocalTime.DayOf(window.Start, zone)).DayNumber;
}
