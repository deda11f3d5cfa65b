using System.Collections.Immutable;
using Matching.Geography;
using Matching.Volunteers;

namespace Matching.Engine;

/// <summary>Somebody who may be asked for an order that waits in a batch, and their score for it, 0 to 1.</summary>
public readonly record struct BatchCandidate(Id VolunteerId, double Score);

/// <summary>An order that waits with others: its open seats, when, where and how long, and who may be asked, each order seen alone.</summary>
/// <param name="Minutes">The minutes of service that count towards a day's limit.</param>
public sealed record BatchOrder(Id OrderId, int Seats, Window Window, Place Place, int Minutes, ImmutableArray<BatchCandidate> Candidates);

/// <summary>What somebody can take of a batch.</summary>
/// <param name="Orders">At most so many orders; none when 0.</param>
/// <param name="Limits">The most they want a day and a week, what they have promised already included.</param>
/// <param name="Bookings">What they have promised already. Orders that collide with it have not named them as a candidate.</param>
public sealed record BatchVolunteer(Id VolunteerId, int Orders = 1, Limits Limits = default, ImmutableArray<Booking> Bookings = default);

/// <summary>Whom to ask for what.</summary>
public readonly record struct BatchMatch(Id OrderId, Id VolunteerId, double Score);

/// <summary>The answer to a batch.</summary>
/// <param name="Matches">By order, then volunteer.</param>
/// <param name="Total">The sum of their scores.</param>
/// <param name="Bound">No plan has a greater total: the most that could be had if nothing collided and nobody had limits a day or a week.</param>
public sealed record BatchPlan(ImmutableArray<BatchMatch> Matches, double Total, double Bound)
{
    /// <summary>How far the total may be below the best there is, as a share of the bound. 0: no plan is better.</summary>
    public double Gap => Bound == 0 ? 0 : Math.Max(0, 1 - Total / Bound);
}

/// <summary>
/// Orders that wait together are solved together, so that the scarce plumber goes where nobody else can: the greatest total score under seats an order and
/// orders a volunteer, by the exact flow, and for very many orders by auction; then what collides in somebody's hands or goes beyond their day or week is
/// settled. Where nothing does, the flow is the answer. The same orders in any sequence give the same plan.
/// </summary>
public static class Batch
{
    /// <summary>Up to so many orders the flow is exact.</summary>
    public const int ExactUpTo = 10_000;

    /// <summary>Scores are counted in billionths: sums of whole numbers do not depend on their order.</summary>
    public const double Unit = 1e9;

    /// <summary>How far a bid goes beyond the next best choice: a thousandth of the best score. Measured, the total falls short by a hundredth of that.</summary>
    public const long Little = (long)(0.001 * Unit);

    /// <param name="orders">No two of one id.</param>
    /// <param name="volunteers">No two of one id. Who is a candidate and not named here takes one order.</param>
    /// <param name="zone">The center's: days and weeks of limits are in it.</param>
    public static BatchPlan Solve(IReadOnlyCollection<BatchOrder> orders, IReadOnlyCollection<BatchVolunteer> volunteers, TimeZoneInfo zone)
    {
        var sorted = orders.OrderBy(order => order.OrderId).ToArray();
        var people = People(sorted, volunteers);
        var graph = GraphOf(sorted, people);
        var allocation = Solve(graph, new Hands(sorted, people, zone));
        ImmutableArray<BatchMatch> matches =
        [
            .. Enumerable.Range(0, graph.Candidates)
                .Where(allocation.IsTaken)
                .OrderBy(i => graph.OrderOf[i]).ThenBy(i => graph.Volunteer[i])
                .Select(i => MatchOf(sorted[graph.OrderOf[i]], people[graph.Volunteer[i]].VolunteerId)),
        ];
        return new BatchPlan(matches, allocation.Total / Unit, allocation.Bound() / Unit);
    }

    /// <summary>The same in numbers.</summary>
    public static Allocation Solve(BatchGraph graph, Hands hands)
    {
        var exact = graph.Orders <= ExactUpTo;
        var slack = exact ? 0 : Little;
        var allocation = exact ? ExactFlow.Solve(graph) : Auction.Solve(graph, Little);
        Settlement.Settle(allocation, hands, slack);

        // Where nearly everything collides, what takes the best pair each time may do better; it never does where the total is near the bound.
        if (allocation.Total < allocation.Bound() * (exact ? 1 : 0.95) && Greedy.Solve(graph, hands) is var greedy && greedy.Total > allocation.Total)
        {
            allocation.OrderPrice.CopyTo(greedy.OrderPrice, 0);
            allocation.VolunteerPrice.CopyTo(greedy.VolunteerPrice, 0);
            Settlement.Mend(greedy, hands, slack);
            return greedy;
        }

        return allocation;
    }

    // The score as it came in, not as it was counted.
    private static BatchMatch MatchOf(BatchOrder order, Id volunteer) => new(
        order.OrderId, volunteer, order.Candidates.Where(candidate => candidate.VolunteerId == volunteer).Max(candidate => candidate.Score));

    /// <summary>All candidates who have room, by id.</summary>
    private static BatchVolunteer[] People(BatchOrder[] orders, IReadOnlyCollection<BatchVolunteer> named)
    {
        var known = named.ToDictionary(volunteer => volunteer.VolunteerId);
        return
        [
            .. orders.SelectMany(order => order.Candidates).Select(candidate => candidate.VolunteerId).Distinct()
                .Select(id => known.TryGetValue(id, out var volunteer) ? volunteer : new BatchVolunteer(id))
                .Where(volunteer => volunteer.Orders > 0)
                .OrderBy(volunteer => volunteer.VolunteerId),
        ];
    }

    private static BatchGraph GraphOf(BatchOrder[] orders, BatchVolunteer[] people)
    {
        var numberOf = new Dictionary<Id, int>(people.Length);
        for (var i = 0; i < people.Length; i++)
        {
            numberOf.Add(people[i].VolunteerId, i);
        }

        var first = new int[orders.Length + 1];
        var volunteer = new List<int>();
        var worth = new List<long>();
        var seen = new Dictionary<int, int>();
        for (var order = 0; order < orders.Length; order++)
        {
            seen.Clear();
            foreach (var candidate in orders[order].Candidates)
            {
                if (!numberOf.TryGetValue(candidate.VolunteerId, out var who))
                {
                    continue;
                }

                // Even the worst is better than nobody. Somebody named twice for one order counts once, at their best.
                var value = Math.Max(1, (long)Math.Round(candidate.Score * Unit));
                if (seen.TryAdd(who, worth.Count))
                {
                    volunteer.Add(who);
                    worth.Add(value);
                }
                else
                {
                    worth[seen[who]] = Math.Max(worth[seen[who]], value);
                }
            }

            first[order + 1] = worth.Count;
        }

        return new BatchGraph([.. orders.Select(order => Math.Max(0, order.Seats))], [.. people.Select(one => one.Orders)], first, [.. volunteer], [.. worth]);
    }
}
