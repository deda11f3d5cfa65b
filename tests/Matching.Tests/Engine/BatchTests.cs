using FsCheck;
using Matching.Engine;

namespace Matching.Tests.Engine;

public class BatchTests
{
    [Test]
    public void The_scarce_plumber_goes_where_nobody_else_can()
    {
        var plan = Batch.Solve(
        [
            Order("light bulb", 9, ("plumber", 0.9), ("neighbour", 0.8)),
            Order("burst pipe", 9, ("plumber", 0.5)),
        ]);

        Assert.That(plan.Matches.Select(match => (match.OrderId, match.VolunteerId)), Is.EquivalentTo(new[]
        {
            (A.Id(IdKind.Order, "light bulb"), A.Volunteer("neighbour").Id),
            (A.Id(IdKind.Order, "burst pipe"), A.Volunteer("plumber").Id),
        }));
        Assert.That(plan.Total, Is.EqualTo(1.3).Within(1e-9));
        Assert.That(plan.Bound, Is.EqualTo(1.3).Within(1e-9));
    }

    [Test]
    public void An_order_for_two_is_given_two_people_and_never_one_twice()
    {
        var order = Order("lesson", 9, ("ann", 0.9), ("bob", 0.1)) with { Seats = 2 };
        var both = Batch.Solve([order], new Dictionary<Id, int> { [A.Volunteer("ann").Id] = 2 });

        Assert.That(both.Matches.Select(match => match.VolunteerId), Is.EquivalentTo(new[] { A.Volunteer("ann").Id, A.Volunteer("bob").Id }));
    }

    [Test]
    public void Of_two_orders_at_once_one_person_takes_the_better_and_the_other_goes_to_who_is_free()
    {
        var capacity = new Dictionary<Id, int> { [A.Volunteer("ann").Id] = 2 };
        var plan = Batch.Solve([Order("first", 9, ("ann", 0.9)), Order("second", 9.5, ("ann", 0.8), ("bob", 0.2))], capacity);

        Assert.That(plan.Matches.Select(match => match.VolunteerId), Is.EquivalentTo(new[] { A.Volunteer("ann").Id, A.Volunteer("bob").Id }));
        Assert.That(plan.Total, Is.EqualTo(1.1).Within(1e-9));
        Assert.That(plan.Bound, Is.EqualTo(1.7).Within(1e-9));
    }

    [Test]
    public void Who_may_take_none_is_given_none()
    {
        var plan = Batch.Solve([Order("first", 9, ("ann", 0.9))], new Dictionary<Id, int> { [A.Volunteer("ann").Id] = 0 });

        Assert.That(plan.Matches, Is.Empty);
        Assert.That(Batch.Solve([]).Matches, Is.Empty);
    }

    [FsCheck.NUnit.Property(MaxTest = 60)]
    public void On_small_batches_no_other_plan_is_better(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        var (orders, capacity) = SomeBatch(random, volunteers: 6, orders: 7, apart: true);

        Assert.That(Batch.Solve(orders, capacity).Total, Is.EqualTo(BestByTryingAll(orders, capacity)).Within(1e-6));
    }

    [FsCheck.NUnit.Property]
    public void Seats_capacities_and_collisions_hold_and_the_sequence_of_the_orders_does_not_matter(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        var (orders, capacity) = SomeBatch(random, volunteers: 12, orders: 20, apart: false);
        var plan = Batch.Solve(orders, capacity);

        Assert.That(plan.Total, Is.EqualTo(plan.Matches.Sum(match => match.Score)).Within(1e-6));
        Assert.That(plan.Total, Is.LessThanOrEqualTo(plan.Bound));
        Assert.That(plan.Matches.Select(match => (match.OrderId, match.VolunteerId)), Is.Unique);
        foreach (var order in orders)
        {
            var taken = plan.Matches.Where(match => match.OrderId == order.OrderId).ToArray();
            Assert.That(taken, Has.Length.LessThanOrEqualTo(order.Seats));
            Assert.That(taken.Select(match => new BatchCandidate(match.VolunteerId, match.Score)), Is.SubsetOf(order.Candidates));
        }

        foreach (var hands in plan.Matches.GroupBy(match => match.VolunteerId))
        {
            var held = hands.Select(match => orders.Single(order => order.OrderId == match.OrderId)).ToArray();
            Assert.That(held, Has.Length.LessThanOrEqualTo(capacity.GetValueOrDefault(hands.Key, 1)));
            for (var i = 0; i < held.Length; i++)
            {
                for (var j = i + 1; j < held.Length; j++)
                {
                    Assert.That(Booking.Collide(held[i].Window, held[i].Place, held[j].Window, held[j].Place), Is.False);
                }
            }
        }

        random.Shuffle(orders);
        Assert.That(Batch.Solve(orders, capacity).Matches, Is.EqualTo(plan.Matches));
    }

    private static BatchOrder Order(string name, double hour, params (string Volunteer, double Score)[] candidates) => new(
        A.Id(IdKind.Order, name), 1, A.Window(A.May(12).AddHours(hour), 1), A.Home,
        [.. candidates.Select(candidate => new BatchCandidate(A.Volunteer(candidate.Volunteer).Id, candidate.Score))]);

    private static (BatchOrder[] Orders, Dictionary<Id, int> Capacity) SomeBatch(Random random, int volunteers, int orders, bool apart)
    {
        var names = Enumerable.Range(0, volunteers).Select(i => i.ToString()).ToArray();
        var made = Enumerable.Range(0, orders).Select(i =>
            Order($"order {i}", apart ? i * 24 : 8 + random.Next(40) / 4.0,
                [.. names.Where(_ => random.Next(3) > 0).Select(name => (name, random.Next(11) / 10.0))]) with
            {
                Seats = 1 + random.Next(2),
            }).ToArray();
        return (made, names.ToDictionary(name => A.Volunteer(name).Id, _ => 1 + random.Next(2)));
    }

    /// <summary>Gives each order every set of people in turn, and remembers the best that the rest can do with the room that is left.</summary>
    private static double BestByTryingAll(BatchOrder[] orders, Dictionary<Id, int> capacity)
    {
        var people = capacity.Keys.ToArray();
        var known = new Dictionary<(int Order, string Room), double>();

        double From(int order, int[] room)
        {
            var key = (order, string.Join(',', room));
            if (order == orders.Length || known.TryGetValue(key, out _))
            {
                return known.GetValueOrDefault(key);
            }

            var best = 0.0;
            var candidates = orders[order].Candidates;
            for (var chosen = 0; chosen < 1 << candidates.Length; chosen++)
            {
                var left = room.ToArray();
                var score = 0.0;
                var seats = orders[order].Seats;
                for (var i = 0; i < candidates.Length; i++)
                {
                    if ((chosen & (1 << i)) != 0)
                    {
                        left[Array.IndexOf(people, candidates[i].VolunteerId)]--;
                        score += candidates[i].Score;
                        seats--;
                    }
                }

                if (seats >= 0 && left.All(one => one >= 0))
                {
                    best = Math.Max(best, score + From(order + 1, left));
                }
            }

            return known[key] = best;
        }

        return From(0, [.. capacity.Values]);
    }
}
