using System.Collections.Immutable;
using System.Diagnostics;
using Matching.Benchmarks.Crowds;
using Matching.Benchmarks.Product;
using Matching.Engine;
using Matching.Engine.Compact;

namespace Matching.Benchmarks.Suites;

/// <summary>How long it takes to say how many each rule removed, and why not this one; all rules, over everybody of the pool.</summary>
internal sealed class Why : ISuite
{
    public string Name => "why";

    public string Purpose => "[--sizes 566000,7330000] [--needs 40] [--checked 4]: what each rule removed, and why not this one";

    public bool Run(Options options, Report report)
    {
        var exact = true;
        foreach (var size in options.Numbers("sizes", 566_000, 7_330_000))
        {
            var crowd = new ProductCrowd(size, options.Has("own-weeks"));
            using var index = Loading.Of(crowd, report);
            var kinds = Enum.GetValues<AskClass>();
            var asked = Enumerable.Range(0, options.Number("needs", 40)).Select(number => crowd.ANeed(kinds[number % kinds.Length], number)).ToArray();

            // Everybody is in somebody's pool: the slowest that there is.
            var everywhere = asked.Select(pair => pair with { Need = pair.Need with { Pools = [""] } }).ToArray();
            exact &= IsExact(crowd, index, everywhere[..Math.Min(everywhere.Length, options.Number("checked", size > 1_000_000 ? 2 : 8))]);
            Measure(report, size, "how many each rule removed, everybody", everywhere, pair => index.Explain(pair.Need), exact);
            Measure(report, size, "how many each rule removed, the order's pool", asked, pair => index.Explain(pair.Need), exact);
            var random = new Random(1);
            Measure(report, size, "why not this one", asked, pair => index.WhyNot(pair.Need, pair.Weights, ProductCrowd.VolunteerId(random.Next(size))), exact);
            Measure(report, size, "why not this one, who fits", asked, pair => index.Best(pair.Need, pair.Weights, 1).Candidates is [var first, ..]
                ? index.WhyNot(pair.Need, pair.Weights, first.VolunteerId)
                : null, exact);
            report.Flush();
        }

        return exact;
    }

    private static void Measure(
        Report report, int size, string what, (Need Need, ScoreWeights Weights)[] asked, Func<(Need Need, ScoreWeights Weights), object?> ask, bool exact)
    {
        ask(asked[0]);
        var timings = new Timings(asked.Length);
        var worked = Process.GetCurrentProcess().TotalProcessorTime;
        foreach (var pair in asked)
        {
            var start = Stopwatch.GetTimestamp();
            ask(pair);
            timings.Add(Stopwatch.GetTimestamp() - start);
        }

        worked = Process.GetCurrentProcess().TotalProcessorTime - worked;
        report.Add("why", ("volunteers", size), ("question", what), ("asked", timings.Count), ("p50 ms", timings.Percentile(0.5) / 1000),
            ("p99 ms", timings.Percentile(0.99) / 1000), ("longest ms", timings.LongestUs / 1000),
            ("worked ms, all cores", worked.TotalMilliseconds / timings.Count), ("exact", exact));
    }

    /// <summary>Against the rules asked of each volunteer's facts, one by one.</summary>
    private static bool IsExact(ProductCrowd crowd, VolunteerIndex index, (Need Need, ScoreWeights Weights)[] asked)
    {
        var prepared = Array.ConvertAll(asked, pair => new PreparedNeed(pair.Need));
        var removed = asked.Select(_ => new int[HardRules.InOrder.Count]).ToArray();
        var shortage = asked.Select(_ => new int[HardRules.InOrder.Count]).ToArray();
        var fit = new int[asked.Length];
        foreach (var volunteer in crowd.All())
        {
            for (var i = 0; i < asked.Length; i++)
            {
                var broken = HardRules.AllBroken(new FactsView(volunteer, asked[i].Need), prepared[i]);
                fit[i] += broken.IsEmpty ? 1 : 0;
                removed[i][(int)(broken.First ?? 0)] += broken.IsEmpty ? 0 : 1;
                shortage[i][(int)(broken.Only ?? 0)] += broken.Only is null ? 0 : 1;
            }
        }

        return Enumerable.Range(0, asked.Length).All(i =>
        {
            var why = index.Explain(asked[i].Need);
            return why.Considered == crowd.Count && why.Fit == fit[i]
                && why.Removed.All(pair => pair.Value == removed[i][(int)pair.Key]) && why.Shortage.All(pair => pair.Value == shortage[i][(int)pair.Key]);
        });
    }
}
