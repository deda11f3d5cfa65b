using System.Numerics;
using System.Runtime.InteropServices;

namespace Matching.Engine.Index;

// Making leaves and nodes from people: when loading, when splitting, when tightening.
public sealed unsafe partial class SlicedTree<TProfile, TRow>
{
    // People on their way into a leaf.
    private readonly Entry<TRow>[] _entries = new Entry<TRow>[Leaf.Slots];
    private readonly int[] _ordinals = new int[Leaf.Slots];
    private readonly ulong[] _keys = new ulong[Leaf.Slots];

    // The skills of the leaf being made; _termOf leads from a skill's number to its place here, plus one.
    private int[] _termOf = new int[256];
    private int[] _termSkill = new int[256];
    private byte[] _termQuality = new byte[256];
    private byte[] _termLevel = new byte[256];
    private ulong[] _termBits = new ulong[256 * Leaf.Words];
    private int _terms;
    private SkillHeld[] _held = new SkillHeld[64];
    private SkillHeld[] _heldBefore = new SkillHeld[64];

    [StructLayout(LayoutKind.Sequential, Pack = 4)]
    private struct Keyed
    {
        public ulong Key;
        public int Ordinal;
    }

    /// <summary>
    /// Fills an empty tree with everybody of a source, ordinals as the source numbers them. Reads people in the order of the tree, so that none
    /// need be kept twice. To be published like any change.
    /// </summary>
    public void Load<TSource>(ref TSource source, Action<long>? progress = null)
        where TSource : struct, IEntrySource<TRow>
    {
        if (_root->Count > 0)
        {
            throw new InvalidOperationException("Only an empty tree is loaded; others are changed.");
        }

        ReserveSeats(source.Count, exactly: true);
        var people = (Keyed*)NativeMemory.Alloc((nuint)Math.Max(1, source.Count), (nuint)sizeof(Keyed));
        var order = (int*)people;
        var count = 0;
        try
        {
            for (var ordinal = 0; ordinal < source.Count; ordinal++)
            {
                if (source.Has(ordinal))
                {
                    people[count].Key = source.Place(ordinal, out var lat, out var lng, out var partition)
                        ? Hilbert.Key(partition, lat, lng)
                        : Hilbert.KeyOfNowhere(partition);
                    people[count++].Ordinal = ordinal;
                }
            }

            Sort(people, 0, count, 64 - 8);
            List<(ulong Family, int After)> families = [];
            for (var first = 0; first < count; first = families[^1].After)
            {
                families.Add((Hilbert.Family(people[first].Key), EndOfFamily(people, first, count)));
            }

            // From here on the order alone is needed: a third of the memory.
            order = (int*)people;
            for (var i = 0; i < count; i++)
            {
                order[i] = people[i].Ordinal;
            }

            order = (int*)NativeMemory.Realloc(order, (nuint)Math.Max(1, count) * sizeof(int));
            Node* group = null;
            var from = 0;
            foreach (var (family, after) in families)
            {
                LoadFamily(ref source, family, order + from, after - from, ref group, progress, from);
                from = after;
            }

            if (group is not null)
            {
                HangGroup(group);
            }

            Writable(RootUid)->People = count;
            progress?.Invoke(count);
        }
        finally
        {
            NativeMemory.Free(order);
        }
    }

    private static int EndOfFamily(Keyed* people, int first, int count)
    {
        var family = Hilbert.Family(people[first].Key);
        var (low, high) = (first, count);
        while (low < high)
        {
            var middle = (int)(((long)low + high) / 2);
            if (Hilbert.Family(people[middle].Key) <= family)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    private void LoadFamily<TSource>(ref TSource source, ulong family, int* people, int count, ref Node* group, Action<long>? progress, long before)
        where TSource : struct, IEntrySource<TRow>
    {
        var leaves = (count + _shape.LeafFill - 1) / _shape.LeafFill;
        var supers = (leaves + _shape.FanFill - 1) / _shape.FanFill;
        var leaf = 0;
        for (var s = 0; s < supers; s++)
        {
            var upTo = (int)((long)leaves * (s + 1) / supers);
            var super = NewNode(Node.OfLeaves, Node.Fan, Hilbert.PartitionOf(family << 48), -1);
            for (; leaf < upTo; leaf++)
            {
                var from = (int)((long)count * leaf / leaves);
                var to = (int)((long)count * (leaf + 1) / leaves);
                for (var i = from; i < to; i++)
                {
                    source.Read(people[i], out _entries[i - from]);
                    _ordinals[i - from] = people[i];
                }

                var key = leaf == 0 ? family << 48 : KeyOf(_entries[0].Row);
                BuildLeaf(super, super->Count++, key, to - from, NewLeafUid());
            }

            if (group is not null && group->Count == _shape.FanFill)
            {
                HangGroup(group);
                group = null;
            }

            if (group is null)
            {
                group = NewNode(Node.OfNodes, Node.Fan, 0, -1);
            }

            SetChild(group, group->Count++, super);
            progress?.Invoke(before + (long)count * leaf / leaves);
        }
    }

    private void HangGroup(Node* group)
    {
        var root = RoomInRoot();
        SetChild(root, root->Count++, group);
    }

    /// <summary>The root, writable, with room for one more.</summary>
    private Node* RoomInRoot()
    {
        var root = Writable(RootUid);
        if (root->Count < root->Capacity)
        {
            return root;
        }

        var wider = NewNode(Node.Root, root->Capacity * 2, 0, RootUid);
        (wider->Version, wider->People, wider->Count) = (root->Version, root->People, root->Count);
        Node.CopyChildren(root, 0, root->Count, wider, 0);
        RetireNode(root);
        return _root = wider;
    }

    /// <summary>Makes a node the child of another, with all that the parent keeps of it. The parent is writable.</summary>
    private void SetChild(Node* parent, int index, Node* child)
    {
        _nodeHomes[child->Uid] = new Home(parent->Uid, index);
        Node.Keys(parent)[index] = Node.Keys(child)[0];
        Node.Children(parent)[index] = (nint)child;
        Node.SetExtent(parent, index, Node.ExtentOfAll(child));
        if (parent->Level == Node.Root)
        {
            return;
        }

        parent->Partition = parent->Count <= 1 || parent->Partition == child->Partition ? child->Partition : -1;

        for (var page = 0; page < child->SkillPageCount; page++)
        {
            var skills = (SkillPage*)((nint*)child->SkillPages)[page];
            for (var i = 0; skills is not null && i < SkillPage.Skills; i++)
            {
                var entry = (SkillEntry*)SkillPage.Entries(skills)[i];
                if (entry is not null && entry->Word != 0)
                {
                    var own = WritableEntry(parent, page * SkillPage.Skills + i);
                    own->Word |= 1ul << index;
                    SkillEntry.Quality(own)[index] = Greatest(SkillEntry.Quality(entry));
                    SkillEntry.Level(own)[index] = Greatest(SkillEntry.Level(entry));
                }
            }
        }
    }

    private static byte Greatest(byte* bytes)
    {
        byte greatest = 0;
        for (var i = 0; i < Node.Fan; i++)
        {
            greatest = Math.Max(greatest, bytes[i]);
        }

        return greatest;
    }

    /// <summary>Makes a leaf of the first people in the entries, as a child of a writable node.</summary>
    private void BuildLeaf(Node* super, int index, ulong key, int count, int uid)
    {
        var leaf = (Leaf*)Memory.Allocate(sizeof(Leaf));
        NativeMemory.Clear(leaf, (nuint)sizeof(Leaf));
        (leaf->Uid, leaf->Count, leaf->Epoch) = (uid, count, _batch);
        leaf->FlagsEpoch = leaf->HoursEpoch = leaf->TermsEpoch = leaf->SitesEpoch = _batch;
        _leafHomes[uid] = new Home(super->Uid, index);
        Node.Keys(super)[index] = key;
        Node.Children(super)[index] = (nint)leaf;
        for (var slot = 0; slot < count; slot++)
        {
            var seat = WritableSeat(leaf, slot);
            seat->Ordinal = _ordinals[slot];
            seat->Row = _entries[slot].Row;
            _seats[_ordinals[slot]] = ((uint)uid << SlotBits) | (uint)slot;
        }

        var flags = (ulong*)Memory.Allocate(FlagBytes);
        Node.Flags(super)[index] = (nint)flags;
        NativeMemory.Clear(flags, (nuint)FlagBytes);
        for (var slot = 0; slot < count; slot++)
        {
            flags[slot >> 6] |= 1ul << (slot & 63);
            for (var left = _entries[slot].Flags; left != 0; left &= left - 1)
            {
                flags[(1 + BitOperations.TrailingZeroCount(left)) * Leaf.Words + (slot >> 6)] |= 1ul << (slot & 63);
            }
        }

        Node.Hours(super)[index] = (nint)SliceHours(count);
        FillColumn(super, index, leaf);
    }

    private byte* SliceHours(int count)
    {
        var (low, middle, high) = (0ul, 0ul, 0ul);
        foreach (ref readonly var entry in _entries.AsSpan(0, count))
        {
            (low, middle, high) = (low | entry.Hours.Low, middle | entry.Hours.Middle, high | entry.Hours.High);
        }

        var needed = new WeekHours(low, middle, high);
        var slices = 1 + BitOperations.PopCount(low) + BitOperations.PopCount(middle) + BitOperations.PopCount(high);
        var hours = Memory.Allocate(HourSlices.BytesOf(slices));
        HourSlices.Begin(hours, slices);
        for (var hour = 0; hour < WeekHours.Count; hour++)
        {
            if (needed[hour])
            {
                HourSlices.Add(hours, hour);
            }
        }

        var block = stackalloc ulong[64];
        for (var chunk = 0; chunk < Leaf.Words; chunk++)
        {
            for (var word = 0; word < 3; word++)
            {
                for (var i = 0; i < 64; i++)
                {
                    var slot = chunk * 64 + i;
                    block[i] = slot >= count ? 0 : word switch
                    {
                        0 => _entries[slot].Hours.Low,
                        1 => _entries[slot].Hours.Middle,
                        _ => _entries[slot].Hours.High,
                    };
                }

                Transpose(block);
                var last = Math.Min(64, WeekHours.Count - word * 64);
                for (var hour = 0; hour < last; hour++)
                {
                    if (needed[word * 64 + hour])
                    {
                        HourSlices.Of(hours, word * 64 + hour)[chunk] = block[hour];
                    }
                }
            }
        }

        return hours;
    }

    /// <summary>A square of 64 by 64 bits, mirrored: bit j of word i becomes bit i of word j (H. S. Warren, Hacker's Delight, 7-3).</summary>
    private static void Transpose(ulong* block)
    {
        var mask = 0x00000000FFFFFFFFul;
        for (var j = 32; j != 0; j >>= 1, mask ^= mask << j)
        {
            for (var k = 0; k < 64; k = ((k | j) + 1) & ~j)
            {
                var swapped = ((block[k] >> j) ^ block[k | j]) & mask;
                block[k] ^= swapped << j;
                block[k | j] ^= swapped;
            }
        }
    }

    /// <summary>Makes the leaf's skill slices and all that its node keeps of it, from its rows; what was there before is replaced.</summary>
    private void FillColumn(Node* super, int index, Leaf* leaf)
    {
        ClearColumn(super, index);
        var occupied = (ulong*)Node.Flags(super)[index];
        var extent = Extent.Nothing;
        var isMixed = false;
        _terms = 0;
        for (var word = 0; word < Leaf.Words; word++)
        {
            for (var left = occupied[word]; left != 0; left &= left - 1)
            {
                var slot = word * 64 + BitOperations.TrailingZeroCount(left);
                ref readonly var row = ref SeatAt(leaf, slot)->Row;
                var own = ExtentOf(row);
                extent.TakeIn(own);
                isMixed |= extent.SiteLo != extent.SiteHi;
                foreach (var held in HeldBy(row, ref _held))
                {
                    AddTerm(held.Skill, held.Level, _profile.SkillQuality(row, held.Level), slot);
                }
            }
        }

        Node.SetExtent(super, index, extent);
        WriteSites(super, index, leaf, isMixed);
        WriteTerms(super, index, leaf);
    }

    private Span<SkillHeld> HeldBy(in TRow row, ref SkillHeld[] room)
    {
        int count;
        while ((count = _profile.Skills(row, room)) > room.Length)
        {
            room = new SkillHeld[count * 2];
        }

        return room.AsSpan(0, count);
    }

    private void AddTerm(int skill, int level, byte quality, int slot)
    {
        if (skill >= _termOf.Length)
        {
            Array.Resize(ref _termOf, Math.Max(skill + 1, _termOf.Length * 2));
        }

        var term = _termOf[skill] - 1;
        if (term < 0)
        {
            term = _terms++;
            if (term == _termSkill.Length)
            {
                Array.Resize(ref _termSkill, term * 2);
                Array.Resize(ref _termQuality, term * 2);
                Array.Resize(ref _termLevel, term * 2);
                Array.Resize(ref _termBits, term * 2 * Leaf.Words);
            }

            _termOf[skill] = term + 1;
            _termSkill[term] = skill;
            _termQuality[term] = _termLevel[term] = 0;
            Array.Clear(_termBits, term * Leaf.Words, Leaf.Words);
        }

        _termBits[term * Leaf.Words + (slot >> 6)] |= 1ul << (slot & 63);
        _termQuality[term] = Math.Max(_termQuality[term], quality);
        _termLevel[term] = Math.Max(_termLevel[term], (byte)level);
    }

    /// <summary>Bitmaps first, for they want a cache line each; then the lists.</summary>
    private void WriteTerms(Node* super, int index, Leaf* leaf)
    {
        var bitmaps = 0;
        var lists = 0;
        for (var term = 0; term < _terms; term++)
        {
            var holders = HoldersOf(term);
            bitmaps += holders > SlotList.Long ? 1 : 0;
            lists += holders > SlotList.Long ? 0 : holders > SlotList.Short ? 2 : 1;
        }

        var used = bitmaps * UnitsOfBitmap + lists;
        if (used > MostUnits)
        {
            throw new InvalidOperationException("The people of one leaf hold too many skills.");
        }

        // A little room, so that most changes need no new block; blocks come in fours of units.
        var size = Math.Min(MostUnits, (used + 8 + 3) & ~3);
        if (Node.Terms(super)[index] != 0)
        {
            Memory.Retire((void*)Node.Terms(super)[index], leaf->TermsSize * SkillEntry.UnitBytes);
        }

        var terms = Memory.Allocate(size * SkillEntry.UnitBytes);
        Node.Terms(super)[index] = (nint)terms;
        (leaf->TermsUsed, leaf->TermsSize, leaf->TermsEpoch) = (used, size, _batch);
        var bitmap = 0;
        var list = bitmaps * UnitsOfBitmap;
        for (var term = 0; term < _terms; term++)
        {
            var bits = _termBits.AsSpan(term * Leaf.Words, Leaf.Words);
            var holders = HoldersOf(term);
            var entry = WritableEntry(super, _termSkill[term]);
            entry->Word |= 1ul << index;
            SkillEntry.Quality(entry)[index] = _termQuality[term];
            SkillEntry.Level(entry)[index] = _termLevel[term];
            if (holders > SlotList.Long)
            {
                bits.CopyTo(new Span<ulong>(terms + bitmap * SkillEntry.UnitBytes, Leaf.Words));
                SkillEntry.Offset(entry)[index] = (ushort)(bitmap | SkillEntry.IsBitmap);
                bitmap += UnitsOfBitmap;
            }
            else
            {
                WriteList((ushort*)(terms + list * SkillEntry.UnitBytes), holders > SlotList.Short ? SlotList.Long : SlotList.Short, bits);
                SkillEntry.Offset(entry)[index] = (ushort)list;
                list += holders > SlotList.Short ? 2 : 1;
            }

            _termOf[_termSkill[term]] = 0;
        }
    }

    private const int UnitsOfBitmap = Leaf.SliceBytes / SkillEntry.UnitBytes;
    private const int MostUnits = SkillEntry.IsBitmap - 1;

    private int HoldersOf(int term)
    {
        var holders = 0;
        foreach (var word in _termBits.AsSpan(term * Leaf.Words, Leaf.Words))
        {
            holders += BitOperations.PopCount(word);
        }

        return holders;
    }

    private static void WriteList(ushort* list, int room, ReadOnlySpan<ulong> bits)
    {
        SlotList.Begin(list, room);
        for (var word = 0; word < bits.Length; word++)
        {
            for (var left = bits[word]; left != 0; left &= left - 1)
            {
                SlotList.Add(list, word * 64 + BitOperations.TrailingZeroCount(left));
            }
        }
    }

    /// <summary>A column of sites where there are several; where there is one the extent says it.</summary>
    private void WriteSites(Node* super, int index, Leaf* leaf, bool isMixed)
    {
        if (leaf->Sites != 0)
        {
            Memory.Retire((void*)leaf->Sites, Leaf.SiteBytes);
            leaf->Sites = 0;
        }

        if (!isMixed)
        {
            return;
        }

        var sites = (int*)Memory.Allocate(Leaf.SiteBytes);
        leaf->Sites = (nint)sites;
        leaf->SitesEpoch = _batch;
        var occupied = (ulong*)Node.Flags(super)[index];
        for (var slot = 0; slot < Leaf.Slots; slot++)
        {
            sites[slot] = ((occupied[slot >> 6] >> (slot & 63)) & 1) != 0 ? _profile.Site(SeatAt(leaf, slot)->Row) : -1;
        }
    }

    /// <summary>Forgets what a writable node knows of a child's skills.</summary>
    private void ClearColumn(Node* node, int index)
    {
        for (var page = 0; page < node->SkillPageCount; page++)
        {
            var skills = (SkillPage*)((nint*)node->SkillPages)[page];
            for (var i = 0; skills is not null && i < SkillPage.Skills; i++)
            {
                var entry = (SkillEntry*)SkillPage.Entries(skills)[i];
                if (entry is not null && ((entry->Word >> index) & 1) != 0)
                {
                    entry = WritableEntry(node, page * SkillPage.Skills + i);
                    skills = (SkillPage*)((nint*)node->SkillPages)[page];
                    entry->Word &= ~(1ul << index);
                    SkillEntry.Quality(entry)[index] = SkillEntry.Level(entry)[index] = 0;
                }
            }
        }
    }

    /// <summary>Copies children with their skills into a fresh node.</summary>
    private void CopyColumns(Node* from, int first, int count, Node* to, int at)
    {
        if (count == 0)
        {
            return;
        }

        Node.CopyChildren(from, first, count, to, at);
        var mask = count == 64 ? ulong.MaxValue : (1ul << count) - 1;
        for (var page = 0; page < from->SkillPageCount; page++)
        {
            var skills = (SkillPage*)((nint*)from->SkillPages)[page];
            for (var i = 0; skills is not null && i < SkillPage.Skills; i++)
            {
                var entry = (SkillEntry*)SkillPage.Entries(skills)[i];
                if (entry is not null && ((entry->Word >> first) & mask) != 0)
                {
                    var copy = WritableEntry(to, page * SkillPage.Skills + i);
                    copy->Word |= ((entry->Word >> first) & mask) << at;
                    Buffer.MemoryCopy(SkillEntry.Quality(entry) + first, SkillEntry.Quality(copy) + at, count, count);
                    Buffer.MemoryCopy(SkillEntry.Level(entry) + first, SkillEntry.Level(copy) + at, count, count);
                    Buffer.MemoryCopy(SkillEntry.Offset(entry) + first, SkillEntry.Offset(copy) + at, count * 2, count * 2);
                }
            }
        }
    }

    /// <summary>In place, by eight bits of the key at a time from the highest (American flag: McIlroy, Bostic and McIlroy, 1993).</summary>
    private static void Sort(Keyed* people, int from, int to, int shift)
    {
        if (to - from <= 48)
        {
            for (var i = from + 1; i < to; i++)
            {
                var moved = people[i];
                var j = i;
                for (; j > from && people[j - 1].Key > moved.Key; j--)
                {
                    people[j] = people[j - 1];
                }

                people[j] = moved;
            }

            return;
        }

        var ends = stackalloc int[256];
        var next = stackalloc int[256];
        new Span<int>(ends, 256).Clear();
        for (var i = from; i < to; i++)
        {
            ends[(int)(people[i].Key >> shift) & 255]++;
        }

        for (int digit = 0, at = from; digit < 256; digit++)
        {
            next[digit] = at;
            ends[digit] = at += ends[digit];
        }

        for (var digit = 0; digit < 256; digit++)
        {
            while (next[digit] < ends[digit])
            {
                var person = people[next[digit]];
                var home = (int)(person.Key >> shift) & 255;
                while (home != digit)
                {
                    (person, people[next[home]]) = (people[next[home]], person);
                    next[home]++;
                    home = (int)(person.Key >> shift) & 255;
                }

                people[next[digit]++] = person;
            }
        }

        for (int digit = 0, first = from; digit < 256 && shift > 0; first = ends[digit++])
        {
            if (ends[digit] - first > 1)
            {
                Sort(people, first, ends[digit], Math.Max(0, shift - 8));
            }
        }
    }
}
