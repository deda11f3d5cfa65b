using System.Diagnostics;
using Matching.Benchmarks.Crowds;
using Matching.Engine.Index;

namespace Matching.Benchmarks.Suites;

using BenchTree = SlicedTree<BenchProfile, BenchRow>;
using BenchReader = TreeReader<BenchProfile, BenchRow>;

/// <summary>The best twenty for wishes of four classes: how fast, how exact, and against whom.</summary>
internal sealed class TopK : ISuite
{
    public string Name => "topk";

    public string Purpose => "the best 20 of 566,000; --volunteers n,n --asks n --exact n --changes n --sqlite --postgres <connection>";

    public bool Run(Options options, Report report)
    {
        var right = true;
        foreach (var volunteers in options.Numbers("volunteers", 566_000))
        {
            right &= Measure(volunteers, options, report);
            report.Flush();
        }

        return right;
    }

    private static bool Measure(int volunteers, Options options, Report report)
    {
        var crowd = new Crowd(World.Of(volunteers), volunteers);
        var people = crowd.ToArray();
        var right = true;
        using var tree = new BenchTree(default);
        var source = new PeopleSource(people);
        var watch = Stopwatch.StartNew();
        tree.Load(ref source);
        tree.Publish(1);
        watch.Stop();
        report.Add("load", ("volunteers", volunteers), ("seconds", watch.Elapsed.TotalSeconds),
            ("volunteers/s", volunteers / watch.Elapsed.TotalSeconds), ("bytes each", (double)tree.Bytes / volunteers), ("leaves", tree.LeafCount));

        var exact = options.Number("exact", 2_000);
        var asks = options.Number("asks", 20_000);
        foreach (var kind in Enum.GetValues<AskClass>())
        {
            var (one, two) = (new Timings(asks), new Timings(asks));
            using var reader = tree.OpenReader();
            Time(reader, Draw(crowd.World, kind, 2_000, 9_000_000), new Timings(2_000), null);
            var (leaves, survivors, allocated) = Time(reader, Draw(crowd.World, kind, asks, 0), one, two);
            report.Add("top 20, one thread", ("volunteers", volunteers), ("class", Ask.NameOf(kind, crowd.World)), ("p50 µs", one.Percentile(0.5)),
                ("p99 µs", one.Percentile(0.99)), ("mean µs", one.MeanUs), ("two skills p50 µs", two.Percentile(0.5)),
                ("two skills p99 µs", two.Percentile(0.99)), ("leaves", leaves), ("put to the wish", survivors), ("bytes allocated", allocated));
        }

        right &= Exact(tree, people, crowd.World, exact, "as loaded", report);
        var changes = options.Number("changes", 1_000_000);
        if (changes > 0)
        {
            Change(tree, crowd, people, changes, report);
            right &= Exact(tree, people, crowd.World, exact, $"after {changes:N0} changes", report);
        }

        return right;
    }

    private static void Change(BenchTree tree, Crowd crowd, Person[] people, int count, Report report)
    {
        const int Batch = 256;
        var changes = new Changes(crowd, people, 5);
        var progress = new Progress("changes", count);
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < count; i++)
        {
            changes.Next(tree);
            if (i % Batch == Batch - 1)
            {
                tree.Publish(2 + i / Batch);
                progress.Report(i);
            }
        }

        tree.Publish(long.MaxValue);
        progress.Done();
        report.Add("changes", ("volunteers", people.Length), ("changes", count), ("a publication", Batch),
            ("changes/s", count / watch.Elapsed.TotalSeconds), ("leaf splits", tree.Splits.Leaves), ("node splits", tree.Splits.Nodes),
            ("bytes each", (double)tree.Bytes / people.Length));
    }

    internal static Ask[] Draw(World world, AskClass kind, int count, int from) =>
        [.. Enumerable.Range(from, count).Select(number => Ask.Draw(world, kind, number))];

    /// <summary>Means of leaves read and of people scored, and what was allocated in all.</summary>
    private static (double Leaves, double Survivors, long Allocated) Time(BenchReader reader, Ask[] asks, Timings all, Timings? twoSkills)
    {
        var criteria = new Criteria();
        Span<Found> best = new Found[Scoring.K];
        var wishes = new BenchProfile.Wish[asks.Length];
        for (var i = 0; i < asks.Length; i++)
        {
            wishes[i] = new BenchProfile.Wish(asks[i]);
        }

        long leaves = 0, survivors = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < asks.Length; i++)
        {
            var start = Stopwatch.GetTimestamp();
            BenchProfile.Wish.Fill(criteria, asks[i]);
            reader.Search(criteria, ref wishes[i], best, out _);
            var ticks = Stopwatch.GetTimestamp() - start;
            all.Add(ticks);
            if (asks[i].Skills.Length > 1)
            {
                twoSkills?.Add(ticks);
            }

            leaves += reader.Last.Leaves;
            survivors += reader.Last.Survivors;
        }

        return ((double)leaves / asks.Length, (double)survivors / asks.Length, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>Whether the index answers as the plain scan does, to the last bit.</summary>
    internal static bool Exact(BenchTree tree, Person[] people, World world, int wishes, string when, Report report)
    {
        using var reader = tree.OpenReader();
        var criteria = new Criteria();
        Span<Found> best = new Found[Scoring.K];
        var wrong = 0;
        var progress = new Progress($"exactness, {when}", wishes);
        for (var i = 0; i < wishes; i++)
        {
            var ask = Ask.Draw(world, (AskClass)(i % 4), i, seed: 4711);
            var wish = new BenchProfile.Wish(ask);
            BenchProfile.Wish.Fill(criteria, ask);
            var found = best[..reader.Search(criteria, ref wish, best, out _)];
            var expected = Scoring.Best(people, ask);
            var same = found.Length == expected.Length;
            for (var j = 0; same && j < found.Length; j++)
            {
                same = found[j].Ordinal == expected[j].Number && found[j].Score.Equals(expected[j].Score);
            }

            wrong += same ? 0 : 1;
            progress.Report(i);
        }

        progress.Done();
        report.Add("exact against the plain scan", ("volunteers", people.Length), ("when", when), ("wishes", wishes), ("wrong", wrong));
        return wrong == 0;
    }
}
