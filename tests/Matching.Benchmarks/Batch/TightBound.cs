using Matching.Engine;

namespace Matching.Benchmarks.Batch;

/// <summary>
/// How near the flow's bound any plan that keeps the rules could come: each volunteer takes the best of what fits at given prices of the orders, and prices follow
/// what several or nobody wants (Lagrangean relaxation, subgradient steps). Slow, and for the benchmark only.
/// </summary>
internal static class TightBound
{
    private const int Rounds = 150;

    /// <summary>No plan is worth more than this.</summary>
    public static double Of(Allocation start, Hands hands, long known)
    {
        var graph = start.Graph;
        var prices = start.OrderPrice.Select(price => (double)price).ToArray();
        var candidatesOf = Enumerable.Range(0, graph.Candidates).GroupBy(candidate => graph.Volunteer[candidate]).Select(of => of.ToArray()).ToArray();
        var (best, scale, sinceBetter) = (double.MaxValue, 1.0, 0);
        for (var round = 0; round < Rounds; round++)
        {
            var left = graph.Seats.Select(seats => (double)seats).ToArray();
            var value = prices.Zip(graph.Seats, (price, seats) => price * seats).Sum();
            foreach (var candidates in candidatesOf)
            {
                var (gain, chosen) = BestThatFits(graph, hands, candidates, prices);
                value += gain;
                chosen.ForEach(candidate => left[graph.OrderOf[candidate]]--);
            }

            sinceBetter = value < best * 0.99999 ? 0 : sinceBetter + 1;
            best = Math.Min(best, value);
            if (sinceBetter == 8)
            {
                (scale, sinceBetter) = (scale / 2, 0);
            }

            // A price that is 0 and would fall stays.
            var off = 0.0;
            for (var order = 0; order < left.Length; order++)
            {
                left[order] = left[order] > 0 && prices[order] <= 0 ? 0 : left[order];
                off += left[order] * left[order];
            }

            if (off == 0)
            {
                break;
            }

            for (var order = 0; order < left.Length; order++)
            {
                prices[order] = Math.Max(0, prices[order] - scale * (value - known) / off * left[order]);
            }
        }

        return best;
    }

    private static (double Gain, List<int> Chosen) BestThatFits(BatchGraph graph, Hands hands, int[] candidates, double[] prices)
    {
        var volunteer = graph.Volunteer[candidates[0]];
        var room = graph.RoomOf(volunteer);
        var wanted = candidates.Select(candidate => (Candidate: candidate, Gain: graph.Worth[candidate] - prices[graph.OrderOf[candidate]]))
            .Where(one => one.Gain > 0).OrderByDescending(one => one.Gain).ToArray();
        var (most, best) = (0.0, new List<int>());
        var held = new List<int>(room);
        Try(0, 0);
        return (most, best);

        void Try(int next, double gain)
        {
            if (gain > most)
            {
                (most, best) = (gain, [.. held]);
            }

            for (var i = next; i < wanted.Length && held.Count < room && gain + wanted[i].Gain * (room - held.Count) > most; i++)
            {
                if (hands.Fit(graph, volunteer, held.ToArray(), -1, graph.OrderOf[wanted[i].Candidate]))
                {
                    held.Add(wanted[i].Candidate);
                    Try(i + 1, gain + wanted[i].Gain);
                    held.RemoveAt(held.Count - 1);
                }
            }
        }
    }
}
