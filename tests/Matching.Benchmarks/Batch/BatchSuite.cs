using Matching.Engine;

namespace Matching.Benchmarks.Batch;

/// <summary>Orders that wait together: the exact flow, the auction and the greedy on the same candidates, then what becomes of the flow when nobody may break a rule.</summary>
internal sealed class BatchSuite : ISuite
{
    // Four weeks is how far ahead people book; one week is four times as crowded, and no plan comes near the flow then.
    private static readonly int[] Weeks = [4, 1];

    public string Name => "batch";

    public string Purpose => "plans for many orders; --orders 1000,10000,100000 --k 40 --rounds 3 --assignments ../shared/data/lap_orlib_assign --no-tight";

    public bool Run(Options options, Report report)
    {
        var isRight = KnownOptima(options.Text("assignments", "../shared/data/lap_orlib_assign")!, report);
        report.Flush();
        foreach (var orders in options.Numbers("orders", 1_000, 10_000, 100_000))
        {
            foreach (var demand in new[] { 0.5, 1, 2 })
            {
                isRight &= Measure(BatchMix.Make(orders, demand, options.Number("k", 40)), options, report);
            }

            report.Flush();
        }

        return isRight;
    }

    private static bool Measure(BatchMix mix, Options options, Report report)
    {
        var rounds = options.Number("rounds", 3);
        var graph = mix.Graph;

        // In turn, so that each sees the same machine; the best of the rounds counts.
        var (greedyMs, auctionMs, exactMs) = (double.MaxValue, double.MaxValue, double.MaxValue);
        Allocation greedy = null!, auction = null!, exact = null!;
        for (var round = 0; round < rounds; round++)
        {
            greedyMs = Math.Min(greedyMs, Timed(() => Greedy.Solve(graph), out greedy));
            auctionMs = Math.Min(auctionMs, Timed(() => Auction.Solve(graph, Engine.Batch.Little), out auction));
            exactMs = Math.Min(exactMs, Timed(() => ExactFlow.Solve(graph), out exact));
        }

        var isRight = exact.Total == exact.Bound() && auction.Total <= exact.Total && auction.Bound() >= exact.Total;
        report.Add(
            "the flow: seats and orders a volunteer; below: percent below the optimum",
            ("orders", mix.Orders),
            ("demand", mix.Demand),
            ("with candidates", mix.WithCandidates),
            ("candidates", graph.Candidates),
            ("served %", 100.0 * exact.Taken / mix.Orders),
            ("greedy ms", greedyMs),
            ("greedy below", Below(greedy.Total, exact.Total)),
            ("greedy served %", 100.0 * greedy.Taken / mix.Orders),
            ("auction ms", auctionMs),
            ("auction below", Below(auction.Total, exact.Total)),
            ("auction more than greedy %", 100.0 * (auction.Total - greedy.Total) / greedy.Total),
            ("exact ms", exactMs),
            ("exact is proven", isRight));
        foreach (var weeks in Weeks)
        {
            isRight &= Settle(mix, weeks, exact, rounds, !options.Has("no-tight") && mix.Orders <= Engine.Batch.ExactUpTo, report);
        }

        return isRight;
    }

    private static bool Settle(BatchMix mix, int weeks, Allocation exact, int rounds, bool tight, Report report)
    {
        var orders = mix.OrdersOver(weeks);
        var hands = mix.HandsFor(orders);
        var (greedyMs, planMs) = (double.MaxValue, double.MaxValue);
        Allocation greedy = null!, plan = null!;
        for (var round = 0; round < rounds; round++)
        {
            greedyMs = Math.Min(greedyMs, Timed(() => Greedy.Solve(mix.Graph, hands), out greedy));
            planMs = Math.Min(planMs, Timed(() => Engine.Batch.Solve(mix.Graph, hands), out plan));
        }

        var broken = mix.Broken(plan, orders);
        var cells = new List<(string, object)>
        {
            ("orders", mix.Orders),
            ("demand", mix.Demand),
            ("weeks", weeks),
            ("served %", 100.0 * plan.Taken / mix.Orders),
            ("plan ms", planMs),
            ("below the flow", Below(plan.Total, exact.Total)),
            ("gap it reports", Below(plan.Total, plan.Bound())),
            ("greedy ms", greedyMs),
            ("greedy below", Below(greedy.Total, exact.Total)),
            ("rules broken", broken),
        };
        if (tight)
        {
            cells.Add(("no plan is nearer than", Below((long)TightBound.Of(exact, hands, plan.Total), exact.Total)));
        }

        report.Add("plans that break no rule (overlaps, travel, 5 orders a week, 8 hours a day); percent below the flow's optimum", [.. cells]);
        return broken == 0 && plan.Total <= exact.Total && plan.Total >= greedy.Total;
    }

    private static bool KnownOptima(string folder, Report report)
    {
        if (!Directory.Exists(folder))
        {
            Console.Error.WriteLine($"{folder} is not there: the published optima are not checked.");
            return true;
        }

        var isRight = true;
        foreach (var line in File.ReadLines(Path.Combine(folder, "optimum.csv")).Skip(1).Where(line => line.Length > 0))
        {
            var (name, known) = (line.Split(',')[0], int.Parse(line.Split(',')[1], System.Globalization.CultureInfo.InvariantCulture));
            var numbers = GapInstance.Numbers(Path.Combine(folder, name + ".txt"));
            var size = numbers[0];

            // Far more than any plan costs, so that everybody gets one; times the seats and one, so that the auction is exact with a step of 1.
            const long Far = 1_000_000;
            var graph = new BatchGraph(
                [.. Enumerable.Repeat(1, size)], [.. Enumerable.Repeat(1, size)], [.. Enumerable.Range(0, size + 1).Select(order => order * size)],
                [.. Enumerable.Range(0, size * size).Select(pair => pair % size)], [.. numbers.Skip(1).Select(cost => (Far - cost) * (size + 1))]);
            var exactMs = Timed(() => ExactFlow.Solve(graph), out var exact);
            var auctionMs = Timed(() => Auction.Solve(graph, 1), out var auction);
            var (found, foundByAuction) = (Far * size - exact.Total / (size + 1), Far * size - auction.Total / (size + 1));
            isRight &= found == known && foundByAuction == known;
            report.Add(
                "assignment problems with a published optimum",
                ("problem", name), ("published", known), ("exact flow", found), ("ms", exactMs), ("auction", foundByAuction), ("auction ms", auctionMs));
        }

        return isRight;
    }

    // Of the processor: a plan is made on one thread, and others share the machine.
    private static double Timed(Func<Allocation> solve, out Allocation result)
    {
        GC.Collect();
        var before = ThreadTime.Seconds;
        result = solve();
        return (ThreadTime.Seconds - before) * 1_000;
    }

    private static double Below(long total, long best) => best == 0 ? 0 : 100.0 * (best - total) / best;
}
