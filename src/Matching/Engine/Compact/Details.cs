using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Matching.Engine.Compact;

/// <summary>The parts of a volunteer's details, in the order in which they lie.</summary>
internal enum Part
{
    /// <summary>Track record, ratings, last service: <see cref="HistoryPart"/>.</summary>
    History,

    /// <summary>The same with small numbers: <see cref="ShortHistoryPart"/>.</summary>
    ShortHistory,

    /// <summary>How many extra periods (two bytes), then the extra and the away periods, 16 bytes each.</summary>
    Exceptions,

    /// <summary><see cref="BookingPart"/> each.</summary>
    Bookings,

    /// <summary>Bookings by the minute: <see cref="ShortBookingPart"/> each.</summary>
    ShortBookings,

    /// <summary>Skills after the fourth, two bytes each.</summary>
    Skills,

    /// <summary><see cref="QualificationPart"/> each.</summary>
    Qualifications,

    /// <summary>How many are paired and how many were served (two bytes each); then residents paired, served (with times) and blocked.</summary>
    Residents,

    /// <summary>Three doubles each.</summary>
    Places,

    /// <summary>Places in ten-millionths of a degree, as the row has one: eight bytes each.</summary>
    ShortPlaces,

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
internal struct ShortHistoryPart
{
    public byte Asked;
    public byte Accepted;
    public byte Came;
    public byte NoShows;
    public byte OnTime;
    public byte RatingCount;
    public ushort RatingSum;

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

/// <summary>A booking that begins and ends on the minute, at a place of ten-millionths of a degree.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct ShortBookingPart
{
    public ulong OrderHigh;
    public ulong OrderLow;

    /// <summary>Minutes since the first of January of the year 1.</summary>
    public uint Start;
    public ushort Length;
    public ushort Minutes;
    public int LatE7;
    public int LngE7;

    public static bool TryOf(BookingPart booking, out ShortBookingPart part)
    {
        var length = booking.End - booking.Start;
        part = new ShortBookingPart
        {
            OrderHigh = booking.OrderHigh,
            OrderLow = booking.OrderLow,
            Start = (uint)(booking.Start / TimeSpan.TicksPerMinute),
            Length = (ushort)(length / TimeSpan.TicksPerMinute),
            Minutes = (ushort)booking.Minutes,
        };
        return booking.Start % TimeSpan.TicksPerMinute == 0 && length % TimeSpan.TicksPerMinute == 0
            && length is >= 0 and <= ushort.MaxValue * TimeSpan.TicksPerMinute && booking.Minutes is >= 0 and <= ushort.MaxValue
            && BitConverter.DoubleToInt64Bits(booking.AccuracyM) == 0
            && CompactRow.TryE7(booking.Lat, out part.LatE7) && CompactRow.TryE7(booking.Lng, out part.LngE7);
    }

    public readonly BookingPart ToLong() => new()
    {
        OrderHigh = OrderHigh,
        OrderLow = OrderLow,
        Start = Start * TimeSpan.TicksPerMinute,
        End = (Start + (long)Length) * TimeSpan.TicksPerMinute,
        Lat = CompactRow.Degrees(LatE7),
        Lng = CompactRow.Degrees(LngE7),
        Minutes = Minutes,
    };
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
