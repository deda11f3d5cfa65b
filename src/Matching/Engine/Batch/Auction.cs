namespace Matching.Engine;

/// <summary>
/// The greatest total worth under seats an order and slots a volunteer, nearly: open seats bid for slots in turn, each up to what its next best choice leaves,
/// and a little more (Bertsekas, 1988). The total is at most that little for each seat below the best that can be had, and in practice a fiftieth of it.
/// Prices begin at 0 and only rise, so that whoever nobody wants costs nothing and a seat that is outbid everywhere may stay open for good.
/// </summary>
public static class Auction
{
    /// <param name="little">By how much a bid goes beyond the next best choice, above 0. When all worths are multiples of more than this times the seats, the result is exact.</param>
    public static Allocation Solve(BatchGraph graph, long little)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(little, 1);
        var allocation = new Allocation(graph);
        var price = allocation.VolunteerPrice;
        var bids = new long[graph.Slots];
        var waiting = new Queue<int>(graph.Orders);
        for (var order = 0; order < graph.Orders; order++)
        {
            for (var seat = 0; seat < graph.Seats[order]; seat++)
            {
                waiting.Enqueue(order);
            }
        }

        while (waiting.TryDequeue(out var order))
        {
            // The best choice, and what the next best would leave; to stay open leaves 0.
            var (best, most, next) = (-1, 0L, 0L);
            for (var i = graph.First[order]; i < graph.First[order + 1] && graph.Worth[i] > next; i++)
            {
                var left = graph.Worth[i] - price[graph.Volunteer[i]];
                if (left <= next || allocation.IsTaken(i))
                {
                    continue;
                }

                if (left > most)
                {
                    (best, most, next) = (i, left, most);
                }
                else
                {
                    next = left;
                }
            }

            if (best < 0)
            {
                continue;
            }

            var bid = graph.Worth[best] - next + little;
            var who = graph.Volunteer[best];
            if (!allocation.HasRoom(who))
            {
                var lowest = Lowest(bids, graph, who);
                var outbid = allocation.Holding[lowest];
                waiting.Enqueue(graph.OrderOf[outbid]);

                // The last slot's bid moves with its candidate.
                bids[lowest] = bids[graph.FirstSlot[who + 1] - 1];
                allocation.Leave(outbid);
            }

            allocation.Take(best);
            bids[allocation.SlotOf[best]] = bid;
            if (!allocation.HasRoom(who))
            {
                price[who] = bids[Lowest(bids, graph, who)];
            }
        }

        PriceOrders(allocation);
        return allocation;
    }

    private static int Lowest(long[] bids, BatchGraph graph, int volunteer)
    {
        var lowest = graph.FirstSlot[volunteer];
        for (var slot = lowest + 1; slot < graph.FirstSlot[volunteer + 1]; slot++)
        {
            lowest = bids[slot] < bids[lowest] ? slot : lowest;
        }

        return lowest;
    }

    // What the best candidate that was not taken would leave: the prices of seats that go with those of the slots.
    private static void PriceOrders(Allocation allocation)
    {
        var graph = allocation.Graph;
        for (var order = 0; order < graph.Orders; order++)
        {
            var most = 0L;
            for (var i = graph.First[order]; i < graph.First[order + 1]; i++)
            {
                most = allocation.IsTaken(i) ? most : Math.Max(most, graph.Worth[i] - allocation.VolunteerPrice[graph.Volunteer[i]]);
            }

            allocation.OrderPrice[order] = most;
        }
    }
}
