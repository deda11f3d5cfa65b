using Matching.Wishes;

namespace Matching.Engine;

/// <summary>The eight soft factors of one volunteer for one need, each from 0 to 1.</summary>
public readonly record struct Factors(
    double Skill, double Distance, double Slack, double Reliability, double Rating, double Rotation, double Continuity, double PickMe)
{
    public double this[SoftFactor factor] => factor switch
    {
        SoftFactor.Skill => Skill,
        SoftFactor.Distance => Distance,
        SoftFactor.Slack => Slack,
        SoftFactor.Reliability => Reliability,
        SoftFactor.Rating => Rating,
        SoftFactor.Rotation => Rotation,
        SoftFactor.Continuity => Continuity,
        SoftFactor.PickMe => PickMe,
        _ => throw new ArgumentOutOfRangeException(nameof(factor)),
    };

    /// <summary>
    /// The weighted sum, from 0 to 1, for weights that sum to 1 (<see cref="ScoreWeights.Normalised"/>). Always added in the order of the
    /// factors: another order would give another last bit, and another ranking among equals.
    /// </summary>
    public double Score(ScoreWeights normalised) => Math.Min(1,
        normalised.Skill * Skill
        + normalised.Distance * Distance
        + normalised.Slack * Slack
        + normalised.Reliability * Reliability
        + normalised.Rating * Rating
        + normalised.Rotation * Rotation
        + normalised.Continuity * Continuity
        + normalised.PickMe * PickMe);
}

/// <summary>
/// How good a volunteer who may be asked is for a need. What is known about newcomers is little, so shares are shrunk: to what was seen,
/// <see cref="PriorWeight"/> imagined cases of the usual outcome are added, (seen + weight × usual) ÷ (cases + weight).
/// A newcomer stands at the usual; one bad day does not ruin anybody, and fifty good ones are worth more than two.
/// </summary>
public static class SoftFactors
{
    /// <summary>How many imagined cases stand behind a newcomer.</summary>
    public const double PriorWeight = 5;

    /// <summary>Usual share of offers that are accepted.</summary>
    public const double UsualAccepts = 0.4;

    /// <summary>Usual share of assignments that are come to.</summary>
    public const double UsualComes = 0.9;

    /// <summary>Usual share of services begun on time.</summary>
    public const double UsualOnTime = 0.85;

    /// <summary>Usual stars.</summary>
    public const double UsualStars = 4.2;

    /// <summary>Each step that a held skill lies below the one asked for leaves this much.</summary>
    public const double ClosenessAStep = 0.9;

    /// <summary>At this distance, in metres, the distance factor has fallen to 1/e ≈ 0.37.</summary>
    public const double DistanceScaleM = 5_000;

    /// <summary>The same for Critical and Urgent, where the way costs more.</summary>
    public const double UrgentDistanceScaleM = 2_500;

    /// <summary>Orders within so many days count as recent.</summary>
    public const int RecentDays = 30;

    /// <summary>So much free time on either side of the window is all that slack can be.</summary>
    public static readonly TimeSpan SlackMargin = TimeSpan.FromHours(2);

    private static readonly double[] Closeness = [.. Enumerable.Range(0, 16).Select(steps => Math.Pow(ClosenessAStep, steps))];

    public static Factors Of(VolunteerFacts volunteer, Need need)
    {
        var view = new FactsView(volunteer, need);
        var prepared = new PreparedNeed(need);
        return Of(view, prepared, HardRules.MetresTo(view, prepared.Target));
    }

    /// <summary>The same for any view of a volunteer, whose distance is known already.</summary>
    public static Factors Of<T>(T volunteer, PreparedNeed need, double? metres)
        where T : struct, IVolunteerView => new(
        Skill(volunteer, need),
        Distance(metres, need.DistanceScaleM),
        Slack(volunteer.FreeTicks(need.Before), volunteer.FreeTicks(need.After)),
        Reliability(volunteer.Record),
        Rating(volunteer.RatingSum, volunteer.RatingCount),
        Rotation(volunteer, need),
        Continuity(volunteer, need),
        volunteer.SaidPickMe ? 1 : 0);

    /// <summary>
    /// For each skill asked for, the best of level ÷ 4 × 0.9 to the power of the steps below it, among the held skills that keep the hard rule;
    /// their mean. 1 when no skill is asked for.
    /// </summary>
    public static double Skill<T>(T volunteer, PreparedNeed need)
        where T : struct, IVolunteerView
    {
        var skills = need.Need.Skills;
        if (skills.IsEmpty)
        {
            return 1;
        }

        var sum = 0.0;
        for (var required = 0; required < skills.Length; required++)
        {
            var best = 0.0;
            for (var skill = 0; skill < volunteer.SkillCount; skill++)
            {
                var level = volunteer.SkillLevel(skill);
                if (level >= skills[required].Level && volunteer.StepsBelow(skill, required) is >= 0 and var steps)
                {
                    best = Math.Max(best, SkillWorth(level, steps));
                }
            }

            sum += best;
        }

        return Math.Min(1, sum / skills.Length);
    }

    /// <summary>Level ÷ 4 × 0.9 to the power of the steps.</summary>
    public static double SkillWorth(int level, int steps) =>
        level / (double)Volunteers.HeldSkill.HighestLevel * (steps < Closeness.Length ? Closeness[steps] : Math.Pow(ClosenessAStep, steps));

    /// <summary>The scale of <see cref="Distance"/>, in metres.</summary>
    public static double ScaleM(Urgency urgency) => urgency is Urgency.Critical or Urgency.Urgent ? UrgentDistanceScaleM : DistanceScaleM;

    /// <summary>exp(−d ÷ scale); 0 for who gave no place.</summary>
    public static double Distance(double? metres, double scaleM) => metres is { } m ? Math.Exp(-m / scaleM) : 0;

    /// <summary>
    /// How much free time there is around the window: the free part of the margin before it and of the one after it. What is given away to
    /// others is not taken off.
    /// </summary>
    public static double Slack(long ticksBefore, long ticksAfter) => (ticksBefore + ticksAfter) / (double)(2 * SlackMargin.Ticks);

    /// <summary>0.3 accepts + 0.5 comes + 0.2 comes on time, each share shrunk.</summary>
    public static double Reliability(TrackRecord record) =>
        0.3 * Shrunk(record.Accepted, record.Asked, UsualAccepts)
        + 0.5 * Shrunk(record.Came, record.Came + record.NoShows, UsualComes)
        + 0.2 * Shrunk(record.OnTime, record.Came, UsualOnTime);

    /// <summary>The mean of the stars, shrunk; 1 star is 0 and 5 stars are 1.</summary>
    public static double Rating(int sum, int count) => Math.Clamp((Shrunk(sum, count, UsualStars) - 1) / 4, 0, 1);

    /// <summary>
    /// Half for few orders (1 ÷ (1 + n ÷ 3), n being those that begin within the last thirty days or are still to come), half for a long rest
    /// (1 − exp(−days ÷ 30) since the last service; 1 for who has never served).
    /// </summary>
    public static double Rotation<T>(T volunteer, PreparedNeed need)
        where T : struct, IVolunteerView
    {
        var recent = 0;
        for (var i = 0; i < volunteer.BookingCount; i++)
        {
            recent += volunteer.Booking(i).Window.Start >= need.RecentSince ? 1 : 0;
        }

        return Rotation(recent, volunteer.LastServedAt is { } last ? need.Need.AsOf - last : null);
    }

    /// <summary>The same from the number of recent orders and the time since the last service; null: never served.</summary>
    public static double Rotation(int recent, TimeSpan? rested)
    {
        var rest = rested is { } time ? 1 - Math.Exp(-Math.Max(0, time.TotalDays) / RecentDays) : 1;
        return 0.5 / (1 + recent / 3.0) + 0.5 * rest;
    }

    /// <summary>1 for who is paired with a resident of the order; else n ÷ (n + 1) for the resident served most often, n times.</summary>
    public static double Continuity<T>(T volunteer, PreparedNeed need)
        where T : struct, IVolunteerView
    {
        var residents = need.Need.Residents;
        for (var i = 0; i < volunteer.PairedCount; i++)
        {
            if (residents.Contains(volunteer.Paired(i)))
            {
                return 1;
            }
        }

        var most = 0;
        for (var i = 0; i < volunteer.ServedCount; i++)
        {
            var served = volunteer.Served(i);
            if (served.Times > most && residents.Contains(served.Resident))
            {
                most = served.Times;
            }
        }

        return most / (most + 1.0);
    }

    private static double Shrunk(double seen, double cases, double usual) => (seen + PriorWeight * usual) / (cases + PriorWeight);
}
