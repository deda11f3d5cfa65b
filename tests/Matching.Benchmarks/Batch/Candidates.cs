using Matching.Benchmarks.Crowds;
using Matching.Engine.Index;

namespace Matching.Benchmarks.Batch;

/// <summary>The best so many for each of many wishes, from the index.</summary>
internal static class Candidates
{
    public static Hit[][] Of(Person[] people, Ask[] asks, int k)
    {
        using var tree = new SlicedTree<BenchProfile, BenchRow>(default);
        var source = new PeopleSource(people);
        tree.Load(ref source);
        tree.Publish(1);
        using var reader = tree.OpenReader();
        var criteria = new Criteria();
        var best = new Found[k];
        var hits = new Hit[asks.Length][];
        var progress = new Progress("finding candidates", asks.Length);
        for (var i = 0; i < asks.Length; i++)
        {
            var wish = new BenchProfile.Wish(asks[i]);
            BenchProfile.Wish.Fill(criteria, asks[i], k);
            var found = reader.Search(criteria, ref wish, best, out _);
            hits[i] = [.. best.Take(found).Select(one => new Hit(one.Ordinal, one.Score))];
            progress.Report(i);
        }

        progress.Done();
        return hits;
    }
}
