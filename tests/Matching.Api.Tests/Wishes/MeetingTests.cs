using System.Diagnostics;
using Matching.Accounts;

namespace Matching.Api.Tests.Wishes;

/// <summary>Courtyard meetings.</summary>
public class MeetingTests
{
    private Service _service = null!;
    private WishWorld _world = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _service = await Service.StartAsync();
        _world = await WishWorld.CreateAsync(_service);
    }

    [OneTimeTearDown]
    public async Task Stop() => await _service.DisposeAsync();

    [Test]
    public async Task A_meeting_yields_wishes_each_taken_or_refused_by_itself_and_each_leading_back()
    {
        var (elsewhere, _) = await _world.ResidentAsync(_world.World.SouthStation);
        var answer = (await _world.Proxy.PostAsync("/meetings", Meeting(
            WishOf(_world.ResidentId, "客厅的灯坏了", _world.Lamp),
            WishOf(elsewhere, "不归我管"),
            WishOf(_world.ResidentId, new string('愿', 4_001)),
            WishOf(_world.ResidentId, "想学用手机")))).Yes();

        Assert.That((int)answer["taken"]!, Is.EqualTo(2));
        var outcomes = answer["outcomes"]!.AsArray();
        Assert.That(outcomes.Select(outcome => (string?)outcome!["wish"]?["state"]), Is.EqualTo(new[] { "ordered", null, null, "submitted" }));
        Assert.That(outcomes.Select(outcome => (string?)outcome!["refusal"]?["code"]), Is.EqualTo(new[] { null, "resident_unknown", "field_too_long", null }));

        var wish = (await _world.Resident.ReadAsync($"/wishes/{outcomes[0]!["wish"]!["id"]}")).Yes();
        Assert.That(((string?)wish["channel"], (string?)wish["meetingId"]), Is.EqualTo(("meeting", (string?)answer["id"])));
        var meeting = (await _world.Curator.ReadAsync($"/meetings/{answer["id"]}")).Yes();
        Assert.That(meeting["wishes"]!.AsArray().Select(one => (string?)one!["words"]), Is.EqualTo(new[] { "客厅的灯坏了", "想学用手机" }));
        Assert.That((string?)meeting["topic"], Is.EqualTo("庭院里谈心愿"));
    }

    [Test]
    public async Task A_meeting_recorded_twice_with_one_key_is_one_meeting()
    {
        var body = Meeting(WishOf(_world.ResidentId, "想学用手机"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => _world.Proxy.PostAsync("/meetings", body, key: "the-meeting")));

        Assert.That(answers.Select(answer => (string?)answer.Yes()["id"]).Distinct().Count(), Is.EqualTo(1));
        Assert.That(answers.Select(answer => (string?)answer["outcomes"]![0]!["wish"]!["id"]).Distinct().Count(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_meeting_that_has_not_been_held_was_held_elsewhere_or_holds_a_hole_is_refused()
    {
        var ahead = new { topic = "庭院里谈心愿", heldAt = "2026-05-09T09:00:00+08:00", wishes = Array.Empty<object>() };
        Assert.That((await _world.Proxy.PostAsync("/meetings", ahead)).Code, Is.EqualTo("meeting_in_future"));
        Assert.That((await _world.Proxy.PostAsync("/meetings", Meeting(null!, WishOf(_world.ResidentId, "灯")))).Code, Is.EqualTo("field_missing"));
        var elsewhere = new { topic = "庭院里谈心愿", heldAt = "2026-05-07T09:00:00+08:00", wishes = Array.Empty<object>(), siteId = _world.World.SouthStation.Id.ToString() };
        Assert.That((await _world.Proxy.PostAsync("/meetings", elsewhere)).Code, Is.EqualTo("site_unknown"));
        Assert.That((await _world.Curator.PostAsync("/meetings", elsewhere)).Code, Is.EqualTo("site_unknown"));
    }

    [Test]
    public async Task A_meeting_may_yield_a_thousand_wishes_and_not_more()
    {
        object[] Of(int many) => [.. Enumerable.Range(0, many).Select(i => WishOf(_world.ResidentId, $"第 {i} 个心愿", i % 2 == 0 ? _world.Lamp : null))];

        var tooMany = await _world.Proxy.PostAsync("/meetings", Meeting(Of(10_000)));
        var started = Stopwatch.GetTimestamp();
        var answer = (await _world.Proxy.PostAsync("/meetings", Meeting(Of(1_000)), key: "the-whole-valley")).Yes();
        TestContext.Out.WriteLine($"1,000 wishes, half of them orders at once: {Stopwatch.GetElapsedTime(started).TotalMilliseconds:0} ms");

        Assert.That((tooMany.Status, tooMany.Code), Is.EqualTo((413, "wishes_too_many")));
        Assert.That((int)answer["taken"]!, Is.EqualTo(1_000));
        Assert.That((await _world.Curator.ReadAsync($"/meetings/{answer["id"]}")).Yes()["wishes"]!.AsArray(), Has.Count.EqualTo(1_000));
    }

    [Test]
    public async Task Nobody_else_sees_a_meeting()
    {
        var id = (string)(await _world.Proxy.PostAsync("/meetings", Meeting())).Yes()["id"]!;

        foreach (var site in new[] { _world.World.NorthStation2, _world.World.SouthInstitute })
        {
            Assert.That((await (await _world.TheAsync(Role.SiteAdmin, site)).ReadAsync($"/meetings/{id}")).Code, Is.EqualTo("meeting_unknown"));
        }

        (await (await _world.TheAsync(Role.CenterAdmin, _world.World.Center)).ReadAsync($"/meetings/{id}")).Yes();
        Assert.That((await _world.Curator.ReadAsync("/meetings/nonsense")).Code, Is.EqualTo("meeting_unknown"));
    }

    private static object Meeting(params object[] wishes) => new { topic = "庭院里谈心愿", heldAt = "2026-05-07T19:30:00+08:00", wishes };

    private static object WishOf(Id residentId, string words, Id? menuItemId = null) => new
    {
        residentId = residentId.ToString(),
        words,
        window = WishWorld.Tomorrow,
        menuItemId = menuItemId?.ToString(),
    };
}
