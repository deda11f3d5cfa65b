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

    public static Factors Of(VolunteerFacts volunteer, Need need) => new(
        Skill(volunteer, need),
        Distance(volunteer.MetresTo(need.Place), need.Urgency),
        volunteer.Availability.Slack(need.Window, SlackMargin, need.Zone),
        Reliability(volunteer.Record),
        Rating(volunteer.RatingSum, volunteer.RatingCount),
        Rotation(volunteer, need.AsOf),
        Continuity(volunteer, need),
        need.PickMe.Contains(volunteer.Id) ? 1 : 0);

    /// <summary>
    /// For each skill asked for, the best of level ÷ 4 × 0.9 to the power of the steps below it, among the held skills that keep the hard rule;
    /// their mean. 1 when no skill is asked for.
    /// </summary>
    public static double Skill(VolunteerFacts volunteer, Need need)
    {
        if (need.Skills.IsEmpty)
        {
            return 1;
        }

        var sum = 0.0;
        foreach (var required in need.Skills)
        {
            var best = 0.0;
            foreach (var held in volunteer.Skills)
            {
                if (held.Level >= required.Level && required.CountsAs.TryGetValue(held.Skill, out var steps))
                {
                    best = Math.Max(best, held.Level / (double)Volunteers.HeldSkill.HighestLevel * Math.Pow(ClosenessAStep, steps));
                }
            }

            sum += best;
        }

        return Math.Min(1, sum / need.Skills.Length);
    }

    /// <summary>exp(−d ÷ scale); 0 for who gave no place.</summary>
    public static double Distance(double? metres, Urgency urgency)
    {
        var scale = urgency is Urgency.Critical or Urgency.Urgent ? UrgentDistanceScaleM : DistanceScaleM;
        return metres is { } m ? Math.Exp(-m / scale) : 0;
    }

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
    public static double Rotation(VolunteerFacts volunteer, DateTimeOffset asOf)
    {
        var since = asOf.AddDays(-RecentDays);
        var recent = 0;
        foreach (var booking in volunteer.Bookings)
        {
            recent += booking.Window.Start >= since ? 1 : 0;
        }

        var rest = volunteer.LastServedAt is { } last ? 1 - Math.Exp(-Math.Max(0, (asOf - last).TotalDays) / RecentDays) : 1;
        return 0.5 / (1 + recent / 3.0) + 0.5 * rest;
    }

    /// <summary>1 for who is paired with a resident of the order; else n ÷ (n + 1) for the resident served most often, n times.</summary>
    public static double Continuity(VolunteerFacts volunteer, Need need)
    {
        foreach (var resident in volunteer.PairedWith)
        {
            if (need.Residents.Contains(resident))
            {
                return 1;
            }
        }

        var most = 0;
        foreach (var served in volunteer.Served)
        {
            if (served.Times > most && need.Residents.Contains(served.Resident))
            {
                most = served.Times;
            }
        }

        return most / (most + 1.0);
    }

    private static double Shrunk(double seen, double cases, double usual) => (seen + PriorWeight * usual) / (cases + PriorWeight);
}
