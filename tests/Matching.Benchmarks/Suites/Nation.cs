using System.Diagnostics;
using Matching.Benchmarks.Crowds;
using Matching.Engine.Index;

namespace Matching.Benchmarks.Suites;

using BenchTree = SlicedTree<BenchProfile, BenchRow>;

/// <summary>A whole nation's volunteers in one process: how many fit, and how fast the best are found among them.</summary>
internal sealed class Nation : ISuite
{
    public string Name => "nation";

    public string Purpose => "as many of 238,000,000 as the memory holds; --volunteers n --asks n --exact n";

    public bool Run(Options options, Report report)
    {
        const long Wanted = 238_000_000;
        const double BytesEach = 64, BytesEachLoading = 4;
        var free = FreeBytes();
        var fits = (long)((free - (600L << 20)) / (BytesEach + BytesEachLoading));
        var volunteers = options.Number("volunteers", (int)Math.Min(Wanted, fits));
        var crowd = new Crowd(World.Nation(), volunteers);
        using var tree = new BenchTree(default);
        var source = new CrowdSource(crowd);
        var progress = new Progress("loading the nation", volunteers);
        var watch = Stopwatch.StartNew();
        tree.Load(ref source, progress.Report);
        tree.Publish(1);
        watch.Stop();
        report.Add("load, people made on the way", ("wanted", Wanted), ("free GiB before", free / (double)(1 << 30)), ("volunteers", volunteers),
            ("seconds", watch.Elapsed.TotalSeconds), ("volunteers/s", volunteers / watch.Elapsed.TotalSeconds), ("index GiB", tree.Bytes / (double)(1 << 30)),
            ("bytes each", (double)tree.Bytes / volunteers), ("process GiB", Environment.WorkingSet / (double)(1 << 30)),
            ("limited by", volunteers < Wanted ? "memory" : "nothing"));
        report.Flush();
        var asks = options.Number("asks", 5_000);
        foreach (var kind in Enum.GetValues<AskClass>())
        {
            using var reader = tree.OpenReader();
            var timings = new Timings(asks);
            TopK.Time(reader, TopK.Draw(crowd.World, kind, 3_000, 9_000_000), new Timings(3_000), null);
            var (leaves, survivors, _) = TopK.Time(reader, TopK.Draw(crowd.World, kind, asks, 0), timings, null);
            report.Add("top 20, one thread", ("volunteers", volunteers), ("class", Ask.NameOf(kind, crowd.World)), ("p50 µs", timings.Percentile(0.5)),
                ("p99 µs", timings.Percentile(0.99)), ("mean µs", timings.MeanUs), ("leaves", leaves), ("put to the wish", survivors));
        }

        report.Flush();
        var right = Exact(tree, crowd, options.Number("exact", 40), report);
        report.Flush();
        return right;
    }

    /// <summary>Makes everybody once more, in two threads, and asks each about all wishes in whose box they stand.</summary>
    private static bool Exact(BenchTree tree, Crowd crowd, int wishes, Report report)
    {
        var asks = Enumerable.Range(0, wishes).Select(i => Ask.Draw(crowd.World, (AskClass)(i % 4), i, seed: 31)).ToArray();
        var boxes = asks.Select(ask =>
        {
            var lat = ask.RadiusM / 111_000;
            var lng = lat / Math.Cos((ask.Lat + lat) * Math.PI / 180);
            return (South: (int)((ask.Lat - lat) * 1e7), North: (int)((ask.Lat + lat) * 1e7), West: (int)((ask.Lng - lng) * 1e7), East: (int)((ask.Lng + lng) * 1e7));
        }).ToArray();
        var threads = 2;
        var best = Enumerable.Range(0, threads).Select(_ => asks.Select(_ => new TopHits(Scoring.K)).ToArray()).ToArray();
        var progress = new Progress("exactness", crowd.Count);
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread =>
        {
            for (var number = thread; number < crowd.Count; number += threads)
            {
                var (lat, lng) = crowd.PlaceOf(number);
                var isMade = false;
                Person person = default;
                for (var i = 0; i < boxes.Length; i++)
                {
                    ref readonly var box = ref boxes[i];
                    if (lat < box.South || lat > box.North || lng < box.West || lng > box.East)
                    {
                        continue;
                    }

                    person = isMade ? person : crowd.At(number);
                    isMade = true;
                    var score = Scoring.Score(person, asks[i]);
                    if (!double.IsNaN(score))
                    {
                        best[thread][i].Offer(new Hit(number, score));
                    }
                }

                if (thread == 0 && (number & 0xFFFFF) == 0)
                {
                    progress.Report(number);
                }
            }
        });
        progress.Done();

        using var reader = tree.OpenReader();
        var criteria = new Criteria();
        var found = new Found[Scoring.K];
        var wrong = 0;
        for (var i = 0; i < asks.Length; i++)
        {
            var expected = new TopHits(Scoring.K);
            foreach (var hit in best.SelectMany(part => part[i].Sorted()))
            {
                expected.Offer(hit);
            }

            var wish = new BenchProfile.Wish(asks[i]);
            BenchProfile.Wish.Fill(criteria, asks[i]);
            var count = reader.Search(criteria, ref wish, found, out _);
            wrong += found[..count].Select(one => new Hit(one.Ordinal, one.Score)).SequenceEqual(expected.Sorted()) ? 0 : 1;
        }

        report.Add("exact against the plain scan", ("volunteers", crowd.Count), ("wishes", wishes), ("wrong", wrong));
        return wrong == 0;
    }

    /// <summary>What the machine can still give, as far as it says.</summary>
    private static long FreeBytes()
    {
        if (File.Exists("/proc/meminfo"))
        {
            foreach (var line in File.ReadLines("/proc/meminfo"))
            {
                if (line.StartsWith("MemAvailable:", StringComparison.Ordinal))
                {
                    return long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture) * 1024;
                }
            }
        }

        return GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
    }
}
