using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Matching.Engine.Index;

/// <summary>What a branch spans: a box in radians, the least cosine of its latitudes, site numbers, and the greatest of each quality.</summary>
internal unsafe struct Extent
{
    public float LatLo, LatHi, LngLo, LngHi, CosMin;
    public int SiteLo, SiteHi;
    public fixed byte Quality[Bound.MostQualities];

    public static readonly Extent Nothing = new()
    {
        // Beyond the poles: far from everywhere, and gone as soon as a place is taken in.
        LatLo = 9, LatHi = -9, LngLo = 9, LngHi = -9, CosMin = 1, SiteLo = int.MaxValue, SiteHi = int.MinValue,
    };

    public void TakeInPlace(double lat, double lng)
    {
        // Rounded to single precision and one step outwards.
        var (latRadians, lngRadians) = (lat * (Math.PI / 180), lng * (Math.PI / 180));
        LatLo = Math.Min(LatLo, MathF.BitDecrement((float)latRadians));
        LatHi = Math.Max(LatHi, MathF.BitIncrement((float)latRadians));
        LngLo = Math.Min(LngLo, MathF.BitDecrement((float)lngRadians));
        LngHi = Math.Max(LngHi, MathF.BitIncrement((float)lngRadians));
        CosMin = Math.Min(CosMin, Math.Max(0, MathF.BitDecrement((float)Math.Cos(latRadians))));
    }

    public void TakeIn(in Extent other)
    {
        LatLo = Math.Min(LatLo, other.LatLo);
        LatHi = Math.Max(LatHi, other.LatHi);
        LngLo = Math.Min(LngLo, other.LngLo);
        LngHi = Math.Max(LngHi, other.LngHi);
        CosMin = Math.Min(CosMin, other.CosMin);
        SiteLo = Math.Min(SiteLo, other.SiteLo);
        SiteHi = Math.Max(SiteHi, other.SiteHi);
        for (var i = 0; i < Bound.MostQualities; i++)
        {
            Quality[i] = Math.Max(Quality[i], other.Quality[i]);
        }
    }

    public bool Covers(in Extent other)
    {
        for (var i = 0; i < Bound.MostQualities; i++)
        {
            if (Quality[i] < other.Quality[i])
            {
                return false;
            }
        }

        return LatLo <= other.LatLo && LatHi >= other.LatHi && LngLo <= other.LngLo && LngHi >= other.LngHi && CosMin <= other.CosMin
            && SiteLo <= other.SiteLo && SiteHi >= other.SiteHi;
    }
}

/// <summary>
/// An inner node: what its children span, one array a property, so that eight children are compared at once; then pointers to them. A child of the
/// lowest level is a leaf, and a node of that level has the leaves' slices at hand too. One block of memory; never changed once published.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = HeadBytes)]
internal unsafe struct Node
{
    public const int HeadBytes = 64;

    /// <summary>Children of a node below the root: one bit each in a word.</summary>
    public const int Fan = 64;

    /// <summary>Whose children are leaves.</summary>
    public const int OfLeaves = 0;
    public const int OfNodes = 1;
    public const int Root = 2;

    private const int BytesAChild = sizeof(ulong) + sizeof(ulong) + 5 * sizeof(float) + 2 * sizeof(int) + Bound.MostQualities;

    public long Version;
    public nint SkillPages;
    public long People;
    public uint Epoch;
    public int Uid;
    public int Count;
    public int Capacity;
    public int Level;
    public int Partition;
    public int SkillPageCount;

    public static int BytesOf(int level, int capacity) => HeadBytes + capacity * (BytesAChild + (level == OfLeaves ? 3 * sizeof(ulong) : 0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static byte* At(Node* node, int bytesAChildBefore) => (byte*)node + HeadBytes + node->Capacity * bytesAChildBefore;

    public static ulong* Keys(Node* node) => (ulong*)At(node, 0);

    public static nint* Children(Node* node) => (nint*)At(node, 8);

    public static float* LatLo(Node* node) => (float*)At(node, 16);

    public static float* LatHi(Node* node) => (float*)At(node, 20);

    public static float* LngLo(Node* node) => (float*)At(node, 24);

    public static float* LngHi(Node* node) => (float*)At(node, 28);

    public static float* CosMin(Node* node) => (float*)At(node, 32);

    public static int* SiteLo(Node* node) => (int*)At(node, 36);

    public static int* SiteHi(Node* node) => (int*)At(node, 40);

    /// <summary>The quality's greatest for each child.</summary>
    public static byte* Quality(Node* node, int quality) => At(node, 44 + quality);

    /// <summary>For each leaf: who is there, then the flags.</summary>
    public static nint* Flags(Node* node) => (nint*)At(node, BytesAChild);

    public static nint* Hours(Node* node) => (nint*)At(node, BytesAChild + 8);

    public static nint* Terms(Node* node) => (nint*)At(node, BytesAChild + 16);

    public static Extent ExtentOf(Node* node, int child)
    {
        Extent extent = default;
        (extent.LatLo, extent.LatHi, extent.LngLo, extent.LngHi) = (LatLo(node)[child], LatHi(node)[child], LngLo(node)[child], LngHi(node)[child]);
        (extent.CosMin, extent.SiteLo, extent.SiteHi) = (CosMin(node)[child], SiteLo(node)[child], SiteHi(node)[child]);
        for (var i = 0; i < Bound.MostQualities; i++)
        {
            extent.Quality[i] = Quality(node, i)[child];
        }

        return extent;
    }

    public static void SetExtent(Node* node, int child, in Extent extent)
    {
        (LatLo(node)[child], LatHi(node)[child], LngLo(node)[child], LngHi(node)[child]) = (extent.LatLo, extent.LatHi, extent.LngLo, extent.LngHi);
        (CosMin(node)[child], SiteLo(node)[child], SiteHi(node)[child]) = (extent.CosMin, extent.SiteLo, extent.SiteHi);
        for (var i = 0; i < Bound.MostQualities; i++)
        {
            Quality(node, i)[child] = extent.Quality[i];
        }
    }

    public static Extent ExtentOfAll(Node* node)
    {
        var extent = Extent.Nothing;
        for (var child = 0; child < node->Count; child++)
        {
            extent.TakeIn(ExtentOf(node, child));
        }

        return extent;
    }

    /// <summary>Copies everything that is kept a child, skills apart.</summary>
    public static void CopyChildren(Node* from, int first, int count, Node* to, int at)
    {
        for (var i = 0; i < count; i++)
        {
            Keys(to)[at + i] = Keys(from)[first + i];
            Children(to)[at + i] = Children(from)[first + i];
            SetExtent(to, at + i, ExtentOf(from, first + i));
            if (from->Level == OfLeaves)
            {
                Flags(to)[at + i] = Flags(from)[first + i];
                Hours(to)[at + i] = Hours(from)[first + i];
                Terms(to)[at + i] = Terms(from)[first + i];
            }
        }
    }

    /// <summary>The skill's entry, or null where nobody beneath holds it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static SkillEntry* EntryOf(Node* node, int skill)
    {
        var page = skill >> SkillPage.Shift;
        if ((uint)page >= (uint)node->SkillPageCount)
        {
            return null;
        }

        var entries = (SkillPage*)((nint*)node->SkillPages)[page];
        return entries is null ? null : (SkillEntry*)SkillPage.Entries(entries)[skill & (SkillPage.Skills - 1)];
    }
}

/// <summary>Entries of 64 skills with neighbouring numbers.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal unsafe struct SkillPage
{
    public const int Shift = 6;
    public const int Skills = 1 << Shift;
    public const int Bytes = 64 + Skills * 8;

    public uint Epoch;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static nint* Entries(SkillPage* page) => (nint*)((byte*)page + 64);
}

/// <summary>
/// A skill beneath a node: which children have holders, their greatest quality and level, and, above leaves, where each leaf keeps the slice:
/// an offset in units of 16 bytes, with <see cref="IsBitmap"/>.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = SkillEntry.Bytes)]
internal unsafe struct SkillEntry
{
    public const int Bytes = 320;
    public const ushort IsBitmap = 0x8000;
    public const int UnitBytes = 16;

    public ulong Word;
    public uint Epoch;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* Quality(SkillEntry* entry) => (byte*)entry + 64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte* Level(SkillEntry* entry) => (byte*)entry + 128;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ushort* Offset(SkillEntry* entry) => (ushort*)((byte*)entry + 192);
}

/// <summary>
/// Up to 512 people who live near each other. Properties are bit-sliced: bit j of a slice says whether the one in slot j has it, and a slice is one
/// cache line. Flags, hours and terms (skills) are three blocks, rows eight of 64: a change copies the one it concerns.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct Leaf
{
    public const int Slots = 512;
    public const int Words = Slots / 64;
    public const int SliceBytes = Slots / 8;
    public const int Chunks = 8;
    public const int ChunkSlots = Slots / Chunks;
    public const int SiteBytes = Slots * sizeof(int);

    public fixed ulong Rows[Chunks];
    public nint Sites;
    public uint Epoch;
    public int Uid;
    public int Count;
    public uint FlagsEpoch;
    public uint HoursEpoch;
    public uint TermsEpoch;
    public uint SitesEpoch;

    /// <summary>In units of <see cref="SkillEntry.UnitBytes"/>.</summary>
    public int TermsUsed;
    public int TermsSize;
    public fixed uint RowsEpoch[Chunks];
}

/// <summary>
/// Who holds a skill in a leaf: a bitmap, or where they are few a short list of slots: a byte of how many, a byte of how many there is room for, then
/// the slots.
/// </summary>
internal static unsafe class SlotList
{
    public const int Short = 7;
    public const int Long = 15;

    public static void Begin(ushort* list, int room) => *list = (ushort)(room << 8);

    public static int Count(ushort* list) => *list & 0xFF;

    public static bool Add(ushort* list, int slot)
    {
        var count = Count(list);
        if (count == *list >> 8)
        {
            return false;
        }

        list[1 + count] = (ushort)slot;
        ++*list;
        return true;
    }

    public static void Remove(ushort* list, int slot)
    {
        var count = Count(list);
        for (var i = 1; i <= count; i++)
        {
            if (list[i] == slot)
            {
                list[i] = list[count];
                --*list;
                return;
            }
        }
    }

    public static ulong* BitmapAt(byte* terms, ushort offset) => (ulong*)(terms + (offset & ~SkillEntry.IsBitmap) * SkillEntry.UnitBytes);

    public static bool Holds(byte* terms, ushort offset, int slot)
    {
        if ((offset & SkillEntry.IsBitmap) != 0)
        {
            return ((BitmapAt(terms, offset)[slot >> 6] >> slot) & 1) != 0;
        }

        var list = (ushort*)(terms + offset * SkillEntry.UnitBytes);
        for (var i = Count(list); i > 0; i--)
        {
            if (list[i] == slot)
            {
                return true;
            }
        }

        return false;
    }

    public static void SetBits(ushort* list, ulong* bits)
    {
        var count = Count(list);
        for (var i = 1; i <= count; i++)
        {
            bits[list[i] >> 6] |= 1ul << (list[i] & 63);
        }
    }
}

/// <summary>
/// Who is free when, in a leaf: a slice for each hour in which somebody is, since at night mostly nobody is. A block: for each hour a byte that says which
/// slice is its own, how many there are, then the slices; the first is empty and stands for all hours in which nobody is free.
/// </summary>
internal static unsafe class HourSlices
{
    private const int CountAt = WeekHours.Count;
    private const int HeadBytes = 3 * Leaf.SliceBytes;

    public static int BytesOf(int slices) => HeadBytes + slices * Leaf.SliceBytes;

    public static int BytesOf(byte* block) => BytesOf(block[CountAt]);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong* Of(byte* block, int hour) => (ulong*)(block + HeadBytes + block[hour] * Leaf.SliceBytes);

    public static bool Has(byte* block, int hour) => block[hour] != 0;

    /// <summary>An empty block with room for so many slices; the first is taken.</summary>
    public static void Begin(byte* block, int slices)
    {
        NativeMemory.Clear(block, (nuint)BytesOf(slices));
        block[CountAt] = 1;
    }

    /// <summary>The slice of an hour that had none. There must be room.</summary>
    public static ulong* Add(byte* block, int hour)
    {
        block[hour] = block[CountAt]++;
        return Of(block, hour);
    }
}

/// <summary>A row with the number of whom it is about.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct Seat<TRow>
    where TRow : unmanaged
{
    public int Ordinal;
    public TRow Row;
}
