using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Matching.Engine.Index;

/// <summary>How many fit where. The defaults are for use; small numbers make every split happen in a small test.</summary>
/// <param name="LeafSlots">People in a leaf, at most 512.</param>
/// <param name="LeafFill">People put in a leaf when loading.</param>
/// <param name="Fan">Children of an inner node, at most 64.</param>
/// <param name="FanFill">Children given to an inner node when loading.</param>
public sealed record TreeShape(int LeafSlots = Leaf.Slots, int LeafFill = 456, int Fan = Node.Fan, int FanFill = 56);

/// <summary>What a tree is loaded from: people by number, each of whom can be asked for twice in any order.</summary>
public interface IEntrySource<TRow>
    where TRow : unmanaged
{
    /// <summary>Numbers are below this.</summary>
    int Count { get; }

    /// <summary>Whether anybody has the number.</summary>
    bool Has(int ordinal);

    /// <summary>Where the person is to stand in the tree, as <see cref="IProfile{TRow}"/> would say of the row. False: no place.</summary>
    bool Place(int ordinal, out double lat, out double lng, out int partition);

    void Read(int ordinal, out Entry<TRow> entry);
}

/// <summary>
/// People in the order of center and Hilbert curve, in a tree of bit-sliced leaves whose branches know the best that is to be found beneath.
/// Persistent: a change copies the path from the root to what it changes, and one store publishes a batch of changes. One writer at a time;
/// readers (<see cref="OpenReader"/>) never wait and see one version throughout. All of it lies outside of the collector's sight.
/// </summary>
public sealed unsafe partial class SlicedTree<TProfile, TRow> : IDisposable
    where TProfile : struct, IProfile<TRow>
    where TRow : unmanaged
{
    private const uint Nowhere = uint.MaxValue;
    private const int SlotBits = 9;
    private const int RootUid = 0;

    private readonly TProfile _profile;
    private readonly TreeShape _shape;
    private nint _published;
    private Node* _root;
    private uint _batch = 1;

    // Writer only: where each person sits, as a leaf's number and a slot; where each leaf and node hangs.
    private uint* _seats;
    private int _seatCapacity;
    private Home[] _leafHomes = [];
    private int _leafCount;
    private Home[] _nodeHomes = [];
    private nint[] _nodes = [];
    private int _nodeCount;
    private bool _disposed;

    public SlicedTree(TProfile profile, TreeShape? shape = null)
    {
        _profile = profile;
        _shape = shape ?? new TreeShape();
        if (_shape.LeafSlots is < 2 or > Leaf.Slots || _shape.Fan is < 2 or > Node.Fan
            || _shape.LeafFill < 1 || _shape.LeafFill > _shape.LeafSlots || _shape.FanFill < 1 || _shape.FanFill > _shape.Fan)
        {
            throw new ArgumentOutOfRangeException(nameof(shape));
        }

        _root = NewNode(Node.Root, 16, 0, -1);
        Publish(0);
    }

    private readonly record struct Home(int Parent, int Index);

    internal TProfile Profile => _profile;

    internal static int SeatBytes => sizeof(Seat<TRow>);

    private static int FlagBytes => (1 + TProfile.Flags) * Leaf.SliceBytes;

    private static int ChunkBytes => Leaf.ChunkSlots * SeatBytes;

    /// <summary>Blocks for what rows point to; freed for the writer by <see cref="NativeBlocks.Retire"/> when no reader can see them.</summary>
    public NativeBlocks Memory { get; } = new();

    /// <summary>People as the writer sees them.</summary>
    public long Count => _root->People;

    /// <summary>Everything: the tree, what waits for readers, the seats of the ordinals.</summary>
    public long Bytes => Memory.ReservedBytes + (long)_seatCapacity * sizeof(uint) + (_leafHomes.Length + _nodeHomes.Length) * 8L + _nodes.Length * 8L;

    /// <summary>Splits since the beginning: of leaves, and of nodes.</summary>
    public (int Leaves, int Nodes) Splits { get; private set; }

    public int LeafCount => _leafCount;

    internal Node* Published
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (Node*)Volatile.Read(ref _published);
    }

    /// <summary>A reader for one thread at a time; to be kept, for it owns the room that a search works in.</summary>
    public TreeReader<TProfile, TRow> OpenReader() => new(this);

    /// <summary>Shows all changes since the last time to every search that begins from now on.</summary>
    public void Publish(long version)
    {
        var root = Writable(RootUid);
        root->Version = version;
        Volatile.Write(ref _published, (nint)root);
        _batch++;
        Memory.Published();
    }

    /// <summary>The row as the writer sees it.</summary>
    public bool TryRead(int ordinal, out TRow row)
    {
        if (SeatOf(ordinal) is not { } seat)
        {
            row = default;
            return false;
        }

        var leaf = LeafOf((int)(seat >> SlotBits));
        row = SeatAt(leaf, (int)(seat & (Leaf.Slots - 1)))->Row;
        return true;
    }

    /// <summary>The whole entry as the writer sees it.</summary>
    public bool TryRead(int ordinal, out Entry<TRow> entry)
    {
        entry = default;
        if (SeatOf(ordinal) is not { } seat)
        {
            return false;
        }

        var uid = (int)(seat >> SlotBits);
        var slot = (int)(seat & (Leaf.Slots - 1));
        var home = _leafHomes[uid];
        var super = (Node*)_nodes[home.Parent];
        entry.Row = SeatAt(LeafOf(uid), slot)->Row;
        entry.Flags = FlagsAt((ulong*)Node.Flags(super)[home.Index], slot);
        entry.Hours = HoursAt((byte*)Node.Hours(super)[home.Index], slot);
        return true;
    }

    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            Memory.Dispose();
            NativeMemory.Free(_seats);
            GC.SuppressFinalize(this);
        }
    }

    ~SlicedTree() => Dispose();

    internal static uint FlagsAt(ulong* flags, int slot)
    {
        var found = 0u;
        for (var flag = 0; flag < TProfile.Flags; flag++)
        {
            found |= (uint)((flags[(1 + flag) * Leaf.Words + (slot >> 6)] >> (slot & 63)) & 1) << flag;
        }

        return found;
    }

    internal static WeekHours HoursAt(byte* hours, int slot)
    {
        Span<ulong> words = stackalloc ulong[3];
        for (var hour = 0; hour < WeekHours.Count; hour++)
        {
            words[hour >> 6] |= ((HourSlices.Of(hours, hour)[slot >> 6] >> (slot & 63)) & 1) << (hour & 63);
        }

        return new WeekHours(words[0], words[1], words[2]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Seat<TRow>* SeatAt(Leaf* leaf, int slot) => (Seat<TRow>*)leaf->Rows[slot / Leaf.ChunkSlots] + slot % Leaf.ChunkSlots;

    private Leaf* LeafOf(int uid) => (Leaf*)Node.Children((Node*)_nodes[_leafHomes[uid].Parent])[_leafHomes[uid].Index];

    private uint? SeatOf(int ordinal) => (uint)ordinal < (uint)_seatCapacity && _seats[ordinal] != Nowhere ? _seats[ordinal] : null;

    private void Seat(int ordinal, int leafUid, int slot)
    {
        ReserveSeats(ordinal + 1, exactly: false);
        _seats[ordinal] = ((uint)leafUid << SlotBits) | (uint)slot;
    }

    private void ReserveSeats(int count, bool exactly)
    {
        if (count <= _seatCapacity)
        {
            return;
        }

        var capacity = exactly ? count : (int)Math.Min(int.MaxValue, Math.Max(count, _seatCapacity + _seatCapacity / 8L + 1024));
        _seats = (uint*)NativeMemory.Realloc(_seats, (nuint)capacity * sizeof(uint));
        new Span<uint>(_seats + _seatCapacity, capacity - _seatCapacity).Fill(Nowhere);
        _seatCapacity = capacity;
    }

    private ulong KeyOf(in TRow row)
    {
        var partition = _profile.Partition(row);
        return _profile.Place(row, out var lat, out var lng) ? Hilbert.Key(partition, lat, lng) : Hilbert.KeyOfNowhere(partition);
    }

    private Extent ExtentOf(in TRow row)
    {
        var extent = Extent.Nothing;
        if (_profile.Place(row, out var lat, out var lng))
        {
            extent.TakeInPlace(lat, lng);
        }

        extent.SiteLo = extent.SiteHi = _profile.Site(row);
        _profile.Qualities(row, new Span<byte>(extent.Quality, TProfile.QualityCount));
        return extent;
    }

    private int NewLeafUid()
    {
        if (_leafCount == _leafHomes.Length)
        {
            Array.Resize(ref _leafHomes, Math.Max(64, _leafCount + _leafCount / 4));
        }

        return _leafCount < 1 << (32 - SlotBits) ? _leafCount++ : throw new InvalidOperationException("Too many leaves.");
    }

    private Node* NewNode(int level, int capacity, int partition, int uid)
    {
        if (uid < 0)
        {
            uid = _nodeCount++;
            if (uid >= _nodes.Length)
            {
                Array.Resize(ref _nodes, Math.Max(64, uid + uid / 4 + 1));
                Array.Resize(ref _nodeHomes, _nodes.Length);
            }
        }

        var bytes = Node.BytesOf(level, capacity);
        var node = (Node*)Memory.Allocate(bytes);
        NativeMemory.Clear(node, (nuint)bytes);
        (node->Level, node->Capacity, node->Partition, node->Uid, node->Epoch) = (level, capacity, partition, uid, _batch);
        _nodes[uid] = (nint)node;
        return node;
    }

    /// <summary>The node as the current batch may change it, with the path to it.</summary>
    private Node* Writable(int uid)
    {
        var node = (Node*)_nodes[uid];
        if (node->Epoch == _batch)
        {
            return node;
        }

        var clone = (Node*)Copied(node, Node.BytesOf(node->Level, node->Capacity));
        clone->Epoch = _batch;
        _nodes[uid] = (nint)clone;
        Hang(clone);
        return clone;
    }

    /// <summary>Lets the parent point to the node where its home says.</summary>
    private void Hang(Node* node)
    {
        if (node->Uid == RootUid)
        {
            _root = node;
            return;
        }

        var home = _nodeHomes[node->Uid];
        Node.Children(Writable(home.Parent))[home.Index] = (nint)node;
    }

    private byte* Copied(void* block, int bytes)
    {
        var copy = Memory.Allocate(bytes);
        Buffer.MemoryCopy(block, copy, bytes, bytes);
        Memory.Retire(block, bytes);
        return copy;
    }

    private Leaf* WritableLeaf(int uid, out Node* super, out int index)
    {
        var home = _leafHomes[uid];
        super = Writable(home.Parent);
        index = home.Index;
        var leaf = (Leaf*)Node.Children(super)[index];
        if (leaf->Epoch != _batch)
        {
            leaf = (Leaf*)Copied(leaf, sizeof(Leaf));
            leaf->Epoch = _batch;
            Node.Children(super)[index] = (nint)leaf;
        }

        return leaf;
    }

    private ulong* WritableFlags(Node* super, int index, Leaf* leaf)
    {
        ref var flags = ref Node.Flags(super)[index];
        if (leaf->FlagsEpoch != _batch)
        {
            flags = (nint)Copied((void*)flags, FlagBytes);
            leaf->FlagsEpoch = _batch;
        }

        return (ulong*)flags;
    }

    /// <summary>With a slice for each of these hours.</summary>
    private byte* WritableHours(Node* super, int index, Leaf* leaf, in WeekHours needed)
    {
        ref var hours = ref Node.Hours(super)[index];
        var old = (byte*)hours;
        var bytes = HourSlices.BytesOf(old);
        var missing = 0;
        for (var hour = 0; hour < WeekHours.Count; hour++)
        {
            missing += needed[hour] && !HourSlices.Has(old, hour) ? 1 : 0;
        }

        if (leaf->HoursEpoch == _batch && missing == 0)
        {
            return old;
        }

        var room = bytes + missing * Leaf.SliceBytes;
        var own = Memory.Allocate(room);
        NativeMemory.Clear(own + bytes, (nuint)(room - bytes));
        Buffer.MemoryCopy(old, own, room, bytes);
        for (var hour = 0; hour < WeekHours.Count && missing > 0; hour++)
        {
            if (needed[hour] && !HourSlices.Has(own, hour))
            {
                HourSlices.Add(own, hour);
                missing--;
            }
        }

        if (leaf->HoursEpoch == _batch)
        {
            Memory.Free(old, bytes);
        }
        else
        {
            Memory.Retire(old, bytes);
        }

        hours = (nint)own;
        leaf->HoursEpoch = _batch;
        return own;
    }

    private byte* WritableTerms(Node* super, int index, Leaf* leaf)
    {
        ref var terms = ref Node.Terms(super)[index];
        if (leaf->TermsEpoch != _batch)
        {
            terms = (nint)Copied((void*)terms, leaf->TermsSize * SkillEntry.UnitBytes);
            leaf->TermsEpoch = _batch;
        }

        return (byte*)terms;
    }

    private Seat<TRow>* WritableSeat(Leaf* leaf, int slot)
    {
        var chunk = slot / Leaf.ChunkSlots;
        if (leaf->Rows[chunk] == 0)
        {
            leaf->Rows[chunk] = (ulong)Memory.Allocate(ChunkBytes);
        }
        else if (leaf->RowsEpoch[chunk] != _batch)
        {
            leaf->Rows[chunk] = (ulong)Copied((void*)leaf->Rows[chunk], ChunkBytes);
        }

        leaf->RowsEpoch[chunk] = _batch;
        return SeatAt(leaf, slot);
    }

    /// <summary>The skill's entry as the current batch may change it; made where there is none.</summary>
    private SkillEntry* WritableEntry(Node* node, int skill)
    {
        var pageIndex = skill >> SkillPage.Shift;
        if (node->SkillPageCount <= pageIndex)
        {
            GrowSkillPages(node, pageIndex + 1);
        }

        // The table of pages has no stamp of its own: it lies before the first page pointer.
        if (*(uint*)(node->SkillPages - TableHeadBytes) != _batch)
        {
            var bytes = TableBytes(node->SkillPageCount);
            node->SkillPages = (nint)Copied((void*)(node->SkillPages - TableHeadBytes), bytes) + TableHeadBytes;
            *(uint*)(node->SkillPages - TableHeadBytes) = _batch;
        }

        ref var pagePointer = ref ((nint*)node->SkillPages)[pageIndex];
        var page = (SkillPage*)pagePointer;
        if (page is null)
        {
            page = (SkillPage*)Memory.Allocate(SkillPage.Bytes);
            NativeMemory.Clear(page, SkillPage.Bytes);
        }
        else if (page->Epoch != _batch)
        {
            page = (SkillPage*)Copied(page, SkillPage.Bytes);
        }

        page->Epoch = _batch;
        pagePointer = (nint)page;
        ref var entryPointer = ref SkillPage.Entries(page)[skill & (SkillPage.Skills - 1)];
        var entry = (SkillEntry*)entryPointer;
        if (entry is null)
        {
            entry = (SkillEntry*)Memory.Allocate(SkillEntry.Bytes);
            NativeMemory.Clear(entry, SkillEntry.Bytes);
        }
        else if (entry->Epoch != _batch)
        {
            entry = (SkillEntry*)Copied(entry, SkillEntry.Bytes);
        }

        entry->Epoch = _batch;
        entryPointer = (nint)entry;
        return entry;
    }

    private const int TableHeadBytes = 64;

    private static int TableBytes(int pages) => TableHeadBytes + pages * sizeof(ulong);

    private void GrowSkillPages(Node* node, int pages)
    {
        var table = Memory.Allocate(TableBytes(pages));
        NativeMemory.Clear(table, (nuint)TableBytes(pages));
        *(uint*)table = _batch;
        if (node->SkillPageCount > 0)
        {
            Buffer.MemoryCopy((void*)node->SkillPages, table + TableHeadBytes, pages * sizeof(ulong), node->SkillPageCount * sizeof(ulong));
            Memory.Retire((void*)(node->SkillPages - TableHeadBytes), TableBytes(node->SkillPageCount));
        }

        node->SkillPages = (nint)table + TableHeadBytes;
        node->SkillPageCount = pages;
    }

    /// <summary>Gives back a node with its skills, but nothing beneath it.</summary>
    private void RetireNode(Node* node)
    {
        for (var page = 0; page < node->SkillPageCount; page++)
        {
            var skills = (SkillPage*)((nint*)node->SkillPages)[page];
            if (skills is null)
            {
                continue;
            }

            for (var i = 0; i < SkillPage.Skills; i++)
            {
                if (SkillPage.Entries(skills)[i] != 0)
                {
                    Memory.Retire((void*)SkillPage.Entries(skills)[i], SkillEntry.Bytes);
                }
            }

            Memory.Retire(skills, SkillPage.Bytes);
        }

        if (node->SkillPageCount > 0)
        {
            Memory.Retire((void*)(node->SkillPages - TableHeadBytes), TableBytes(node->SkillPageCount));
        }

        Memory.Retire(node, Node.BytesOf(node->Level, node->Capacity));
    }

    private void RetireLeaf(Node* super, int index)
    {
        var leaf = (Leaf*)Node.Children(super)[index];
        Memory.Retire((void*)Node.Flags(super)[index], FlagBytes);
        Memory.Retire((void*)Node.Hours(super)[index], HourSlices.BytesOf((byte*)Node.Hours(super)[index]));
        Memory.Retire((void*)Node.Terms(super)[index], leaf->TermsSize * SkillEntry.UnitBytes);
        for (var chunk = 0; chunk < Leaf.Chunks; chunk++)
        {
            if (leaf->Rows[chunk] != 0)
            {
                Memory.Retire((void*)leaf->Rows[chunk], ChunkBytes);
            }
        }

        if (leaf->Sites != 0)
        {
            Memory.Retire((void*)leaf->Sites, Leaf.SiteBytes);
        }

        Memory.Retire(leaf, sizeof(Leaf));
    }
}
