using System.Collections.Immutable;

namespace Matching.Engine;

/// <summary>An order whose wave goes out together with those of others.</summary>
/// <param name="OpenSeats">Seats to be filled, 1 or more.</param>
/// <param name="Size">How many its wave asks.</param>
/// <param name="Candidates">Who may be asked, the best first; more than the wave asks, so that there is a choice.</param>
public sealed record WaveOrder(Need Need, int OpenSeats, int Size, ImmutableArray<Candidate> Candidates);

/// <summary>
/// Whom the waves of several orders ask. First each seat's first choice, all of them as one batch, so that the scarce plumber is asked first for what nobody
/// else can do; only then second choices, again as a batch, and so on. Nobody is asked for more than they could say yes to: what they were asked for is
/// in the way of more as what they promised would be, by the hard rules. An order that this leaves with nobody asks its best all the same: who comes first takes
/// them, and the other learns it at once.
/// </summary>
public static class Waves
{
    /// <param name="orders">No two of one order; all of one center, by whose days and weeks limits are counted.</param>
    /// <param name="people">Every candidate, with what they promised and what they have been asked for and not answered among their bookings.</param>
    /// <returns>For each order whom to ask, in this order.</returns>
    public static IReadOnlyList<IReadOnlyList<Candidate>> Plan(IReadOnlyList<WaveOrder> orders, IReadOnlyDictionary<Id, VolunteerFacts> people)
    {
        var asked = orders.Select(_ => new List<Candidate>()).ToArray();
        var busy = new Dictionary<Id, VolunteerFacts>(people);
        var choices = orders.Select(order => Math.Min(order.Size, order.Candidates.Length) / Math.Max(1, order.OpenSeats) + 1).DefaultIfEmpty().Max();
        for (var choice = 1; choice <= choices; choice++)
        {
            // In each turn everybody is given one order at most, so that work is spread; turns follow until nobody can be given one more.
            while (AskOnce(orders, asked, busy, choice))
            {
            }
        }

        for (var i = 0; i < orders.Count; i++)
        {
            if (asked[i].Count == 0)
            {
                asked[i].AddRange(orders[i].Candidates.Take(orders[i].Size));
            }
        }

        return asked;
    }

    private static bool AskOnce(IReadOnlyList<WaveOrder> orders, List<Candidate>[] asked, Dictionary<Id, VolunteerFacts> busy, int choice)
    {
        var waiting = new List<BatchOrder>();
        var indexOf = new Dictionary<Id, int>();
        for (var i = 0; i < orders.Count; i++)
        {
            var (need, seats) = (orders[i].Need, Math.Min(choice * orders[i].OpenSeats, orders[i].Size) - asked[i].Count);
            if (seats > 0)
            {
                indexOf.Add(need.OrderId, i);
                waiting.Add(new BatchOrder(need.OrderId, seats, need.Window, need.Place, need.Minutes,
                [
                    .. orders[i].Candidates
                        .Where(candidate => !asked[i].Contains(candidate) && CouldSayYes(busy[candidate.VolunteerId], need))
                        .Select(candidate => new BatchCandidate(candidate.VolunteerId, candidate.Score)),
                ]));
            }
        }

        if (waiting.Count == 0)
        {
            return false;
        }

        var plan = Batch.Solve(waiting, [], orders[0].Need.Zone);

        // Several of one order are asked in the sequence of their scores.
        foreach (var match in plan.Matches.OrderByDescending(match => match.Score).ThenBy(match => match.VolunteerId))
        {
            var (i, who) = (indexOf[match.OrderId], match.VolunteerId);
            var need = orders[i].Need;
            asked[i].Add(orders[i].Candidates.First(candidate => candidate.VolunteerId == who));
            busy[who] = busy[who] with { Bookings = busy[who].Bookings.Add(new Booking(need.OrderId, need.Window, need.Place, need.Minutes)) };
        }

        return plan.Matches.Length > 0;
    }

    private static bool CouldSayYes(VolunteerFacts volunteer, Need need) =>
        HardRules.Keeps(HardRule.NoOverlap, volunteer, need) && HardRules.Keeps(HardRule.BelowLimits, volunteer, need);
}
