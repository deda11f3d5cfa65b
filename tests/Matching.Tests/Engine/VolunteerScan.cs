using System.Collections.Immutable;
using Matching.Engine;

namespace Matching.Tests.Engine;

/// <summary>
/// The plain way: looks at every volunteer of the pool in turn. Right by being simple, quick enough for a county, and what any faster way is
/// held against.
/// </summary>
public sealed class VolunteerScan : IVolunteerPool
{
    private readonly Lock _writing = new();
    private volatile Snapshot _now = new(0, [], []);

    public long Version => _now.Version;

    public int Count => _now.ByPath.Length;

    /// <summary>What is known about one volunteer; null when nobody has that id.</summary>
    public VolunteerFacts? Find(Id volunteer) => _now.ById.GetValueOrDefault(volunteer);

    public void Apply(IReadOnlyCollection<VolunteerFacts> changed, IReadOnlyCollection<Id> gone, long version)
    {
        lock (_writing)
        {
            var byId = new Dictionary<Id, VolunteerFacts>(_now.ById);
            foreach (var id in gone)
            {
                byId.Remove(id);
            }

            foreach (var volunteer in changed)
            {
                byId[volunteer.Id] = volunteer;
            }

            // By path, so that a subtree is one stretch.
            var byPath = byId.Values.ToArray();
            Array.Sort(byPath, static (left, right) =>
            {
                var order = string.CompareOrdinal(left.HomePath, right.HomePath);
                return order != 0 ? order : left.Id.CompareTo(right.Id);
            });

            _now = new Snapshot(version, byPath, byId);
        }
    }

    public Ranking Best(Need need, ScoreWeights weights, int count)
    {
        var now = _now;
        var normalised = weights.Normalised();
        var prepared = new PreparedNeed(need);

        // The worst of the best so far lies on top, to be pushed out.
        var best = new PriorityQueue<Candidate, Candidate>(BestLast);
        foreach (var volunteer in now.InPool(need))
        {
            if (count > 0 && HardRules.FirstBroken(new FactsView(volunteer, need), prepared) is null)
            {
                var candidate = Weigh(volunteer, prepared, normalised);
                if (best.Count < count)
                {
                    best.Enqueue(candidate, candidate);
                }
                else
                {
                    best.EnqueueDequeue(candidate, candidate);
                }
            }
        }

        var candidates = new Candidate[best.Count];
        for (var rank = candidates.Length; rank > 0; rank--)
        {
            candidates[rank - 1] = best.Dequeue() with { Rank = rank };
        }

        return new Ranking(now.Version, [.. candidates]);
    }

    public Explanation Explain(Need need)
    {
        var now = _now;
        var considered = 0;
        var fit = 0;
        var removed = new int[HardRules.InOrder.Count];
        var shortage = new int[HardRules.InOrder.Count];
        var prepared = new PreparedNeed(need);
        foreach (var volunteer in now.InPool(need))
        {
            considered++;
            var broken = HardRules.AllBroken(new FactsView(volunteer, need), prepared);
            if (broken.First is not { } first)
            {
                fit++;
                continue;
            }

            removed[(int)first]++;
            if (broken.Only is { } only)
            {
                shortage[(int)only]++;
            }
        }

        return new Explanation(now.Version, considered, fit, ByRule(removed), ByRule(shortage));
    }

    public Verdict? WhyNot(Need need, ScoreWeights weights, Id volunteer)
    {
        var now = _now;
        if (!now.ById.TryGetValue(volunteer, out var facts))
        {
            return null;
        }

        var prepared = new PreparedNeed(need);
        var broken = HardRules.AllBroken(new FactsView(facts, need), prepared);
        if (!broken.IsEmpty)
        {
            return new Verdict(now.Version, broken, null);
        }

        var normalised = weights.Normalised();
        var candidate = Weigh(facts, prepared, normalised);
        var ahead = now.InPool(need)
            .Where(other => HardRules.FirstBroken(new FactsView(other, need), prepared) is null)
            .Count(other => BestLast.Compare(Weigh(other, prepared, normalised), candidate) > 0);
        return new Verdict(now.Version, broken, candidate with { Rank = ahead + 1 });
    }

    /// <summary>Worse before better: lower scores first, and among equals the higher id.</summary>
    private static readonly Comparer<Candidate> BestLast = Comparer<Candidate>.Create(static (left, right) =>
    {
        var order = left.Score.CompareTo(right.Score);
        return order != 0 ? order : right.VolunteerId.CompareTo(left.VolunteerId);
    });

    private static Candidate Weigh(VolunteerFacts volunteer, PreparedNeed need, ScoreWeights normalised)
    {
        var view = new FactsView(volunteer, need.Need);
        var metres = HardRules.MetresTo(view, need.Target);
        var factors = SoftFactors.Of(view, need, metres);
        return new Candidate(0, volunteer.Id, factors.Score(normalised), factors, metres);
    }

    private static ImmutableSortedDictionary<HardRule, int> ByRule(int[] counts) =>
        HardRules.InOrder.Where(rule => rule != HardRule.InPool).ToImmutableSortedDictionary(rule => rule, rule => counts[(int)rule]);

    private sealed record Snapshot(long Version, VolunteerFacts[] ByPath, Dictionary<Id, VolunteerFacts> ById)
    {
        /// <summary>Those who keep hard rule number one, each once.</summary>
        public IEnumerable<VolunteerFacts> InPool(Need need)
        {
            // A pool within another adds nobody.
            var pools = need.Pools.Distinct().ToArray();
            foreach (var pool in pools.Where(pool => !pools.Any(wider => wider != pool && pool.StartsWith(wider, StringComparison.Ordinal))))
            {
                for (var i = FirstAtOrAfter(pool); i < ByPath.Length && ByPath[i].HomePath.StartsWith(pool, StringComparison.Ordinal); i++)
                {
                    yield return ByPath[i];
                }
            }
        }

        private int FirstAtOrAfter(string path)
        {
            var low = 0;
            var high = ByPath.Length;
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (string.CompareOrdinal(ByPath[middle].HomePath, path) < 0)
                {
                    low = middle + 1;
                }
                else
                {
                    high = middle;
                }
            }

            return low;
        }
    }
}
