namespace Matching.Engine;

/// <summary>
/// The greatest total worth under seats an order and slots a volunteer, exactly: one seat after another goes the shortest way to a free slot, moving others
/// aside where that is worth it (successive shortest paths; Edmonds and Karp, 1972, with the prices of Jonker and Volgenant, 1987). A seat's other way is to
/// stay open, which is worth nothing. Prices keep every step of every way at zero or more, so that Dijkstra's search is right.
/// </summary>
public sealed class ExactFlow
{
    private readonly BatchGraph _graph;
    private readonly Allocation _allocation;
    private readonly long[] _orderPrice;
    private readonly long[] _volunteerPrice;
    private readonly long[] _toOrder;
    private readonly long[] _toVolunteer;

    // The candidate by which a node was reached: a volunteer by one that is not taken, an order by one that is.
    private readonly int[] _orderBy;
    private readonly int[] _volunteerBy;
    private readonly List<int> _orders = [];
    private readonly List<int> _volunteers = [];
    private readonly NearestFirst _nearest = new();

    // The nearest end so far: a free slot of a volunteer, or an order that leaves a seat open.
    private long _endDistance;
    private int _endVolunteer;
    private int _endOrder;

    private ExactFlow(BatchGraph graph)
    {
        _graph = graph;
        _allocation = new Allocation(graph);
        _orderPrice = _allocation.OrderPrice;
        _volunteerPrice = _allocation.VolunteerPrice;
        _toOrder = new long[graph.Orders];
        _toVolunteer = new long[graph.Volunteers];
        _orderBy = new int[graph.Orders];
        _volunteerBy = new int[graph.Volunteers];
        Array.Fill(_toOrder, long.MaxValue);
        Array.Fill(_toVolunteer, long.MaxValue);
    }

    public static Allocation Solve(BatchGraph graph)
    {
        var flow = new ExactFlow(graph);
        for (var order = 0; order < graph.Orders; order++)
        {
            for (var seat = 0; seat < graph.Seats[order] && flow.Fill(order); seat++)
            {
            }
        }

        return flow._allocation;
    }

    /// <summary>One more seat of an order. False when the best is to leave it open, and then so are the order's others.</summary>
    private bool Fill(int start)
    {
        var best = BestFree(start);
        _orderPrice[start] = best < 0 ? 0 : Math.Max(0, _graph.Worth[best] - _volunteerPrice[_graph.Volunteer[best]]);
        if (best < 0 || _orderPrice[start] == 0)
        {
            return false;
        }

        if (_allocation.HasRoom(_graph.Volunteer[best]))
        {
            _allocation.Take(best);
            return true;
        }

        Search(start);
        var filled = _endOrder != start;
        if (filled)
        {
            MoveAside(start);
        }

        Reprice();
        return filled;
    }

    private int BestFree(int order)
    {
        var best = -1;
        var most = long.MinValue;
        for (var i = _graph.First[order]; i < _graph.First[order + 1] && _graph.Worth[i] > most; i++)
        {
            var left = _graph.Worth[i] - _volunteerPrice[_graph.Volunteer[i]];
            if (left > most && !_allocation.IsTaken(i))
            {
                (best, most) = (i, left);
            }
        }

        return best;
    }

    private void Search(int start)
    {
        _nearest.Clear();
        _toOrder[start] = 0;
        _orders.Add(start);
        (_endDistance, _endOrder, _endVolunteer) = (_orderPrice[start], start, -1);
        PassOn(start);
        while (_nearest.TryPop(out var distance, out var volunteer) && distance < _endDistance)
        {
            if (distance > _toVolunteer[volunteer])
            {
                continue;
            }

            foreach (var candidate in _allocation.HeldBy(volunteer))
            {
                var order = _graph.OrderOf[candidate];
                var there = distance + _graph.Worth[candidate] - _volunteerPrice[volunteer] - _orderPrice[order];
                if (there < _toOrder[order] && there < _endDistance)
                {
                    if (_toOrder[order] == long.MaxValue)
                    {
                        _orders.Add(order);
                    }

                    _toOrder[order] = there;
                    _orderBy[order] = candidate;
                    if (there + _orderPrice[order] < _endDistance)
                    {
                        (_endDistance, _endOrder, _endVolunteer) = (there + _orderPrice[order], order, -1);
                    }

                    PassOn(order);
                }
            }
        }
    }

    /// <summary>From an order to all who might take it.</summary>
    private void PassOn(int order)
    {
        var there = _toOrder[order] + _orderPrice[order];
        for (var i = _graph.First[order]; i < _graph.First[order + 1]; i++)
        {
            // The rest is worth less and costs no less.
            var near = there - _graph.Worth[i];
            if (near >= _endDistance)
            {
                break;
            }

            var volunteer = _graph.Volunteer[i];
            var distance = near + _volunteerPrice[volunteer];
            if (distance >= _endDistance || distance >= _toVolunteer[volunteer] || _allocation.IsTaken(i))
            {
                continue;
            }

            if (_toVolunteer[volunteer] == long.MaxValue)
            {
                _volunteers.Add(volunteer);
            }

            _toVolunteer[volunteer] = distance;
            _volunteerBy[volunteer] = i;
            if (_allocation.HasRoom(volunteer))
            {
                (_endDistance, _endVolunteer, _endOrder) = (distance, volunteer, -1);
            }
            else
            {
                _nearest.Push(distance, volunteer);
            }
        }
    }

    /// <summary>From the end back to the start: who is moved aside leaves before the next one takes the slot.</summary>
    private void MoveAside(int start)
    {
        var (volunteer, order) = (_endVolunteer, _endOrder);
        if (volunteer < 0)
        {
            volunteer = _graph.Volunteer[_orderBy[order]];
            _allocation.Leave(_orderBy[order]);
        }

        while (true)
        {
            var candidate = _volunteerBy[volunteer];
            order = _graph.OrderOf[candidate];
            if (order == start)
            {
                _allocation.Take(candidate);
                return;
            }

            var before = _orderBy[order];
            _allocation.Leave(before);
            _allocation.Take(candidate);
            volunteer = _graph.Volunteer[before];
        }
    }

    private void Reprice()
    {
        foreach (var order in _orders)
        {
            _orderPrice[order] -= Math.Max(0, _endDistance - _toOrder[order]);
            _toOrder[order] = long.MaxValue;
        }

        foreach (var volunteer in _volunteers)
        {
            _volunteerPrice[volunteer] += Math.Max(0, _endDistance - _toVolunteer[volunteer]);
            _toVolunteer[volunteer] = long.MaxValue;
        }

        _orders.Clear();
        _volunteers.Clear();
    }
}
