namespace Matching.Engine;

/// <summary>A binary heap of nodes by distance. Nodes that have come nearer meanwhile are pushed again and the old entry is passed over when it comes up.</summary>
internal sealed class NearestFirst
{
    private (long Distance, int Node)[] _entries = new (long, int)[256];
    private int _count;

    public void Clear() => _count = 0;

    public void Push(long distance, int node)
    {
        if (_count == _entries.Length)
        {
            Array.Resize(ref _entries, _count * 2);
        }

        var entries = _entries;
        var at = _count++;
        while (at > 0)
        {
            var parent = (at - 1) >> 1;
            if (!Before(distance, node, entries[parent]))
            {
                break;
            }

            entries[at] = entries[parent];
            at = parent;
        }

        entries[at] = (distance, node);
    }

    public bool TryPop(out long distance, out int node)
    {
        if (_count == 0)
        {
            (distance, node) = (0, 0);
            return false;
        }

        var entries = _entries;
        (distance, node) = entries[0];
        var last = entries[--_count];
        var at = 0;
        while (true)
        {
            var child = 2 * at + 1;
            if (child >= _count)
            {
                break;
            }

            if (child + 1 < _count && Before(entries[child + 1].Distance, entries[child + 1].Node, entries[child]))
            {
                child++;
            }

            if (!Before(entries[child].Distance, entries[child].Node, last))
            {
                break;
            }

            entries[at] = entries[child];
            at = child;
        }

        entries[at] = last;
        return true;
    }

    // Equal distances: the lower node, so that the same batch always takes the same way.
    private static bool Before(long distance, int node, (long Distance, int Node) other) =>
        distance < other.Distance || (distance == other.Distance && node < other.Node);
}
