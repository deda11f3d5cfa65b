namespace Matching.Engine;

/// <summary>Which candidates of a batch are taken, and prices of orders and volunteers that prove how good that is.</summary>
public sealed class Allocation
{
    private const int None = -1;

    public Allocation(BatchGraph graph)
    {
        Graph = graph;
        OrderPrice = new long[graph.Orders];
        VolunteerPrice = new long[graph.Volunteers];
        Holding = new int[graph.Slots];
        Held = new int[graph.Volunteers];
        Open = [.. graph.Seats];
        SlotOf = new int[graph.Candidates];
        Array.Fill(SlotOf, None);
    }

    public BatchGraph Graph { get; }

    /// <summary>What one more seat of the order would be worth, or less.</summary>
    public long[] OrderPrice { get; }

    /// <summary>What one more slot of the volunteer would be worth.</summary>
    public long[] VolunteerPrice { get; }

    /// <summary>The candidate in each slot. A volunteer's filled slots come first.</summary>
    public int[] Holding { get; }

    /// <summary>How many slots of each volunteer are filled.</summary>
    public int[] Held { get; }

    /// <summary>Seats of each order that are still open.</summary>
    public int[] Open { get; }

    /// <summary>The slot of each candidate; below 0 when it is not taken.</summary>
    public int[] SlotOf { get; }

    public long Total { get; private set; }

    public int Taken { get; private set; }

    public bool IsTaken(int candidate) => SlotOf[candidate] >= 0;

    public bool HasRoom(int volunteer) => Held[volunteer] < Graph.RoomOf(volunteer);

    public ReadOnlySpan<int> HeldBy(int volunteer) => Holding.AsSpan(Graph.FirstSlot[volunteer], Held[volunteer]);

    /// <summary>Fills a free slot and an open seat.</summary>
    public void Take(int candidate)
    {
        var volunteer = Graph.Volunteer[candidate];
        var slot = Graph.FirstSlot[volunteer] + Held[volunteer]++;
        Holding[slot] = candidate;
        SlotOf[candidate] = slot;
        Open[Graph.OrderOf[candidate]]--;
        Total += Graph.Worth[candidate];
        Taken++;
    }

    /// <summary>Frees a slot and a seat.</summary>
    public void Leave(int candidate)
    {
        var volunteer = Graph.Volunteer[candidate];
        var slot = SlotOf[candidate];
        var last = Graph.FirstSlot[volunteer] + --Held[volunteer];
        Holding[slot] = Holding[last];
        SlotOf[Holding[slot]] = slot;
        SlotOf[candidate] = None;
        Open[Graph.OrderOf[candidate]]++;
        Total -= Graph.Worth[candidate];
        Taken--;
    }

    /// <summary>
    /// No allocation of seats to volunteers with room can be worth more: whatever prices of zero or more, each seat and each slot brings at most its price, and
    /// each pair at most what it is worth beyond both (the dual of the flow). With the prices of an exact solution this is its total.
    /// </summary>
    public long Bound()
    {
        var bound = 0L;
        for (var volunteer = 0; volunteer < Graph.Volunteers; volunteer++)
        {
            bound += VolunteerPrice[volunteer] * Graph.RoomOf(volunteer);
        }

        for (var order = 0; order < Graph.Orders; order++)
        {
            bound += OrderPrice[order] * Graph.Seats[order];
            for (var i = Graph.First[order]; i < Graph.First[order + 1]; i++)
            {
                bound += Math.Max(0, Graph.Worth[i] - OrderPrice[order] - VolunteerPrice[Graph.Volunteer[i]]);
            }
        }

        return bound;
    }
}
