using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Matching.Engine.Index;

// What the writer does to people one at a time. Bounds only widen here; Sweep narrows them again.
public sealed unsafe partial class SlicedTree<TProfile, TRow>
{
    private int _sweptLeaf;

    /// <summary>Puts in somebody new, or all that is to be known of somebody who is in. What the old row points to must still be there.</summary>
    public void Put(int ordinal, in Entry<TRow> entry)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ordinal);
        var key = KeyOf(entry.Row);
        if (SeatOf(ordinal) is { } seat)
        {
            var leafUid = (int)(seat >> SlotBits);
            var slot = (int)(seat & (Leaf.Slots - 1));
            if (FindLeaf(key) == leafUid)
            {
                var kept = WritableLeaf(leafUid, out var node, out var at);
                WriteRow(node, at, kept, slot, ordinal, entry.Row, isNew: false);
                WriteFlags(node, at, kept, slot, entry.Flags);
                WriteHours(node, at, kept, slot, entry.Hours);
                return;
            }

            TakeOut(ordinal, leafUid, slot);
        }

        var uid = LeafWithRoom(key);
        var leaf = WritableLeaf(uid, out var super, out var index);
        var occupied = WritableFlags(super, index, leaf);
        var free = 0;
        while (occupied[free] == ulong.MaxValue)
        {
            free++;
        }

        free = free * 64 + BitOperations.TrailingZeroCount(~occupied[free]);
        WriteRow(super, index, leaf, free, ordinal, entry.Row, isNew: true);
        WriteFlags(super, index, leaf, free, entry.Flags);
        WriteHours(super, index, leaf, free, entry.Hours);
        occupied[free >> 6] |= 1ul << (free & 63);
        leaf->Count++;
        Seat(ordinal, uid, free);
        Writable(RootUid)->People++;
    }

    /// <summary>Changes the row and nothing else; the cheapest change. False when nobody has the ordinal.</summary>
    /// <remarks>When place or center changed, hours and flags go with the person to another leaf.</remarks>
    public bool PutRow(int ordinal, in TRow row)
    {
        if (SeatOf(ordinal) is not { } seat)
        {
            return false;
        }

        var leafUid = (int)(seat >> SlotBits);
        var slot = (int)(seat & (Leaf.Slots - 1));
        if (KeyOf(SeatAt(LeafOf(leafUid), slot)->Row) is var before && KeyOf(row) is var key && before != key && FindLeaf(key) != leafUid)
        {
            TryRead(ordinal, out Entry<TRow> entry);
            entry.Row = row;
            Put(ordinal, entry);
            return true;
        }

        var leaf = WritableLeaf(leafUid, out var super, out var index);
        WriteRow(super, index, leaf, slot, ordinal, row, isNew: false);
        return true;
    }

    public bool PutFlags(int ordinal, uint flags)
    {
        if (SeatOf(ordinal) is not { } seat)
        {
            return false;
        }

        var leaf = WritableLeaf((int)(seat >> SlotBits), out var super, out var index);
        WriteFlags(super, index, leaf, (int)(seat & (Leaf.Slots - 1)), flags);
        return true;
    }

    public bool PutHours(int ordinal, in WeekHours hours)
    {
        if (SeatOf(ordinal) is not { } seat)
        {
            return false;
        }

        var leaf = WritableLeaf((int)(seat >> SlotBits), out var super, out var index);
        WriteHours(super, index, leaf, (int)(seat & (Leaf.Slots - 1)), hours);
        return true;
    }

    /// <summary>Takes somebody out. What the row points to must still be there, and may be retired afterwards.</summary>
    public bool Remove(int ordinal)
    {
        if (SeatOf(ordinal) is not { } seat)
        {
            return false;
        }

        TakeOut(ordinal, (int)(seat >> SlotBits), (int)(seat & (Leaf.Slots - 1)));
        return true;
    }

    /// <summary>Tightens the bounds of so many leaves, going round; to be published like any change.</summary>
    public void Sweep(int leaves)
    {
        for (var i = 0; i < leaves && _leafCount > 0; i++)
        {
            _sweptLeaf = (_sweptLeaf + 1) % _leafCount;
            var leaf = WritableLeaf(_sweptLeaf, out var super, out var index);
            FillColumn(super, index, leaf);
            var home = _nodeHomes[super->Uid];
            var group = Writable(home.Parent);
            ClearColumn(group, home.Index);
            var key = Node.Keys(group)[home.Index];
            SetChild(group, home.Index, super);
            Node.Keys(group)[home.Index] = key;
            var groupHome = _nodeHomes[group->Uid];
            Node.SetExtent(Writable(RootUid), groupHome.Index, Node.ExtentOfAll(group));
        }
    }

    private void TakeOut(int ordinal, int leafUid, int slot)
    {
        var leaf = WritableLeaf(leafUid, out var super, out var index);
        foreach (var held in HeldBy(SeatAt(leaf, slot)->Row, ref _heldBefore))
        {
            ClearSkill(super, index, leaf, held.Skill, slot);
        }

        WritableFlags(super, index, leaf)[slot >> 6] &= ~(1ul << (slot & 63));
        leaf->Count--;
        _seats[ordinal] = Nowhere;
        Writable(RootUid)->People--;
    }

    private void WriteFlags(Node* super, int index, Leaf* leaf, int slot, uint flags)
    {
        var now = FlagsAt((ulong*)Node.Flags(super)[index], slot);
        if (now == flags)
        {
            return;
        }

        var slices = WritableFlags(super, index, leaf);
        for (var left = now ^ flags; left != 0; left &= left - 1)
        {
            slices[(1 + BitOperations.TrailingZeroCount(left)) * Leaf.Words + (slot >> 6)] ^= 1ul << (slot & 63);
        }
    }

    private void WriteHours(Node* super, int index, Leaf* leaf, int slot, in WeekHours hours)
    {
        var now = HoursAt((byte*)Node.Hours(super)[index], slot);
        if (now == hours)
        {
            return;
        }

        var slices = WritableHours(super, index, leaf, hours);
        for (var hour = 0; hour < WeekHours.Count; hour++)
        {
            if (now[hour] != hours[hour])
            {
                HourSlices.Of(slices, hour)[slot >> 6] ^= 1ul << (slot & 63);
            }
        }
    }

    private void WriteRow(Node* super, int index, Leaf* leaf, int slot, int ordinal, in TRow row, bool isNew)
    {
        Span<SkillHeld> before = default;
        if (!isNew)
        {
            before = HeldBy(SeatAt(leaf, slot)->Row, ref _heldBefore);
        }

        var seat = WritableSeat(leaf, slot);
        seat->Ordinal = ordinal;
        seat->Row = row;
        var extent = ExtentOf(row);
        WriteSite(super, index, leaf, slot, extent.SiteLo);
        Widen(super, index, extent);
        var after = HeldBy(row, ref _held);
        foreach (var held in before)
        {
            if (!Holds(after, held.Skill))
            {
                ClearSkill(super, index, leaf, held.Skill, slot);
            }
        }

        foreach (var held in after)
        {
            SetSkill(super, index, leaf, held.Skill, slot, (byte)held.Level, _profile.SkillQuality(row, held.Level));
        }
    }

    private static bool Holds(ReadOnlySpan<SkillHeld> skills, int skill)
    {
        foreach (var held in skills)
        {
            if (held.Skill == skill)
            {
                return true;
            }
        }

        return false;
    }

    private void WriteSite(Node* super, int index, Leaf* leaf, int slot, int site)
    {
        var lo = Node.SiteLo(super)[index];
        var hi = Node.SiteHi(super)[index];
        if (leaf->Sites == 0)
        {
            if (lo > hi || (lo == site && hi == site))
            {
                return;
            }

            // Until now all were of one site.
            var sites = (int*)Memory.Allocate(Leaf.SiteBytes);
            new Span<int>(sites, Leaf.Slots).Fill(lo);
            (leaf->Sites, leaf->SitesEpoch) = ((nint)sites, _batch);
        }
        else if (leaf->SitesEpoch != _batch)
        {
            (leaf->Sites, leaf->SitesEpoch) = ((nint)Copied((void*)leaf->Sites, Leaf.SiteBytes), _batch);
        }

        ((int*)leaf->Sites)[slot] = site;
    }

    /// <summary>Lets a child's extent, and those above it, take in another.</summary>
    private void Widen(Node* node, int child, in Extent extent)
    {
        while (true)
        {
            var now = Node.ExtentOf(node, child);
            if (now.Covers(extent))
            {
                return;
            }

            now.TakeIn(extent);
            Node.SetExtent(node, child, now);
            if (node->Uid == RootUid)
            {
                return;
            }

            var home = _nodeHomes[node->Uid];
            node = Writable(home.Parent);
            child = home.Index;
        }
    }

    private void SetSkill(Node* super, int index, Leaf* leaf, int skill, int slot, byte level, byte quality)
    {
        var entry = Raise(super, index, skill, level, quality, out var wasHeld);
        var home = _nodeHomes[super->Uid];
        Raise(Writable(home.Parent), home.Index, skill, level, quality, out _);
        if (!wasHeld)
        {
            var list = NewTerm(super, index, leaf, 1, isBitmap: false, out var unit);
            SlotList.Begin((ushort*)list, SlotList.Short);
            SlotList.Add((ushort*)list, slot);
            SkillEntry.Offset(Fresh(super, skill))[index] = (ushort)unit;
            return;
        }

        var offset = SkillEntry.Offset(entry)[index];
        if (SlotList.Holds((byte*)Node.Terms(super)[index], offset, slot))
        {
            return;
        }

        var terms = WritableTerms(super, index, leaf);
        if ((offset & SkillEntry.IsBitmap) != 0)
        {
            SlotList.BitmapAt(terms, offset)[slot >> 6] |= 1ul << (slot & 63);
            return;
        }

        var own = (ushort*)(terms + offset * SkillEntry.UnitBytes);
        if (SlotList.Add(own, slot))
        {
            return;
        }

        // The list is full: a longer one, or a bitmap. The old one is lost until the leaf is swept.
        var isLong = *own >> 8 == SlotList.Short;
        var larger = NewTerm(super, index, leaf, isLong ? 2 : UnitsOfBitmap, !isLong, out var at);
        var old = (ushort*)((byte*)Node.Terms(super)[index] + offset * SkillEntry.UnitBytes);
        if (isLong)
        {
            Buffer.MemoryCopy(old, larger, SkillEntry.UnitBytes, SkillEntry.UnitBytes);
            *(ushort*)larger = (ushort)((SlotList.Long << 8) | SlotList.Short);
            SlotList.Add((ushort*)larger, slot);
            SkillEntry.Offset(Fresh(super, skill))[index] = (ushort)at;
        }
        else
        {
            new Span<byte>(larger, Leaf.SliceBytes).Clear();
            SlotList.SetBits(old, (ulong*)larger);
            ((ulong*)larger)[slot >> 6] |= 1ul << (slot & 63);
            SkillEntry.Offset(Fresh(super, skill))[index] = (ushort)(at | SkillEntry.IsBitmap);
        }
    }

    private SkillEntry* Fresh(Node* super, int skill) => WritableEntry(super, skill);

    private void ClearSkill(Node* super, int index, Leaf* leaf, int skill, int slot)
    {
        var entry = Node.EntryOf(super, skill);
        if (entry is null || ((entry->Word >> index) & 1) == 0)
        {
            return;
        }

        var offset = SkillEntry.Offset(entry)[index];
        var terms = WritableTerms(super, index, leaf);
        if ((offset & SkillEntry.IsBitmap) != 0)
        {
            SlotList.BitmapAt(terms, offset)[slot >> 6] &= ~(1ul << (slot & 63));
        }
        else
        {
            SlotList.Remove((ushort*)(terms + offset * SkillEntry.UnitBytes), slot);
        }
    }

    /// <summary>Room at the end of a leaf's terms; the block grows where there is none.</summary>
    private byte* NewTerm(Node* super, int index, Leaf* leaf, int units, bool isBitmap, out int unit)
    {
        unit = isBitmap ? (leaf->TermsUsed + UnitsOfBitmap - 1) & -UnitsOfBitmap : leaf->TermsUsed;
        if (unit + units > leaf->TermsSize)
        {
            var size = Math.Max(unit + units, Math.Min(MostUnits, (unit + units + unit / 8 + 16 + 3) & ~3));
            if (size > MostUnits)
            {
                throw new InvalidOperationException("The people of one leaf hold too many skills.");
            }

            var old = (void*)Node.Terms(super)[index];
            var larger = Memory.Allocate(size * SkillEntry.UnitBytes);
            Buffer.MemoryCopy(old, larger, size * SkillEntry.UnitBytes, leaf->TermsUsed * SkillEntry.UnitBytes);
            Memory.Retire(old, leaf->TermsSize * SkillEntry.UnitBytes);
            Node.Terms(super)[index] = (nint)larger;
            (leaf->TermsSize, leaf->TermsEpoch) = (size, _batch);
        }

        leaf->TermsUsed = unit + units;
        return WritableTerms(super, index, leaf) + unit * SkillEntry.UnitBytes;
    }

    /// <summary>Lets a child's entry of a skill take in a holder.</summary>
    private SkillEntry* Raise(Node* node, int child, int skill, byte level, byte quality, out bool wasHeld)
    {
        var entry = Node.EntryOf(node, skill);
        wasHeld = entry is not null && ((entry->Word >> child) & 1) != 0;
        if (!wasHeld || SkillEntry.Quality(entry)[child] < quality || SkillEntry.Level(entry)[child] < level)
        {
            entry = WritableEntry(node, skill);
            entry->Word |= 1ul << child;
            SkillEntry.Quality(entry)[child] = Math.Max(SkillEntry.Quality(entry)[child], quality);
            SkillEntry.Level(entry)[child] = Math.Max(SkillEntry.Level(entry)[child], level);
        }

        return entry;
    }

    /// <summary>The last child whose key is not greater; the first where all are.</summary>
    private static int ChildFor(Node* node, ulong key)
    {
        var keys = Node.Keys(node);
        var (low, high) = (0, node->Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (keys[middle] <= key)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return Math.Max(0, low - 1);
    }

    /// <summary>The leaf that owns a key; below zero where its center has none yet.</summary>
    private int FindLeaf(ulong key)
    {
        var node = _root;
        if (node->Count == 0)
        {
            return -1;
        }

        while (node->Level != Node.OfLeaves)
        {
            node = (Node*)Node.Children(node)[ChildFor(node, key)];
        }

        var child = ChildFor(node, key);
        return Hilbert.Family(Node.Keys(node)[child]) == Hilbert.Family(key) ? ((Leaf*)Node.Children(node)[child])->Uid : -1;
    }

    private int LeafWithRoom(ulong key)
    {
        var uid = FindLeaf(key);
        if (uid < 0)
        {
            return PlantFamily(key);
        }

        while (LeafOf(uid)->Count >= _shape.LeafSlots)
        {
            SplitLeaf(uid);
            uid = FindLeaf(key);
        }

        return uid;
    }

    /// <summary>A node with one empty leaf for a center that had nobody.</summary>
    private int PlantFamily(ulong key)
    {
        var super = NewNode(Node.OfLeaves, Node.Fan, Hilbert.PartitionOf(key), -1);
        var uid = NewLeafUid();
        super->Count = 1;
        BuildLeaf(super, 0, Hilbert.Family(key) << 48, 0, uid);
        if (_root->Count == 0)
        {
            var group = NewNode(Node.OfNodes, Node.Fan, 0, -1);
            group->Count = 1;
            SetChild(group, 0, super);
            HangGroup(group);
            return uid;
        }

        var at = (Node*)Node.Children(_root)[ChildFor(_root, key)];
        if (at->Count >= _shape.Fan)
        {
            SplitGroup(at->Uid);
            at = (Node*)Node.Children(_root)[ChildFor(_root, key)];
        }

        var before = ChildFor(at, key);
        Insert(at->Uid, Node.Keys(at)[before] <= key ? before + 1 : before, super);
        return uid;
    }

    /// <summary>Puts a node between the children of a group that has room.</summary>
    private void Insert(int groupUid, int index, Node* super)
    {
        var old = (Node*)_nodes[groupUid];
        var home = _nodeHomes[groupUid];
        var fresh = NewNode(Node.OfNodes, Node.Fan, old->Partition, groupUid);
        fresh->Count = old->Count + 1;
        CopyColumns(old, 0, index, fresh, 0);
        CopyColumns(old, index, old->Count - index, fresh, index + 1);
        SetChild(fresh, index, super);
        Rehome(fresh);
        RetireNode(old);
        var root = Writable(home.Parent);
        Node.Children(root)[home.Index] = (nint)fresh;
        Node.Keys(root)[home.Index] = Math.Min(Node.Keys(root)[home.Index], Node.Keys(fresh)[0]);
        Widen(root, home.Index, Node.ExtentOfAll(fresh));
    }

    private void Rehome(Node* node)
    {
        for (var i = 0; i < node->Count; i++)
        {
            var child = Node.Children(node)[i];
            if (node->Level == Node.OfLeaves)
            {
                _leafHomes[((Leaf*)child)->Uid] = new Home(node->Uid, i);
            }
            else
            {
                _nodeHomes[((Node*)child)->Uid] = new Home(node->Uid, i);
            }
        }
    }

    private void SplitLeaf(int uid)
    {
        if (((Node*)_nodes[_leafHomes[uid].Parent])->Count >= _shape.Fan)
        {
            SplitSuper(_leafHomes[uid].Parent);
        }

        var home = _leafHomes[uid];
        var old = (Node*)_nodes[home.Parent];
        var count = Gather(old, home.Index);
        var left = count / 2;
        var fresh = NewNode(Node.OfLeaves, Node.Fan, old->Partition, old->Uid);
        fresh->Count = old->Count + 1;
        CopyColumns(old, 0, home.Index, fresh, 0);
        CopyColumns(old, home.Index + 1, old->Count - home.Index - 1, fresh, home.Index + 2);
        BuildLeaf(fresh, home.Index, Node.Keys(old)[home.Index], left, uid);
        _entries.AsSpan(left, count - left).CopyTo(_entries);
        _ordinals.AsSpan(left, count - left).CopyTo(_ordinals);
        BuildLeaf(fresh, home.Index + 1, _keys[left], count - left, NewLeafUid());
        Rehome(fresh);
        RetireLeaf(old, home.Index);
        RetireNode(old);
        Hang(fresh);
        Splits = (Splits.Leaves + 1, Splits.Nodes);
    }

    /// <summary>Reads a leaf's people into the entries, in the order of their keys.</summary>
    private int Gather(Node* super, int index)
    {
        var leaf = (Leaf*)Node.Children(super)[index];
        var flags = (ulong*)Node.Flags(super)[index];
        var hours = (byte*)Node.Hours(super)[index];
        var slots = new int[leaf->Count];
        var keys = new ulong[leaf->Count];
        var count = 0;
        for (var slot = 0; slot < Leaf.Slots; slot++)
        {
            if (((flags[slot >> 6] >> (slot & 63)) & 1) != 0)
            {
                keys[count] = KeyOf(SeatAt(leaf, slot)->Row);
                slots[count++] = slot;
            }
        }

        Array.Sort(keys, slots);
        for (var i = 0; i < count; i++)
        {
            var seat = SeatAt(leaf, slots[i]);
            _keys[i] = keys[i];
            _ordinals[i] = seat->Ordinal;
            _entries[i].Row = seat->Row;
            _entries[i].Flags = FlagsAt(flags, slots[i]);
            _entries[i].Hours = HoursAt(hours, slots[i]);
        }

        return count;
    }

    private void SplitSuper(int uid)
    {
        if (((Node*)_nodes[_nodeHomes[uid].Parent])->Count >= _shape.Fan)
        {
            SplitGroup(_nodeHomes[uid].Parent);
        }

        var home = _nodeHomes[uid];
        var old = (Node*)_nodes[uid];
        var (left, right) = Halves(old);
        RetireNode(old);
        var group = Writable(home.Parent);
        var fresh = NewNode(Node.OfNodes, Node.Fan, group->Partition, group->Uid);
        fresh->Count = group->Count + 1;
        CopyColumns(group, 0, home.Index, fresh, 0);
        CopyColumns(group, home.Index + 1, group->Count - home.Index - 1, fresh, home.Index + 2);
        SetChild(fresh, home.Index, left);
        SetChild(fresh, home.Index + 1, right);
        Rehome(fresh);
        RetireNode(group);
        Hang(fresh);
    }

    private void SplitGroup(int uid)
    {
        var old = (Node*)_nodes[uid];
        var index = _nodeHomes[uid].Index;
        var (left, right) = Halves(old);
        RetireNode(old);
        var root = RoomInRoot();
        for (var i = root->Count; i > index + 1; i--)
        {
            Node.CopyChildren(root, i - 1, 1, root, i);
        }

        root->Count++;
        var key = Node.Keys(root)[index];
        SetChild(root, index, left);
        Node.Keys(root)[index] = key;
        SetChild(root, index + 1, right);
        Rehome(root);
    }

    /// <summary>Two fresh nodes with half the children each; the left one keeps the number.</summary>
    private (Pointer Left, Pointer Right) Halves(Node* old)
    {
        var half = old->Count / 2;
        var left = NewNode(old->Level, Node.Fan, old->Partition, old->Uid);
        left->Count = half;
        CopyColumns(old, 0, half, left, 0);
        var right = NewNode(old->Level, Node.Fan, old->Partition, -1);
        right->Count = old->Count - half;
        CopyColumns(old, half, old->Count - half, right, 0);
        Rehome(left);
        Rehome(right);
        Splits = (Splits.Leaves, Splits.Nodes + 1);
        return (new Pointer(left), new Pointer(right));
    }

    // A pointer cannot be part of a tuple.
    private readonly struct Pointer(Node* node)
    {
        private readonly Node* _node = node;

        public static implicit operator Node*(Pointer pointer) => pointer._node;
    }
}
