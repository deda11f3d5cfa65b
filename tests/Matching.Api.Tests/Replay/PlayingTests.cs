using Matching.Replay.City;
using Matching.Replay.People;
using Matching.Replay.Playing;
using Matching.Replay.Reporting;
using Matching.Volunteers;

namespace Matching.Api.Tests.Replay;

/// <summary>What the replay makes up, and how it counts.</summary>
public sealed class PlayingTests
{
    private static readonly DateTimeOffset Noon = new(2017, 12, 28, 20, 0, 0, TimeSpan.Zero);

    [Test]
    public void Plans_come_in_the_order_of_their_times_and_then_of_their_keys_whoever_made_them_first()
    {
        var agenda = new Agenda();
        var done = new List<string>();
        foreach (var (minutes, key) in new[] { (7.2, "b"), (3.0, "z"), (7.9, "a"), (60.0, "late") })
        {
            agenda.Add(Noon, Noon.AddMinutes(minutes), key, () => Note(done, key));
        }

        Assert.That(agenda.NextAt, Is.EqualTo(Noon.AddMinutes(3)));
        foreach (var deed in agenda.TakeDue(Noon.AddMinutes(8)))
        {
            deed();
        }

        Assert.That(done, Is.EqualTo(new[] { "z", "a", "b" }));
        Assert.That((agenda.Count, agenda.NextAt), Is.EqualTo((1, (DateTimeOffset?)Noon.AddHours(1))));
    }

    [Test]
    public void Luck_depends_on_the_seed_and_on_what_it_is_about_and_on_nothing_else()
    {
        var chance = new Chance(7);
        var first = chance.Of("whether she comes");
        _ = chance.Of("something else");
        Assert.That(chance.Of("whether she comes"), Is.EqualTo(first));
        Assert.That(new Chance(8).Of("whether she comes"), Is.Not.EqualTo(first));
        Assert.That(Enumerable.Range(0, 1_000).Average(n => chance.Of($"{n}")), Is.EqualTo(0.5).Within(0.05));
    }

    [Test]
    public void Made_up_people_have_id_numbers_that_are_valid_and_no_two_the_same()
    {
        var names = Names.Read(new Chance(7), "nowhere/requests.csv");
        var numbers = Enumerable.Range(1, 3_000).Select(n => (Gender: n % 2 == 0 ? Gender.Female : Gender.Male, n)).Select(person =>
        {
            var text = names.IdNumber($"volunteer {person.n}", person.n, person.Gender);
            Assert.That(IdNumber.TryParse(text, new DateOnly(2017, 12, 27), out var number), Is.True, text);
            Assert.That(number!.Gender, Is.EqualTo(person.Gender));
            return text;
        });
        Assert.That(numbers.Distinct().Count(), Is.EqualTo(3_000));
    }

    [TestCase(new[] { 3, 3, 3, 3 }, 0.0)]
    [TestCase(new[] { 0, 0, 0, 4 }, 0.75)]
    [TestCase(new int[0], 0.0)]
    public void Gini_is_nothing_when_all_have_the_same_and_nearly_one_when_one_has_everything(int[] counts, double gini) =>
        Assert.That(Matching.Replay.Reporting.Figures.GiniOf(counts), Is.EqualTo(gini).Within(1e-9));

    [Test]
    public void Operations_are_counted_by_the_description_of_the_service()
    {
        using var description = System.Text.Json.JsonDocument.Parse(
            """{"paths":{"/api/v1/orders/{orderId}":{"get":{}},"/api/v1/operations/jobs/{name}/run":{"post":{}},"/api/v1/orders":{"get":{}},"/api/v1/me":{"get":{},"delete":{}}}}""");
        var coverage = Coverage.Of(description.RootElement, ["GET /orders/{id}", "POST /operations/jobs/AdvanceOrders/run", "GET /me"]);
        Assert.That((coverage.Used, coverage.All), Is.EqualTo((3, 5)));
        Assert.That(coverage.Unused, Is.EqualTo(new[] { "DELETE /me", "GET /orders" }));
    }

    [Test]
    public void A_window_lies_ahead_and_is_as_long_as_the_service()
    {
        var chance = new Chance(7);
        foreach (var item in CityMenu.Items)
        {
            for (var n = 0; n < 48; n++)
            {
                var request = new CityRequest($"{item.Code} {n}", Noon.AddMinutes(30 * n), item.Type, "Call", null, null, null, null, null, null);
                var window = item.WindowOf(request, chance);
                Assert.That(window.Start, Is.GreaterThan(request.At.AddMinutes(20)), $"{item.Code} at {request.At}");
                Assert.That(window.Length, Is.EqualTo(TimeSpan.FromMinutes(item.Minutes)));
            }
        }
    }

    private static Task Note(List<string> done, string key)
    {
        done.Add(key);
        return Task.CompletedTask;
    }
}
