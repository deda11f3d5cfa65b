namespace Matching.Engine;

/// <summary>
/// Makes an allocation keep what a pair of hands can do, and as good again as it can. First each volunteer keeps the best of what fits. Then defects are
/// mended one by one: a seat that is open, an order that went to a dearer choice, a slot that stands empty though it has a price. Each looks for the chain of
/// moves that brings most: an order goes to a volunteer who fits it in, or who gives up one order for it, which goes on to the next, and so on; or a volunteer
/// with room draws an order from another, who draws one in turn. What the flow's prices say a move loses leads the search, and ends it where more is lost than
/// there is to gain; what counts is its true worth.
/// </summary>
public sealed class Settlement
{
    private const int None = -1;

    // Most good chains are short, and a very large batch has very many defects.
    private static readonly Effort Usual = new(Slots: 120, Beyond: (long)(0.1 * Batch.Unit), Rounds: 4);
    private static readonly Effort InLarge = new(Slots: 25, Beyond: (long)(0.03 * Batch.Unit), Rounds: 2);

    private readonly BatchGraph _graph;
    private readonly Allocation _allocation;
    private readonly Hands _hands;

    // The candidates of each volunteer, the other way round.
    private readonly int[] _firstOf;
    private readonly int[] _of;

    // A label of the search, by slot: how far off, what the chain has gained by truly giving up what the slot holds, and the step before.
    private readonly long[] _loss;
    private readonly long[] _gain;
    private readonly int[] _before;
    private readonly int[] _by;
    private readonly List<int> _reached = [];
    private readonly NearestFirst _nearest = new();

    // What no chain of the search may lose, unless it ends where somebody has room of worth; and the best end so far.
    private long _most;
    private long _best;
    private int _bestSlot;
    private int _bestCandidate;

    // The round in which a volunteer's hands last changed.
    private readonly int[] _changed;
    private int _round;

    // Losses that are nothing but the slack of the prices.
    private readonly long _slack;
    private readonly Effort _effort;

    private Settlement(Allocation allocation, Hands hands, long slack)
    {
        _graph = allocation.Graph;
        _allocation = allocation;
        _hands = hands;
        _slack = slack;
        _effort = _graph.Orders <= Batch.ExactUpTo ? Usual : InLarge;
        (_firstOf, _of) = ByVolunteer(_graph);
        _loss = new long[_graph.Slots];
        _gain = new long[_graph.Slots];
        _before = new int[_graph.Slots];
        _by = new int[_graph.Slots];
        _changed = new int[_graph.Volunteers];
        Array.Fill(_loss, long.MaxValue);
    }

    /// <summary>Changes the allocation in place; its prices stay, so that its bound still holds.</summary>
    /// <param name="slack">How far the prices may be off: 0 after the exact flow, the auction's little after the auction.</param>
    public static void Settle(Allocation allocation, Hands hands, long slack)
    {
        var settlement = new Settlement(allocation, hands, slack);
        if (settlement.KeepWhatFits())
        {
            settlement.MendAll();
        }
    }

    /// <summary>The same for an allocation that fits as it is.</summary>
    public static void Mend(Allocation allocation, Hands hands, long slack) => new Settlement(allocation, hands, slack).MendAll();

    /// <summary>False when all fits as it is: nothing is lost then, and nothing to be mended.</summary>
    private bool KeepWhatFits()
    {
        var changed = false;
        for (var volunteer = 0; volunteer < _graph.Volunteers; volunteer++)
        {
            changed |= !AllFit(volunteer) && KeepBest(volunteer);
        }

        return changed;
    }

    private bool AllFit(int volunteer)
    {
        var held = _allocation.HeldBy(volunteer);
        for (var i = 1; i < held.Length; i++)
        {
            if (!_hands.Fit(_graph, volunteer, held[..i], None, _graph.OrderOf[held[i]]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Tries every part of what a volunteer holds; where that is a lot, takes the best first.</summary>
    private bool KeepBest(int volunteer)
    {
        var held = _allocation.HeldBy(volunteer).ToArray();
        Array.Sort(held, (a, b) => _graph.Worth[a] != _graph.Worth[b] ? _graph.Worth[b].CompareTo(_graph.Worth[a]) : a.CompareTo(b));
        var best = new List<int>();
        var bestWorth = -1L;
        var kept = new List<int>();
        var tries = 0;
        Try(0, 0);
        foreach (var candidate in held.Except(best))
        {
            _allocation.Leave(candidate);
        }

        return true;

        void Try(int next, long worth)
        {
            if (worth > bestWorth)
            {
                bestWorth = worth;
                best = [.. kept];
            }

            for (var i = next; i < held.Length && tries < 4_096; i++)
            {
                tries++;
                if (_hands.Fit(_graph, volunteer, kept.ToArray(), None, _graph.OrderOf[held[i]]))
                {
                    kept.Add(held[i]);
                    Try(i + 1, worth + _graph.Worth[held[i]]);
                    kept.RemoveAt(kept.Count - 1);
                }
            }
        }
    }

    private void MendAll()
    {
        for (var round = 0; round < _effort.Rounds && MendOnce(); round++)
        {
        }
    }

    private bool MendOnce()
    {
        var before = _allocation.Total;
        _round++;
        for (var order = 0; order < _graph.Orders; order++)
        {
            // Whose price is 0 lost nothing; what became free for it is drawn below.
            while (_allocation.Open[order] > 0 && _allocation.OrderPrice[order] > _slack && IsNews(order) && Place(order, None))
            {
            }
        }

        for (var volunteer = 0; volunteer < _graph.Volunteers; volunteer++)
        {
            while (_allocation.HasRoom(volunteer) && _allocation.VolunteerPrice[volunteer] > _slack && Draw(volunteer))
            {
            }
        }

        for (var candidate = 0; candidate < _graph.Candidates; candidate++)
        {
            if (_allocation.IsTaken(candidate) && LossOf(candidate) > _slack && IsNews(_graph.OrderOf[candidate]))
            {
                Place(_graph.OrderOf[candidate], candidate);
            }
        }

        return _allocation.Total > before;
    }

    /// <summary>Whether any of an order's candidates has changed hands since the last round: else the search that failed then fails again.</summary>
    private bool IsNews(int order)
    {
        for (var i = _graph.First[order]; i < _graph.First[order + 1]; i++)
        {
            if (_changed[_graph.Volunteer[i]] >= _round - 1)
            {
                return true;
            }
        }

        return false;
    }

    // ── An order looks for a volunteer ──────────────────────────────────────────────────────────────────────────────

    /// <summary>Finds the best chain for an open seat, or for one that is filled by this candidate, and makes its moves. False when none gains.</summary>
    private bool Place(int order, int instead)
    {
        Begin(instead < 0 ? _allocation.OrderPrice[order] : LossOf(instead));
        var start = instead < 0 ? None : _allocation.SlotOf[instead];
        var gain = instead < 0 ? 0 : -_graph.Worth[instead];
        if (start >= 0)
        {
            Reach(start, 0, gain, None, None);
            _nearest.Clear();
        }

        PassOn(order, start, 0, gain);
        for (var looks = 0; looks < _effort.Slots && _nearest.TryPop(out var loss, out var slot); looks++)
        {
            if (loss > _loss[slot])
            {
                continue;
            }

            // To leave this one's seat open may be the best.
            if (_gain[slot] > _best)
            {
                (_best, _bestSlot, _bestCandidate) = (_gain[slot], slot, None);
            }

            PassOn(_graph.OrderOf[_allocation.Holding[slot]], slot, loss, _gain[slot]);
        }

        if (_best > 0)
        {
            MakeMoves();
        }

        Forget();
        return _best > 0;
    }

    private void PassOn(int order, int slot, long loss, long gain)
    {
        for (var i = _graph.First[order]; i < _graph.First[order + 1]; i++)
        {
            var volunteer = _graph.Volunteer[i];
            var lost = loss + Math.Max(0, LossOf(i));
            var through = gain + _graph.Worth[i];
            if ((through <= _best && !IsWorthGoingOn(lost)) || _allocation.IsTaken(i) || OnTheWay(slot, volunteer, out var givesUp))
            {
                continue;
            }

            var held = _allocation.HeldBy(volunteer);
            if ((givesUp >= 0 || _allocation.HasRoom(volunteer)) && _hands.Fit(_graph, volunteer, held, givesUp, order))
            {
                if (through > _best)
                {
                    (_best, _bestSlot, _bestCandidate) = (through, slot, i);
                }

                continue;
            }

            if (givesUp >= 0)
            {
                continue;
            }

            foreach (var candidate in held)
            {
                var there = lost + Math.Max(0, -LossOf(candidate));
                if (IsWorthGoingOn(there) && there < _loss[_allocation.SlotOf[candidate]] && _hands.Fit(_graph, volunteer, held, candidate, order))
                {
                    Reach(_allocation.SlotOf[candidate], there, through - _graph.Worth[candidate], slot, i);
                }
            }
        }
    }

    /// <summary>
    /// Whether a chain that has come to this slot has changed a volunteer's hands already. It may come back to where it began, to the place that became free
    /// there and no other.
    /// </summary>
    private bool OnTheWay(int slot, int volunteer, out int givesUp)
    {
        givesUp = None;
        for (var at = slot; at >= 0; at = _before[at])
        {
            var holding = _allocation.Holding[at];
            if (_graph.Volunteer[holding] == volunteer)
            {
                givesUp = _by[at] < 0 ? holding : None;
                return givesUp < 0;
            }
        }

        return false;
    }

    private void MakeMoves()
    {
        // All leave before any comes, so that nobody ever holds too much.
        var come = new List<int>();
        if (_bestCandidate >= 0)
        {
            come.Add(_bestCandidate);
        }

        var leave = new List<int>();
        for (var slot = _bestSlot; slot >= 0; slot = _before[slot])
        {
            leave.Add(_allocation.Holding[slot]);
            if (_by[slot] >= 0)
            {
                come.Add(_by[slot]);
            }
        }

        leave.ForEach(_allocation.Leave);
        come.ForEach(_allocation.Take);
        foreach (var candidate in leave.Concat(come))
        {
            _changed[_graph.Volunteer[candidate]] = _round;
        }
    }

    // ── A volunteer looks for an order ──────────────────────────────────────────────────────────────────────────────

    /// <summary>Finds the best chain that fills an empty slot, and makes its moves. False when none gains.</summary>
    private bool Draw(int volunteer)
    {
        Begin(_allocation.VolunteerPrice[volunteer]);
        DrawFrom(volunteer, None, 0, 0);
        for (var looks = 0; looks < _effort.Slots && _nearest.TryPop(out var loss, out var slot); looks++)
        {
            if (loss > _loss[slot])
            {
                continue;
            }

            if (_gain[slot] > _best)
            {
                (_best, _bestSlot, _bestCandidate) = (_gain[slot], slot, None);
            }

            DrawFrom(_graph.Volunteer[_allocation.Holding[slot]], slot, loss, _gain[slot]);
        }

        if (_best > 0)
        {
            MakeMoves();
        }

        Forget();
        return _best > 0;
    }

    private void DrawFrom(int volunteer, int slot, long loss, long gain)
    {
        var left = slot < 0 ? None : _allocation.Holding[slot];
        var held = _allocation.HeldBy(volunteer);
        for (var at = _firstOf[volunteer]; at < _firstOf[volunteer + 1]; at++)
        {
            var i = _of[at];
            var order = _graph.OrderOf[i];
            var isOpen = _allocation.Open[order] > 0;
            var lost = loss + Math.Max(0, LossOf(i));
            var through = gain + _graph.Worth[i];
            if ((isOpen ? through <= _best : !IsWorthGoingOn(lost)) || _allocation.IsTaken(i) || !_hands.Fit(_graph, volunteer, held, left, order))
            {
                continue;
            }

            if (isOpen)
            {
                (_best, _bestSlot, _bestCandidate) = (through, slot, i);
                continue;
            }

            for (var other = _graph.First[order]; other < _graph.First[order + 1]; other++)
            {
                if (!_allocation.IsTaken(other))
                {
                    continue;
                }

                var there = lost + Math.Max(0, -LossOf(other));
                var next = _allocation.SlotOf[other];
                if (IsWorthGoingOn(there) && there < _loss[next] && _graph.Volunteer[other] != volunteer && !OnTheWay(slot, _graph.Volunteer[other]))
                {
                    Reach(next, there, through - _graph.Worth[other], slot, i);
                }
            }
        }
    }

    // Also of the one with whom the chain began: they hold what was drawn first.
    private bool OnTheWay(int slot, int volunteer)
    {
        for (var at = slot; at >= 0; at = _before[at])
        {
            if (_graph.Volunteer[_allocation.Holding[at]] == volunteer || _graph.Volunteer[_by[at]] == volunteer)
            {
                return true;
            }
        }

        return false;
    }

    // ── The search ──────────────────────────────────────────────────────────────────────────────────────────────────

    /// <summary>What the prices say is lost by taking a candidate; below 0: by not taking it.</summary>
    private long LossOf(int candidate) =>
        _allocation.OrderPrice[_graph.OrderOf[candidate]] + _allocation.VolunteerPrice[_graph.Volunteer[candidate]] - _graph.Worth[candidate];

    /// <param name="gain">What a chain that loses nothing would bring.</param>
    private void Begin(long gain) => (_most, _best, _bestSlot, _bestCandidate) = (gain + _effort.Beyond, 0, None, None);

    /// <summary>Whether a chain that has lost so much may still bring more than the best one found.</summary>
    private bool IsWorthGoingOn(long loss) => loss < _most - _best;

    private void Reach(int slot, long loss, long gain, int before, int by)
    {
        if (_loss[slot] == long.MaxValue)
        {
            _reached.Add(slot);
        }

        (_loss[slot], _gain[slot], _before[slot], _by[slot]) = (loss, gain, before, by);
        _nearest.Push(loss, slot);
    }

    private void Forget()
    {
        foreach (var slot in _reached)
        {
            _loss[slot] = long.MaxValue;
        }

        _reached.Clear();
        _nearest.Clear();
    }

    private static (int[] First, int[] Candidates) ByVolunteer(BatchGraph graph)
    {
        var first = new int[graph.Volunteers + 1];
        foreach (var volunteer in graph.Volunteer)
        {
            first[volunteer + 1]++;
        }

        for (var volunteer = 0; volunteer < graph.Volunteers; volunteer++)
        {
            first[volunteer + 1] += first[volunteer];
        }

        var next = first.ToArray();
        var candidates = new int[graph.Candidates];
        for (var i = 0; i < graph.Candidates; i++)
        {
            candidates[next[graph.Volunteer[i]]++] = i;
        }

        return (first, candidates);
    }

    /// <summary>How much a settlement tries.</summary>
    /// <param name="Slots">That one search may look at.</param>
    /// <param name="Beyond">By how much a chain may lose more than there seems to be to gain: some places are worth more than their prices say.</param>
    /// <param name="Rounds">Through all defects, at most.</param>
    private readonly record struct Effort(int Slots, long Beyond, int Rounds);
}
