using System.Buffers.Binary;

namespace Matching.Engine.Compact;

/// <summary>
/// From hashes to rows, several to a hash if need be: a tree of sixteen branches by four bits of the hash each, buckets at its ends. What was
/// published stays as it is: the writer copies the few nodes on its way (Driscoll, Sarnak, Sleator and Tarjan, 1989), unless it made them since
/// the last publication.
/// </summary>
/// <param name="heap">Where the nodes lie.</param>
/// <param name="retire">Takes a block that readers may still look at, and its units.</param>
internal sealed unsafe class RowMap(NativeHeap heap, Action<uint, int> retire)
{
    // A node: stamp (four bytes), count and room (two bytes each); then room × (hash, row), or sixteen addresses for a branch.
    private const ushort Branch = ushort.MaxValue;
    private const int BranchUnits = 1 + 16 * 4 / 8;
    private const int Fullest = 60;
    private const int MostShift = 32;

    private uint _stamp = 1;

    /// <summary>What readers are given; 0: empty.</summary>
    public uint Root { get; private set; }

    /// <summary>32 bits in which every bit of the id has a say.</summary>
    public static uint HashOf(Id id)
    {
        var bits = id.ToBits();
        var mixed = ((ulong)(bits >> 64) * 0x9E3779B97F4A7C15) ^ (ulong)bits;
        mixed = (mixed ^ (mixed >> 33)) * 0xFF51AFD7ED558CCD;
        mixed = (mixed ^ (mixed >> 33)) * 0xC4CEB9FE1A85EC53;
        return (uint)(mixed >> 32);
    }

    /// <summary>In the order of this, additions come branch by branch.</summary>
    public static uint OrderOf(uint hash)
    {
        hash = ((hash >> 4) & 0x0F0F0F0F) | ((hash & 0x0F0F0F0F) << 4);
        return BinaryPrimitives.ReverseEndianness(hash);
    }

    public void Add(uint hash, uint row) => Root = Added(Root, 0, hash, row);

    public void Remove(uint hash, uint row) => Root = Removed(Root, 0, hash, row);

    /// <summary>From here on what there is now is left as it is.</summary>
    public void Publish() => _stamp++;

    /// <summary>The rows of a hash, as of a root.</summary>
    public static Rows Find(NativeHeap heap, uint root, uint hash)
    {
        var node = root;
        for (var shift = 0; node != 0 && Room(heap[node]) == Branch; shift += 4)
        {
            node = Child(heap[node], shift, hash);
        }

        return new Rows(node == 0 ? null : heap[node], hash);
    }

    private static ref uint Stamp(byte* node) => ref *(uint*)node;

    private static ref ushort Count(byte* node) => ref *(ushort*)(node + 4);

    private static ref ushort Room(byte* node) => ref *(ushort*)(node + 6);

    private static ref (uint Hash, uint Row) Pair(byte* node, int index) => ref *(ValueTuple<uint, uint>*)(node + 8 + 8 * index);

    private static ref uint Child(byte* node, int shift, uint hash) =>
        ref *(uint*)(node + 8 + 4 * ((hash >> shift) & 15));

    private uint Added(uint node, int shift, uint hash, uint row)
    {
        if (node != 0 && Room(heap[node]) == Branch)
        {
            node = OwnBranch(node);
            var child = Added(Child(heap[node], shift, hash), shift + 4, hash, row);
            Child(heap[node], shift, hash) = child;
            return node;
        }

        var count = node == 0 ? 0 : Count(heap[node]);
        if (count == Fullest && shift < MostShift)
        {
            var branch = NewBranch();
            for (var i = 0; i < count; i++)
            {
                var (otherHash, otherRow) = Pair(heap[node], i);
                var child = Added(Child(heap[branch], shift, otherHash), shift + 4, otherHash, otherRow);
                Child(heap[branch], shift, otherHash) = child;
            }

            GiveUp(node, 1 + Room(heap[node]));
            return Added(branch, shift, hash, row);
        }

        if (node == 0 || Stamp(heap[node]) != _stamp || count == Room(heap[node]))
        {
            node = Bucket(node, (count + 4) & ~3);
        }

        Pair(heap[node], count) = (hash, row);
        Count(heap[node]) = (ushort)(count + 1);
        return node;
    }

    private uint Removed(uint node, int shift, uint hash, uint row)
    {
        if (node == 0)
        {
            return 0;
        }

        if (Room(heap[node]) == Branch)
        {
            node = OwnBranch(node);
            var child = Removed(Child(heap[node], shift, hash), shift + 4, hash, row);
            Child(heap[node], shift, hash) = child;
            if (new ReadOnlySpan<uint>(heap[node] + 8, 16).ContainsAnyExcept(0u))
            {
                return node;
            }

            GiveUp(node, BranchUnits);
            return 0;
        }

        int count = Count(heap[node]);
        for (var i = 0; i < count; i++)
        {
            if (Pair(heap[node], i) == (hash, row))
            {
                if (count == 1)
                {
                    GiveUp(node, 1 + Room(heap[node]));
                    return 0;
                }

                if (Stamp(heap[node]) != _stamp || Room(heap[node]) - count > 8)
                {
                    node = Bucket(node, (count + 3) & ~3);
                }

                Pair(heap[node], i) = Pair(heap[node], count - 1);
                Count(heap[node]) = (ushort)(count - 1);
                return node;
            }
        }

        return node;
    }

    private uint OwnBranch(uint node)
    {
        if (Stamp(heap[node]) == _stamp)
        {
            return node;
        }

        var own = heap.Allocate(BranchUnits);
        new ReadOnlySpan<byte>(heap[node], BranchUnits * NativeHeap.UnitBytes).CopyTo(new Span<byte>(heap[own], BranchUnits * NativeHeap.UnitBytes));
        Stamp(heap[own]) = _stamp;
        GiveUp(node, BranchUnits);
        return own;
    }

    private uint NewBranch()
    {
        var node = heap.Allocate(BranchUnits);
        new Span<byte>(heap[node], BranchUnits * NativeHeap.UnitBytes).Clear();
        Stamp(heap[node]) = _stamp;
        Room(heap[node]) = Branch;
        return node;
    }

    /// <summary>A bucket of the writer's own with so much room, with what was in the old one, if any.</summary>
    private uint Bucket(uint old, int room)
    {
        var node = heap.Allocate(1 + room);
        Stamp(heap[node]) = _stamp;
        Count(heap[node]) = old == 0 ? (ushort)0 : Count(heap[old]);
        Room(heap[node]) = checked((ushort)room);
        if (old != 0)
        {
            var bytes = 8 * Count(heap[old]);
            new ReadOnlySpan<byte>(heap[old] + 8, bytes).CopyTo(new Span<byte>(heap[node] + 8, bytes));
            GiveUp(old, 1 + Room(heap[old]));
        }

        return node;
    }

    private void GiveUp(uint node, int units)
    {
        if (Stamp(heap[node]) == _stamp)
        {
            heap.Free(node, units);
        }
        else
        {
            retire(node, units);
        }
    }

    /// <summary>Goes through the rows of a hash.</summary>
    internal ref struct Rows(byte* bucket, uint hash)
    {
        private int _index = -1;

        public readonly uint Current => Pair(bucket, _index).Row;

        public readonly Rows GetEnumerator() => this;

        public bool MoveNext()
        {
            while (bucket is not null && ++_index < Count(bucket))
            {
                if (Pair(bucket, _index).Hash == hash)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
