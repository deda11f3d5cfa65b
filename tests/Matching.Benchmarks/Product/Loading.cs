using System.Diagnostics;
using Matching.Engine.Compact;

namespace Matching.Benchmarks.Product;

/// <summary>Puts a crowd into an index and says how long that took and how much room it takes.</summary>
internal static class Loading
{
    private const int APage = 10_000;

    public static VolunteerIndex Of(ProductCrowd crowd, Report report)
    {
        var index = new VolunteerIndex();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var progress = new Progress($"loading ({crowd.World.Name})", crowd.Count);
        var loading = TimeSpan.Zero;
        for (var first = 0; first < crowd.Count; first += APage)
        {
            var page = Enumerable.Range(first, Math.Min(APage, crowd.Count - first)).Select(crowd.At).ToArray();
            var start = Stopwatch.GetTimestamp();
            index.Apply(page, [], 1);
            loading += Stopwatch.GetElapsedTime(start);
            progress.Report(first + page.Length);
        }

        progress.Done();
        var managed = GC.GetTotalMemory(forceFullCollection: true) - before;
        report.Add("load", ("volunteers", crowd.Count), ("s", loading.TotalSeconds), ("thousand a s", crowd.Count / loading.TotalSeconds / 1000),
            ("bytes a volunteer", (double)(index.Bytes + managed) / crowd.Count), ("of these the collector's", (double)managed / crowd.Count));
        report.Flush();
        return index;
    }
}
