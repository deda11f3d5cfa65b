using FsCheck;
using Matching.Engine;
using Matching.Volunteers;
using Matching.Wishes;

namespace Matching.Tests.Engine;

public class SoftFactorTests
{
    [Test]
    public void A_higher_level_is_better_and_a_narrower_skill_a_little_less_close()
    {
        var need = A.Need().Asking("electrics");
        Assert.That(SoftFactors.Of(A.Volunteer().WithSkill("electrics", 4), need).Skill, Is.EqualTo(1));
        Assert.That(SoftFactors.Of(A.Volunteer().WithSkill("electrics", 2), need).Skill, Is.EqualTo(0.5));
        Assert.That(SoftFactors.Of(A.Volunteer().WithSkill("rewiring", 4), need).Skill, Is.EqualTo(0.81).Within(1e-12));
        Assert.That(SoftFactors.Of(A.Volunteer().WithSkill("electrics", 1).WithSkill("wiring", 4), need).Skill, Is.EqualTo(0.9).Within(1e-12));
        Assert.That(SoftFactors.Of(A.Volunteer().WithSkill("electrics", 4), need.Asking("plumbing")).Skill, Is.EqualTo(0.5));
        Assert.That(SoftFactors.Of(A.Volunteer(), A.Need()).Skill, Is.EqualTo(1));
    }

    [Test]
    public void Nearer_is_better_and_more_so_in_a_hurry()
    {
        Assert.That(SoftFactors.Distance(0, SoftFactors.ScaleM(Urgency.Normal)), Is.EqualTo(1));
        Assert.That(SoftFactors.Distance(5_000, SoftFactors.ScaleM(Urgency.Normal)), Is.EqualTo(1 / Math.E).Within(1e-12));
        Assert.That(SoftFactors.Distance(2_500, SoftFactors.ScaleM(Urgency.Critical)), Is.EqualTo(1 / Math.E).Within(1e-12));
        Assert.That(SoftFactors.Distance(null, SoftFactors.ScaleM(Urgency.Normal)), Is.Zero);
    }

    [Test]
    public void A_newcomer_stands_between_the_reliable_and_the_unreliable()
    {
        var newcomer = SoftFactors.Reliability(default);
        var reliable = SoftFactors.Reliability(new TrackRecord(Asked: 50, Accepted: 45, Came: 45, NoShows: 0, OnTime: 44));
        var unreliable = SoftFactors.Reliability(new TrackRecord(Asked: 50, Accepted: 10, Came: 4, NoShows: 6, OnTime: 1));

        Assert.That(reliable, Is.GreaterThan(newcomer));
        Assert.That(newcomer, Is.GreaterThan(unreliable));
        Assert.That(newcomer, Is.EqualTo(0.3 * 0.4 + 0.5 * 0.9 + 0.2 * 0.85).Within(1e-12));
    }

    [Test]
    public void Many_good_ratings_say_more_than_one()
    {
        Assert.That(SoftFactors.Rating(0, 0), Is.EqualTo(0.8).Within(1e-12));
        Assert.That(SoftFactors.Rating(5, 1), Is.InRange(0.8, 0.9));
        Assert.That(SoftFactors.Rating(250, 50), Is.GreaterThan(0.95));
        Assert.That(SoftFactors.Rating(1, 1), Is.InRange(0.6, 0.8));
    }

    [Test]
    public void Who_served_long_ago_and_seldom_goes_before_who_served_yesterday_and_often()
    {
        var never = A.Volunteer();
        var longAgo = A.Volunteer() with { LastServedAt = A.May(10, 9).AddDays(-90) };
        var yesterday = A.Volunteer().Booked(A.Window(A.May(9, 9), 1)) with { LastServedAt = A.May(9, 9) };
        var promised = never.Booked(A.Window(A.May(20, 9), 1));
        var need = A.Need() with { AsOf = A.May(10, 9) };

        Assert.That(SoftFactors.Of(never, need).Rotation, Is.EqualTo(1));
        Assert.That(SoftFactors.Of(longAgo, need).Rotation, Is.InRange(0.95, 1));
        Assert.That(SoftFactors.Of(promised, need).Rotation, Is.EqualTo(0.875));
        Assert.That(SoftFactors.Of(yesterday, need).Rotation, Is.InRange(0.35, 0.45));
        Assert.That(SoftFactors.Of(never.Booked(A.Window(A.May(10, 9).AddDays(-31), 1)), need).Rotation, Is.EqualTo(1));
    }

    [Test]
    public void Who_is_paired_with_the_resident_or_has_served_them_goes_first()
    {
        Assert.That(SoftFactors.Of(A.Volunteer() with { PairedWith = [A.Resident("granny")] }, A.Need()).Continuity, Is.EqualTo(1));
        Assert.That(SoftFactors.Of(A.Volunteer() with { Served = [new(A.Resident("granny"), 3)] }, A.Need()).Continuity, Is.EqualTo(0.75));
        Assert.That(SoftFactors.Of(A.Volunteer() with { Served = [new(A.Resident("somebody else"), 3)] }, A.Need()).Continuity, Is.Zero);
    }

    [Test]
    public void Who_said_pick_me_goes_first_among_equals()
    {
        var need = A.Need() with { PickMe = [A.Volunteer("bob").Id] };
        var ranking = A.Pool(A.Volunteer("ann"), A.Volunteer("bob"), A.Volunteer("cat")).Best(need, ScoreWeights.Default, 3);

        Assert.That(ranking.Candidates[0].VolunteerId, Is.EqualTo(A.Volunteer("bob").Id));
    }

    [Test]
    public void Slack_counts_the_two_hours_on_either_side()
    {
        var tight = A.Volunteer().Free(WeeklySlot.On(DayOfWeek.Tuesday, new(16, 0), new(19, 0)));
        Assert.That(SoftFactors.Of(tight, A.Need()).Slack, Is.EqualTo(0.25));
        Assert.That(SoftFactors.Of(A.Volunteer(), A.Need()).Slack, Is.EqualTo(1));
        Assert.That(SoftFactors.Of(A.Volunteer().Free(WeeklySlot.On(DayOfWeek.Tuesday, new(16, 0), new(18, 0))), A.Need()).Slack, Is.Zero);
    }

    [FsCheck.NUnit.Property]
    public void Every_factor_and_the_score_lie_between_0_and_1(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        var need = A.SomeNeed(random);
        var weights = SomeWeights(random);
        foreach (var volunteer in A.Crowd(random, 30))
        {
            var factors = SoftFactors.Of(volunteer, need);
            foreach (var factor in Enum.GetValues<SoftFactor>())
            {
                Assert.That(factors[factor], Is.InRange(0, 1), factor.ToString());
            }

            Assert.That(factors.Score(weights.Normalised()), Is.InRange(0, 1));
        }
    }

    [Test]
    public void Weights_below_zero_or_all_zero_are_refused()
    {
        var none = new ScoreWeights
        {
            Skill = 0, Distance = 0, Slack = 0, Reliability = 0, Rating = 0, Rotation = 0, Continuity = 0, PickMe = 0,
        };
        Assert.That(ScoreWeights.Default.Check(), Is.Null);
        Assert.That((none with { PickMe = 7 }).Check(), Is.Null);
        Assert.That(none.Check(), Is.EqualTo(Refusals.ScoreWeightsInvalid));
        Assert.That((ScoreWeights.Default with { Rating = -0.1 }).Check(), Is.EqualTo(Refusals.ScoreWeightsInvalid));
        Assert.That((ScoreWeights.Default with { Rating = double.NaN }).Check(), Is.EqualTo(Refusals.ScoreWeightsInvalid));
        Assert.That((ScoreWeights.Default with { Rating = double.PositiveInfinity }).Check(), Is.EqualTo(Refusals.ScoreWeightsInvalid));
    }

    [Test]
    public void Only_the_proportions_of_weights_matter()
    {
        var tenfold = new ScoreWeights
        {
            Skill = 2, Distance = 2, Slack = 0.5, Reliability = 1.5, Rating = 1, Rotation = 1.5, Continuity = 1, PickMe = 0.5,
        };
        foreach (var factor in Enum.GetValues<SoftFactor>())
        {
            Assert.That(tenfold.Normalised()[factor], Is.EqualTo(ScoreWeights.Default[factor]).Within(1e-12), factor.ToString());
        }
    }

    internal static ScoreWeights SomeWeights(Random random) => new()
    {
        Skill = random.NextDouble(),
        Distance = random.NextDouble(),
        Slack = random.Next(3),
        Reliability = random.NextDouble(),
        Rating = random.NextDouble(),
        Rotation = random.NextDouble(),
        Continuity = random.NextDouble(),
        PickMe = random.Next(2),
    };
}
