using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Matching.Engine.Compact;

/// <summary>The parts of a volunteer's details, in the order in which they lie.</summary>
internal enum Part
{
    /// <summary>Track record, ratings, last service: <see cref="HistoryPart"/>.</summary>
    History,

    /// <summary>How many extra periods (two bytes), then the extra and the away periods, 16 bytes each.</summary>
    Exceptions,

    /// <summary><see cref="BookingPart"/> each.</summary>
    Bookings,

    /// <summary>Skills after the fourth, two bytes each.</summary>
    Skills,

    /// <summary><see cref="QualificationPart"/> each.</summary>
    Qualifications,

    /// <summary>How many are paired and how many were served (two bytes each); then residents paired, served (with times) and blocked.</summary>
    Residents,

    /// <summary>Three doubles each.</summary>
    Places,

    /// <summary>A double.</summary>
    Radius,

    /// <summary>The number of the list of languages: two bytes.</summary>
    Languages,

    /// <summary>The entries in the index after the first, four bytes each.</summary>
    Entries,
}

/// <summary>
/// A block of details: units (two bytes), which parts there are (a bit each, two bytes), the length of each in bytes (two bytes), the parts.
/// Nothing is aligned.
/// </summary>
internal static unsafe class Details
{
    public const int MostBytes = ushort.MaxValue;

    /// <summary>Units that the block was asked for with.</summary>
    public static int Units(byte* block) => Unsafe.ReadUnaligned<ushort>(block);

    /// <summary>Where a part lies; null and no length when it is not there.</summary>
    public static byte* Find(byte* block, Part part, out int length)
    {
        length = 0;
        if (block is null)
        {
            return null;
        }

        uint parts = Unsafe.ReadUnaligned<ushort>(block + 2);
        if ((parts & (1u << (int)part)) == 0)
        {
            return null;
        }

        var lengths = block + 4;
        var at = lengths + 2 * BitOperations.PopCount(parts);
        var before = BitOperations.PopCount(parts & ((1u << (int)part) - 1));
        for (var i = 0; i < before; i++)
        {
            at += Unsafe.ReadUnaligned<ushort>(lengths + 2 * i);
        }

        length = Unsafe.ReadUnaligned<ushort>(lengths + 2 * before);
        return at;
    }
}

/// <summary>What somebody did, and what residents say: 22 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct HistoryPart
{
    public ushort Asked;
    public ushort Accepted;
    public ushort Came;
    public ushort NoShows;
    public ushort OnTime;
    public ushort RatingSum;
    public ushort RatingCount;

    /// <summary>UTC ticks; -1: never.</summary>
    public long LastServed;
}

[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct BookingPart
{
    public ulong OrderHigh;
    public ulong OrderLow;
    public long Start;
    public long End;
    public double Lat;
    public double Lng;
    public double AccuracyM;
    public int Minutes;
}

[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct QualificationPart
{
    public const int NoEnd = -1;

    public int Number;
    public int ValidFrom;
    public int ValidTo;
    public bool Verified;
}
