using System.Diagnostics;
using Matching.Accounts;
using Matching.Api.Catalog;
using Matching.Api.Demonstration;
using Matching.Api.Demonstration.Life;
using Matching.Api.Plumbing.Database;
using Matching.Api.Volunteers;
using Matching.Engine;
using Matching.Volunteers;
using Microsoft.Extensions.DependencyInjection;

namespace Matching.Api.Tests.Demonstration;

/// <summary>The county that a newcomer finds.</summary>
public class DemonstrationTests
{
    private Service _service = null!;
    private TimeSpan _took;

    [OneTimeSetUp]
    public async Task Start()
    {
        _service = await Service.StartAsync();
        var start = Stopwatch.GetTimestamp();
        Assert.That(await County.SeedAsync(CancellationToken.None), Is.True);
        _took = Stopwatch.GetElapsedTime(start);
    }

    [OneTimeTearDown]
    public async Task Stop() => await _service.DisposeAsync();

    [TestCase("center", 1)]
    [TestCase("institute", 6)]
    [TestCase("station", 33)]
    public async Task It_has_the_shape_of_a_county(string kind, int number) =>
        Assert.That((await _service.AsNobody().ReadAsync($"/sites?kind={kind}&take=100")).Yes()["items"]!.AsArray(), Has.Count.EqualTo(number));

    [Test]
    public async Task It_has_people_and_teams()
    {
        var counts = (await _service.Database.FirstAsync(Counts, Nothing.It))!;

        Assert.That((counts.Volunteers, counts.Teams, counts.Residents), Is.EqualTo((600, 40, 300)));
        Assert.That(counts.Tags, Is.GreaterThan(200));
        Assert.That(counts.Proxies, Is.GreaterThan(50));
        TestContext.Out.WriteLine($"Seeded in {_took.TotalMilliseconds:0} ms.");
    }

    [Test]
    public async Task Those_who_live_in_it_are_found_under_their_hats()
    {
        var all = await _service.Services.GetRequiredService<NeighbourStore>().AllAsync();

        Assert.That(all.Count(one => one.Role == Role.Volunteer), Is.EqualTo(600));
        Assert.That(all.Single(one => one.Username == "dispatcher").Role, Is.EqualTo(Role.Dispatcher));
        Assert.That(all.Where(one => one.Role is Role.Volunteer or Role.Resident).Select(one => one.SubjectId), Has.None.Null);
    }

    [Test]
    public async Task Every_item_of_the_menu_has_three_people_who_could_do_it()
    {
        var catalog = _service.Services.GetRequiredService<CatalogStore>();
        var center = Id.ParseOrNone((string)(await _service.AsNobody().ReadAsync("/sites?kind=center")).Yes()["items"]![0]!["id"]!);
        var tree = await catalog.SkillTreeAsync(center);
        var people = new List<VolunteerFacts>();
        await foreach (var page in _service.Services.GetRequiredService<VolunteerStore>().AllFactsAsync())
        {
            people.AddRange(page);
        }

        var menu = await catalog.MenuAsync(center);
        Assert.That(menu, Has.Count.InRange(22, 28));
        Assert.That(menu.Select(item => item.Category).Distinct().Count(), Is.EqualTo(Enum.GetValues<TeamCategory>().Length));
        foreach (var item in menu)
        {
            var need = new Need
            {
                OrderId = Id.None,
                Pools = [$"/{center}/"],
                Place = default,
                // A Saturday morning, which everybody but nobody at all has free.
                Window = new Window(Service.Friday.AddDays(1).AddHours(1), Service.Friday.AddDays(1).AddHours(1).AddMinutes(item.Minutes)),
                Minutes = item.Minutes,
                Zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai"),
                AsOf = Service.Friday,
                Skills = [.. item.Skills.Select(skill => tree.Require(skill.Skill, skill.Level).Value)],
                Qualifications = [.. item.Qualifications],
                InsuranceNeeded = item.InsuranceNeeded,
                MinorsAllowed = item.MinorsAllowed,
            };
            var able = people.Count(person => HardRules.AllBroken(person, need) is var broken && (broken.IsEmpty || broken.Only == HardRule.WithinRadius));
            Assert.That(able, Is.GreaterThanOrEqualTo(Math.Max(3, item.PeopleWanted)), item.NameEn);
        }
    }

    [TestCase("resident")]
    [TestCase("proxy")]
    [TestCase("volunteer")]
    [TestCase("captain")]
    [TestCase("curator")]
    [TestCase("dispatcher")]
    [TestCase("siteAdmin")]
    [TestCase("centerAdmin")]
    [TestCase("platformAdmin")]
    public async Task There_is_a_login_for_each_role(string role)
    {
        var answer = (await _service.AsNobody().PostAsync("/auth/tokens", new { grant = "password", username = role, password = DemonstrationCounty.Password })).Yes();

        Assert.That(answer["hats"]!.AsArray().Select(hat => (string?)hat!["role"]), Does.Contain(role));
    }

    [Test]
    public async Task It_is_sown_once()
    {
        Assert.That(await County.SeedAsync(CancellationToken.None), Is.False);
        Assert.That((await _service.Database.FirstAsync(Counts, Nothing.It))!.Volunteers, Is.EqualTo(600));
    }

    [Test]
    public async Task It_is_the_same_each_time()
    {
        await using var other = await Service.StartAsync();
        await other.Services.GetRequiredService<DemonstrationCounty>().SeedAsync(CancellationToken.None);

        var here = await _service.Database.ListAsync(People, Nothing.It);
        Assert.That(await other.Database.ListAsync(People, Nothing.It), Is.EqualTo(here));
        Assert.That(here, Has.Count.EqualTo(600));
    }

    [Test]
    public async Task Two_processes_that_start_together_sow_one_county()
    {
        await using var one = await Service.StartAsync();
        await using var other = new Service(one.Shared);

        var sown = await Task.WhenAll(
            one.Services.GetRequiredService<DemonstrationCounty>().SeedAsync(CancellationToken.None),
            other.Services.GetRequiredService<DemonstrationCounty>().SeedAsync(CancellationToken.None));

        Assert.That(sown, Is.EquivalentTo(new[] { true, false }));
        Assert.That((await one.Database.FirstAsync(Counts, Nothing.It))!.Volunteers, Is.EqualTo(600));
    }

    private DemonstrationCounty County => _service.Services.GetRequiredService<DemonstrationCounty>();

    private static readonly Sql<Nothing, CountsRow> Counts = new(
        """
        SELECT (SELECT COUNT(*) FROM volunteers) AS volunteers, (SELECT COUNT(*) FROM teams) AS teams, (SELECT COUNT(*) FROM residents) AS residents,
            (SELECT COUNT(*) FROM resident_tags) AS tags, (SELECT COUNT(*) FROM resident_proxies) AS proxies
        """);

    private static readonly Sql<Nothing, PersonRow> People = new(
        """
        SELECT v.name, v.status, p.lat, p.lng FROM volunteers v JOIN volunteer_places p ON p.volunteer_id = v.id AND p.number = 1
        ORDER BY v.id
        """);

    private sealed record CountsRow
    {
        public int Volunteers { get; init; }

        public int Teams { get; init; }

        public int Residents { get; init; }

        public int Tags { get; init; }

        public int Proxies { get; init; }
    }

    private sealed record PersonRow
    {
        public string Name { get; init; } = "";

        public string Status { get; init; } = "";

        public double Lat { get; init; }

        public double Lng { get; init; }
    }
}
