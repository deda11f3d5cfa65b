using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Matching.Engine.Index;

/// <summary>What looks at everybody: called once a person.</summary>
public interface IVisitor<TRow>
    where TRow : unmanaged
{
    void See(int ordinal, in TRow row);
}

/// <summary>
/// Searches a tree, best first: the branch that may hold the highest score is opened next, until the best so many are better than any branch left. For one
/// thread at a time; never waits, allocates nothing once it has grown to its work.
/// </summary>
public sealed unsafe class TreeReader<TProfile, TRow> : IDisposable
    where TProfile : struct, IProfile<TRow>
    where TRow : unmanaged
{
    // Single precision, Exp and rounding of sums are within this of the true bound.
    private const float BoundSlack = 2e-5f;

    // So many of the next leaves are asked of memory while one is scanned: half of the time of a wide search in a province.
    private const int Ahead = 3;
    private const int NodeTag = 0;

    private readonly SlicedTree<TProfile, TRow> _tree;
    private readonly long* _slot;
    private readonly ushort[] _survivors = new ushort[Leaf.Slots];

    // A heap of branches: the bound's bits, then tag, then which: a sum of 64 × (number of the opened node) and the child.
    private ulong[] _heap = new ulong[4096];
    private int _heapCount;
    private (nint Node, int First)[] _opened = new (nint, int)[256];
    private nint[] _entries = new nint[1024];
    private int _openedCount;
    private bool _closed;

    internal TreeReader(SlicedTree<TProfile, TRow> tree)
    {
        _tree = tree;
        _slot = tree.Memory.OpenSlot();
    }

    /// <summary>Leaves looked into, and people put to the wish, by the last search.</summary>
    public (int Leaves, int Survivors) Last { get; private set; }

    /// <summary>
    /// The best for a wish, best first, into <paramref name="best"/>; how many there are. Those whom the caller scored already may stand there beforehand, in any
    /// order; the wish must then answer NaN for them.
    /// </summary>
    /// <param name="version">What <see cref="SlicedTree{TProfile,TRow}.Publish"/> called the state that was seen.</param>
    public int Search<TWish>(Criteria criteria, ref TWish wish, Span<Found> best, out long version, int scored = 0)
        where TWish : struct, IWish<TRow>
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        var memory = _tree.Memory;
        memory.Enter(_slot);
        try
        {
            var root = _tree.Published;
            version = root->Version;
            var top = new Top<TWish>(best[..Math.Min(best.Length, criteria.Count)]);
            for (var i = 0; i < scored; i++)
            {
                top.Offer(best[i], ref wish);
            }

            if (top.Room > 0)
            {
                Run(root, criteria, ref wish, ref top);
            }

            return top.Count;
        }
        finally
        {
            NativeBlocks.Leave(_slot);
            GC.KeepAlive(_tree);
        }
    }

    /// <summary>Shows everybody of the sites from one number up to another, in one version, and says which.</summary>
    public long Visit<TVisitor>(int siteFrom, int siteTo, ref TVisitor visitor)
        where TVisitor : struct, IVisitor<TRow>
    {
        ObjectDisposedException.ThrowIf(_closed, this);
        _tree.Memory.Enter(_slot);
        try
        {
            var root = _tree.Published;
            VisitNode(root, siteFrom, siteTo, ref visitor);
            return root->Version;
        }
        finally
        {
            NativeBlocks.Leave(_slot);
            GC.KeepAlive(_tree);
        }
    }

    public void Dispose()
    {
        if (!_closed)
        {
            _closed = true;
            NativeBlocks.CloseSlot(_slot);
        }
    }

    private void VisitNode<TVisitor>(Node* node, int siteFrom, int siteTo, ref TVisitor visitor)
        where TVisitor : struct, IVisitor<TRow>
    {
        for (var child = 0; child < node->Count; child++)
        {
            var (lo, hi) = (Node.SiteLo(node)[child], Node.SiteHi(node)[child]);
            if (lo >= siteTo || hi < siteFrom)
            {
                continue;
            }

            if (node->Level != Node.OfLeaves)
            {
                VisitNode((Node*)Node.Children(node)[child], siteFrom, siteTo, ref visitor);
                continue;
            }

            var leaf = (Leaf*)Node.Children(node)[child];
            var occupied = (ulong*)Node.Flags(node)[child];
            var sites = lo >= siteFrom && hi < siteTo ? null : (int*)leaf->Sites;
            for (var word = 0; word < Leaf.Words; word++)
            {
                for (var left = occupied[word]; left != 0; left &= left - 1)
                {
                    var slot = word * 64 + BitOperations.TrailingZeroCount(left);
                    if (sites is null || (sites[slot] >= siteFrom && sites[slot] < siteTo))
                    {
                        var seat = SlicedTree<TProfile, TRow>.SeatAt(leaf, slot);
                        visitor.See(seat->Ordinal, in seat->Row);
                    }
                }
            }
        }
    }

    private void Run<TWish>(Node* root, Criteria criteria, ref TWish wish, ref Top<TWish> top)
        where TWish : struct, IWish<TRow>
    {
        var quest = new Quest(criteria);
        _heapCount = _openedCount = 0;
        var leaves = 0;
        var survivors = 0;
        for (var first = 0; first < root->Count; first += Node.Fan)
        {
            Open(root, first, criteria, in quest, ref wish, top.Threshold);
        }

        while (_heapCount > 0)
        {
            var item = Pop();
            if (BitConverter.UInt32BitsToSingle((uint)(item >> 32)) < top.Threshold)
            {
                break;
            }

            var which = (int)((uint)item & 0x7FFF_FFFF);
            var (parent, first) = _opened[which >> 6];
            var child = first + (which & 63);
            if (((uint)item >> 31) == NodeTag)
            {
                Open((Node*)Node.Children((Node*)parent)[child], 0, criteria, in quest, ref wish, top.Threshold);
                continue;
            }

            for (var next = 0; next < Math.Min(Ahead, _heapCount); next++)
            {
                Fetch(_heap[next], isNext: next == 0, criteria, in quest);
            }

            leaves++;
            survivors += Scan((Node*)parent, child, which >> 6, criteria, in quest, ref wish, ref top);
        }

        Last = (leaves, survivors);
    }

    /// <summary>Pushes the children, up to 64 from the first, that may still matter.</summary>
    [SkipLocalsInit]
    private void Open<TWish>(Node* node, int first, Criteria criteria, in Quest quest, ref TWish wish, double threshold)
        where TWish : struct, IWish<TRow>
    {
        var count = Math.Min(Node.Fan, node->Count - first);
        var open = count == 64 ? ulong.MaxValue : (1ul << count) - 1;
        if (criteria.Sites.Length > 0)
        {
            open &= InSites(node, first, count, criteria.Sites);
        }

        // Who is 'best' for a skill does not matter above nodes of leaves and their parents.
        var required = criteria.RequiredSkills;
        var columns = stackalloc byte*[2 * MostColumns];
        var merged = stackalloc byte[2 * MostColumns * Node.Fan];
        var summed = Math.Min(required, MostColumns);
        var own = _openedCount * quest.Skills;
        if (node->Level != Node.Root && required > 0)
        {
            if (_entries.Length < own + quest.Skills)
            {
                Array.Resize(ref _entries, Math.Max(own + quest.Skills, _entries.Length * 2));
            }

            for (int r = 0, at = own; r < required && open != 0; r++)
            {
                var anyOf = criteria.AnyOf(r, out var level);
                var word = 0ul;
                SkillEntry* only = null;
                var several = false;
                foreach (var skill in anyOf)
                {
                    var entry = Node.EntryOf(node, skill);
                    _entries[at++] = (nint)entry;
                    if (entry is not null && entry->Word != 0)
                    {
                        word |= entry->Word;
                        several |= only is not null;
                        only = entry;
                    }
                }

                open &= word;
                if (open == 0)
                {
                    return;
                }

                byte* quality;
                byte* levels;
                var place = Math.Min(r, MostColumns - 1);
                if (several)
                {
                    quality = merged + 2 * place * Node.Fan;
                    levels = quality + Node.Fan;
                    Merge(_entries.AsSpan(at - anyOf.Length, anyOf.Length), quality, levels);
                }
                else
                {
                    quality = SkillEntry.Quality(only);
                    levels = SkillEntry.Level(only);
                }

                columns[2 * place] = quality;
                columns[2 * place + 1] = levels;
                open &= AtLeast(levels, level);
            }
        }

        if (open == 0)
        {
            return;
        }

        Bound bound = default;
        wish.BoundIn(node->Level == Node.Root ? -1 : node->Partition, ref bound);
        var constant = (float)bound.Base + BoundSlack;
        var qualityWeight = (float)bound.SkillQuality;
        var levelWeight = (float)bound.SkillLevel;
        if (node->Level == Node.Root || required > summed)
        {
            // Skills that are not looked up count in full.
            constant += (node->Level == Node.Root ? required : required - summed) * (qualityWeight * 255 + levelWeight * TProfile.HighestLevel);
        }

        var isSummed = node->Level != Node.Root;
        var radius = Vector256.Create((float)Math.Min(float.MaxValue, criteria.RadiusM));
        var least = Vector256.Create(double.IsNegativeInfinity(threshold) ? float.MinValue : MathF.BitDecrement((float)threshold));
        var inverse = Vector256.Create(bound.DistanceWeight == 0 ? 0 : (float)(-1 / bound.DistanceScaleM));
        var distanceWeight = Vector256.Create((float)bound.DistanceWeight);
        var sums = stackalloc float[8];
        var tag = node->Level == Node.OfLeaves ? 1u << 31 : 0;
        var self = (uint)_openedCount << 6;
        var isPushed = false;
        for (var eight = 0; eight < count; eight += 8)
        {
            var some = (uint)(open >> eight) & 0xFF;
            if (some == 0)
            {
                continue;
            }

            var at = first + eight;
            var metres = quest.From.AtLeast(
                Vector256.Load(Node.LatLo(node) + at), Vector256.Load(Node.LatHi(node) + at),
                Vector256.Load(Node.LngLo(node) + at), Vector256.Load(Node.LngHi(node) + at), Vector256.Load(Node.CosMin(node) + at));
            var sum = Vector256.Create(constant) + distanceWeight * Vector256.Exp(metres * inverse);
            for (var quality = 0; quality < TProfile.QualityCount; quality++)
            {
                if (bound.Quality[quality] != 0)
                {
                    sum += Vector256.Create((float)bound.Quality[quality]) * Eight(Node.Quality(node, quality) + at);
                }
            }

            if (isSummed)
            {
                for (var r = 0; r < summed; r++)
                {
                    sum += Vector256.Create(qualityWeight) * Eight(columns[2 * r] + eight);
                    if (levelWeight != 0)
                    {
                        sum += Vector256.Create(levelWeight) * Eight(columns[2 * r + 1] + eight);
                    }
                }
            }

            some &= (Vector256.LessThanOrEqual(metres, radius) & Vector256.GreaterThanOrEqual(sum, least)).ExtractMostSignificantBits();
            Vector256.Max(sum, Vector256<float>.Zero).Store(sums);
            for (; some != 0; some &= some - 1)
            {
                var child = BitOperations.TrailingZeroCount(some);
                var value = sums[child];
                Push(((ulong)BitConverter.SingleToUInt32Bits(value) << 32) | tag | self | (uint)(eight + child));
                isPushed = true;
            }
        }

        if (isPushed)
        {
            if (_openedCount == _opened.Length)
            {
                Array.Resize(ref _opened, _openedCount * 2);
            }

            _opened[_openedCount++] = ((nint)node, first);
        }
    }

    private const int MostColumns = 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Eight(byte* bytes)
    {
        var shorts = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)bytes).AsByte());
        return Vector256.ConvertToSingle(Vector256.Create(Vector128.WidenLower(shorts), Vector128.WidenUpper(shorts)).AsInt32());
    }

    private static void Merge(ReadOnlySpan<nint> entries, byte* quality, byte* levels)
    {
        new Span<byte>(quality, 2 * Node.Fan).Clear();
        foreach (var pointer in entries)
        {
            if (pointer == 0)
            {
                continue;
            }

            var entry = (SkillEntry*)pointer;
            for (var i = 0; i < Node.Fan; i += 32)
            {
                Vector256.Max(Vector256.Load(quality + i), Vector256.Load(SkillEntry.Quality(entry) + i)).Store(quality + i);
                Vector256.Max(Vector256.Load(levels + i), Vector256.Load(SkillEntry.Level(entry) + i)).Store(levels + i);
            }
        }
    }

    private static ulong AtLeast(byte* levels, int level)
    {
        var least = Vector256.Create((byte)Math.Clamp(level, 0, 255));
        var low = Vector256.GreaterThanOrEqual(Vector256.Load(levels), least).ExtractMostSignificantBits();
        var high = Vector256.GreaterThanOrEqual(Vector256.Load(levels + 32), least).ExtractMostSignificantBits();
        return low | ((ulong)high << 32);
    }

    private static ulong InSites(Node* node, int first, int count, ReadOnlySpan<(int From, int To)> stretches)
    {
        var within = 0ul;
        var lo = Node.SiteLo(node) + first;
        var hi = Node.SiteHi(node) + first;
        foreach (var (from, to) in stretches)
        {
            for (var i = 0; i < count; i++)
            {
                within |= (lo[i] < to && hi[i] >= from ? 1ul : 0) << i;
            }
        }

        return within;
    }

    /// <summary>Asks the processor for what scanning a leaf will read.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Fetch(ulong item, bool isNext, Criteria criteria, in Quest quest)
    {
        if (!Sse.IsSupported || ((uint)item >> 31) == NodeTag)
        {
            return;
        }

        var which = (int)((uint)item & 0x7FFF_FFFF);
        var (parent, first) = _opened[which >> 6];
        var node = (Node*)parent;
        var child = first + (which & 63);
        var flags = (byte*)Node.Flags(node)[child];
        Sse.Prefetch0(flags);
        for (var left = criteria.Flags; left != 0; left &= left - 1)
        {
            Sse.Prefetch0(flags + (1 + BitOperations.TrailingZeroCount(left)) * Leaf.SliceBytes);
        }

        var terms = (byte*)Node.Terms(node)[child];
        var own = (which >> 6) * quest.Skills;
        for (var i = 0; i < quest.Skills; i++)
        {
            var entry = (SkillEntry*)_entries[own + i];
            if (entry is not null)
            {
                Sse.Prefetch0(terms + (SkillEntry.Offset(entry)[child] & ~SkillEntry.IsBitmap) * SkillEntry.UnitBytes);
            }
        }

        // Of the next one the slices of the hours, of the others where those are.
        var hours = (byte*)Node.Hours(node)[child];
        if (isNext)
        {
            FetchHours(hours, criteria);
        }

        foreach (var hour in criteria.NeededHours)
        {
            Sse.Prefetch0(hours + hour);
        }

        foreach (var hour in criteria.CountedHours)
        {
            Sse.Prefetch0(hours + hour);
        }

        Sse.Prefetch0((byte*)Node.Children(node)[child]);
    }

    /// <summary>Puts everybody in a leaf whom the slices let through to the wish; how many.</summary>
    [SkipLocalsInit]
    private int Scan<TWish>(Node* node, int child, int openedAt, Criteria criteria, in Quest quest, ref TWish wish, ref Top<TWish> top)
        where TWish : struct, IWish<TRow>
    {
        var hours = (byte*)Node.Hours(node)[child];
        var flags = (ulong*)Node.Flags(node)[child];
        var those = Slice.Load(flags);
        for (var left = criteria.Flags; left != 0; left &= left - 1)
        {
            those &= Slice.Load(flags + (1 + BitOperations.TrailingZeroCount(left)) * Leaf.Words);
        }

        var terms = (byte*)Node.Terms(node)[child];
        var at = openedAt * quest.Skills;
        if (ShortestList(at, child, terms, in quest) is var list && list is not null)
        {
            return ScanFew(list, node, child, at, criteria, in quest, ref wish, ref top);
        }

        for (var r = 0; r < criteria.RequiredSkills; r++)
        {
            var anyOf = criteria.AnyOf(r, out _).Length;
            those &= HoldersOf(_entries.AsSpan(at, anyOf), child, terms);
            at += anyOf;
        }

        if (those.IsEmpty)
        {
            return 0;
        }

        var anyHour = AnyHour(flags);
        foreach (var hour in criteria.NeededHours)
        {
            those &= Slice.Load(HourSlices.Of(hours, hour)) | anyHour;
        }

        var counters = stackalloc ulong[MostPlanes * Leaf.Words];
        var counted = criteria.CountedHours;
        var planes = 32 - BitOperations.LeadingZeroCount((uint)counted.Length);
        if (planes is 1 or 2 or 3)
        {
            // Up to seven hours: three planes of a counter that runs in all slots at once.
            var (ones, twos, fours) = (Slice.None, Slice.None, Slice.None);
            foreach (var hour in counted)
            {
                var carry = Slice.Load(HourSlices.Of(hours, hour)) | anyHour;
                var next = ones & carry;
                ones ^= carry;
                carry = twos & next;
                twos ^= next;
                fours ^= carry;
            }

            those &= AtLeast(ones, twos, fours, criteria.LeastCounted);
            ones.Store(counters);
            twos.Store(counters + Leaf.Words);
            fours.Store(counters + 2 * Leaf.Words);
            planes = 3;
        }
        else if (planes > 3)
        {
            those &= Count(hours, anyHour, counted, criteria.LeastCounted, counters, planes);
        }

        if (those.IsEmpty)
        {
            return 0;
        }

        var leaf = (Leaf*)Node.Children(node)[child];
        var sites = MixedSites(node, child, leaf, criteria.Sites);
        var bits = stackalloc ulong[Leaf.Words];
        those.Store(bits);
        var count = 0;
        fixed (ushort* survivors = _survivors)
        {
            for (var word = 0; word < Leaf.Words; word++)
            {
                for (var left = bits[word]; left != 0; left &= left - 1)
                {
                    var slot = word * 64 + BitOperations.TrailingZeroCount(left);
                    if (sites is not null && !Contains(criteria.Sites, sites[slot]))
                    {
                        continue;
                    }

                    survivors[count++] = (ushort)slot;
                    if (Sse.IsSupported)
                    {
                        Sse.Prefetch0(SlicedTree<TProfile, TRow>.SeatAt(leaf, slot));
                    }
                }
            }

            for (var i = 0; i < count; i++)
            {
                int slot = survivors[i];
                var free = 0;
                for (var plane = 0; plane < planes; plane++)
                {
                    free |= (int)((counters[plane * Leaf.Words + (slot >> 6)] >> (slot & 63)) & 1) << plane;
                }

                var seat = SlicedTree<TProfile, TRow>.SeatAt(leaf, slot);
                var score = wish.Score(in seat->Row, seat->Ordinal, free, top.Threshold);
                if (score >= top.Threshold)
                {
                    top.Offer(new Found(seat->Ordinal, score), ref wish);
                }
            }
        }

        return count;
    }

    private static void FetchHours(byte* hours, Criteria criteria)
    {
        foreach (var hour in criteria.NeededHours)
        {
            Sse.Prefetch0(HourSlices.Of(hours, hour));
        }

        foreach (var hour in criteria.CountedHours)
        {
            Sse.Prefetch0(HourSlices.Of(hours, hour));
        }
    }

    /// <summary>Those who may be free in any hour.</summary>
    private static Slice AnyHour(ulong* flags)
    {
        var those = Slice.None;
        for (var left = TProfile.FreeAnyHour; left != 0; left &= left - 1)
        {
            those |= Slice.Load(flags + (1 + BitOperations.TrailingZeroCount(left)) * Leaf.Words);
        }

        return those;
    }

    private static ulong AnyHour(ulong* flags, int word)
    {
        var those = 0ul;
        for (var left = TProfile.FreeAnyHour; left != 0; left &= left - 1)
        {
            those |= flags[(1 + BitOperations.TrailingZeroCount(left)) * Leaf.Words + word];
        }

        return those;
    }

    /// <summary>The list of a skill that few here hold, where the wish asks for no more than one skill at a time; else null.</summary>
    private ushort* ShortestList(int entries, int child, byte* terms, in Quest quest)
    {
        ushort* shortest = null;
        for (var i = 0; i < quest.Skills && !quest.HasSets; i++)
        {
            var offset = SkillEntry.Offset((SkillEntry*)_entries[entries + i])[child];
            if ((offset & SkillEntry.IsBitmap) == 0)
            {
                var list = (ushort*)(terms + offset * SkillEntry.UnitBytes);
                shortest = shortest is null || SlotList.Count(list) < SlotList.Count(shortest) ? list : shortest;
            }
        }

        return shortest;
    }

    /// <summary>The same as <see cref="Scan"/> for a handful of slots: bit by bit is quicker than slice by slice.</summary>
    private int ScanFew<TWish>(
        ushort* list, Node* node, int child, int entries, Criteria criteria, in Quest quest, ref TWish wish, ref Top<TWish> top)
        where TWish : struct, IWish<TRow>
    {
        var flags = (ulong*)Node.Flags(node)[child];
        var hours = (byte*)Node.Hours(node)[child];
        var terms = (byte*)Node.Terms(node)[child];
        var leaf = (Leaf*)Node.Children(node)[child];
        var sites = MixedSites(node, child, leaf, criteria.Sites);
        var holders = SlotList.Count(list);
        var count = 0;
        for (var i = 1; i <= holders; i++)
        {
            int slot = list[i];
            var word = slot >> 6;
            var isIn = flags[word] >> slot;
            for (var left = criteria.Flags; left != 0; left &= left - 1)
            {
                isIn &= flags[(1 + BitOperations.TrailingZeroCount(left)) * Leaf.Words + word] >> slot;
            }

            var anyHour = AnyHour(flags, word) >> slot;
            foreach (var hour in criteria.NeededHours)
            {
                isIn &= (HourSlices.Of(hours, hour)[word] >> slot) | anyHour;
            }

            if ((isIn & 1) == 0)
            {
                continue;
            }

            var free = 0;
            foreach (var hour in criteria.CountedHours)
            {
                free += (int)((HourSlices.Of(hours, hour)[word] >> slot) | anyHour) & 1;
            }

            if (free < criteria.LeastCounted || (sites is not null && !Contains(criteria.Sites, sites[slot])) || !HoldsAll(entries, child, terms, slot, in quest))
            {
                continue;
            }

            count++;
            var seat = SlicedTree<TProfile, TRow>.SeatAt(leaf, slot);
            var score = wish.Score(in seat->Row, seat->Ordinal, free, top.Threshold);
            if (score >= top.Threshold)
            {
                top.Offer(new Found(seat->Ordinal, score), ref wish);
            }
        }

        return count;
    }

    private bool HoldsAll(int entries, int child, byte* terms, int slot, in Quest quest)
    {
        for (var i = 0; i < quest.Skills && quest.Skills > 1; i++)
        {
            if (!SlotList.Holds(terms, SkillEntry.Offset((SkillEntry*)_entries[entries + i])[child], slot))
            {
                return false;
            }
        }

        return true;
    }

    private const int MostPlanes = 16;

    private static Slice HoldersOf(ReadOnlySpan<nint> entries, int child, byte* terms)
    {
        var holders = Slice.None;
        foreach (var pointer in entries)
        {
            var entry = (SkillEntry*)pointer;
            if (entry is null || ((entry->Word >> child) & 1) == 0)
            {
                continue;
            }

            var offset = SkillEntry.Offset(entry)[child];
            if ((offset & SkillEntry.IsBitmap) != 0)
            {
                holders |= Slice.Load(SlotList.BitmapAt(terms, offset));
                continue;
            }

            holders |= FromList((ushort*)(terms + offset * SkillEntry.UnitBytes));
        }

        return holders;
    }

    private static Slice FromList(ushort* list)
    {
        var bits = stackalloc ulong[Leaf.Words];
        Slice.None.Store(bits);
        SlotList.SetBits(list, bits);
        return Slice.Load(bits);
    }

    private static Slice AtLeast(Slice ones, Slice twos, Slice fours, int least) => least switch
    {
        <= 0 => All,
        1 => ones | twos | fours,
        2 => twos | fours,
        3 => (ones & twos) | fours,
        4 => fours,
        5 => fours & (ones | twos),
        6 => fours & twos,
        7 => fours & twos & ones,
        _ => Slice.None,
    };

    private static Slice All
    {
        get
        {
            var ones = stackalloc ulong[Leaf.Words];
            new Span<ulong>(ones, Leaf.Words).Fill(ulong.MaxValue);
            return Slice.Load(ones);
        }
    }

    /// <summary>Any number of hours: a counter of as many planes as that takes, compared with the least number from the highest plane down.</summary>
    private static Slice Count(byte* hours, Slice anyHour, ReadOnlySpan<int> counted, int least, ulong* counters, int planes)
    {
        new Span<ulong>(counters, planes * Leaf.Words).Clear();
        foreach (var hour in counted)
        {
            var carry = Slice.Load(HourSlices.Of(hours, hour)) | anyHour;
            for (var plane = 0; plane < planes && !carry.IsEmpty; plane++)
            {
                var now = Slice.Load(counters + plane * Leaf.Words);
                (now ^ carry).Store(counters + plane * Leaf.Words);
                carry &= now;
            }
        }

        if (least >= 1 << planes)
        {
            return Slice.None;
        }

        var (greater, equal) = (Slice.None, All);
        for (var plane = planes - 1; plane >= 0; plane--)
        {
            var bit = Slice.Load(counters + plane * Leaf.Words);
            if (((least >> plane) & 1) != 0)
            {
                equal &= bit;
            }
            else
            {
                greater |= equal & bit;
                equal = equal.AndNot(bit);
            }
        }

        return least <= 0 ? All : greater | equal;
    }

    /// <summary>The column of sites where a leaf has people both inside and outside of the stretches; else null.</summary>
    private static int* MixedSites(Node* node, int child, Leaf* leaf, ReadOnlySpan<(int From, int To)> stretches)
    {
        if (stretches.Length == 0 || leaf->Sites == 0)
        {
            return null;
        }

        foreach (var (from, to) in stretches)
        {
            if (from <= Node.SiteLo(node)[child] && Node.SiteHi(node)[child] < to)
            {
                return null;
            }
        }

        return (int*)leaf->Sites;
    }

    private static bool Contains(ReadOnlySpan<(int From, int To)> stretches, int site)
    {
        foreach (var (from, to) in stretches)
        {
            if (site >= from && site < to)
            {
                return true;
            }
        }

        return false;
    }

    private void Push(ulong item)
    {
        if (_heapCount == _heap.Length)
        {
            Array.Resize(ref _heap, _heapCount * 2);
        }

        var heap = _heap;
        var at = _heapCount++;
        while (at > 0)
        {
            var parent = (at - 1) >> 1;
            if (heap[parent] >= item)
            {
                break;
            }

            heap[at] = heap[parent];
            at = parent;
        }

        heap[at] = item;
    }

    private ulong Pop()
    {
        var heap = _heap;
        var top = heap[0];
        var last = heap[--_heapCount];
        var at = 0;
        while (true)
        {
            var child = 2 * at + 1;
            if (child >= _heapCount)
            {
                break;
            }

            if (child + 1 < _heapCount && heap[child + 1] > heap[child])
            {
                child++;
            }

            if (heap[child] <= last)
            {
                break;
            }

            heap[at] = heap[child];
            at = child;
        }

        heap[at] = last;
        return top;
    }

    /// <summary>What is computed once a search.</summary>
    private readonly struct Quest
    {
        public readonly Vicinity From;
        public readonly int Skills;

        /// <summary>Some requirement can be satisfied by any of several skills, or by none.</summary>
        public readonly bool HasSets;

        public Quest(Criteria criteria)
        {
            From = new Vicinity(criteria.Lat, criteria.Lng);
            for (var r = 0; r < criteria.RequiredSkills; r++)
            {
                var anyOf = criteria.AnyOf(r, out _).Length;
                Skills += anyOf;
                HasSets |= anyOf != 1;
            }
        }
    }

    /// <summary>The best so many so far, best first.</summary>
    private ref struct Top<TWish>(Span<Found> best)
        where TWish : struct, IWish<TRow>
    {
        private readonly Span<Found> _best = best;

        public int Count { get; private set; }

        public readonly int Room => _best.Length;

        /// <summary>Whoever scores less does not come in.</summary>
        public double Threshold { get; private set; } = double.NegativeInfinity;

        public void Offer(Found found, ref TWish wish)
        {
            var at = Count;
            while (at > 0)
            {
                var other = _best[at - 1];
                if (other.Score > found.Score)
                {
                    break;
                }

                if (other.Score == found.Score)
                {
                    var tie = wish.Tie(other.Ordinal, found.Ordinal);
                    if (tie == 0)
                    {
                        // The same person by another of their places.
                        return;
                    }

                    if (tie < 0)
                    {
                        break;
                    }
                }

                at--;
            }

            if (at == _best.Length)
            {
                return;
            }

            var last = Math.Min(Count, _best.Length - 1);
            for (var i = last; i > at; i--)
            {
                _best[i] = _best[i - 1];
            }

            _best[at] = found;
            Count = Math.Min(Count + 1, _best.Length);
            if (Count == _best.Length)
            {
                Threshold = _best[^1].Score;
            }
        }
    }
}
