using FsCheck;
using Matching.Engine;
using Matching.Volunteers;

namespace Matching.Tests.Engine;

public class WavesTests
{
    [Test]
    public void The_scarce_plumber_is_asked_first_and_only_for_what_nobody_else_can_do()
    {
        var plan = Plan([Wave("light bulb", 9, ("plumber", 0.9), ("neighbour", 0.8)), Wave("burst pipe", 9, ("plumber", 0.5))]);

        Assert.That(plan, Is.EqualTo(new[] { "neighbour", "plumber" }));
    }

    [Test]
    public void Orders_that_do_not_collide_may_ask_the_same_people()
    {
        var plan = Plan([Wave("morning", 9, ("ann", 0.9), ("bob", 0.8)), Wave("evening", 18, ("ann", 0.9), ("bob", 0.8))]);

        Assert.That(plan.Select(names => string.Join(' ', names.Split(' ').Order())), Is.All.EqualTo("ann bob"));
        Assert.That(plan.Select(names => names.Split(' ')[0]), Is.Unique, "each is the first choice of one");
    }

    [Test]
    public void Everybodys_first_choice_comes_before_anybodys_second()
    {
        // The bulb would like both, and scores more with them than the pipes together; but each pipe has nobody else.
        var plan = Plan(
        [
            Wave("bulb", 9, ("ann", 0.9), ("plumber", 0.9)), Wave("first pipe", 9, ("plumber", 0.2)), Wave("second pipe", 15, ("plumber", 0.2)),
        ]);

        Assert.That(plan, Is.EqualTo(new[] { "ann", "plumber", "plumber" }));
    }

    [Test]
    public void A_wave_asks_as_many_as_it_is_for_the_best_first()
    {
        var plan = Plan([Wave("lesson", 9, ("ann", 0.9), ("bob", 0.8), ("cid", 0.7), ("dan", 0.6)) with { OpenSeats = 2, Size = 3 }]);

        Assert.That(plan, Is.EqualTo(new[] { "ann bob cid" }));
    }

    [Test]
    public void Who_has_been_asked_for_the_same_hour_already_is_not_asked_unless_there_is_nobody_else()
    {
        var ann = A.Volunteer("ann") with { Bookings = [new Booking(A.Id(IdKind.Order, "asked before"), A.Window(A.May(12, 9), 1), A.Home, 60)] };

        Assert.That(Plan([Wave("bulb", 9, ("ann", 0.9), ("bob", 0.1))], ann), Is.EqualTo(new[] { "bob" }));
        Assert.That(Plan([Wave("bulb", 9, ("ann", 0.9))], ann), Is.EqualTo(new[] { "ann" }));
    }

    [Test]
    public void Nobody_is_asked_for_more_orders_a_week_than_they_want()
    {
        var ann = A.Volunteer("ann") with { Limits = new Limits(OrdersAWeek: 1) };
        var plan = Plan([Wave("tuesday", 9, ("ann", 0.9), ("bob", 0.1)), Wave("wednesday", 33, ("ann", 0.8), ("bob", 0.1))], ann);

        Assert.That(plan, Is.EqualTo(new[] { "ann bob", "bob" }));
    }

    [FsCheck.NUnit.Property(MaxTest = 60)]
    public void Nobody_is_asked_for_more_than_they_could_say_yes_to_and_the_sequence_of_the_orders_does_not_matter(DoNotSize<int> seed)
    {
        // Each order also has somebody whom no other wants, so that none has nobody else.
        var random = new Random(seed.Item);
        var names = Enumerable.Range(0, 8).Select(i => $"volunteer {i}").ToArray();
        var waves = Enumerable.Range(0, 12).Select(i => Wave($"order {i}", 8 + random.Next(80) / 4.0,
            [.. names.Where(_ => random.Next(3) == 0).Select(name => (name, random.Next(1, 100) / 100.0)), ($"only {i}", 0.001)]) with
        {
            OpenSeats = 1 + random.Next(2),
            Size = 1 + random.Next(6),
        }).ToArray();
        var people = names.Select(name => A.Volunteer(name) with { Limits = new Limits(3, 240) })
            .Concat(waves.Select((_, i) => A.Volunteer($"only {i}"))).ToDictionary(one => one.Id);
        var plan = Waves.Plan(waves, people);

        for (var i = 0; i < waves.Length; i++)
        {
            Assert.That(plan[i], Is.Unique);
            Assert.That(plan[i], Is.SubsetOf(waves[i].Candidates));
            Assert.That(plan[i], Has.Count.InRange(1, waves[i].Size));
        }

        foreach (var one in people.Values)
        {
            var asked = waves.Where((_, i) => plan[i].Any(candidate => candidate.VolunteerId == one.Id)).Select(wave => wave.Need).ToArray();
            Assert.That(asked.All(need => HardRules.FirstBroken(one with { Bookings = [.. asked.Where(other => other != need).Select(Booked)] }, need) is null));
        }

        var shuffled = waves.ToArray();
        random.Shuffle(shuffled);
        var again = Waves.Plan(shuffled, people);
        Assert.That(waves.Select(wave => again[Array.IndexOf(shuffled, wave)]), Is.EqualTo(plan));
    }

    private static Booking Booked(Need need) => new(need.OrderId, need.Window, need.Place, need.Minutes);

    private static string[] Plan(WaveOrder[] waves, params VolunteerFacts[] people)
    {
        var named = people.ToDictionary(one => one.Id);
        var all = waves.SelectMany(wave => wave.Candidates).Select(candidate => candidate.VolunteerId).Distinct()
            .ToDictionary(id => id, id => named.GetValueOrDefault(id) ?? A.Volunteer() with { Id = id });
        return [.. Waves.Plan(waves, all).Select(asked => string.Join(' ', asked.Select(candidate => NameOf(waves, candidate.VolunteerId))))];
    }

    private static string NameOf(WaveOrder[] waves, Id volunteer) =>
        new[] { "ann", "bob", "cid", "dan", "plumber", "neighbour" }.Single(name => A.Volunteer(name).Id == volunteer);

    private static WaveOrder Wave(string order, double hour, params (string Volunteer, double Score)[] candidates) => new(
        A.Need(order) with { Window = A.Window(A.May(12).AddHours(hour), 1), Minutes = 60 },
        OpenSeats: 1,
        Size: 3,
        [
            .. candidates.Select(one => (A.Volunteer(one.Volunteer).Id, one.Score)).OrderByDescending(one => one.Score).ThenBy(one => one.Id)
                .Select((one, i) => new Candidate(i + 1, one.Id, one.Score, default, null)),
        ]);
}
