namespace Matching.Benchmarks.Batch;

/// <summary>Published problems in which a job uses up a different amount of each agent's budget, like hours a day: how far from what is known of their optimum.</summary>
internal sealed class GapSuite : ISuite
{
    private const double Goal = 0.01;

    public string Name => "gap";

    public string Purpose => "a resource per pair, against published bounds; --folder ../shared/data/gap_assignment_instances --only d05100,… --moves 10000";

    public bool Run(Options options, Report report)
    {
        var only = options.Text("only", null)?.Split(',');
        var instances = GapInstance.Read(options.Text("folder", "../shared/data/gap_assignment_instances")!)
            .Where(instance => only is null || only.Contains(instance.Name)).ToArray();
        var progress = new Progress("solving", instances.Length);
        var gaps = new List<double>();
        var isRight = true;
        var totalMs = 0.0;
        foreach (var instance in instances)
        {
            var before = ThreadTime.Seconds;
            var plan = instance.Problem.Solve(moves: options.Number("moves", 10_000));
            var ms = (ThreadTime.Seconds - before) * 1_000;
            totalMs += ms;
            var value = plan is null ? 0 : instance.ValueOf(plan.Cost);
            var gap = plan is null ? 1 : Math.Abs(value - instance.BestKnown) / (double)instance.BestKnown;
            gaps.Add(gap);
            isRight &= plan is not null && IsRight(instance, plan.AgentOf, value);
            report.Add(
                "gap to the published optimum or bound, a row a problem",
                ("problem", instance.Name),
                ("objective", instance.IsMax ? "max" : "min"),
                ("known", instance.IsProven ? $"{instance.BestKnown}" : $"{instance.LowerBound}..{instance.UpperBound}"),
                ("found", value),
                ("gap_percent", gap * 100),
                ("own_bound", plan is null ? 0 : instance.ValueOf(plan.Bound)),
                ("ms", ms));
            progress.Report(gaps.Count);
        }

        report.Add(
            "all of them",
            ("problems", gaps.Count),
            ("at_the_optimum", gaps.Count(gap => gap == 0)),
            ("mean_gap_percent", gaps.Average() * 100),
            ("largest_gap_percent", gaps.Max() * 100),
            ("within_1_percent", gaps.Count(gap => gap <= Goal)),
            ("seconds", totalMs / 1000),
            ("plans_checked", isRight));
        report.Flush();
        return isRight;
    }

    /// <summary>Each job has one agent, no budget is overdrawn, the value adds up, and nothing is better than what is proven.</summary>
    private static bool IsRight(GapInstance instance, int[] agentOf, long value)
    {
        var used = new int[instance.Agents];
        var sum = 0L;
        for (var job = 0; job < instance.Jobs; job++)
        {
            used[agentOf[job]] += instance.Use[agentOf[job] * instance.Jobs + job];
            sum += instance.Value[agentOf[job] * instance.Jobs + job];
        }

        return sum == value
            && Enumerable.Range(0, instance.Agents).All(agent => used[agent] <= instance.Budget[agent])
            && (instance.IsMax ? value <= instance.UpperBound : value >= instance.LowerBound);
    }
}
