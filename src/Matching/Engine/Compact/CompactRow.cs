using System.Runtime.InteropServices;

namespace Matching.Engine.Compact;

/// <summary>What the flags of a row say. The hints spare a look into the details.</summary>
[Flags]
internal enum RowFlags : ushort
{
    /// <summary>Two bits: the status as it is numbered.</summary>
    Status = 3,
    RealName = 1 << 2,
    Accompanied = 1 << 3,

    /// <summary>Two bits: 0 not known, 1 female, 2 male.</summary>
    Gender = 3 << 4,

    /// <summary>One place, in the row; without it the places, if any, are among the details.</summary>
    OnePlace = 1 << 6,

    /// <summary>More skills than the row holds: the rest is among the details.</summary>
    MoreSkills = 1 << 7,

    /// <summary>Something fits into no row: the facts are kept as they came, beside the rows.</summary>
    Odd = 1 << 8,

    HasExceptions = 1 << 9,
    HasBookings = 1 << 10,
    HasHistory = 1 << 11,
    HasResidents = 1 << 12,
    HasQualifications = 1 << 13,
    HasPlaces = 1 << 14,
}

/// <summary>
/// A volunteer in 56 bytes: what nearly everybody has. Details that few have (bookings, exceptions, history, a fifth skill) are a block of the
/// heap, see <see cref="Details"/>; the week is a block that all who have the same week share.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal unsafe struct CompactRow
{
    public const int OwnSkills = 4;
    public const ushort NoSkill = ushort.MaxValue;

    /// <summary>Sites are numbered in 20 bits, limits in 12: there are not many different ones.</summary>
    public const uint MostSites = 1 << 20;
    public const int MostLimits = 1 << 12;

    /// <summary>Skill numbers below this fit beside a level in 16 bits.</summary>
    public const int MostSkills = (1 << 14) - 1;

    /// <summary>No date, no radius.</summary>
    public const ushort Nothing = ushort.MaxValue;

    /// <summary>A date: the last of the calendar. A radius: among the details.</summary>
    public const ushort Elsewhere = ushort.MaxValue - 1;

    /// <summary>Days of birth count from 1900, those of insurance from 2000: 179 years each.</summary>
    public static readonly int FirstBirth = new DateOnly(1900, 1, 1).DayNumber;
    public static readonly int FirstInsured = new DateOnly(2000, 1, 1).DayNumber;

    public ulong IdHigh;
    public ulong IdLow;

    /// <summary>Ten-millionths of a degree, about a centimetre: what phones report. What is finer goes into the details.</summary>
    public int LatE7;
    public int LngE7;

    /// <summary>The address of the week's stretches; 0: never free.</summary>
    public uint Week;

    /// <summary>The address of the details; 0: none.</summary>
    public uint Details;

    /// <summary>Number and, in the upper two bits, level less one, in the order in which they came.</summary>
    public fixed ushort Skill[OwnSkills];

    private uint _siteAndLimits;

    /// <summary>The number of the first of the volunteer's entries in the index.</summary>
    public uint Entry;

    public ushort Birth;
    public ushort Insured;

    /// <summary>Metres.</summary>
    public ushort Radius;
    public RowFlags Flags;

    public int Site
    {
        readonly get => (int)(_siteAndLimits & (MostSites - 1));
        set => _siteAndLimits = (_siteAndLimits & ~(MostSites - 1)) | (uint)value;
    }

    /// <summary>The number of the limits; 0: none.</summary>
    public int Limits
    {
        readonly get => (int)(_siteAndLimits / MostSites);
        set => _siteAndLimits = (_siteAndLimits & (MostSites - 1)) | ((uint)value * MostSites);
    }

    public readonly Id Id => Id.From(new UInt128(IdHigh, IdLow));

    public readonly bool Has(RowFlags flag) => (Flags & flag) != 0;

    public static ushort SkillOf(int number, int level) => (ushort)(number | ((level - 1) << 14));

    public static int SkillNumber(ushort skill) => skill & 0x3FFF;

    public static int SkillLevel(ushort skill) => (skill >> 14) + 1;

    public static double Degrees(int e7) => e7 / 1e7;

    /// <summary>Whether a coordinate is a whole number of ten-millionths of a degree, to the last bit.</summary>
    public static bool TryE7(double degrees, out int e7)
    {
        var rounded = Math.Round(degrees * 1e7);
        e7 = rounded is >= int.MinValue and <= int.MaxValue ? (int)rounded : 0;

        // Compared as bits: minus zero is not zero.
        return BitConverter.DoubleToInt64Bits(Degrees(e7)) == BitConverter.DoubleToInt64Bits(degrees);
    }
}
