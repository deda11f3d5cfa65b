using System.Diagnostics;
using Matching.Benchmarks.Crowds;
using Matching.Benchmarks.Product;
using Matching.Engine;
using Matching.Engine.Compact;

namespace Matching.Benchmarks.Suites;

/// <summary>
/// The best twenty under all hard rules and soft factors, with two centers of different weights and pools that are parts of the tree; before and after
/// random changes, each answer held against the rules asked of the facts one by one.
/// </summary>
internal sealed class TopKProduct : ISuite
{
    private const int K = 20;

    // Until the compiler has made its best of it.
    private const int WarmUp = 1_500;

    public string Name => "topk-product";

    public string Purpose => "[--sizes 566000,7330000] [--needs 2000] [--checked n] [--changes 20000] [--own-weeks]: the best 20 under all rules";

    public bool Run(Options options, Report report)
    {
        var exact = true;
        foreach (var size in options.Numbers("sizes", 566_000, 7_330_000))
        {
            var crowd = new ProductCrowd(size, options.Has("own-weeks"));
            using var index = Loading.Of(crowd, report);
            var needs = options.Number("needs", 2_000);
            var checkedNeeds = options.Number("checked", size > 1_000_000 ? 40 : needs);
            var changes = options.Number("changes", 20_000);
            exact &= Ask(crowd, index, report, "as loaded", needs, checkedNeeds, []);
            var changed = Change(crowd, index, report, changes);
            exact &= Ask(crowd, index, report, $"after {changes:N0} changes", needs, checkedNeeds, changed);
            report.Flush();
        }

        return exact;
    }

    private static bool Ask(
        ProductCrowd crowd, VolunteerIndex index, Report report, string when, int needs, int checkedNeeds, Dictionary<int, VolunteerFacts> changed)
    {
        var exact = true;
        foreach (var kind in Enum.GetValues<AskClass>())
        {
            var asked = Enumerable.Range(0, needs / 4).Select(number => crowd.ANeed(kind, number)).ToArray();
            var answers = new Ranking[asked.Length];
            for (var i = 0; i < WarmUp; i++)
            {
                index.Best(asked[i % asked.Length].Need, asked[i % asked.Length].Weights, K);
            }

            var timings = new Timings(asked.Length);
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var worked = ThreadTime.Seconds;
            for (var i = 0; i < asked.Length; i++)
            {
                var start = Stopwatch.GetTimestamp();
                answers[i] = index.Best(asked[i].Need, asked[i].Weights, K);
                timings.Add(Stopwatch.GetTimestamp() - start);
            }

            worked = ThreadTime.Seconds - worked;
            allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
            var some = Math.Min(asked.Length, checkedNeeds / 4);
            var same = Oracle.Best(crowd, asked[..some], K, changed).Zip(answers).Count(pair => Oracle.AreTheSame(pair.First, pair.Second));
            exact &= same == some;
            report.Add($"top {K}, product", ("volunteers", crowd.Count), ("state", when), ("class", Crowds.Ask.NameOf(kind, crowd.World)), ("asked", asked.Length),
                ("p50 µs", timings.Percentile(0.5)), ("p99 µs", timings.Percentile(0.99)), ("mean µs", timings.MeanUs), ("worked µs", worked * 1e6 / asked.Length),
                ("allocated B", allocated / asked.Length), ("found", answers.Average(answer => answer.Candidates.Length)), ("checked", some), ("exact", same == some));
        }

        return exact;
    }

    private static Dictionary<int, VolunteerFacts> Change(ProductCrowd crowd, VolunteerIndex index, Report report, int changes)
    {
        var changed = new Dictionary<int, VolunteerFacts>();
        var random = new Random(5);
        foreach (var batch in new[] { 1, 16, 256 })
        {
            var timings = new Timings(changes);
            for (var done = 0; done < changes / 3; done += batch)
            {
                var page = new VolunteerFacts[batch];
                for (var i = 0; i < batch; i++)
                {
                    var number = random.Next(crowd.Count);
                    page[i] = changed[number] = crowd.Changed(number, (ulong)(batch * 10_000_000L + done + i));
                }

                var start = Stopwatch.GetTimestamp();
                index.Apply(page, [], index.Version + 1);
                timings.Add(Stopwatch.GetTimestamp() - start);
            }

            report.Add("changes, product", ("volunteers", crowd.Count), ("batch", batch), ("batches", timings.Count), ("p50 µs", timings.Percentile(0.5)),
                ("p99 µs", timings.Percentile(0.99)), ("changes a s", batch * 1e6 / timings.MeanUs));
        }

        return changed;
    }
}
