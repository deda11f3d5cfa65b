using System.Collections.Immutable;
using Matching.Geography;

namespace Matching.Engine;

/// <summary>Somebody who may be asked for an order that waits in a batch, and their score for it.</summary>
public readonly record struct BatchCandidate(Id VolunteerId, double Score);

/// <summary>An order that waits with others: its open seats and who may be asked, each order seen alone.</summary>
public sealed record BatchOrder(Id OrderId, int Seats, Window Window, Place Place, ImmutableArray<BatchCandidate> Candidates);

/// <summary>Whom to ask for what.</summary>
public readonly record struct BatchMatch(Id OrderId, Id VolunteerId, double Score);

/// <summary>The answer to a batch.</summary>
/// <param name="Matches">By order, then volunteer.</param>
/// <param name="Total">The sum of their scores.</param>
/// <param name="Bound">The most that could be had if nobody's orders collided; the total reaches it when each volunteer takes one order.</param>
public sealed record BatchPlan(ImmutableArray<BatchMatch> Matches, double Total, double Bound);

/// <summary>
/// Orders that wait together are solved together, so that the scarce plumber goes where nobody else can. First the greatest total score under
/// seats an order and orders a volunteer, exactly: a flow of least cost, one seat after another along the shortest way, by Dijkstra on reduced
/// costs (Edmonds and Karp, 1972). Then, of what collides in one volunteer's hands, the better is kept, and seats that this opens go to who is
/// still free. The same orders in any sequence give the same plan.
/// </summary>
public static class Batch
{
    // Scores are counted in billionths: sums of whole numbers do not depend on their order.
    private const double Unit = 1e9;

    /// <param name="orders">No two of one id.</param>
    /// <param name="capacity">How many orders a volunteer may be given; who is not named takes one.</param>
    public static BatchPlan Solve(IEnumerable<BatchOrder> orders, IReadOnlyDictionary<Id, int>? capacity = null)
    {
        var sorted = orders.OrderBy(order => order.OrderId).ToArray();
        var volunteers = sorted.SelectMany(order => order.Candidates).Select(candidate => candidate.VolunteerId).Distinct().Order().ToArray();
        var flow = new Flow(sorted, volunteers, capacity);
        for (var order = 0; order < sorted.Length; order++)
        {
            for (var seat = 0; seat < sorted[order].Seats; seat++)
            {
                flow.Fill(order);
            }
        }

        var bound = flow.Matched().Sum(edge => edge.Worth);
        var kept = WithoutCollisions(sorted, flow, capacity);
        ImmutableArray<BatchMatch> matches =
        [
            .. kept
                .OrderBy(edge => edge.Order).ThenBy(edge => edge.Volunteer)
                .Select(edge => new BatchMatch(sorted[edge.Order].OrderId, volunteers[edge.Volunteer], edge.Score)),
        ];
        return new BatchPlan(matches, kept.Sum(edge => edge.Worth) / Unit, bound / Unit);
    }

    private static List<Edge> WithoutCollisions(BatchOrder[] orders, Flow flow, IReadOnlyDictionary<Id, int>? capacity)
    {
        var kept = new List<Edge>();
        var held = new Dictionary<int, List<int>>();
        var open = orders.Select(order => order.Seats).ToArray();

        bool Takes(Edge edge)
        {
            var orderOf = orders[edge.Order];
            var hands = held.TryGetValue(edge.Volunteer, out var already) ? already : held[edge.Volunteer] = [];
            if (open[edge.Order] == 0
                || hands.Count >= flow.CapacityOf(edge.Volunteer)
                || hands.Any(other => Booking.Collide(orderOf.Window, orderOf.Place, orders[other].Window, orders[other].Place)))
            {
                return false;
            }

            hands.Add(edge.Order);
            open[edge.Order]--;
            return true;
        }

        // What the flow chose goes first, the best first; then whoever is free fills what is open.
        kept.AddRange(BestFirst(flow.Matched()).Where(Takes));
        kept.AddRange(BestFirst(flow.Unmatched()).Where(Takes));
        return kept;
    }

    private static IEnumerable<Edge> BestFirst(IEnumerable<Edge> edges) =>
        edges.OrderByDescending(edge => edge.Worth).ThenBy(edge => edge.Order).ThenBy(edge => edge.Volunteer).ToArray();

    private sealed class Edge(int order, int volunteer, double score)
    {
        public int Order { get; } = order;

        public int Volunteer { get; } = volunteer;

        public double Score { get; } = score;

        public long Worth { get; } = (long)Math.Round(score * Unit);

        public bool Used { get; set; }
    }

    /// <summary>
    /// Every open seat ends at the sink: by way of a volunteer who has room, worth the score, or straight, worth nothing. Nodes are the orders,
    /// then the volunteers. A node's price makes every way that is left cost zero or more.
    /// </summary>
    private sealed class Flow
    {
        private readonly List<Edge>[] _ofOrder;
        private readonly List<Edge>[] _ofVolunteer;
        private readonly int[] _room;
        private readonly int[] _capacity;
        private readonly long[] _price;
        private readonly long[] _distance;
        private readonly Edge?[] _cameBy;
        private readonly List<int> _touched = [];

        public Flow(BatchOrder[] orders, Id[] volunteers, IReadOnlyDictionary<Id, int>? capacity)
        {
            var indexOf = volunteers.Select((id, index) => (id, index)).ToDictionary(pair => pair.id, pair => pair.index);
            _ofOrder = new List<Edge>[orders.Length];
            _ofVolunteer = [.. volunteers.Select(_ => new List<Edge>())];
            _capacity = [.. volunteers.Select(id => capacity is not null && capacity.TryGetValue(id, out var most) ? Math.Max(0, most) : 1)];
            _room = [.. _capacity];
            _price = new long[orders.Length + volunteers.Length];
            _distance = new long[_price.Length];
            _cameBy = new Edge?[_price.Length];
            Array.Fill(_distance, long.MaxValue);
            for (var order = 0; order < orders.Length; order++)
            {
                // Somebody named twice for one order counts once, at their best.
                _ofOrder[order] =
                [
                    .. orders[order].Candidates
                        .GroupBy(candidate => candidate.VolunteerId)
                        .Select(same => new Edge(order, indexOf[same.Key], same.Max(candidate => candidate.Score)))
                        .OrderBy(edge => edge.Volunteer),
                ];
                foreach (var edge in _ofOrder[order])
                {
                    _ofVolunteer[edge.Volunteer].Add(edge);
                    _price[order] = Math.Max(_price[order], edge.Worth);
                }
            }
        }

        public int CapacityOf(int volunteer) => _capacity[volunteer];

        public IEnumerable<Edge> Matched() => _ofOrder.SelectMany(edges => edges).Where(edge => edge.Used);

        public IEnumerable<Edge> Unmatched() => _ofOrder.SelectMany(edges => edges).Where(edge => !edge.Used);

        /// <summary>Sends one more seat of an order to the sink, moving others aside where that is worth it.</summary>
        public void Fill(int start)
        {
            var nearest = new PriorityQueue<int, (long Distance, int Node)>();
            var end = -1;
            var endDistance = long.MaxValue;
            Reach(start, 0, null, nearest);
            while (nearest.TryDequeue(out var node, out var key) && key.Distance < endDistance)
            {
                if (key.Distance > _distance[node])
                {
                    continue;
                }

                var isOrder = node < _ofOrder.Length;

                // The sink's price is zero throughout.
                if ((isOrder || _room[node - _ofOrder.Length] > 0) && key.Distance + _price[node] < endDistance)
                {
                    end = node;
                    endDistance = key.Distance + _price[node];
                }

                if (isOrder)
                {
                    foreach (var edge in _ofOrder[node])
                    {
                        if (!edge.Used)
                        {
                            var next = _ofOrder.Length + edge.Volunteer;
                            Reach(next, key.Distance - edge.Worth + _price[node] - _price[next], edge, nearest);
                        }
                    }
                }
                else
                {
                    foreach (var edge in _ofVolunteer[node - _ofOrder.Length])
                    {
                        if (edge.Used)
                        {
                            Reach(edge.Order, key.Distance + edge.Worth + _price[node] - _price[edge.Order], edge, nearest);
                        }
                    }
                }
            }

            Flip(start, end);
            foreach (var node in _touched)
            {
                _price[node] += Math.Min(0, _distance[node] - endDistance);
                _distance[node] = long.MaxValue;
                _cameBy[node] = null;
            }

            _touched.Clear();
        }

        private void Reach(int node, long distance, Edge? by, PriorityQueue<int, (long Distance, int Node)> nearest)
        {
            if (distance < _distance[node])
            {
                if (_distance[node] == long.MaxValue)
                {
                    _touched.Add(node);
                }

                _distance[node] = distance;
                _cameBy[node] = by;
                nearest.Enqueue(node, (distance, node));
            }
        }

        private void Flip(int start, int end)
        {
            if (end >= _ofOrder.Length)
            {
                _room[end - _ofOrder.Length]--;
            }

            for (var node = end; node != start;)
            {
                var edge = _cameBy[node]!;
                edge.Used = !edge.Used;
                node = node == edge.Order ? _ofOrder.Length + edge.Volunteer : edge.Order;
            }
        }
    }
}
