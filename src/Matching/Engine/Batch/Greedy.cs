namespace Matching.Engine;

/// <summary>The plain way: of all pairs the best that still fits, again and again. What a batch is held against, and a second beginning where much collides.</summary>
public static class Greedy
{
    /// <param name="hands">Null: nothing collides and nobody has limits.</param>
    public static Allocation Solve(BatchGraph graph, Hands? hands = null)
    {
        var allocation = new Allocation(graph);
        var keys = new (long Worth, int Candidate)[graph.Candidates];
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = (-graph.Worth[i], i);
        }

        Array.Sort(keys);
        foreach (var (_, i) in keys)
        {
            var volunteer = graph.Volunteer[i];
            if (allocation.Open[graph.OrderOf[i]] > 0
                && allocation.HasRoom(volunteer)
                && (hands is null || hands.Fit(graph, volunteer, allocation.HeldBy(volunteer), -1, graph.OrderOf[i])))
            {
                allocation.Take(i);
            }
        }

        return allocation;
    }
}
