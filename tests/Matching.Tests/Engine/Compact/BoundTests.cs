using FsCheck;
using Matching.Engine;
using Matching.Engine.Compact;
using Matching.Engine.Index;
using Matching.Geography;

namespace Matching.Tests.Engine.Compact;

/// <summary>What the index cuts off by must never be too low: a search that is exact on a few hundred people could still be lucky.</summary>
public class BoundTests
{
    [FsCheck.NUnit.Property(MaxTest = 2_000)]
    public void The_quick_distance_is_never_too_long(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        var place = new Place(-90 + 180 * random.NextDouble(), -180 + 360 * random.NextDouble());
        double? radiusM = random.Next(3) == 0 ? null : Math.Exp(random.NextDouble() * 13);
        var nearness = new Nearness(place, radiusM);
        for (var i = 0; i < 20; i++)
        {
            var spread = Math.Exp(random.NextDouble() * 14 - 9);
            var other = new Place(
                Math.Clamp(place.Lat + spread * (random.NextDouble() - 0.5), -90, 90), Math.Clamp(place.Lng + spread * (random.NextDouble() - 0.5), -180, 180));
            var metres = Distance.Metres(other, place);
            var quick = nearness.AtLeastM(other.Lat, other.Lng);
            if (quick > metres + 1e-6)
            {
                Assert.Fail($"{quick} m for {metres} m from {place} to {other}");
            }
        }
    }

    [FsCheck.NUnit.Property(MaxTest = 150)]
    public void Nobody_scores_above_the_bound_of_their_own_bytes(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        using var store = new CompactStore();
        var tuned = SoftFactorTests.SomeWeights(random);
        var tuning = new Tuning(new Dictionary<string, ScoreWeights> { ["county/"] = tuned });
        var profile = new VolunteerProfile(store, tuning);
        var crowd = A.Crowd(random, 60);
        var rows = Array.ConvertAll(crowd, volunteer => store.Add(volunteer with { PairedWith = [], Served = [] }, [0]));
        store.Sites.Label();
        Span<byte> qualities = stackalloc byte[VolunteerProfile.QualityCount];
        for (var question = 0; question < 10; question++)
        {
            var need = VolunteerIndexTests.ANeed(random) with { PickMe = [] };
            var weights = (random.Next(3) switch { 0 => ScoreWeights.Default, 1 => tuned, _ => SoftFactorTests.SomeWeights(random) }).Normalised();
            var compact = new CompactNeed(new PreparedNeed(need), store, store.Sites.Now);
            var evaluation = new Evaluation(store, compact, weights);
            var wish = new BestWish(store, evaluation, tuning, null, new RowsOfEntries());
            for (var i = 0; i < crowd.Length; i++)
            {
                var handle = new Handle(rows[i], crowd[i].Places.IsEmpty ? null : 0);
                if (!evaluation.Fits(rows[i]))
                {
                    continue;
                }

                var score = evaluation.Score(rows[i]);
                foreach (var partition in new[] { -1, profile.Partition(handle) })
                {
                    var bound = default(Bound);
                    wish.BoundIn(partition, ref bound);
                    profile.Qualities(handle, qualities);
                    var most = bound.Base + bound.DistanceWeight * Math.Exp(-(HardRules.MetresTo(new FactsView(crowd[i], need), compact.Prepared.Target) ?? 1e9) / bound.DistanceScaleM);
                    for (var quality = 0; quality < qualities.Length; quality++)
                    {
                        most += bound.Quality[quality] * qualities[quality];
                    }

                    foreach (var required in need.Skills)
                    {
                        var level = crowd[i].Skills.Where(skill => required.CountsAs.ContainsKey(skill.Skill)).Max(skill => skill.Level);
                        most += bound.SkillQuality * profile.SkillQuality(handle, level) + bound.SkillLevel * level;
                    }

                    if (score > most + 1e-9)
                    {
                        Assert.Fail($"{score} above {most} in {partition}: {crowd[i]} for {need}");
                    }
                }

                Assert.That(evaluation.MayReach(rows[i], score), Is.True);
            }
        }
    }
}
