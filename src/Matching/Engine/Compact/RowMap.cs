using System.Buffers.Binary;

namespace Matching.Engine.Compact;

/// <summary>
/// From hashes to rows, several to a hash if need be: a tree of sixteen branches by four bits of the hash each, buckets at its ends. What was
/// published stays as it is: the writer copies the few nodes on its way (Driscoll, Sarnak, Sleator and Tarjan, 1989), unless it made them since
/// the last publication.
/// </summary>
/// <param name="heap">Where the nodes lie.</param>
/// <param name="retire">Takes a block that readers may still look at, and its units.</param>
/// <param name="hashOf">
/// Where a row has one hash only, which it tells: then hashes are not kept, and a search finds the rows of others among its own.
/// </param>
internal sealed unsafe class RowMap(NativeHeap heap, Action<uint, int> retire, Func<uint, uint>? hashOf = null)
{
    // A node: stamp (four bytes), count and room (two bytes each); then room rows, then, if they are kept, room hashes; or sixteen addresses for a branch.
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

    /// <summary>The rows of a hash, as of a root; where hashes are not kept, others with them.</summary>
    public Rows Find(uint root, uint hash)
    {
        var node = root;
        for (var shift = 0; node != 0 && Room(heap[node]) == Branch; shift += 4)
        {
            node = Child(heap[node], shift, hash);
        }

        return new Rows(node == 0 ? null : heap[node], hashOf is null ? hash : null);
    }

    private static ref uint Stamp(byte* node) => ref *(uint*)node;

    private static ref ushort Count(byte* node) => ref *(ushort*)(node + 4);

    private static ref ushort Room(byte* node) => ref *(ushort*)(node + 6);

    private static ref uint Row(byte* node, int index) => ref *(uint*)(node + 8 + 4 * index);

    private static ref uint KeptHash(byte* node, int index) => ref *(uint*)(node + 8 + 4 * Room(node) + 4 * index);

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
                var otherRow = Row(heap[node], i);
                var otherHash = HashAt(heap[node], i);
                var child = Added(Child(heap[branch], shift, otherHash), shift + 4, otherHash, otherRow);
                Child(heap[branch], shift, otherHash) = child;
            }

            GiveUp(node, BucketUnits(Room(heap[node])));
            return Added(branch, shift, hash, row);
        }

        if (node == 0 || Stamp(heap[node]) != _stamp || count == Room(heap[node]))
        {
            node = Bucket(node, (count + 4) & ~3);
        }

        Set(heap[node], count, hash, row);
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
            if (Row(heap[node], i) == row && (hashOf is not null || KeptHash(heap[node], i) == hash))
            {
                if (count == 1)
                {
                    GiveUp(node, BucketUnits(Room(heap[node])));
                    return 0;
                }

                if (Stamp(heap[node]) != _stamp || Room(heap[node]) - count > 8)
                {
                    node = Bucket(node, (count + 3) & ~3);
                }

                var last = Row(heap[node], count - 1);
                Set(heap[node], i, hashOf is null ? KeptHash(heap[node], count - 1) : 0, last);
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
        var node = heap.Allocate(BucketUnits(room));
        Stamp(heap[node]) = _stamp;
        Count(heap[node]) = 0;
        Room(heap[node]) = checked((ushort)room);
        if (old != 0)
        {
            for (var i = 0; i < Count(heap[old]); i++)
            {
                Set(heap[node], i, hashOf is null ? KeptHash(heap[old], i) : 0, Row(heap[old], i));
            }

            Count(heap[node]) = Count(heap[old]);
            GiveUp(old, BucketUnits(Room(heap[old])));
        }

        return node;
    }

    private int BucketUnits(int room) => 1 + (hashOf is null ? room : (room + 1) / 2);

    private uint HashAt(byte* node, int index) => hashOf is null ? KeptHash(node, index) : hashOf(Row(node, index));

    private void Set(byte* node, int index, uint hash, uint row)
    {
        Row(node, index) = row;
        if (hashOf is null)
        {
            KeptHash(node, index) = hash;
        }
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

    /// <summary>Goes through rows of a bucket: those of a hash, or all.</summary>
    internal ref struct Rows(byte* bucket, uint? hash)
    {
        private int _index = -1;

        public readonly uint Current => Row(bucket, _index);

        public readonly Rows GetEnumerator() => this;

        public bool MoveNext()
        {
            while (bucket is not null && ++_index < Count(bucket))
            {
                if (hash is not { } only || KeptHash(bucket, _index) == only)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
