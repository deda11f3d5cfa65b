namespace Matching.Engine.Compact;

/// <summary>
/// Tells the writer from when on nobody can still be reading what it took out of use. A reader announces the epoch in which it begins and is free to
/// read whatever is published until it leaves; it never waits.
/// </summary>
internal sealed class Epochs
{
    // A cache line and its neighbour each, so that readers on two cores do not slow each other.
    private const int Stride = 16;
    private const long Nobody = long.MaxValue;

    private readonly Lock _growing = new();
    private volatile long[][] _announced = [Places(16)];
    private long _current = 1;

    /// <summary>The epoch that readers who begin now announce.</summary>
    public long Current => Volatile.Read(ref _current);

    /// <summary>Begins to read; hand the ticket to <see cref="Leave"/>.</summary>
    public Ticket Enter()
    {
        while (true)
        {
            var all = _announced;
            var announced = all[^1];
            var places = announced.Length / Stride;
            var first = Environment.CurrentManagedThreadId % places;
            for (var i = 0; i < places; i++)
            {
                ref var place = ref announced[(first + i) % places * Stride];
                if (Volatile.Read(ref place) == Nobody && Interlocked.CompareExchange(ref place, Current, Nobody) == Nobody)
                {
                    return new Ticket(announced, (first + i) % places * Stride);
                }
            }

            Grow(all);
        }
    }

    public static void Leave(Ticket ticket) => Volatile.Write(ref ticket.Announced[ticket.Place], Nobody);

    /// <summary>Everything that is taken out of use from here on belongs to the next epoch. By the writer, after what it published.</summary>
    public long Advance() => Interlocked.Increment(ref _current);

    /// <summary>What was taken out of use before this epoch began is read by nobody. By the writer.</summary>
    public long Oldest()
    {
        Interlocked.MemoryBarrier();
        var oldest = Current;
        foreach (var announced in _announced)
        {
            for (var place = 0; place < announced.Length; place += Stride)
            {
                oldest = Math.Min(oldest, Volatile.Read(ref announced[place]));
            }
        }

        return oldest;
    }

    // The fuller arrays stay: somebody reads under them.
    private void Grow(long[][] full)
    {
        lock (_growing)
        {
            if (ReferenceEquals(full, _announced))
            {
                _announced = [.. full, Places(full[^1].Length / Stride * 2)];
            }
        }
    }

    private static long[] Places(int count)
    {
        var places = new long[count * Stride];
        Array.Fill(places, Nobody);
        return places;
    }

    internal readonly record struct Ticket(long[] Announced, int Place);
}
