using FsCheck;
using Matching.Engine;

namespace Matching.Tests.Engine;

/// <summary>The flow alone: two ways that must agree, and prices that prove it.</summary>
public class BatchFlowTests
{
    [FsCheck.NUnit.Property]
    public void The_prices_of_the_exact_flow_prove_that_nothing_is_better(DoNotSize<int> seed)
    {
        var allocation = ExactFlow.Solve(SomeGraph(new Random(seed.Item), orders: 30, volunteers: 20, most: 1_000));

        AssertIsSound(allocation);
        Assert.That(allocation.Total, Is.EqualTo(allocation.Bound()));
    }

    [FsCheck.NUnit.Property]
    public void The_auction_finds_the_same_total_when_its_step_is_below_a_seats_share_of_one(DoNotSize<int> seed)
    {
        const int Seats = 3 * 30;
        var graph = SomeGraph(new Random(seed.Item), orders: 30, volunteers: 20, most: 50);
        var scaled = new BatchGraph(graph.Seats, RoomOf(graph), graph.First, graph.Volunteer, [.. graph.Worth.Select(worth => worth * (Seats + 1))]);
        var allocation = Auction.Solve(scaled, 1);

        AssertIsSound(allocation);
        Assert.That(allocation.Total / (Seats + 1), Is.EqualTo(ExactFlow.Solve(graph).Total));
    }

    [Test]
    public void The_auction_is_within_its_step_of_the_exact_flow_and_its_bound_holds()
    {
        for (var seed = 0; seed < 5; seed++)
        {
            const int Little = 1_000;
            var graph = SomeGraph(new Random(seed), orders: 800, volunteers: 500, most: 1_000_000);
            var exact = ExactFlow.Solve(graph).Total;
            var auction = Auction.Solve(graph, Little);

            AssertIsSound(auction);
            Assert.That(auction.Total, Is.InRange(exact - Little * graph.Seats.Sum(), exact));
            Assert.That(auction.Bound(), Is.GreaterThanOrEqualTo(exact));
            Assert.That(auction.Bound(), Is.LessThan(exact * 1.002));
            Assert.That(Greedy.Solve(graph).Total, Is.LessThan(exact));
        }
    }

    [Test]
    public void What_is_cheapest_is_found_by_what_is_dearest_less_the_cost()
    {
        // The assignment problem of the textbooks: everybody gets one, for the least cost.
        int[,] cost = { { 4, 1, 3 }, { 2, 0, 5 }, { 3, 2, 2 } };
        var graph = new BatchGraph([1, 1, 1], [1, 1, 1], [0, 3, 6, 9], [0, 1, 2, 0, 1, 2, 0, 1, 2], [.. cost.Cast<int>().Select(one => 100L - one)]);

        Assert.That(300 - ExactFlow.Solve(graph).Total, Is.EqualTo(5));
    }

    private static void AssertIsSound(Allocation allocation)
    {
        var graph = allocation.Graph;
        var taken = Enumerable.Range(0, graph.Candidates).Where(allocation.IsTaken).ToArray();
        Assert.That(taken.Sum(i => graph.Worth[i]), Is.EqualTo(allocation.Total));
        Assert.That(taken.CountBy(i => graph.Volunteer[i]).All(held => held.Value <= graph.RoomOf(held.Key) && held.Value == allocation.Held[held.Key]));
        Assert.That(taken.CountBy(i => graph.OrderOf[i]).All(filled => filled.Value == graph.Seats[filled.Key] - allocation.Open[filled.Key]));
        Assert.That(allocation.Open, Has.All.GreaterThanOrEqualTo(0));
    }

    private static int[] RoomOf(BatchGraph graph) => [.. Enumerable.Range(0, graph.Volunteers).Select(volunteer => Math.Max(1, graph.RoomOf(volunteer)))];

    private static BatchGraph SomeGraph(Random random, int orders, int volunteers, int most)
    {
        var first = new int[orders + 1];
        var candidates = new List<int>();
        for (var order = 0; order < orders; order++)
        {
            var some = Enumerable.Range(0, volunteers).ToArray();
            random.Shuffle(some);
            candidates.AddRange(some.Take(random.Next(Math.Min(volunteers, 12))));
            first[order + 1] = candidates.Count;
        }

        return new BatchGraph(
            [.. Enumerable.Range(0, orders).Select(_ => 1 + random.Next(3))], [.. Enumerable.Range(0, volunteers).Select(_ => 1 + random.Next(3))], first,
            [.. candidates], [.. candidates.Select(_ => 1L + random.Next(most))]);
    }
}
