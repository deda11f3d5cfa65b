using Matching.Accounts;

namespace Matching.Api.Tests.Wishes;

/// <summary>How wishes come in.</summary>
public class SubmitTests
{
    private Service _service = null!;
    private WishWorld _world = null!;

    private static IEnumerable<string> Texts()
    {
        yield return "灯";
        yield return string.Concat(Enumerable.Repeat("👵🏻", 1_000));
        yield return new string('愿', 4_000);
        yield return string.Concat(Enumerable.Repeat("אני צריך עזרה بالعربية ", 170));
        yield return "  first\r\n\tsecond line \u200F with marks\u0301 and a lone e\u0301  ";
        yield return "'; DROP TABLE wishes; -- <script>alert(1)</script> \\u0000 \"quoted\"";
    }

    [OneTimeSetUp]
    public async Task Start()
    {
        _service = await Service.StartAsync();
        _world = await WishWorld.CreateAsync(_service);
    }

    [OneTimeTearDown]
    public async Task Stop() => await _service.DisposeAsync();

    [Test]
    public async Task A_resident_asks_for_herself_and_sees_where_it_stands()
    {
        var answer = await _world.Resident.PostAsync("/wishes", WishWorld.Words());

        Assert.That(answer.Status, Is.EqualTo(201), answer.Text);
        Assert.That((string?)answer["state"], Is.EqualTo("submitted"));
        Assert.That(answer.Headers["ETag"], Is.EqualTo("\"v1\""));
        var wish = (await _world.Resident.ReadAsync($"/wishes/{answer["id"]}")).Yes();
        Assert.That((string?)wish["words"], Is.EqualTo("客厅的灯坏了"));
        Assert.That((string?)wish["channel"], Is.EqualTo("miniProgram"));
        Assert.That((string?)wish["urgency"], Is.EqualTo("normal"));
        Assert.That((string?)wish["siteId"], Is.EqualTo(_world.World.NorthStation.Id.ToString()));
        Assert.That((double?)wish["place"]!["lat"], Is.EqualTo(_world.World.NorthStation.Lat + 0.001).Within(1e-9));
        Assert.That(wish["timeline"]!.AsArray().Select(step => (string?)step!["to"]), Is.EqualTo(new[] { "submitted" }));
    }

    [TestCaseSource(nameof(Texts))]
    public async Task Words_come_back_as_they_came(string words)
    {
        var id = (string)(await _world.Resident.PostAsync("/wishes", WishWorld.Words(words))).Yes()["id"]!;

        Assert.That((string?)(await _world.Resident.ReadAsync($"/wishes/{id}")).Yes()["words"], Is.EqualTo(words));
    }

    [Test]
    public async Task Words_that_are_missing_or_too_long_are_refused()
    {
        Assert.That((await _world.Resident.PostAsync("/wishes", WishWorld.Words(new string('愿', 4_001)))).Code, Is.EqualTo("field_too_long"));
        Assert.That((await _world.Resident.PostAsync("/wishes", WishWorld.Words("  "))).Code, Is.EqualTo("field_missing"));
    }

    [TestCase("2026-05-09T18:00:00+08:00", "2026-05-09T16:00:00+08:00", "window_backwards")]
    [TestCase("2026-05-07T16:00:00+08:00", "2026-05-07T18:00:00+08:00", "window_in_past")]
    [TestCase("2026-08-07T16:00:00+08:00", "2026-08-07T18:00:00+08:00", "window_too_far")]
    public async Task A_window_in_which_nothing_can_be_done_is_refused(string start, string end, string code)
    {
        var answer = await _world.Resident.PostAsync("/wishes", new { words = "灯", window = new { start, end } });

        Assert.That((answer.Code, (string?)answer["field"]), Is.EqualTo((code, "window")));
    }

    [Test]
    public async Task A_place_is_kept_in_WGS84_whatever_grid_it_was_sent_in()
    {
        var answer = await _world.Resident.PostAsync("/wishes", new
        {
            words = "灯",
            window = WishWorld.Tomorrow,
            place = new { lat = 29.3610, lng = 110.5510, datum = "gcj02", accuracyM = 15 },
            address = "和平街 3 号",
        });

        var wish = (await _world.Resident.ReadAsync($"/wishes/{answer.Yes()["id"]}")).Yes();
        Assert.That((double)wish["place"]!["lat"]!, Is.Not.EqualTo(29.3610).Within(0.001));
        Assert.That((string?)wish["place"]!["datum"], Is.EqualTo("wgs84"));
        Assert.That((string?)wish["address"], Is.EqualTo("和平街 3 号"));
    }

    [TestCase(91, 110, "place_off_earth")]
    [TestCase(29, 181, "place_off_earth")]
    public async Task A_place_off_the_earth_is_refused(double lat, double lng, string code)
    {
        var answer = await _world.Resident.PostAsync("/wishes", new { words = "灯", window = WishWorld.Tomorrow, place = new { lat, lng, datum = "wgs84" } });

        Assert.That(answer.Code, Is.EqualTo(code));
    }

    [Test]
    public async Task A_place_without_its_grid_is_refused()
    {
        var answer = await _world.Resident.PostAsync("/wishes", new { words = "灯", window = WishWorld.Tomorrow, place = new { lat = 29, lng = 110 } });

        Assert.That((answer.Code, (string?)answer["field"]), Is.EqualTo(("field_missing", "place.datum")));
    }

    [Test]
    public async Task A_clerk_asks_for_residents_of_her_own_station_only()
    {
        var (elsewhere, _) = await _world.ResidentAsync(_world.World.SouthStation);

        var mine = (await _world.Proxy.PostAsync("/wishes", WishWorld.Words(residentId: _world.ResidentId))).Yes();
        Assert.That((string?)(await _world.Proxy.ReadAsync($"/wishes/{mine["id"]}")).Yes()["channel"], Is.EqualTo("proxy"));
        var theirs = await _world.Proxy.PostAsync("/wishes", WishWorld.Words(residentId: elsewhere));
        Assert.That((theirs.Status, theirs.Code), Is.EqualTo((404, "resident_unknown")));
    }

    [Test]
    public async Task A_daughter_asks_for_her_mother_once_she_was_named()
    {
        var (daughterId, _) = await _world.ResidentAsync(_world.World.SouthStation);
        var hat = await _world.World.HatAsync(Role.Resident, null, daughterId);
        var daughter = _service.As(hat);

        Assert.That((await daughter.PostAsync("/wishes", WishWorld.Words(residentId: _world.ResidentId))).Code, Is.EqualTo("resident_unknown"));
        await _world.GrantAsync(_world.ResidentId, hat.AccountId);
        var wish = (await daughter.PostAsync("/wishes", WishWorld.Words(residentId: _world.ResidentId))).Yes();
        Assert.That((string?)wish["residentId"], Is.EqualTo(_world.ResidentId.ToString()));
        Assert.That((string?)wish["siteId"], Is.EqualTo(_world.World.NorthStation.Id.ToString()));
    }

    [Test]
    public async Task An_item_of_another_center_looks_unknown()
    {
        var elsewhere = await _world.World.SiteAsync(Matching.Sites.SiteKind.Center, null, "别处中心", 28.2, 112.9);
        var foreign = await _world.ItemAsync(needsCuration: true, center: elsewhere);

        Assert.That((await _world.Resident.PostAsync("/wishes", WishWorld.Words(menuItemId: foreign))).Code, Is.EqualTo("menu_item_unknown"));
        Assert.That((await _world.Resident.PostAsync("/wishes", new { words = "灯", window = WishWorld.Tomorrow, menuItemId = "nonsense" })).Code, Is.EqualTo("menu_item_unknown"));
    }

    [Test]
    public async Task A_gender_or_language_is_asked_for_only_where_the_item_allows_it()
    {
        object Wanting(Id? item, string? gender, string? language) =>
            new { words = "陪聊", window = WishWorld.Tomorrow, menuItemId = item?.ToString(), genderWanted = gender, languageWanted = language };

        (await _world.Resident.PostAsync("/wishes", Wanting(_world.Visit, "female", "yue"))).Yes();
        Assert.That((await _world.Resident.PostAsync("/wishes", Wanting(_world.Lamp, "female", null))).Code, Is.EqualTo("gender_not_asked"));
        Assert.That((await _world.Resident.PostAsync("/wishes", Wanting(null, null, "yue"))).Code, Is.EqualTo("language_not_asked"));
    }

    [TestCase(Role.Resident, "scheduled", null)]
    [TestCase(Role.Resident, "urgent", "urgency_not_yours")]
    [TestCase(Role.Proxy, "urgent", null)]
    [TestCase(Role.Proxy, "critical", "urgency_not_yours")]
    [TestCase(Role.Curator, "critical", null)]
    public async Task Who_may_raise_the_urgency(Role role, string urgency, string? code)
    {
        var client = role == Role.Resident ? _world.Resident : await _world.TheAsync(role, _world.World.NorthStation);

        var answer = await client.PostAsync("/wishes", WishWorld.Words(residentId: _world.ResidentId, urgency: urgency));
        Assert.That(answer.Code, Is.EqualTo(code), answer.Text);
    }

    [Test]
    public async Task A_scheduled_wish_made_too_late_takes_the_urgency_that_fits()
    {
        var answer = await _world.Resident.PostAsync("/wishes", WishWorld.Words(urgency: "scheduled"));

        // Tomorrow afternoon is 31 hours away: the three days of a Normal one do not fit, the four hours of an Urgent one do.
        Assert.That((string?)answer.Yes()["urgency"], Is.EqualTo("urgent"));
    }

    [Test]
    public async Task A_meetings_wish_does_not_come_in_by_this_door()
    {
        var answer = await _world.Proxy.PostAsync(
            "/wishes", new { words = "灯", window = WishWorld.Tomorrow, residentId = _world.ResidentId.ToString(), channel = "meeting" });

        Assert.That(answer.Code, Is.EqualTo("wish_channel_wrong"));
    }

    [Test]
    public async Task Twenty_posts_with_one_key_at_once_are_one_wish()
    {
        var (_, client) = await _world.ResidentAsync(_world.World.NorthStation);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => client.PostAsync("/wishes", WishWorld.Words(), key: "once")));

        Assert.That(answers.Select(answer => answer.Status), Is.All.EqualTo(201));
        Assert.That(answers.Select(answer => (string?)answer["id"]).Distinct().Count(), Is.EqualTo(1));
    }

    [Test]
    public async Task Nobody_else_sees_a_wish()
    {
        var id = await _world.SubmitAsync();
        var (_, neighbour) = await _world.ResidentAsync(_world.World.NorthStation);
        var clients = new[]
        {
            neighbour,
            await _world.TheAsync(Role.Proxy, _world.World.NorthStation),
            await _world.TheAsync(Role.Curator, _world.World.NorthStation2),
            await _world.TheAsync(Role.SiteAdmin, _world.World.SouthInstitute),
        };

        foreach (var client in clients)
        {
            var answer = await client.ReadAsync($"/wishes/{id}");
            Assert.That((answer.Status, answer.Code), Is.EqualTo((404, "wish_unknown")));
        }

        Assert.That((await _world.Resident.ReadAsync("/wishes/nonsense")).Code, Is.EqualTo("wish_unknown"));
    }

    [Test]
    public async Task Staff_above_see_it_and_their_look_at_the_address_is_on_record()
    {
        var answer = await _world.Resident.PostAsync("/wishes", new { words = "灯", window = WishWorld.Tomorrow, address = "和平街 3 号" });

        var seen = (await (await _world.TheAsync(Role.Dispatcher, _world.World.NorthInstitute)).ReadAsync($"/wishes/{answer.Yes()["id"]}")).Yes();
        Assert.That((string?)seen["address"], Is.EqualTo("和平街 3 号"));
        Assert.That(await _world.RevealsAsync(_world.ResidentId), Does.Contain("address"));
    }
}
