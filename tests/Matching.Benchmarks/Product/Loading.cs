using System.Diagnostics;
using System.Runtime.CompilerServices;
using Matching.Engine.Compact;

namespace Matching.Benchmarks.Product;

/// <summary>Puts a crowd into an index and says how long that took and how much room it takes.</summary>
internal static class Loading
{
    private const int APage = 10_000;

    public static VolunteerIndex Of(ProductCrowd crowd, Report report)
    {
        // What the crowd itself keeps is not the index's.
        _ = (crowd.At(0), crowd.ANeed(0, 0));
        var index = new VolunteerIndex(ProductCrowd.Centers.ToDictionary(center => center, ProductCrowd.WeightsOf));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var progress = new Progress($"loading ({crowd.World.Name})", crowd.Count);
        var loading = TimeSpan.Zero;
        var load = index.BeginLoad();
        for (var first = 0; first < crowd.Count; first += APage)
        {
            loading += AddPage(crowd, load, first);
            progress.Report(load.Count);
        }

        progress.Done();
        var indexing = new Progress($"indexing ({crowd.World.Name})", crowd.Count);
        var finishing = Stopwatch.GetTimestamp();
        load.Finish(1, indexing.Report);
        var built = Stopwatch.GetElapsedTime(finishing);
        var managed = GC.GetTotalMemory(forceFullCollection: true) - before;
        report.Add("load", ("volunteers", crowd.Count), ("rows s", loading.TotalSeconds), ("index s", built.TotalSeconds),
            ("thousand a s", crowd.Count / (loading + built).TotalSeconds / 1000),
            ("bytes a volunteer", (double)(index.Bytes + managed) / crowd.Count), ("of these the collector's", (double)managed / crowd.Count));
        report.Flush();
        return index;
    }

    // A method of its own, so that the last page is gone when memory is looked at.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TimeSpan AddPage(ProductCrowd crowd, VolunteerIndex.Load load, int first)
    {
        var page = Enumerable.Range(first, Math.Min(APage, crowd.Count - first)).Select(crowd.At).ToArray();
        var start = Stopwatch.GetTimestamp();
        load.Add(page);
        return Stopwatch.GetElapsedTime(start);
    }
}
