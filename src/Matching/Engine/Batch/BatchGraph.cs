namespace Matching.Engine;

/// <summary>
/// A batch in numbers: orders and volunteers counted from 0, and for each order its candidates, the most worth first, each pair once. Flat arrays, because a
/// city's batch has millions of candidates.
/// </summary>
public sealed class BatchGraph
{
    /// <param name="seats">Open seats of each order.</param>
    /// <param name="room">How many orders each volunteer may be given, 1 or more: who has no room is no candidate.</param>
    /// <param name="first">Where each order's candidates begin, and one more entry for where the last one's end.</param>
    /// <param name="volunteer">Of each candidate, which volunteer.</param>
    /// <param name="worth">Of each candidate, what the pair is worth, above 0. Sums over a whole batch must stay below 2^62.</param>
    public BatchGraph(int[] seats, int[] room, int[] first, int[] volunteer, long[] worth)
    {
        Seats = seats;
        First = first;
        Volunteer = volunteer;
        Worth = worth;
        OrderOf = new int[volunteer.Length];
        var asked = new int[room.Length];
        for (var order = 0; order < seats.Length; order++)
        {
            OrderOf.AsSpan(first[order]..first[order + 1]).Fill(order);
            SortBestFirst(first[order], first[order + 1]);
        }

        foreach (var who in volunteer)
        {
            asked[who]++;
        }

        // A volunteer's slots are as many as can ever be filled.
        FirstSlot = new int[room.Length + 1];
        for (var who = 0; who < room.Length; who++)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(room[who], 1);
            FirstSlot[who + 1] = FirstSlot[who] + Math.Min(room[who], asked[who]);
        }
    }

    public int Orders => Seats.Length;

    public int Volunteers => FirstSlot.Length - 1;

    public int Candidates => Volunteer.Length;

    public int Slots => FirstSlot[^1];

    public int[] Seats { get; }

    public int[] First { get; }

    /// <summary>A volunteer's slots lie from here up to the next one's first.</summary>
    public int[] FirstSlot { get; }

    public int[] Volunteer { get; }

    public long[] Worth { get; }

    public int[] OrderOf { get; }

    public int RoomOf(int volunteer) => FirstSlot[volunteer + 1] - FirstSlot[volunteer];

    private void SortBestFirst(int from, int to)
    {
        // Equal worth: the lower volunteer first, so that nothing depends on how the candidates came in.
        var keys = new (long Worth, int Volunteer)[to - from];
        for (var i = from; i < to; i++)
        {
            keys[i - from] = (-Worth[i], Volunteer[i]);
        }

        Array.Sort(keys);
        for (var i = from; i < to; i++)
        {
            (Worth[i], Volunteer[i]) = (-keys[i - from].Worth, keys[i - from].Volunteer);
        }
    }
}
