using System.Runtime.InteropServices;
using Matching.Engine.Index;
using Matching.Geography;

namespace Matching.Tests.Engine.Index;

/// <summary>Somebody for the index's own tests: few properties, and scores that often tie.</summary>
internal sealed record Neighbour
{
    public int Person { get; init; }

    public Place? Place { get; init; }

    public int Site { get; init; }

    public int Center { get; init; }

    /// <summary>0 to 3.</summary>
    public int Kindness { get; init; }

    public SkillHeld[] Skills { get; init; } = [];

    public WeekHours Hours { get; init; }

    public uint Flags { get; init; }
}

[StructLayout(LayoutKind.Sequential)]
internal struct NeighbourRow
{
    public double Lat;
    public double Lng;
    public int Site;
    public int Person;

    /// <summary>Where the skills stand in the profile's list: any number of them.</summary>
    public int Skills;
    public short Center;
    public byte Kindness;
    public byte HasPlace;
}

internal readonly struct NeighbourProfile(List<SkillHeld[]> skills) : IProfile<NeighbourRow>
{
    public const uint FreeAnyHourFlag = 1 << 5;

    public static int Flags => 6;

    public static uint FreeAnyHour => FreeAnyHourFlag;

    public static int QualityCount => 2;

    public static int HighestLevel => 4;

    public Entry<NeighbourRow> EntryOf(Neighbour neighbour)
    {
        skills.Add(neighbour.Skills);
        return new Entry<NeighbourRow>
        {
            Flags = neighbour.Flags,
            Hours = neighbour.Hours,
            Row = new NeighbourRow
            {
                Lat = neighbour.Place?.Lat ?? 0,
                Lng = neighbour.Place?.Lng ?? 0,
                HasPlace = neighbour.Place is null ? (byte)0 : (byte)1,
                Site = neighbour.Site,
                Center = (short)neighbour.Center,
                Person = neighbour.Person,
                Kindness = (byte)neighbour.Kindness,
                Skills = skills.Count - 1,
            },
        };
    }

    public SkillHeld[] SkillsOf(in NeighbourRow row) => skills[row.Skills];

    /// <summary>As much as the skill and the kindness add to a score, in sixteenths.</summary>
    public byte SkillQuality(in NeighbourRow row, int level) => (byte)(row.Kindness * 2 + level * (1 + row.Center % 2));

    public bool Place(in NeighbourRow row, out double lat, out double lng)
    {
        (lat, lng) = (row.Lat, row.Lng);
        return row.HasPlace != 0;
    }

    public int Site(in NeighbourRow row) => row.Site;

    public int Partition(in NeighbourRow row) => row.Center;

    public int Skills(in NeighbourRow row, Span<SkillHeld> into)
    {
        var held = skills[row.Skills];
        if (held.Length <= into.Length)
        {
            held.CopyTo(into);
        }

        return held.Length;
    }

    public void Qualities(in NeighbourRow row, Span<byte> into) => (into[0], into[1]) = (row.Kindness, (byte)(3 - row.Kindness));
}

/// <summary>What a neighbour is asked for. Centers with odd numbers weigh skills twice, as two centers with policies of their own would.</summary>
internal sealed record Favour
{
    /// <summary>The ordinal of somebody's second place is their number and this.</summary>
    public const int SecondPlaces = 10_000;

    public Place Place { get; init; }

    public double RadiusM { get; init; } = double.PositiveInfinity;

    public (int From, int To)[] Sites { get; init; } = [];

    public (int[] AnyOf, int Level)[] Skills { get; init; } = [];

    public uint Flags { get; init; }

    public int[] Needed { get; init; } = [];

    public int[] Counted { get; init; } = [];

    public int LeastCounted { get; init; }

    public int Count { get; init; } = 5;

    /// <summary>What the index cannot know: persons of these numbers may not be asked.</summary>
    public int RefusedEvery { get; init; } = int.MaxValue;

    /// <summary>Whether the bound is told by center or loosely.</summary>
    public bool IsBoundLoose { get; init; }

    public double? Score(Neighbour neighbour, IEnumerable<Place?> places)
    {
        var metres = places.Min(place => place is { } at ? Distance.Metres(at, Place) : double.PositiveInfinity);
        var isFreeAnyHour = (neighbour.Flags & NeighbourProfile.FreeAnyHourFlag) != 0;
        var free = Counted.Count(hour => isFreeAnyHour || neighbour.Hours[hour % WeekHours.Count]);
        var isAsked = (double.IsPositiveInfinity(RadiusM) || metres <= RadiusM)
            && (Sites.Length == 0 || Sites.Any(stretch => neighbour.Site >= stretch.From && neighbour.Site < stretch.To))
            && (neighbour.Flags & Flags) == Flags
            && Needed.All(hour => isFreeAnyHour || neighbour.Hours[hour % WeekHours.Count])
            && free >= LeastCounted
            && Skills.All(required => Best(neighbour.Skills, required) > 0)
            && neighbour.Person % RefusedEvery != RefusedEvery - 1;
        return isAsked ? Total(neighbour.Kindness, Skills.Sum(required => Best(neighbour.Skills, required)), neighbour.Center, free, metres) : null;
    }

    /// <summary>Free hours are added last, as the index's wish adds them.</summary>
    private static double Total(int kindness, int levels, int center, int free, double metres) =>
        kindness * 0.125 + levels * 0.0625 * (1 + center % 2) + 0.25 * Math.Exp(-metres / 5_000) + free * 0.03125;

    public static int Best(SkillHeld[] held, (int[] AnyOf, int Level) required) =>
        held.Where(skill => skill.Level >= required.Level && required.AnyOf.Contains(skill.Skill)).Select(skill => skill.Level).DefaultIfEmpty(0).Max();

    public void Fill(Criteria criteria)
    {
        criteria.Clear().At(Place.Lat, Place.Lng);
        (criteria.RadiusM, criteria.Flags, criteria.LeastCounted, criteria.Count) = (RadiusM, Flags, LeastCounted, Count);
        Array.ForEach(Sites, stretch => criteria.InSites(stretch.From, stretch.To));
        Array.ForEach(Skills, required => criteria.Require(required.AnyOf, required.Level));
        Array.ForEach(Needed, criteria.NeedHour);
        Array.ForEach(Counted, criteria.CountHour);
    }

    internal readonly struct Wish(Favour favour, NeighbourProfile profile, Func<int, IEnumerable<Place?>> placesOf) : IWish<NeighbourRow>
    {
        public void BoundIn(int partition, ref Bound bound)
        {
            bound.Base = favour.Counted.Length * 0.03125;
            bound.DistanceWeight = 0.25;
            bound.DistanceScaleM = 5_000;
            if (favour.Skills.Length > 0 && !favour.IsBoundLoose && partition >= 0)
            {
                bound.SkillQuality = 0.0625;
            }
            else
            {
                bound.Quality[0] = 0.125;
                bound.SkillLevel = 0.125;
            }
        }

        public double Score(in NeighbourRow row, int ordinal, int free, double atLeast)
        {
            var person = row.Person;
            var neighbour = new Neighbour
            {
                Person = person,
                Site = row.Site,
                Center = row.Center,
                Kindness = row.Kindness,
                Skills = profile.SkillsOf(row),
            };

            // The index has answered for sites, flags and hours: the wish is told how many are free, and trusts it.
            return (favour with { Sites = [], Flags = 0, Needed = [], Counted = [], LeastCounted = 0 }).Score(neighbour, placesOf(person)) is { } score
                ? score + free * 0.03125
                : double.NaN;
        }

        public int Tie(int left, int right) => (left % SecondPlaces).CompareTo(right % SecondPlaces);
    }
}
