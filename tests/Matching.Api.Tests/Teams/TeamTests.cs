using Matching.Accounts;
using Matching.Api.Tests.Volunteers;

namespace Matching.Api.Tests.Teams;

/// <summary>Teams: who forms them, who joins, who leads.</summary>
public class TeamTests
{
    private Service _service = null!;
    private World _world = null!;
    private HttpClient _admin = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _service = await Service.StartAsync();
        _world = await World.CreateAsync(_service);
        _admin = _service.As(await _world.HatAsync(Role.SiteAdmin, _world.NorthInstitute));
    }

    [OneTimeTearDown]
    public async Task Stop() => await _service.DisposeAsync();

    [Test]
    public async Task A_captain_is_one_of_the_members_and_gets_the_hat_that_goes_with_it()
    {
        var team = await TeamAsync();
        var first = await People.ActiveAsync(_service, _world, _world.NorthStation);
        var second = await People.ActiveAsync(_service, _world, _world.NorthStation);

        Assert.That((await LeadAsync(team, first, 1)).Code, Is.EqualTo("team_member_not"));
        (await JoinAsync(team, first)).Yes();
        (await JoinAsync(team, second)).Yes();
        (await LeadAsync(team, first, 3)).Yes();
        Assert.That(await CaptainsHatAsync(first, team), Is.Not.Null);

        (await LeadAsync(team, second, 4)).Yes();
        Assert.That((await CaptainsHatAsync(first, team), await CaptainsHatAsync(second, team) is not null), Is.EqualTo(((string?)null, true)));
        Assert.That((await _admin.AskAsync(HttpMethod.Delete, $"/teams/{team}/members/{second.Id}")).Code, Is.EqualTo("team_captain_stays"));
        (await _admin.AskAsync(HttpMethod.Delete, $"/teams/{team}/members/{first.Id}")).Yes();
    }

    [Test]
    public async Task Of_two_who_add_the_same_member_at_once_one_is_told()
    {
        var team = await TeamAsync();
        var she = await People.ActiveAsync(_service, _world, _world.NorthStation);

        var answers = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => JoinAsync(team, she)));

        Assert.That(answers.Count(answer => answer.Status == 200), Is.EqualTo(1));
        Assert.That(answers.Where(answer => answer.Status != 200).Select(answer => answer.Code), Is.All.EqualTo("team_member_already"));
    }

    [Test]
    public async Task A_team_is_seen_by_staff_above_it_and_by_its_captain()
    {
        var team = await TeamAsync();
        var above = _service.As(await _world.HatAsync(Role.Dispatcher, _world.Center));
        var sibling = _service.As(await _world.HatAsync(Role.SiteAdmin, _world.SouthInstitute));
        var captain = _service.As(await _world.HatAsync(Role.Captain, subjectId: Id.ParseOrNone(team)));
        var otherCaptain = _service.As(await _world.HatAsync(Role.Captain, subjectId: _service.Ids.Next(IdKind.Team)));

        Assert.That((await above.ReadAsync($"/teams/{team}")).Status, Is.EqualTo(200));
        Assert.That((await captain.ReadAsync($"/teams/{team}")).Status, Is.EqualTo(200));
        Assert.That((await sibling.ReadAsync($"/teams/{team}")).Code, Is.EqualTo("team_unknown"));
        Assert.That((await otherCaptain.ReadAsync($"/teams/{team}")).Code, Is.EqualTo("team_unknown"));
        Assert.That((await sibling.PostAsync("/teams", new { name = "x", category = "law", siteId = _world.NorthStation.Id.ToString() })).Code, Is.EqualTo("site_unknown"));
    }

    [Test]
    public async Task A_dissolved_team_takes_nobody_and_is_not_listed()
    {
        var team = await TeamAsync("将散的队", "law");
        var she = await People.ActiveAsync(_service, _world, _world.NorthStation);
        var listed = (await _admin.ReadAsync("/teams?category=law")).Yes()["items"]!.AsArray();
        Assert.That(listed.Select(item => (string?)item!["id"]), Does.Contain(team));

        (await _admin.AskAsync(HttpMethod.Post, $"/teams/{team}/dissolve", new { reason = "合并" }, ifMatch: 1)).Yes();

        Assert.That((await JoinAsync(team, she)).Code, Is.EqualTo("team_dissolved"));
        Assert.That((await LeadAsync(team, she, 2)).Code, Is.EqualTo("team_dissolved"));
        Assert.That((await _admin.ReadAsync("/teams?category=law")).Yes()["items"]!.AsArray().Select(item => (string?)item!["id"]), Does.Not.Contain(team));
    }

    private async Task<string> TeamAsync(string name = "暖心队", string category = "helpInNeed") => (string)(await _admin.PostAsync(
        "/teams", new { name, category, siteId = _world.NorthStation.Id.ToString(), emergency = true })).Yes()["id"]!;

    private Task<Answer> JoinAsync(string team, Registered she) => _admin.PostAsync($"/teams/{team}/members", new { volunteerId = she.Id.ToString() });

    private Task<Answer> LeadAsync(string team, Registered she, int version) =>
        _admin.AskAsync(HttpMethod.Patch, $"/teams/{team}", new { captainId = she.Id.ToString() }, ifMatch: version);

    private async Task<string?> CaptainsHatAsync(Registered she, string team) => (string?)(await _service.As(she.Account).ReadAsync("/me")).Yes()["hats"]!.AsArray()
        .SingleOrDefault(hat => (string?)hat!["role"] == "captain" && (string?)hat["subjectId"] == team)?["id"];
}
