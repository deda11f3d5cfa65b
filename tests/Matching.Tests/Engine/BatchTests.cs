using FsCheck;
using Matching.Engine;
using Matching.Volunteers;

namespace Matching.Tests.Engine;

public class BatchTests
{
    [Test]
    public void The_scarce_plumber_goes_where_nobody_else_can()
    {
        var plan = Solve(
            [Order("light bulb", 9, ("plumber", 0.9), ("neighbour", 0.8)), Order("burst pipe", 9, ("plumber", 0.5))]);

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
        var both = Solve([order], Taking("ann", 2));

        Assert.That(both.Matches.Select(match => match.VolunteerId), Is.EquivalentTo(new[] { A.Volunteer("ann").Id, A.Volunteer("bob").Id }));
    }

    [Test]
    public void Of_two_orders_at_once_one_person_takes_the_better_and_the_other_goes_to_who_is_free()
    {
        var plan = Solve([Order("first", 9, ("ann", 0.9)), Order("second", 9.5, ("ann", 0.8), ("bob", 0.2))], Taking("ann", 2));

        Assert.That(plan.Matches.Select(match => match.VolunteerId), Is.EquivalentTo(new[] { A.Volunteer("ann").Id, A.Volunteer("bob").Id }));
        Assert.That(plan.Total, Is.EqualTo(1.1).Within(1e-9));
        Assert.That(plan.Bound, Is.EqualTo(1.7).Within(1e-9));
        Assert.That(plan.Gap, Is.EqualTo(0.6 / 1.7).Within(1e-9));
    }

    [Test]
    public void The_way_from_one_order_to_the_next_takes_its_time()
    {
        var far = Order("far", 11, ("ann", 0.8)) with { Place = A.Home.North(20_000) };
        var near = Order("near", 9, ("ann", 0.9));

        Assert.That(Solve([near, far with { Place = A.Home }], Taking("ann", 2)).Matches, Has.Length.EqualTo(2));
        Assert.That(Solve([near, far], Taking("ann", 2)).Matches.Single().OrderId, Is.EqualTo(near.OrderId), "half an hour's drive, and an hour and a bit on foot and by bicycle");
    }

    [Test]
    public void What_was_promised_before_counts_towards_the_day()
    {
        BatchOrder[] orders = [Order("morning", 9, ("ann", 0.9)), Order("noon", 13, ("ann", 0.8))];
        var ann = Taking("ann", 3) with { Limits = new Limits(MinutesADay: 120) };
        var booked = ann with { Bookings = [new Booking(A.Id(IdKind.Order, "early"), A.Window(A.May(12).AddHours(6), 1), A.Home, 1)] };

        Assert.That(Solve(orders, ann).Matches, Has.Length.EqualTo(2));
        Assert.That(Solve(orders, booked).Matches, Has.Length.EqualTo(1));
    }

    [Test]
    public void Orders_a_week_are_counted_by_the_week_they_start_in()
    {
        BatchOrder[] orders = [Order("tuesday", 9, ("ann", 0.9)), Order("wednesday", 24 + 9, ("ann", 0.8)), Order("next week", 7 * 24 + 9, ("ann", 0.1))];
        var plan = Solve(orders, Taking("ann", 3) with { Limits = new Limits(OrdersAWeek: 1) });

        Assert.That(plan.Matches.Select(match => match.Score), Is.EquivalentTo(new[] { 0.9, 0.1 }));
    }

    [Test]
    public void A_chain_of_moves_makes_room_for_what_collided()
    {
        // Both go to Ann at first, who cannot do both; Bob's order moves on to Cid so that Bob can take one of hers.
        var plan = Solve(
            [Order("a", 9, ("ann", 0.9)), Order("b", 9.5, ("ann", 0.9), ("bob", 0.5)), Order("c", 10, ("bob", 0.6), ("cid", 0.5))],
            Taking("ann", 2));

        Assert.That(plan.Total, Is.EqualTo(0.9 + 0.5 + 0.5).Within(1e-9));
    }

    [Test]
    public void Who_may_take_none_is_given_none()
    {
        var plan = Solve([Order("first", 9, ("ann", 0.9))], Taking("ann", 0));

        Assert.That(plan.Matches, Is.Empty);
        Assert.That(Solve([]).Matches, Is.Empty);
    }

    [FsCheck.NUnit.Property(MaxTest = 60)]
    public void On_small_batches_where_nothing_collides_no_other_plan_is_better(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        var (orders, people) = SomeBatch(random, volunteers: 6, orders: 7, apart: true);
        var plan = Solve(orders, people);

        Assert.That(plan.Total, Is.EqualTo(BestByTryingAll(orders, people.ToDictionary(one => one.VolunteerId, one => one.Orders))).Within(1e-6));
        Assert.That(plan.Bound, Is.EqualTo(plan.Total).Within(1e-6));
    }

    [FsCheck.NUnit.Property]
    public void No_plan_breaks_a_rule_or_is_worse_than_taking_the_best_pair_each_time(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        var (orders, people) = SomeBatch(random, volunteers: 12, orders: 20, apart: false);
        var plan = Solve(orders, people);

        Assert.That(plan.Total, Is.EqualTo(plan.Matches.Sum(match => match.Score)).Within(1e-6));
        Assert.That(plan.Total, Is.LessThanOrEqualTo(plan.Bound + 1e-9));
        Assert.That(plan.Total, Is.GreaterThanOrEqualTo(TakingTheBestPairEachTime(orders, people) - 1e-6));
        Assert.That(plan.Matches.Select(match => (match.OrderId, match.VolunteerId)), Is.Unique);
        foreach (var order in orders)
        {
            var taken = plan.Matches.Where(match => match.OrderId == order.OrderId).ToArray();
            Assert.That(taken, Has.Length.LessThanOrEqualTo(order.Seats));
            Assert.That(taken.Select(match => new BatchCandidate(match.VolunteerId, match.Score)), Is.SubsetOf(order.Candidates));
        }

        foreach (var one in people)
        {
            var held = orders.Where(order => plan.Matches.Any(match => (match.OrderId, match.VolunteerId) == (order.OrderId, one.VolunteerId))).ToArray();
            Assert.That(held, Has.Length.LessThanOrEqualTo(one.Orders));
            Assert.That(KeepsTheRules(one, held), Is.True);
        }

        random.Shuffle(orders);
        random.Shuffle(people);
        Assert.That(Solve(orders, people).Matches, Is.EqualTo(plan.Matches));
    }

    [Test]
    public void On_small_batches_that_collide_little_is_lost_against_trying_everything()
    {
        var (got, best) = (0.0, 0.0);
        for (var seed = 0; seed < 60; seed++)
        {
            var (orders, people) = SomeBatch(new Random(seed), volunteers: 4, orders: 6, apart: false);
            var total = Solve(orders, people).Total;
            var most = BestThatKeepsTheRules(orders, people);
            Assert.That(total, Is.LessThanOrEqualTo(most + 1e-6));
            (got, best) = (got + total, best + most);
        }

        Assert.That(got, Is.GreaterThanOrEqualTo(0.99 * best));
    }

    private static BatchPlan Solve(IReadOnlyCollection<BatchOrder> orders, params BatchVolunteer[] people) => Batch.Solve(orders, people, A.Shanghai);

    private static BatchVolunteer Taking(string name, int orders) => new(A.Volunteer(name).Id, orders);

    private static BatchOrder Order(string name, double hour, params (string Volunteer, double Score)[] candidates) => new(
        A.Id(IdKind.Order, name), 1, A.Window(A.May(12).AddHours(hour), 1), A.Home, 60,
        [.. candidates.Select(candidate => new BatchCandidate(A.Volunteer(candidate.Volunteer).Id, candidate.Score))]);

    private static (BatchOrder[] Orders, BatchVolunteer[] People) SomeBatch(Random random, int volunteers, int orders, bool apart)
    {
        var names = Enumerable.Range(0, volunteers).Select(i => i.ToString()).ToArray();
        var made = Enumerable.Range(0, orders).Select(i =>
            Order($"order {i}", apart ? i * 24 : 8 + random.Next(120) / 4.0,
                [.. names.Where(_ => random.Next(3) > 0).Select(name => (name, random.Next(11) / 10.0))]) with
            {
                Seats = 1 + random.Next(2),
                Place = A.Home.North(apart ? 0 : random.Next(8_000)),
            }).ToArray();
        return (made,
        [
            .. names.Select(name => Taking(name, 1 + random.Next(3)) with
            {
                Limits = apart ? default : new Limits(random.Next(3) > 0 ? null : 2, random.Next(3) > 0 ? null : 130),
                Bookings = apart || random.Next(3) > 0 ? [] : [new Booking(A.Id(IdKind.Order, "before"), A.Window(A.May(12).AddHours(6), 1), A.Home, 30)],
            }),
        ]);
    }

    /// <summary>As the hard rules see it: each order, with the others among what is promised already.</summary>
    private static bool KeepsTheRules(BatchVolunteer one, IReadOnlyCollection<BatchOrder> held)
    {
        var bookings = held.Select(order => new Booking(order.OrderId, order.Window, order.Place, order.Minutes)).ToArray();
        return held.All(order =>
        {
            var volunteer = A.Volunteer("anybody") with
            {
                Limits = one.Limits,
                Bookings = [.. one.Bookings.IsDefault ? [] : one.Bookings, .. bookings.Where(booking => booking.OrderId != order.OrderId)],
            };
            var need = A.Need() with { Window = order.Window, Place = order.Place, Minutes = order.Minutes };
            return HardRules.Keeps(HardRule.BelowLimits, volunteer, need)
                && (bookings.Length == 1 || HardRules.Keeps(HardRule.NoOverlap, volunteer with { Bookings = [.. bookings.Where(booking => booking.OrderId != order.OrderId)] }, need));
        });
    }

    private static double TakingTheBestPairEachTime(BatchOrder[] orders, BatchVolunteer[] people)
    {
        var held = people.ToDictionary(one => one.VolunteerId, _ => new List<BatchOrder>());
        var open = orders.ToDictionary(order => order.OrderId, order => order.Seats);
        var total = 0.0;
        foreach (var (order, who, score) in orders
            .SelectMany(order => order.Candidates.Select(candidate => (order, who: people.Single(one => one.VolunteerId == candidate.VolunteerId), candidate.Score)))
            .OrderByDescending(pair => pair.Score).ThenBy(pair => pair.order.OrderId).ThenBy(pair => pair.who.VolunteerId))
        {
            var hands = held[who.VolunteerId];
            if (open[order.OrderId] > 0 && hands.Count < who.Orders && KeepsTheRules(who, [.. hands, order]))
            {
                hands.Add(order);
                open[order.OrderId]--;
                total += score;
            }
        }

        return total;
    }

    /// <summary>Each pair in turn is taken or left.</summary>
    private static double BestThatKeepsTheRules(BatchOrder[] orders, BatchVolunteer[] people)
    {
        var pairs = orders
            .SelectMany((order, i) => order.Candidates.Select(candidate => (Order: i, Who: Array.FindIndex(people, one => one.VolunteerId == candidate.VolunteerId), candidate.Score)))
            .OrderByDescending(pair => pair.Score).ToArray();
        var held = people.Select(_ => new List<BatchOrder>()).ToArray();
        var open = orders.Select(order => order.Seats).ToArray();
        var left = new double[pairs.Length + 1];
        for (var i = pairs.Length - 1; i >= 0; i--)
        {
            left[i] = left[i + 1] + pairs[i].Score;
        }

        var best = 0.0;
        From(0, 0);
        return best;

        void From(int pair, double total)
        {
            best = Math.Max(best, total);
            if (pair == pairs.Length || total + Math.Min(left[pair], open.Sum() * pairs[pair].Score) <= best + 1e-9)
            {
                return;
            }

            var (order, who, score) = pairs[pair];
            if (open[order] > 0 && held[who].Count < people[who].Orders && KeepsTheRules(people[who], [.. held[who], orders[order]]))
            {
                held[who].Add(orders[order]);
                open[order]--;
                From(pair + 1, total + score);
                open[order]++;
                held[who].RemoveAt(held[who].Count - 1);
            }

            From(pair + 1, total);
        }
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
