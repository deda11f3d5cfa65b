using System.Collections.Immutable;
using FsCheck;
using Matching.Engine;
using Matching.Engine.Compact;
using Matching.Engine.Index;
using Matching.Volunteers;
using Matching.Wishes;

namespace Matching.Tests.Engine.Compact;

/// <summary>The index against the plain scan, which is right by being simple.</summary>
public class VolunteerIndexTests
{
    [FsCheck.NUnit.Property(MaxTest = 150)]
    public void It_answers_as_the_plain_scan_does_before_and_after_any_changes(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        var tuned = new Dictionary<string, ScoreWeights> { ["county/"] = random.Next(2) == 0 ? ScoreWeights.Default : SoftFactorTests.SomeWeights(random) };

        // Small leaves and small nodes: every split happens.
        using var index = new VolunteerIndex(tuned, random.Next(2) == 0 ? null : new TreeShape(8, 6, 4, 3));
        var scan = new VolunteerScan();
        var people = A.Crowd(random, 10 + random.Next(300));
        for (var version = 1; version <= 4; version++)
        {
            var changed = (version == 1 ? people : [.. people.Where(_ => random.Next(4) == 0).Concat(A.Crowd(random, random.Next(30)))])
                .Select(somebody => random.Next(3) == 0 ? Wild.Volunteer(random, somebody) : somebody)
                .ToArray();
            Id[] gone = version == 1 ? [] : [.. people.Where(_ => random.Next(8) == 0).Select(somebody => somebody.Id), A.Volunteer("nobody").Id];
            if (version == 1 && random.Next(2) == 0)
            {
                var load = index.BeginLoad();
                load.Add(changed[..(changed.Length / 2)]);
                load.Add(changed[(changed.Length / 2)..]);
                load.Finish(version);
            }
            else
            {
                index.Apply(changed, gone, version);
            }

            scan.Apply(changed, gone, version);
            if (random.Next(3) == 0)
            {
                tuned["county/"] = SoftFactorTests.SomeWeights(random);
                index.Weigh(tuned);
            }

            for (var question = 0; question < 5; question++)
            {
                AnswersAre(scan, index, ANeed(random), tuned["county/"], random);
            }
        }
    }

    [Test]
    public void Readers_beside_a_writer_see_one_version_throughout()
    {
        // Each version is a crowd of its own number of volunteers, all with that number as their limit a day: an answer that mixes two has others.
        using var pool = new VolunteerIndex();
        var people = Enumerable.Range(0, 60).Select(i => A.Volunteer(i.ToString())).ToArray();
        VolunteerFacts[] Crowd(int size) => [.. people[..size].Select(person => person with { RatingCount = size, RatingSum = 3 * size })];
        pool.Apply(Crowd(60), [], 60);
        var writing = Task.Run(() =>
        {
            for (var round = 0; round < 1_000; round++)
            {
                var size = 1 + round % 60;
                pool.Apply(Crowd(size), [.. people[size..].Select(person => person.Id)], size);
            }
        });

        Parallel.For(0, 2, _ =>
        {
            while (!writing.IsCompleted)
            {
                var ranking = pool.Best(A.Need(), ScoreWeights.Default, 100);
                var size = (int)ranking.Version;
                Assert.That(ranking.Candidates, Has.Length.EqualTo(size));
                Assert.That(ranking.Candidates.All(candidate => candidate.Factors.Rating == SoftFactors.Rating(3 * size, size)), Is.True);
                var explanation = pool.Explain(A.Need());
                Assert.That(explanation.Fit, Is.EqualTo((int)explanation.Version));
                var verdict = pool.WhyNot(A.Need(), ScoreWeights.Default, people[0].Id)!;
                Assert.That(verdict.Candidate!.Rank, Is.InRange(1, (int)verdict.Version));
            }
        });

        writing.GetAwaiter().GetResult();
    }

    [Test]
    public void A_search_by_the_weights_that_a_center_has_come_to_looks_at_fewer_people()
    {
        var weights = new ScoreWeights { Skill = 0, Distance = 0.1, Slack = 0, Reliability = 0.7, Rating = 0.2, Rotation = 0, Continuity = 0, PickMe = 0 };
        using var pool = new VolunteerIndex(null, new TreeShape(16, 12, 8, 6));
        pool.Apply(A.Crowd(new Random(5), 2_000), [], 1);
        var need = A.Need() with { RadiusM = null };
        var before = pool.Best(need, weights, 5);
        var looked = LeavesOfTheLastSearch();
        pool.Weigh(new Dictionary<string, ScoreWeights> { ["county/"] = weights });

        Assert.That(pool.Best(need, weights, 5).Candidates, Is.EqualTo(before.Candidates));
        Assert.That(LeavesOfTheLastSearch(), Is.LessThan(looked));

        int LeavesOfTheLastSearch()
        {
            var searcher = pool.Searching.Rent();
            pool.Searching.Return(searcher);
            return searcher.Reader.Last.Leaves;
        }
    }

    [Test]
    public void Who_is_found_is_who_was_put_in_last()
    {
        using var pool = new VolunteerIndex();
        var ann = A.Volunteer("ann").WithSkill("wiring");
        pool.Apply([ann, A.Volunteer("bob")], [], 1);
        pool.Apply([ann with { RadiusM = 700 }], [A.Volunteer("bob").Id], 2);

        Wild.AreTheSame(ann with { RadiusM = 700 }, pool.Find(ann.Id)!);
        Assert.That(pool.Find(A.Volunteer("bob").Id), Is.Null);
        Assert.That(pool.Count, Is.EqualTo(1));
        Assert.That(pool.Version, Is.EqualTo(2));
    }

    /// <summary>Needs of every kind, some in a zone that changes its clocks just then.</summary>
    internal static Need ANeed(Random random)
    {
        var need = A.SomeNeed(random);
        if (random.Next(4) == 0)
        {
            var change = random.Next(2) == 0 ? new DateTimeOffset(2026, 3, 8, 10, 0, 0, TimeSpan.Zero) : new DateTimeOffset(2026, 11, 1, 9, 0, 0, TimeSpan.Zero);
            need = need with { Zone = A.LosAngeles, Window = A.Window(change.AddMinutes(random.Next(-600, 600)), 0.25 + random.Next(20) / 4.0) };
        }

        if (random.Next(5) == 0)
        {
            // Across midnight, or across the end of the week.
            need = need with { Window = A.Window(A.May(random.Next(2) == 0 ? 12 : 17, 22, random.Next(60)), 1 + random.Next(4)) };
        }

        need = random.Next(5) == 0 ? need.Asking("cooking") : need;
        return need with
        {
            Urgency = (Urgency)random.Next(4),
            AsOf = A.May(random.Next(1, 28), random.Next(24)),
            Residents = random.Next(4) switch { 0 => [], 1 => [A.Resident("grandpa"), A.Resident("granny")], _ => [A.Resident("granny")] },
            PickMe = random.Next(3) switch { 0 => [], 1 => [A.Volunteer("nobody").Id, A.Volunteer("7").Id], _ => need.PickMe },
            Pools = random.Next(6) == 0 ? Some(random) : need.Pools,
        };
    }

    internal static void AnswersAre(VolunteerScan scan, VolunteerIndex index, Need need, ScoreWeights tuned, Random random)
    {
        var weights = random.Next(3) switch { 0 => ScoreWeights.Default, 1 => tuned, _ => SoftFactorTests.SomeWeights(random) with { Distance = 0.1 } };
        var count = random.Next(3) switch { 0 => 1, 1 => 7, _ => random.Next(2) == 0 ? 500 : int.MaxValue };
        var expected = scan.Best(need, weights, count);
        var best = index.Best(need, weights, count);
        if (best.Version != expected.Version || !best.Candidates.SequenceEqual(expected.Candidates))
        {
            Assert.That(best.Candidates, Is.EqualTo(expected.Candidates), need.ToString());
            Assert.Fail();
        }

        var (why, counted) = (index.Explain(need), scan.Explain(need));
        Assert.That((why.Version, why.Considered, why.Fit), Is.EqualTo((counted.Version, counted.Considered, counted.Fit)));
        Assert.That(why.Removed, Is.EqualTo(counted.Removed));
        Assert.That(why.Shortage, Is.EqualTo(counted.Shortage));
        Assert.That(index.Count, Is.EqualTo(scan.Count));

        var somebody = expected.Candidates.IsEmpty ? A.Volunteer(random.Next(300).ToString()).Id : expected.Candidates[random.Next(expected.Candidates.Length)].VolunteerId;
        foreach (var id in new[] { somebody, A.Volunteer(random.Next(300).ToString()).Id })
        {
            Assert.That(index.WhyNot(need, weights, id), Is.EqualTo(scan.WhyNot(need, weights, id)));
            if (scan.Find(id) is { } known)
            {
                Wild.AreTheSame(known, index.Find(id)!);
            }
            else
            {
                Assert.That(index.Find(id), Is.Null);
            }
        }
    }

    private static ImmutableArray<string> Some(Random random) =>
        [.. new[] { "county/town/", "next/", "COUNTY/", "中心/", "", "no slash", "county/town/v" }.Where(_ => random.Next(3) == 0)];
}
