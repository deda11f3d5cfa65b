using FsCheck;
using Matching.Engine;
using Matching.Volunteers;

namespace Matching.Tests.Engine;

public class VolunteerScanTests
{
    [Test]
    public void The_nearest_of_equals_is_asked_first_and_the_tie_goes_to_the_lower_id()
    {
        var far = A.Volunteer("far").At(A.Home.North(3_000));
        var twins = new[] { A.Volunteer("twin one"), A.Volunteer("twin two") }.OrderBy(twin => twin.Id).ToArray();
        var ranking = A.Pool(far, twins[1], twins[0]).Best(A.Need(), ScoreWeights.Default, 10);

        Assert.That(ranking.Candidates.Select(candidate => candidate.VolunteerId), Is.EqualTo(new[] { twins[0].Id, twins[1].Id, far.Id }));
        Assert.That(ranking.Candidates.Select(candidate => candidate.Rank), Is.EqualTo(new[] { 1, 2, 3 }));
        Assert.That(ranking.Candidates[2].DistanceM, Is.EqualTo(3_000).Within(1));
    }

    [Test]
    public void Why_nobody_is_answered_with_who_would_come_in_if_one_rule_gave_way()
    {
        var need = A.Need().Asking("wiring") with { RadiusM = 1_000 };
        var pool = A.Pool(
            A.Volunteer("far").WithSkill("wiring").At(A.Home.North(2_000)),
            A.Volunteer("also far").WithSkill("wiring").At(A.Home.North(3_000)),
            A.Volunteer("unskilled"),
            A.Volunteer("unskilled and far").At(A.Home.North(2_000)),
            A.Volunteer("elsewhere").WithSkill("wiring") with { HomePath = "county/" },
            A.Volunteer("fits").WithSkill("wiring"));
        var explanation = pool.Explain(need);

        Assert.That(explanation.Considered, Is.EqualTo(5));
        Assert.That(explanation.Fit, Is.EqualTo(1));
        Assert.That(explanation.Removed[HardRule.Skills], Is.EqualTo(2));
        Assert.That(explanation.Removed[HardRule.WithinRadius], Is.EqualTo(2));
        Assert.That(explanation.Shortage[HardRule.Skills], Is.EqualTo(1));
        Assert.That(explanation.Shortage[HardRule.WithinRadius], Is.EqualTo(2));
        Assert.That(explanation.Removed.Keys, Is.EqualTo(HardRules.InOrder.Skip(1)));
    }

    [Test]
    public void Why_not_me_is_answered_with_every_rule_or_with_the_rank()
    {
        var near = A.Volunteer("near");
        var far = A.Volunteer("far").At(A.Home.North(500));
        var elsewhere = A.Volunteer("elsewhere") with { HomePath = "next/", Status = VolunteerStatus.Suspended };
        var pool = A.Pool(near, far, elsewhere);

        Assert.That(pool.WhyNot(A.Need(), ScoreWeights.Default, elsewhere.Id)!.Broken.ToList(),
            Is.EqualTo(new[] { HardRule.InPool, HardRule.NotSuspended }));
        Assert.That(pool.WhyNot(A.Need(), ScoreWeights.Default, elsewhere.Id)!.Candidate, Is.Null);
        Assert.That(pool.WhyNot(A.Need(), ScoreWeights.Default, far.Id)!.Candidate!.Rank, Is.EqualTo(2));
        Assert.That(pool.WhyNot(A.Need(), ScoreWeights.Default, A.Volunteer("nobody").Id), Is.Null);
    }

    [Test]
    public void A_change_shows_in_the_next_answer_with_its_version()
    {
        var pool = A.Pool(A.Volunteer("ann"), A.Volunteer("bob"));
        pool.Apply([A.Volunteer("ann") with { Status = VolunteerStatus.Suspended }, A.Volunteer("cat")], [A.Volunteer("bob").Id], 2);
        var ranking = pool.Best(A.Need(), ScoreWeights.Default, 10);

        Assert.That(ranking.Version, Is.EqualTo(2));
        Assert.That(ranking.Candidates.Select(candidate => candidate.VolunteerId), Is.EqualTo(new[] { A.Volunteer("cat").Id }));
        Assert.That(pool.Count, Is.EqualTo(2));
        Assert.That(pool.Find(A.Volunteer("bob").Id), Is.Null);
    }

    [Test]
    public void Nobody_is_asked_for_none() => Assert.That(A.Pool(A.Volunteer()).Best(A.Need(), ScoreWeights.Default, 0).Candidates, Is.Empty);

    [FsCheck.NUnit.Property]
    public void The_scan_answers_as_a_naive_count_does_whatever_the_order_of_the_volunteers(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        var crowd = A.Crowd(random, 120);
        var need = A.SomeNeed(random);
        var weights = SoftFactorTests.SomeWeights(random) with { Skill = 0.3 };

        var naive = crowd
            .Where(volunteer => HardRules.InOrder.All(rule => HardRules.Keeps(rule, volunteer, need)))
            .Select(volunteer => (volunteer.Id, Score: SoftFactors.Of(volunteer, need).Score(weights.Normalised())))
            .OrderByDescending(pair => pair.Score).ThenBy(pair => pair.Id)
            .ToArray();
        var inPool = crowd.Where(volunteer => HardRules.Keeps(HardRule.InPool, volunteer, need)).ToArray();

        for (var shuffle = 0; shuffle < 3; shuffle++)
        {
            random.Shuffle(crowd);
            var pool = new VolunteerScan();
            pool.Apply(crowd[..50], [], 1);
            pool.Apply(crowd[50..], [], 2);

            var best = pool.Best(need, weights, 7).Candidates;
            Assert.That(best.Select(candidate => (candidate.VolunteerId, candidate.Score)), Is.EqualTo(naive.Take(7)));
            var all = pool.Best(need, weights, 500).Candidates;
            Assert.That(all.Select(candidate => candidate.VolunteerId), Is.EqualTo(naive.Select(pair => pair.Id)));

            var explanation = pool.Explain(need);
            Assert.That(explanation.Considered, Is.EqualTo(inPool.Length));
            Assert.That(explanation.Fit, Is.EqualTo(naive.Length));
            Assert.That(explanation.Removed.Values.Sum() + explanation.Fit, Is.EqualTo(explanation.Considered));
            foreach (var rule in HardRules.InOrder.Skip(1))
            {
                Assert.That(explanation.Removed[rule], Is.EqualTo(inPool.Count(volunteer => HardRules.FirstBroken(volunteer, need) == rule)));
                Assert.That(explanation.Shortage[rule], Is.EqualTo(inPool.Count(volunteer =>
                    HardRules.InOrder.All(other => HardRules.Keeps(other, volunteer, need) == (other != rule)))));
            }

            foreach (var (id, rank) in naive.Select((pair, index) => (pair.Id, index + 1)).Take(5))
            {
                Assert.That(pool.WhyNot(need, weights, id)!.Candidate!.Rank, Is.EqualTo(rank));
            }
        }
    }

    [Test]
    public void Readers_beside_a_writer_see_one_version_throughout()
    {
        // Each version is a crowd of its own number of volunteers: an answer that mixes two has another number.
        var pool = new VolunteerScan();
        var people = Enumerable.Range(0, 40).Select(i => A.Volunteer(i.ToString())).ToArray();
        pool.Apply(people, [], 40);
        var writing = Task.Run(() =>
        {
            for (var round = 0; round < 200; round++)
            {
                var size = 1 + round % 40;
                pool.Apply(people[..size], [.. people[size..].Select(person => person.Id)], size);
            }
        });

        while (!writing.IsCompleted)
        {
            var ranking = pool.Best(A.Need(), ScoreWeights.Default, 100);
            Assert.That(ranking.Candidates, Has.Length.EqualTo((int)ranking.Version));
        }

        writing.GetAwaiter().GetResult();
    }
}
