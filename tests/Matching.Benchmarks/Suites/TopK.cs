using System.Diagnostics;
using Matching.Benchmarks.Crowds;
using Matching.Benchmarks.Peers;
using Matching.Engine.Index;

namespace Matching.Benchmarks.Suites;

using BenchTree = SlicedTree<BenchProfile, BenchRow>;
using BenchReader = TreeReader<BenchProfile, BenchRow>;

/// <summary>The best twenty for wishes of four classes: how fast, how exact, and against whom.</summary>
internal sealed class TopK : ISuite
{
    public string Name => "topk";

    public string Purpose => "the best 20 of 566,000; --volunteers n,n --asks n --classes 0,1,2,3 --exact n --changes n --sqlite --postgres <connection>";

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
        foreach (var kind in options.Numbers("classes", 0, 1, 2, 3).Select(number => (AskClass)number))
        {
            var (one, two) = (new Timings(asks), new Timings(asks));
            using var reader = tree.OpenReader();
            Time(reader, Draw(crowd.World, kind, 5_000, 9_000_000), new Timings(5_000), null);
            var (leaves, survivors, allocated) = Time(reader, Draw(crowd.World, kind, asks, 0), one, two);
            report.Add("top 20, one thread", ("volunteers", volunteers), ("class", Ask.NameOf(kind, crowd.World)), ("p50 µs", one.Percentile(0.5)),
                ("p99 µs", one.Percentile(0.99)), ("mean µs", one.MeanUs), ("two skills p50 µs", two.Percentile(0.5)),
                ("two skills p99 µs", two.Percentile(0.99)), ("leaves", leaves), ("put to the wish", survivors), ("bytes allocated", allocated));
        }

        if (!options.Has("classes"))
        {
            TwoThreads(tree, crowd.World, asks, report);
        }

        right &= Exact(tree, people, crowd.World, exact, "as loaded", report);
        right &= options.Number("scans", 1) == 0 || Peers(tree, people, crowd.World, options, report);
        var changes = options.Number("changes", 1_000_000);
        if (changes > 0)
        {
            Change(tree, crowd, people, changes, report);
            right &= Exact(tree, people, crowd.World, exact, $"after {changes:N0} changes", report);
        }

        return right;
    }

    /// <summary>The same wishes by one thread and by two, in turn, three times; the best round of each counts.</summary>
    private static void TwoThreads(BenchTree tree, World world, int count, Report report)
    {
        var asks = Enum.GetValues<AskClass>().SelectMany(kind => Draw(world, kind, count / 4, 100_000)).ToArray();
        new Random(1).Shuffle(asks);
        var half = asks.Length / 2;
        var (one, two) = ((Wall: 0.0, Worked: 0.0), (Wall: 0.0, Worked: 0.0));
        for (var round = 0; round < 3; round++)
        {
            one = Faster(one, Speed(tree, asks));
            two = Faster(two, Speed(tree, asks[..half], asks[half..]));
        }

        report.Add("threads, all classes mixed", ("one: wishes/s", one.Wall), ("two: wishes/s", two.Wall), ("times", two.Wall / one.Wall),
            ("one: wishes/s of processor time", one.Worked), ("two: wishes/s of processor time", two.Worked), ("times of processor time", two.Worked / one.Worked));
    }

    private static (double Wall, double Worked) Faster((double Wall, double Worked) left, (double Wall, double Worked) right) =>
        (Math.Max(left.Wall, right.Wall), Math.Max(left.Worked, right.Worked));

    /// <summary>Wishes a second by the clock, and by the time in which the threads had a core, added up over the threads.</summary>
    private static (double Wall, double Worked) Speed(BenchTree tree, params Ask[][] parts)
    {
        var worked = new double[parts.Length];
        using var ready = new Barrier(parts.Length + 1);
        var threads = parts.Select((part, number) => new Thread(() =>
        {
            using var reader = tree.OpenReader();
            var timings = new Timings(part.Length);
            ready.SignalAndWait();
            var before = ThreadTime.Seconds;
            Time(reader, part, timings, null);
            worked[number] = part.Length / (ThreadTime.Seconds - before);
        })).ToArray();
        Array.ForEach(threads, thread => thread.Start());
        ready.SignalAndWait();
        var watch = Stopwatch.StartNew();
        Array.ForEach(threads, thread => thread.Join());
        return (parts.Sum(part => part.Length) / watch.Elapsed.TotalSeconds, worked.Sum());
    }

    /// <summary>Each peer on the same wishes as the index, in turn.</summary>
    private static bool Peers(BenchTree tree, Person[] people, World world, Options options, Report report)
    {
        var right = true;
        var scan = new SimdScan(people);
        ReportReading(scan, people.Length, report);
        right &= Against("SIMD scan", scan.Best, tree, people.Length, world, options.Number("scans", people.Length < 2_000_000 ? 300 : 60), 0, report);
        if (options.Has("sqlite"))
        {
            using var sqlite = new SqlitePeer(people);
            report.Add("bytes each", ("peer", "SQLite"), ("bytes", (double)sqlite.Bytes / people.Length));
            right &= Against("SQLite R*Tree", sqlite.Best, tree, people.Length, world, options.Number("peers", 200), 0, report);
        }

        if (options.Text("postgres", null) is { } connection)
        {
            using var postgres = new PostgresPeer(connection, people);
            report.Add("bytes each", ("peer", "PostGIS"), ("bytes", (double)postgres.Bytes / people.Length));

            // Its sums are taken in another order: the last bits may differ.
            right &= Against("PostGIS, radius", postgres.InRadius, tree, people.Length, world, options.Number("peers", 200), 1e-12, report);
            right &= Against("PostGIS, nearest first", postgres.NearestFirst, tree, people.Length, world, options.Number("peers", 200), 1e-12, report);
        }

        return right;
    }

    private static void ReportReading(SimdScan scan, int volunteers, Report report)
    {
        var fastest = long.MaxValue;
        for (var i = 0; i < 20; i++)
        {
            var start = Stopwatch.GetTimestamp();
            GC.KeepAlive(scan.ReadSkillsOnce());
            fastest = Math.Min(fastest, Stopwatch.GetTimestamp() - start);
        }

        report.Add("reading one column of 8 bytes", ("volunteers", volunteers), ("µs", fastest * 1e6 / Stopwatch.Frequency),
            ("GB/s", scan.BytesOfPlaces / (fastest * 1e9 / Stopwatch.Frequency)));
    }

    // A turn is long enough for each side's caches to be its own again; its first wishes, in which they are not, do not count.
    private const int Turn = 250;
    private const int WarmUp = 50;

    private static bool Against(string peer, Func<Ask, Hit[]> answer, BenchTree tree, int volunteers, World world, int count, double tolerance, Report report)
    {
        using var reader = tree.OpenReader();
        var criteria = new Criteria();
        var best = new Found[Scoring.K];
        var right = true;
        foreach (var kind in Enum.GetValues<AskClass>())
        {
            var (ours, theirs) = (new Timings(count), new Timings(count));
            var wrong = 0;
            var progress = new Progress($"{peer}, {Ask.NameOf(kind, world)}", count);
            var counted = Turn - WarmUp;
            var asks = Draw(world, kind, count + ((count + counted - 1) / counted * WarmUp), 200_000);
            var answers = new Found[asks.Length][];
            for (var turn = 0; turn < asks.Length; turn += Turn)
            {
                var last = Math.Min(asks.Length, turn + Turn);
                for (var i = turn; i < last; i++)
                {
                    var wish = new BenchProfile.Wish(asks[i]);
                    var start = Stopwatch.GetTimestamp();
                    BenchProfile.Wish.Fill(criteria, asks[i]);
                    var found = reader.Search(criteria, ref wish, best, out _);
                    var ticks = Stopwatch.GetTimestamp() - start;
                    answers[i] = best[..found];
                    if (i - turn >= WarmUp)
                    {
                        ours.Add(ticks);
                    }
                }

                for (var i = turn; i < last; i++)
                {
                    var start = Stopwatch.GetTimestamp();
                    var hits = answer(asks[i]);
                    var ticks = Stopwatch.GetTimestamp() - start;
                    wrong += Same(answers[i], hits, tolerance) ? 0 : 1;
                    if (i - turn >= WarmUp)
                    {
                        theirs.Add(ticks);
                        progress.Report(theirs.Count);
                    }
                }
            }

            progress.Done();
            right &= wrong == 0;
            report.Add("peers", ("volunteers", volunteers), ("peer", peer), ("class", Ask.NameOf(kind, world)), ("wishes", count), ("wrong", wrong),
                ("peer p50 µs", theirs.Percentile(0.5)), ("peer p99 µs", theirs.Percentile(0.99)), ("index p50 µs", ours.Percentile(0.5)), ("index p99 µs", ours.Percentile(0.99)),
                ("times p50", theirs.Percentile(0.5) / ours.Percentile(0.5)), ("times p99", theirs.Percentile(0.99) / ours.Percentile(0.99)), ("times mean", theirs.MeanUs / ours.MeanUs));
        }

        return right;
    }

    private static bool Same(ReadOnlySpan<Found> found, Hit[] hits, double tolerance)
    {
        if (found.Length != hits.Length)
        {
            return false;
        }

        for (var i = 0; i < hits.Length; i++)
        {
            var isClose = Math.Abs(found[i].Score - hits[i].Score) <= tolerance;

            // Where the last bits differ, equals may have changed places.
            if (!isClose || (found[i].Ordinal != hits[i].Number && tolerance == 0))
            {
                return false;
            }
        }

        return true;
    }

    private static void Change(BenchTree tree, Crowd crowd, Person[] people, int count, Report report)
    {
        const int Batch = 256;
        var changes = new RandomChanges(crowd, people, 5);
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
    internal static (double Leaves, double Survivors, long Allocated) Time(BenchReader reader, Ask[] asks, Timings all, Timings? twoSkills)
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
