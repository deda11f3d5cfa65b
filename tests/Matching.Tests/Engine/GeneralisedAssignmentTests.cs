using Matching.Engine;

namespace Matching.Tests.Engine;

public class GeneralisedAssignmentTests
{
    [Test]
    public void Small_problems_are_solved_to_within_five_percent_of_trying_everything([Range(1, 60)] int seed)
    {
        var problem = Some(new Random(seed), agents: 3, jobs: 7);
        var plan = problem.Solve(moves: 2_000);
        var best = BestByTryingAll(problem);

        Assert.That(plan is null, Is.EqualTo(best == long.MaxValue));
        if (plan is not null)
        {
            AssertIsPlan(problem, plan);
            Assert.That(plan.Cost, Is.InRange(best, best * 1.05));
            Assert.That(plan.Bound, Is.LessThanOrEqualTo(best + 1e-6));
        }
    }

    [Test]
    public void A_tight_problem_is_solved_within_one_percent_of_its_own_bound_and_the_same_each_time()
    {
        var problem = Some(new Random(5), agents: 5, jobs: 60);
        var plan = problem.Solve(moves: 3_000)!;

        AssertIsPlan(problem, plan);
        Assert.That(plan.Cost, Is.LessThanOrEqualTo(plan.Bound * 1.01));
        Assert.That(problem.Solve(moves: 3_000)!.AgentOf, Is.EqualTo(plan.AgentOf));
    }

    [Test]
    public void What_does_not_fit_anywhere_has_no_plan()
    {
        Assert.That(new GeneralisedAssignment(2, 1, [1, 1], [5, 6], [4, 4]).Solve(), Is.Null);
    }

    // What costs less takes longer, which makes it hard.
    private static GeneralisedAssignment Some(Random random, int agents, int jobs)
    {
        var use = Enumerable.Range(0, agents * jobs).Select(_ => random.Next(1, 101)).ToArray();
        var cost = use.Select(one => 111 - one + random.Next(-10, 11)).ToArray();
        var budget = Enumerable.Range(0, agents).Select(agent => (int)(0.8 * use.Skip(agent * jobs).Take(jobs).Sum() / agents)).ToArray();
        return new GeneralisedAssignment(agents, jobs, cost, use, budget);
    }

    private static void AssertIsPlan(GeneralisedAssignment problem, GeneralisedAssignment.Plan plan)
    {
        var jobs = Enumerable.Range(0, problem.Jobs).ToArray();
        Assert.That(jobs.Sum(job => problem.Cost[plan.AgentOf[job] * problem.Jobs + job]), Is.EqualTo(plan.Cost));
        for (var agent = 0; agent < problem.Agents; agent++)
        {
            Assert.That(
                jobs.Where(job => plan.AgentOf[job] == agent).Sum(job => problem.Use[agent * problem.Jobs + job]), Is.LessThanOrEqualTo(problem.Budget[agent]));
        }
    }

    private static long BestByTryingAll(GeneralisedAssignment problem)
    {
        return From(0, 0, [.. problem.Budget]);

        long From(int job, long cost, int[] left)
        {
            if (job == problem.Jobs)
            {
                return cost;
            }

            var best = long.MaxValue;
            for (var agent = 0; agent < problem.Agents; agent++)
            {
                var pair = agent * problem.Jobs + job;
                if (left[agent] >= problem.Use[pair])
                {
                    left[agent] -= problem.Use[pair];
                    best = Math.Min(best, From(job + 1, cost + problem.Cost[pair], left));
                    left[agent] += problem.Use[pair];
                }
            }

            return best;
        }
    }
}
