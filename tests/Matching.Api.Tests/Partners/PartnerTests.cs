using Matching.Accounts;
using Matching.Api.Tests.Wishes;

namespace Matching.Api.Tests.Partners;

/// <summary>Platforms of others: their keys, what they may do, and that they see nothing but what is theirs.</summary>
public class PartnerTests
{
    private Service _service = null!;
    private PartnerWorld _world = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _service = await Service.StartAsync();
        _world = await PartnerWorld.CreateAsync(_service);
    }

    [OneTimeTearDown]
    public async Task Stop() => await _service.DisposeAsync();

    [Test]
    public async Task A_key_is_shown_once_and_known_by_how_it_begins()
    {
        var (id, client, made) = await _world.PartnerAsync("武陵源 12345");
        var key = (string)made["key"]!;

        var shown = (await _world.Admin.ReadAsync($"/partners/{id}")).Yes();
        Assert.That(made.Status, Is.EqualTo(201));
        Assert.That(key, Does.Match("^mtp_[0-9a-f]{8}_[A-Za-z0-9_-]{43}$"));
        Assert.That(shown.Text, Does.Not.Contain(key).And.Contain(key[..12]));
        Assert.That((bool?)shown["keys"]![0]!["works"], Is.True);
        var itself = (await client.ReadAsync("/partner")).Yes();
        Assert.That((string?)itself["name"], Is.EqualTo("武陵源 12345"));
        Assert.That((string?)itself["sites"]![0]!["id"], Is.EqualTo(_world.World.NorthInstitute.Id.ToString()));
    }

    [Test]
    public async Task A_forged_a_mangled_and_an_unknown_key_are_answered_alike()
    {
        var (_, _, made) = await _world.PartnerAsync("伪造者的目标");
        var key = (string)made["key"]!;
        foreach (var forged in new[] { key[..^1] + (key[^1] == 'A' ? 'B' : 'A'), key[..^3], "mtp_00000000_" + new string('x', 43), "mtp_" })
        {
            var answer = await _world.WithKey(forged).PostAsync("/partner/wishes", _world.Wish("f-1"), key: "f-1");
            Assert.That((answer.Status, answer.Code), Is.EqualTo((401, "token_invalid")), forged);
            Assert.That(answer.Headers["WWW-Authenticate"], Does.Contain("invalid_token"));
        }
    }

    [Test]
    public async Task A_key_that_has_expired_does_no_longer()
    {
        await using var service = await Service.StartAsync();
        var world = await PartnerWorld.CreateAsync(service);
        var (_, client, _) = await world.PartnerAsync("一天的钥匙", keyDays: 1);
        (await client.ReadAsync("/partner")).Yes();

        service.Machine.Move(TimeSpan.FromHours(24.1));

        Assert.That((await client.ReadAsync("/partner")).Code, Is.EqualTo("token_invalid"));
    }

    [Test]
    public async Task After_a_rotation_the_old_key_goes_on_for_as_long_as_was_said()
    {
        await using var service = await Service.StartAsync();
        var world = await PartnerWorld.CreateAsync(service);
        var (id, old, _) = await world.PartnerAsync("换钥匙");
        var fresh = world.WithKey((string)(await world.Admin.PostAsync($"/partners/{id}/keys", new { overlapHours = 2 })).Yes()["key"]!);

        (await old.ReadAsync("/partner")).Yes();
        (await fresh.ReadAsync("/partner")).Yes();
        service.Machine.Move(TimeSpan.FromHours(2.1));
        Assert.That((await old.ReadAsync("/partner")).Code, Is.EqualTo("token_invalid"));
        (await fresh.ReadAsync("/partner")).Yes();
    }

    [Test]
    public async Task A_key_that_is_revoked_and_a_partner_that_has_ended_are_out_at_once()
    {
        var (id, client, made) = await _world.PartnerAsync("收回");
        var other = _world.WithKey((string)(await _world.Admin.PostAsync($"/partners/{id}/keys", new { })).Yes()["key"]!);

        (await _world.Admin.AskAsync(HttpMethod.Delete, $"/partners/{id}/keys/{made["keyId"]}")).Yes();
        Assert.That((await client.ReadAsync("/partner")).Code, Is.EqualTo("token_invalid"));
        (await other.ReadAsync("/partner")).Yes();
        Assert.That((await _world.Admin.AskAsync(HttpMethod.Delete, $"/partners/{id}/keys/{made["keyId"]}")).Code, Is.EqualTo("partner_key_unknown"));
        (await _world.Admin.AskAsync(HttpMethod.Delete, $"/partners/{id}")).Yes();
        Assert.That((await other.ReadAsync("/partner")).Code, Is.EqualTo("token_invalid"));
        Assert.That((await _world.Admin.AskAsync(HttpMethod.Delete, $"/partners/{id}")).Code, Is.EqualTo("partner_unknown"));
    }

    [Test]
    public async Task A_key_does_nothing_beyond_its_scopes()
    {
        var (_, reader, _) = await _world.PartnerAsync("只读", scopes: ["wishesRead"]);
        var (_, writer, _) = await _world.PartnerAsync("只写", scopes: ["wishesWrite"]);
        var wish = (await writer.PostAsync("/partner/wishes", _world.Wish("s-1"), key: "s-1")).Yes();

        var refused = new[]
        {
            await reader.PostAsync("/partner/wishes", _world.Wish("s-2"), key: "s-2"),
            await reader.PostAsync($"/wishes/{wish["id"]}/withdraw", new { }, key: "s-3"),
            await writer.ReadAsync($"/wishes/{wish["id"]}"),
            await writer.ReadAsync("/me/wishes"),
        };
        Assert.That(refused.Select(answer => (answer.Status, answer.Code)), Is.All.EqualTo((403, "scope_missing")));
    }

    [Test]
    public async Task A_key_does_nothing_beyond_its_sites()
    {
        var (_, client, _) = await _world.PartnerAsync("只到北街道");
        var (_, south, _) = await _world.PartnerAsync("只到南乡", siteId: _world.World.SouthInstitute.Id);

        var beyond = await client.PostAsync("/partner/wishes", _world.Wish("b-1", _world.World.SouthStation.Id), key: "b-1");
        var above = await client.PostAsync("/partner/wishes", _world.Wish("b-2", _world.World.Center.Id), key: "b-2");
        var theirs = (await south.PostAsync("/partner/wishes", _world.Wish("b-3", _world.World.SouthStation.Id), key: "b-3")).Yes();
        var foreign = await client.PostAsync("/partner/wishes", ForKnown("b-4", (string)theirs["residentId"]!), key: "b-4");

        Assert.That((beyond.Status, beyond.Code, (string?)beyond["field"]), Is.EqualTo((404, "site_unknown", "resident.siteId")));
        Assert.That(above.Code, Is.EqualTo("site_unknown"));
        Assert.That((foreign.Status, foreign.Code), Is.EqualTo((404, "resident_unknown")));
    }

    [Test]
    public async Task A_partner_whose_sites_are_taken_away_hands_in_nothing_there_any_more()
    {
        var (id, client, _) = await _world.PartnerAsync("搬家");
        var first = (await client.PostAsync("/partner/wishes", _world.Wish("m-1"), key: "m-1")).Yes();
        (await _world.Admin.AskAsync(HttpMethod.Patch, $"/partners/{id}", new { siteIds = new[] { _world.World.SouthInstitute.Id.ToString() } }, ifMatch: 1)).Yes();

        Assert.That((await client.PostAsync("/partner/wishes", _world.Wish("m-2"), key: "m-2")).Code, Is.EqualTo("site_unknown"));
        Assert.That((await client.PostAsync("/partner/wishes", ForKnown("m-3", (string)first["residentId"]!), key: "m-3")).Code, Is.EqualTo("resident_unknown"));
        (await client.ReadAsync($"/wishes/{first["id"]}")).Yes();
    }

    [Test]
    public async Task Without_an_idempotency_key_a_partner_does_nothing()
    {
        var (_, client, _) = await _world.PartnerAsync("忘了钥匙");

        var answer = await client.PostAsync("/partner/wishes", _world.Wish("n-1"));

        Assert.That((answer.Status, answer.Code), Is.EqualTo((400, "idempotency_key_needed")));
    }

    [Test]
    public async Task The_same_wish_a_hundred_times_at_once_is_one_wish()
    {
        var (_, client, _) = await _world.PartnerAsync("一百次");

        // Half of them under one key, half each under its own.
        var answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(i =>
            client.PostAsync("/partner/wishes", _world.Wish("case-7", residentReference: "r-7"), key: i % 2 == 0 ? "once" : $"again-{i}")));

        Assert.That(answers.Select(answer => answer.Status), Is.All.EqualTo(200));
        Assert.That(answers.Select(answer => (string?)answer["id"]).Distinct().Count(), Is.EqualTo(1));
        Assert.That(answers.Select(answer => (string?)answer["residentId"]).Distinct().Count(), Is.EqualTo(1));
        Assert.That((await client.ReadAsync("/me/wishes")).Yes()["items"]!.AsArray(), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_second_wish_with_the_same_reference_is_found_as_it_is_now()
    {
        var (_, client, _) = await _world.PartnerAsync("同一个编号");
        var first = (await client.PostAsync("/partner/wishes", _world.Wish("case-1"), key: "a")).Yes();
        (await client.PostAsync($"/wishes/{first["id"]}/withdraw", new { reason = "电话取消" }, key: "b")).Yes();

        var second = (await client.PostAsync("/partner/wishes", _world.Wish("case-1"), key: "c")).Yes();

        Assert.That(((bool?)first["found"], (bool?)second["found"]), Is.EqualTo((false, true)));
        Assert.That((string?)second["id"], Is.EqualTo((string?)first["id"]));
        Assert.That((string?)second["state"], Is.EqualTo("withdrawn"));
    }

    [Test]
    public async Task Two_partners_may_use_the_same_reference()
    {
        var (_, one, _) = await _world.PartnerAsync("甲平台");
        var (_, two, _) = await _world.PartnerAsync("乙平台");

        var first = (await one.PostAsync("/partner/wishes", _world.Wish("2026-0001"), key: "x")).Yes();
        var second = (await two.PostAsync("/partner/wishes", _world.Wish("2026-0001"), key: "x")).Yes();

        Assert.That((string?)second["id"], Is.Not.EqualTo((string?)first["id"]));
    }

    [Test]
    public async Task A_resident_is_known_again_by_the_partners_own_name_for_her()
    {
        var (_, client, _) = await _world.PartnerAsync("同一位居民");
        var first = (await client.PostAsync("/partner/wishes", _world.Wish("k-1", residentReference: "居民-9"), key: "k-1")).Yes();
        var second = (await client.PostAsync("/partner/wishes", _world.Wish("k-2", residentReference: "居民-9"), key: "k-2")).Yes();
        var third = (await client.PostAsync("/partner/wishes", ForKnown("k-3", (string)first["residentId"]!), key: "k-3")).Yes();

        Assert.That(new[] { (string?)second["residentId"], (string?)third["residentId"] }, Is.All.EqualTo((string?)first["residentId"]));
    }

    [Test]
    public async Task A_partner_sees_its_own_wishes_and_no_other_of_the_same_resident()
    {
        var (_, one, _) = await _world.PartnerAsync("看自己的");
        var (_, two, _) = await _world.PartnerAsync("看别人的");
        var mine = (await one.PostAsync("/partner/wishes", _world.Wish("o-1"), key: "o-1")).Yes();
        var residentId = Id.ParseOrNone((string)mine["residentId"]!);
        var herself = _service.As(await _world.World.HatAsync(Role.Resident, null, residentId));
        var hers = (await herself.PostAsync("/wishes", WishWorld.Words())).Yes();

        var seen = (await one.ReadAsync($"/wishes/{mine["id"]}")).Yes();
        Assert.That((string?)seen["reference"], Is.EqualTo("o-1"));
        Assert.That((string?)seen["channel"], Is.EqualTo("partner"));
        Assert.That(seen["address"], Is.Null);
        Assert.That(seen["timeline"]!.AsArray().Select(step => (string?)step!["by"]), Is.EqualTo(new[] { "Partner" }));
        Assert.That((await one.ReadAsync("/me/wishes")).Yes()["items"]!.AsArray().Select(wish => (string?)wish!["reference"]), Is.EqualTo(new[] { "o-1" }));
        foreach (var (client, id) in new[] { (one, hers), (two, mine), (two, hers) })
        {
            Assert.That((await client.ReadAsync($"/wishes/{id["id"]}")).Code, Is.EqualTo("wish_unknown"));
            Assert.That((await client.PostAsync($"/wishes/{id["id"]}/withdraw", new { }, key: $"{client.GetHashCode()}-{id["id"]}")).Code, Is.EqualTo("wish_unknown"));
        }

        // She sees both: it is about her.
        Assert.That((await herself.ReadAsync("/me/wishes")).Yes()["items"]!.AsArray(), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task A_partner_asks_for_nobody_whom_it_did_not_bring()
    {
        var (_, client, _) = await _world.PartnerAsync("打听别人");

        var answer = await client.PostAsync("/partner/wishes", ForKnown("u-1", _world.Wishes.ResidentId.ToString()), key: "u-1");

        Assert.That((answer.Status, answer.Code), Is.EqualTo((404, "resident_unknown")));
    }

    [Test]
    public async Task A_partner_answers_the_curators_question()
    {
        var (_, client, _) = await _world.PartnerAsync("答问");
        var id = (string)(await client.PostAsync("/partner/wishes", _world.Wish("q-1"), key: "q-1")).Yes()["id"]!;
        (await WishWorld.DoAsync(_world.Wishes.Curator, id, "claim")).Yes();
        (await WishWorld.DoAsync(_world.Wishes.Curator, id, "ask", new { question = "哪个水龙头？" })).Yes();

        Assert.That((string?)(await client.ReadAsync($"/wishes/{id}")).Yes()["question"], Is.EqualTo("哪个水龙头？"));
        Assert.That((string?)(await client.PostAsync($"/wishes/{id}/answer", new { answer = "厨房的" }, key: "q-2")).Yes()["state"], Is.EqualTo("triaging"));
    }

    [Test]
    public async Task A_cursor_of_one_list_is_none_of_another()
    {
        var (_, client, _) = await _world.PartnerAsync("翻错了页");
        for (var i = 0; i < 2; i++)
        {
            (await client.PostAsync("/partner/wishes", _world.Wish($"p-{i}"), key: $"p-{i}")).Yes();
        }

        var ofWishes = (string)(await client.ReadAsync("/me/wishes?take=1")).Yes()["next"]!;
        var ofChanges = (string)(await client.ReadAsync("/changes")).Yes()["next"]!;
        var hook = (await client.PostAsync("/partner/webhooks", new { url = "https://hooks.example.org/", types = new[] { "*" } })).Yes();

        (await client.ReadAsync($"/me/wishes?cursor={ofWishes}")).Yes();
        (await client.ReadAsync($"/changes?after={ofChanges}")).Yes();
        foreach (var address in new[] { $"/me/wishes?cursor={ofChanges}", $"/changes?after={ofWishes}", $"/partner/webhooks/{hook["webhook"]!["id"]}/deliveries?cursor={ofWishes}" })
        {
            var answer = await client.ReadAsync(address);
            Assert.That((answer.Status, answer.Code), Is.EqualTo((400, "cursor_invalid")), address);
        }
    }

    [Test]
    public async Task Ten_megabytes_of_a_partner_are_refused_and_nothing_is_kept_of_them()
    {
        var (_, client, _) = await _world.PartnerAsync("太多了");
        var huge = new StringContent($$"""{"reference":"huge","words":"{{new string('x', 10_000_000)}}"}""", System.Text.Encoding.UTF8, "application/json");

        var answer = await client.AskAsync(HttpMethod.Post, "/partner/wishes", huge, key: "huge");

        Assert.That((answer.Status, answer.Code), Is.EqualTo((413, "body_too_large")));
        (await client.PostAsync("/partner/wishes", _world.Wish("huge"), key: "huge")).Yes();
    }

    [Test]
    public async Task Who_comes_is_told_only_with_the_scope_for_it_and_the_look_is_logged()
    {
        var (_, curious, _) = await _world.PartnerAsync("告诉居民谁来");
        var (_, blind, _) = await _world.PartnerAsync("不必知道谁来", scopes: ["wishesWrite", "wishesRead"]);
        foreach (var (client, reference, told) in new[] { (curious, "v-1", true), (blind, "v-2", false) })
        {
            var wish = (await client.PostAsync("/partner/wishes", _world.Wish(reference, menuItemId: _world.Wishes.Lamp), key: reference)).Yes();
            var volunteer = await _world.Wishes.AcceptedAsync((string)wish["orderIds"]![0]!);

            var coming = (await client.ReadAsync($"/wishes/{wish["id"]}")).Yes()["orders"]![0]!["volunteers"]!.AsArray();
            Assert.That(coming.Select(one => (string?)one!["phone"]), told ? Is.EqualTo(new[] { "138****5678" }) : Is.Empty);
            Assert.That(await _world.Wishes.RevealsAsync(volunteer), told ? Does.Contain("name, masked phone") : Is.Empty);
        }
    }

    [Test]
    public async Task More_than_was_agreed_on_in_a_minute_is_put_off()
    {
        await using var service = await Service.StartAsync();
        var world = await PartnerWorld.CreateAsync(service);
        var (_, client, _) = await world.PartnerAsync("急性子", requestsAMinute: 5);
        service.Machine.Move(TimeSpan.FromSeconds(61 - (service.Machine.GetUtcNow().Second % 60)));
        using var other = new Service(service.Shared);
        using var elsewhere = other.CreateClient();
        elsewhere.DefaultRequestHeaders.Authorization = client.DefaultRequestHeaders.Authorization;
        other.Machine.Move(service.Machine.GetUtcNow() - other.Machine.GetUtcNow());

        var first = (await client.ReadAsync("/partner")).Yes();
        Assert.That(first.Headers["RateLimit-Policy"], Is.EqualTo("\"minute\";q=5;w=60"));
        Assert.That(first.Headers["RateLimit"], Does.Match("^\"minute\";r=4;t=\\d+$"));
        for (var i = 0; i < 2; i++)
        {
            (await client.ReadAsync("/partner")).Yes();
            (await elsewhere.ReadAsync("/partner")).Yes();
        }

        foreach (var node in new[] { client, elsewhere })
        {
            var refused = await node.ReadAsync("/partner");
            Assert.That((refused.Status, refused.Code), Is.EqualTo((429, "rate_limited")));
            Assert.That(refused.Headers["RateLimit"], Does.StartWith("\"minute\";r=0;"));
            Assert.That(int.Parse(refused.Headers["Retry-After"]), Is.InRange(1, 60));
        }

        service.Machine.Move(TimeSpan.FromMinutes(1));
        (await client.ReadAsync("/partner")).Yes();
    }

    [Test]
    public async Task A_partner_is_made_for_sites_of_one_center_by_those_who_run_it()
    {
        var elsewhere = await _world.World.SiteAsync(Matching.Sites.SiteKind.Center, null, "别处中心", 28.2, 112.9);
        var platform = _service.As(await _world.World.HatAsync(Role.PlatformAdmin));
        object For(string name, params Id[] sites) => new { name, siteIds = sites.Select(site => site.ToString()), scopes = new[] { "wishesRead" } };

        Assert.That((await _world.Admin.PostAsync("/partners", For("别处的", elsewhere.Id))).Code, Is.EqualTo("site_unknown"));
        Assert.That((await platform.PostAsync("/partners", For("两处的", elsewhere.Id, _world.World.Center.Id))).Code, Is.EqualTo("partner_sites_of_one_center"));
        var made = (await platform.PostAsync("/partners", For("别处的", elsewhere.Id))).Yes();
        Assert.That((await _world.Admin.ReadAsync($"/partners/{made["partner"]!["id"]}")).Code, Is.EqualTo("partner_unknown"));
        Assert.That((await platform.PostAsync("/partners", For("别处的 ", elsewhere.Id))).Code, Is.EqualTo("partner_name_taken"));
        Assert.That((await _service.As(await _world.World.HatAsync(Role.SiteAdmin, _world.World.NorthStation)).PostAsync("/partners", For("站里的"))).Code, Is.EqualTo("role_not_allowed"));
    }

    [Test]
    public async Task Partners_are_listed_page_by_page()
    {
        await using var service = await Service.StartAsync();
        var world = await PartnerWorld.CreateAsync(service);
        for (var i = 0; i < 3; i++)
        {
            await world.PartnerAsync($"平台 {i}");
        }

        var first = (await world.Admin.ReadAsync("/partners?take=2")).Yes();
        var second = (await world.Admin.ReadAsync($"/partners?take=2&cursor={first["next"]}")).Yes();

        Assert.That(
            first["items"]!.AsArray().Concat(second["items"]!.AsArray()).Select(partner => (string?)partner!["name"]), Is.EqualTo(new[] { "平台 0", "平台 1", "平台 2" }));
        Assert.That(second["next"], Is.Null);
    }

    [Test]
    public async Task Nobody_says_that_they_are_a_partner_by_hand() => Assert.That(
        (await _world.Wishes.Proxy.PostAsync("/residents", new { name = "陶小满", siteId = _world.World.NorthStation.Id.ToString(), relation = "partner" })).Code,
        Is.EqualTo("field_invalid"));

    private static object ForKnown(string reference, string residentId) => new { reference, words = "再来一次", window = WishWorld.Tomorrow, residentId };
}
