using System.Text;
using Matching.Accounts;
using Matching.Api.Hours;
using Matching.Api.Plumbing.Database;
using Matching.Api.Tests.Serving;

namespace Matching.Api.Tests.Hours;

/// <summary>The ledger of hours over HTTP.</summary>
public class HoursTests
{
    private static readonly Sql<TamperRow> Tamper = new("UPDATE hours_entries SET minutes = @Minutes WHERE id = @Id");

    private static readonly Sql<TamperTextRow> TamperDay = new("UPDATE hours_entries SET service_day = @Text WHERE id = @Id");

    private static readonly Sql<ById> DropLine = new("DELETE FROM hours_entries WHERE id = @Id");

    private static readonly Sql<TamperRow> GiveMinutes = new("UPDATE volunteers SET verified_minutes = @Minutes WHERE id = @Id");

    private static readonly Sql<ById, StarRow> Stars = new("SELECT stars FROM star_grants WHERE volunteer_id = @Id ORDER BY stars");

    private static readonly Sql<TamperTextRow> Rename = new("UPDATE volunteers SET name = @Text WHERE id = @Id");

    private Service _service = null!;
    private ServingWorld _world = null!;

    [SetUp]
    public async Task Start()
    {
        _service = await Service.StartAsync();
        _world = await ServingWorld.CreateAsync(_service);
    }

    [TearDown]
    public async Task Stop() => await _service.DisposeAsync();

    [Test]
    public async Task Beyond_eight_hours_a_day_what_is_too_much_waits_for_the_site_and_beyond_twelve_for_the_center()
    {
        var (long10, long13) = (await _world.VolunteerAsync("李明"), await _world.VolunteerAsync("王芳"));
        var start = new DateTimeOffset(2026, 5, 9, 8, 0, 0, TimeSpan.FromHours(8));
        var errand = await _world.AcceptedAsync(await _world.ItemAsync(people: 2, minutes: 600), start, start.AddHours(10), long10, long13);
        await _service.UntilAsync(start);
        foreach (var id in errand.AssignmentIds)
        {
            (await _world.Clerk.PostAsync($"/assignments/{id}/check-in", new { })).Yes();
        }

        await _service.UntilAsync(start.AddHours(10));
        (await _world.Clerk.PostAsync($"/assignments/{errand.AssignmentIds[0]}/check-out", new { })).Yes();
        await _service.AtAsync(start.AddHours(11.9));
        await _service.UntilAsync(start.AddHours(11.9));
        var left = (await _world.Clerk.PostAsync($"/assignments/{errand.AssignmentIds[1]}/check-out", new { })).Yes();
        Assert.That((int)left["minutes"]!, Is.EqualTo(714));
        (await _world.Clerk.PostAsync($"/orders/{errand.OrderId}/confirm", new { })).Yes();

        var mine = (await long10.Client.ReadAsync("/me/hours")).Yes();
        Assert.That(((int)mine["totalMinutes"]!, (int)mine["waitingMinutes"]!), Is.EqualTo((480, 120)));
        var waiting = (await _world.SiteAdmin.ReadAsync("/hours/approvals")).Yes()["items"]!.AsArray();
        Assert.That(waiting.Select(item => (string?)item!["needs"]), Is.All.EqualTo("site").And.Exactly(2).Items);

        var south = await _world.Wishes.AsAsync(Role.SiteAdmin, _world.World.SouthStation);
        var first = waiting.Single(item => (string?)item!["volunteerId"] == long10.Id.ToString())!["approvalId"];
        Assert.That((await south.PostAsync($"/hours/approvals/{first}/approve", new { })).Code, Is.EqualTo("hours_approval_unknown"));
        var herself = _service.As(await _world.World.AlsoAsync(long10.Hat.AccountId, Role.SiteAdmin, _world.World.NorthStation));
        Assert.That((await herself.PostAsync($"/hours/approvals/{first}/approve", new { })).Code, Is.EqualTo("own_hours"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => _world.SiteAdmin.PostAsync($"/hours/approvals/{first}/approve", new { })));
        Assert.That(answers.Count(answer => answer.Status == 200), Is.EqualTo(1));
        Assert.That(answers.Where(answer => answer.Status != 200).Select(answer => answer.Code), Is.All.EqualTo("hours_decided_already"));
        var second = waiting.Single(item => (string?)item!["volunteerId"] == long13.Id.ToString())!["approvalId"];
        (await _world.SiteAdmin.PostAsync($"/hours/approvals/{second}/refuse", new { reason = "无法核实" })).Yes();

        mine = (await long10.Client.ReadAsync("/me/hours")).Yes();
        Assert.That(((int)mine["totalMinutes"]!, (int)mine["waitingMinutes"]!, mine["items"]!.AsArray().Count), Is.EqualTo((600, 0, 2)));
        Assert.That((int)(await long13.Client.ReadAsync("/me/hours")).Yes()["totalMinutes"]!, Is.EqualTo(480));
        Assert.That((await _world.SiteAdmin.ReadAsync("/hours/approvals")).Yes()["items"]!.AsArray(), Is.Empty);
        await _world.HoldsAsync();
    }

    [Test]
    public async Task More_than_twelve_hours_a_day_are_the_centers_business()
    {
        var neighbour = await _world.VolunteerAsync();
        var start = new DateTimeOffset(2026, 5, 9, 8, 0, 0, TimeSpan.FromHours(8));
        var errand = await _world.AcceptedAsync(await _world.ItemAsync(minutes: 800), start, start.AddHours(13.5), neighbour);
        await _service.UntilAsync(start);
        (await _world.Clerk.PostAsync($"/assignments/{errand.AssignmentId}/check-in", new { })).Yes();
        await _service.UntilAsync(start.AddHours(13));
        (await _world.Clerk.PostAsync($"/assignments/{errand.AssignmentId}/check-out", new { })).Yes();
        (await _world.Clerk.PostAsync($"/orders/{errand.OrderId}/confirm", new { })).Yes();

        var item = (await _world.SiteAdmin.ReadAsync("/hours/approvals")).Yes()["items"]![0]!;
        Assert.That(((string?)item["needs"], (int)item["minutes"]!), Is.EqualTo(("center", 300)));
        Assert.That((await _world.SiteAdmin.PostAsync($"/hours/approvals/{item["approvalId"]}/approve", new { })).Code, Is.EqualTo("hours_need_center"));
        (await _world.Center.PostAsync($"/hours/approvals/{item["approvalId"]}/approve", new { })).Yes();
        Assert.That((int)(await neighbour.Client.ReadAsync("/me/hours")).Yes()["totalMinutes"]!, Is.EqualTo(780));
        await _world.HoldsAsync();
    }

    [Test]
    public async Task A_line_is_taken_back_once_even_by_many_at_once_and_the_right_figure_follows_it()
    {
        var neighbour = await _world.VolunteerAsync();
        var line = await LineAsync(neighbour);
        Assert.That((await _world.SiteAdmin.PostAsync($"/hours/{line}/reverse", new { reason = "多记", minutes = 60 })).Code, Is.EqualTo("minutes_above_served"));

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? _world.SiteAdmin : _world.Center).PostAsync(
            $"/hours/{line}/reverse", new { reason = "多记", minutes = 45 })));
        Assert.That(answers.Count(answer => answer.Status == 200), Is.EqualTo(1));
        Assert.That(answers.Where(answer => answer.Status != 200).Select(answer => answer.Code), Is.All.EqualTo("hours_reversed_already"));

        var mine = (await neighbour.Client.ReadAsync("/me/hours")).Yes();
        Assert.That(mine["items"]!.AsArray().Select(item => (int)item!["minutes"]!), Is.EqualTo(new[] { 45, -60, 60 }));
        Assert.That((await _world.SiteAdmin.PostAsync($"/hours/{mine["items"]![1]!["entryId"]}/reverse", new { reason = "再来" })).Code, Is.EqualTo("reversal_not_reversible"));
        var south = await _world.Wishes.AsAsync(Role.SiteAdmin, _world.World.SouthStation);
        Assert.That((await south.PostAsync($"/hours/{line}/reverse", new { reason = "多记" })).Code, Is.EqualTo("hours_entry_unknown"));
        await _world.HoldsAsync();
    }

    [TestCase("changed")]
    [TestCase("spoilt")]
    [TestCase("dropped")]
    [TestCase("cut off")]
    [TestCase("total")]
    public async Task Whoever_touches_a_ledger_is_found(string how)
    {
        var neighbour = await _world.VolunteerAsync();
        var line = Id.ParseOrNone(await LineAsync(neighbour));
        (await _world.SiteAdmin.PostAsync($"/hours/{line}/reverse", new { reason = "多记", minutes = 30 })).Yes();
        var lines = (await neighbour.Client.ReadAsync("/me/hours")).Yes()["items"]!.AsArray().Select(item => Id.ParseOrNone((string?)item!["entryId"])).ToList();
        var before = (await _world.SiteAdmin.PostAsync("/hours/verify", new { })).Yes();
        Assert.That(((bool)before["holds"]!, (int)before["chains"]!, (int)before["entries"]!, (int)before["minutes"]!), Is.EqualTo((true, 1, 3, 30)));

        await _service.Database.WriteAsync(
            tx => how switch
            {
                "changed" => tx.ExecuteAsync(Tamper, new TamperRow(lines[1], -59)),
                "spoilt" => tx.ExecuteAsync(TamperDay, new TamperTextRow(lines[1], "yesterday")),
                "dropped" => tx.ExecuteAsync(DropLine, new ById(lines[1])),
                "cut off" => tx.ExecuteAsync(DropLine, new ById(lines[0])),
                _ => tx.ExecuteAsync(GiveMinutes, new TamperRow(neighbour.Id, 31)),
            },
            CancellationToken.None);

        var after = (await neighbour.Client.PostAsync("/hours/verify", new { })).Yes();
        Assert.That((bool)after["holds"]!, Is.False);
        Assert.That((string?)after["broken"]!["volunteerId"], Is.EqualTo(neighbour.Id.ToString()));
        var (fault, entry) = how switch
        {
            "changed" or "spoilt" => ("chain", lines[1].ToString()),
            "dropped" => ("chain", lines[0].ToString()),
            _ => ("total", (string?)null),
        };
        Assert.That(((string?)after["broken"]!["fault"], (string?)after["broken"]!["entryId"]), Is.EqualTo((fault, entry)));
        Assert.That((bool)(await _world.SiteAdmin.PostAsync("/hours/verify", new { siteId = _world.World.NorthStation.Id.ToString() })).Yes()["holds"]!, Is.False);
    }

    [Test]
    public async Task Nobody_verifies_what_is_none_of_their_business()
    {
        var neighbour = await _world.VolunteerAsync();
        var other = await _world.VolunteerAsync("王芳", _world.World.SouthStation);

        Assert.That((await neighbour.Client.PostAsync("/hours/verify", new { volunteerId = other.Id.ToString() })).Code, Is.EqualTo("volunteer_unknown"));
        Assert.That((await _world.SiteAdmin.PostAsync("/hours/verify", new { volunteerId = other.Id.ToString() })).Code, Is.EqualTo("volunteer_unknown"));
        Assert.That((await _world.SiteAdmin.PostAsync("/hours/verify", new { siteId = _world.World.SouthStation.Id.ToString() })).Code, Is.EqualTo("site_unknown"));
        Assert.That((string?)(await neighbour.Client.PostAsync("/hours/verify", new { })).Yes()["headHash"], Is.EqualTo(new string('0', 64)));
    }

    [Test]
    public async Task The_register_comes_as_a_list_and_as_a_file_without_formulas()
    {
        var neighbour = await _world.VolunteerAsync();
        await LineAsync(neighbour);
        await _service.Database.WriteAsync(tx => tx.ExecuteAsync(Rename, new TamperTextRow(neighbour.Id, "=HYPERLINK(\"x\")")), CancellationToken.None);

        var list = (await _world.Center.ReadAsync($"/sites/{_world.World.Center.Id}/hours?from=2026-05-09&to=2026-05-09")).Yes();
        Assert.That(((int)list["items"]![0]!["minutes"]!, (string?)list["items"]![0]!["item"]), Is.EqualTo((60, "Change a light bulb")));
        Assert.That((await _world.SiteAdmin.ReadAsync($"/sites/{_world.World.NorthStation.Id}/hours?from=2026-05-10")).Yes()["items"]!.AsArray(), Is.Empty);
        Assert.That((await _world.SiteAdmin.ReadAsync($"/sites/{_world.World.NorthInstitute.Id}/hours")).Code, Is.EqualTo("site_unknown"));

        using var request = new HttpRequestMessage(HttpMethod.Get, $"/api/v1/sites/{_world.World.NorthStation.Id}/hours") { Headers = { { "Accept", "text/csv" } } };
        using var response = await _world.SiteAdmin.SendAsync(request);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        Assert.That(response.Content.Headers.ContentType!.ToString(), Is.EqualTo("text/csv; charset=utf-8"));
        Assert.That(bytes[..3], Is.EqualTo(Encoding.UTF8.Preamble.ToArray()));
        var lines = Encoding.UTF8.GetString(bytes[3..]).Split("\r\n");
        Assert.That(lines, Has.Length.EqualTo(3));
        Assert.That(lines[1], Does.StartWith($"2026-05-09,\"'=HYPERLINK(\"\"x\"\")\",{neighbour.Id},\"Change a light bulb\",60,B,"));
        Assert.That((await _world.SiteAdmin.ReadAsync($"/sites/{_world.World.NorthStation.Id}/hours?format=csv")).Text, Is.EqualTo("\uFEFF" + string.Join("\r\n", lines)).Or.EqualTo(string.Join("\r\n", lines)));
    }

    [TestCase("=1+1", "\"'=1+1\"")]
    [TestCase(" =1+1", "\"' =1+1\"")]
    [TestCase("＝1+1", "\"'＝1+1\"")]
    [TestCase("\t=1", "\"'\t=1\"")]
    [TestCase("-3", "\"'-3\"")]
    [TestCase("@sum", "\"'@sum\"")]
    [TestCase("陈\"阿姨\", 北一", "\"陈\"\"阿姨\"\", 北一\"")]
    public void No_cell_is_taken_for_a_formula(string text, string cell) => Assert.That(RegisterFile.Text(text), Is.EqualTo(cell));

    [Test]
    public async Task A_star_is_given_once_and_stays()
    {
        var neighbour = await _world.VolunteerAsync();
        // Fifty-nine minutes short of a hundred hours.
        await _service.Database.WriteAsync(tx => tx.ExecuteAsync(GiveMinutes, new TamperRow(neighbour.Id, 6_000 - 59)), CancellationToken.None);
        var line = await LineAsync(neighbour);

        var mine = (await neighbour.Client.ReadAsync("/me/hours")).Yes();
        Assert.That(((int)mine["stars"]!, (int)mine["nextStarHours"]!, (int)mine["minutesToNextStar"]!), Is.EqualTo((1, 300, 12_000 - 1)));
        (await _world.SiteAdmin.PostAsync($"/hours/{line}/reverse", new { reason = "多记", minutes = 59 })).Yes();
        Assert.That((await _service.Database.ListAsync(Stars, new ById(neighbour.Id))).Select(row => row.Stars), Is.EqualTo(new[] { 1 }));
    }

    private async Task<string> LineAsync(Neighbour neighbour)
    {
        var errand = await _world.ServedAsync(neighbour);
        (await _world.Resident.PostAsync($"/orders/{errand.OrderId}/confirm", new { })).Yes();
        return (string)(await neighbour.Client.ReadAsync("/me/hours")).Yes()["items"]![0]!["entryId"]!;
    }

    private sealed record TamperRow(Id Id, int Minutes);

    private sealed record TamperTextRow(Id Id, string Text);

    private sealed record StarRow
    {
        public int Stars { get; init; }
    }
}
