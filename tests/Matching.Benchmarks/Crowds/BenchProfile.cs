using System.Runtime.InteropServices;
using Matching.Engine.Index;
using Matching.Geography;

namespace Matching.Benchmarks.Crowds;

/// <summary>A volunteer of the benchmark in 20 bytes; hours and flags are in the slices.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct BenchRow
{
    public int LatE7;
    public int LngE7;
    public ulong Skills;
    public byte Load;
    public byte Reliability;
    public ushort Spare;

    public readonly int LevelIn(int skill)
    {
        for (var bits = Skills; bits != 0; bits >>= 10)
        {
            if ((int)(bits & 127) == skill)
            {
                return (int)(bits >> 7) & 7;
            }
        }

        return 0;
    }
}

/// <summary>How the index reads the benchmark's volunteers.</summary>
internal readonly struct BenchProfile : IProfile<BenchRow>
{
    public const uint Active = 1, Female = 2, Male = 4;

    // The part of a score that no wish changes, of the weights that are shares of the rest.
    private const double StaticShare = Scoring.SkillShare + Scoring.FairShare + Scoring.ReliabilityShare;

    public static int Flags => 3;

    public static int QualityCount => 1;

    public static int HighestLevel => 4;

    public static uint FlagsOf(in Person person) => (person.Active ? Active : 0) | (person.Female ? Female : Male);

    public static WeekHours HoursOf(in Person person) => new(person.Hours0, person.Hours1, person.Hours2);

    public static BenchRow RowOf(in Person person) => new()
    {
        LatE7 = person.LatE7,
        LngE7 = person.LngE7,
        Skills = person.Skills,
        Load = person.Load,
        Reliability = person.Reliability,
    };

    public static Entry<BenchRow> EntryOf(in Person person) =>
        new() { Row = RowOf(person), Hours = HoursOf(person), Flags = FlagsOf(person) };

    public bool Place(in BenchRow row, out double lat, out double lng)
    {
        (lat, lng) = (row.LatE7 * 1e-7, row.LngE7 * 1e-7);
        return true;
    }

    public int Site(in BenchRow row) => 0;

    public int Partition(in BenchRow row) => 0;

    public int Skills(in BenchRow row, Span<SkillHeld> into)
    {
        var count = 0;
        for (var bits = row.Skills; bits != 0; bits >>= 10)
        {
            into[count++] = new SkillHeld((int)(bits & 127), (int)(bits >> 7) & 7);
        }

        return count;
    }

    public void Qualities(in BenchRow row, Span<byte> into) => into[0] = Up(Scoring.FairShare * Scoring.Fair(row.Load)
        + Scoring.ReliabilityShare * row.Reliability / 255, Scoring.FairShare + Scoring.ReliabilityShare);

    public byte SkillQuality(in BenchRow row, int level) => Up(Scoring.SkillShare * level / 4
        + Scoring.FairShare * Scoring.Fair(row.Load) + Scoring.ReliabilityShare * row.Reliability / 255, StaticShare);

    private static byte Up(double part, double whole) => (byte)Math.Min(255, Math.Ceiling(part / whole * 255));

    /// <summary>The wish of an ask. For one with several skills the mean of the qualities bounds the static part.</summary>
    internal struct Wish(Ask ask) : IWish<BenchRow>
    {
        private readonly double _rest = 1 - ask.WeightDistance;
        private readonly double _weightDistance = ask.WeightDistance;
        private readonly double _inverseScale = 1 / ask.DistanceScaleM;
        private readonly double _radiusM = ask.RadiusM;
        private readonly double _aLevel = (1 - ask.WeightDistance) * Scoring.SkillShare / (4 * ask.Skills.Length);
        private readonly double _anHour = (1 - ask.WeightDistance) * Scoring.FreeShare / ask.Hours;
        private readonly double _fair = (1 - ask.WeightDistance) * Scoring.FairShare;
        private readonly double _aReliability = (1 - ask.WeightDistance) * Scoring.ReliabilityShare / 255;
        private readonly Vicinity _from = new(ask.Lat, ask.Lng);
        private readonly int _firstSkill = ask.Skills[0].Skill;
        private readonly int _firstLevel = ask.Skills[0].Level;
        private readonly int _secondSkill = ask.Skills.Length > 1 ? ask.Skills[1].Skill : -1;
        private readonly int _secondLevel = ask.Skills.Length > 1 ? ask.Skills[1].Level : 0;

        public static void Fill(Criteria criteria, Ask ask, int count = Scoring.K)
        {
            criteria.Clear().At(ask.Lat, ask.Lng);
            criteria.RadiusM = ask.RadiusM;
            criteria.Flags = Active | (ask.Female is not { } female ? 0 : female ? Female : Male);
            criteria.Count = count;
            foreach (var (skill, level) in ask.Skills)
            {
                criteria.Require([skill], level);
            }

            for (var i = 0; i < ask.Hours; i++)
            {
                criteria.CountHour(ask.FirstHour + i);
            }

            criteria.LeastCounted = ask.NeededHours;
        }

        public readonly void BoundIn(int partition, ref Bound bound)
        {
            bound.Base = _rest * Scoring.FreeShare;
            bound.SkillQuality = _rest * StaticShare / 255 / ask.Skills.Length;
            bound.DistanceWeight = _weightDistance;
            bound.DistanceScaleM = ask.DistanceScaleM;
        }

        public readonly double Score(in BenchRow row, int ordinal, int free, double atLeast)
        {
            var levels = row.LevelIn(_firstSkill);
            if (levels < _firstLevel)
            {
                return double.NaN;
            }

            if (_secondSkill >= 0)
            {
                var second = row.LevelIn(_secondSkill);
                if (second < _secondLevel)
                {
                    return double.NaN;
                }

                levels += second;
            }

            // Most need no sine: what the distance may add at best does not make up for the rest. The factor 1 ÷ (1 + x + x²÷2 + x³÷6) is never below
            // exp(−x).
            var apart = levels * _aLevel + free * _anHour + Scoring.Fair(row.Load) * _fair + row.Reliability * _aReliability;
            if (apart + _weightDistance < atLeast - 1e-9)
            {
                return double.NaN;
            }

            var (lat, lng) = (row.LatE7 * 1e-7, row.LngE7 * 1e-7);
            var least = _from.AtLeast(lat, lng);
            var x = Math.Max(0, least) * _inverseScale;
            if (least > _radiusM || _weightDistance < (atLeast - 1e-9 - apart) * (1 + x * (1 + x * (0.5 + x * (1 / 6.0)))))
            {
                return double.NaN;
            }

            var metres = Distance.Metres(lat, lng, ask.Lat, ask.Lng);
            return metres <= ask.RadiusM ? Scoring.Total(ask, levels, free, metres, row.Load, row.Reliability) : double.NaN;
        }

        public readonly int Tie(int left, int right) => left.CompareTo(right);
    }
}

/// <summary>People made while they are loaded, so that no second copy is kept.</summary>
internal readonly struct CrowdSource(Crowd crowd) : IEntrySource<BenchRow>
{
    public int Count => crowd.Count;

    public bool Has(int ordinal) => true;

    public bool Place(int ordinal, out double lat, out double lng, out int partition)
    {
        var (latE7, lngE7) = crowd.PlaceOf(ordinal);
        (lat, lng, partition) = (latE7 * 1e-7, lngE7 * 1e-7, 0);
        return true;
    }

    public void Read(int ordinal, out Entry<BenchRow> entry) => entry = BenchProfile.EntryOf(crowd.At(ordinal));
}

/// <summary>People out of an array.</summary>
internal readonly struct PeopleSource(Person[] people) : IEntrySource<BenchRow>
{
    public int Count => people.Length;

    public bool Has(int ordinal) => true;

    public bool Place(int ordinal, out double lat, out double lng, out int partition)
    {
        (lat, lng, partition) = (people[ordinal].Lat, people[ordinal].Lng, 0);
        return true;
    }

    public void Read(int ordinal, out Entry<BenchRow> entry) => entry = BenchProfile.EntryOf(people[ordinal]);
}
