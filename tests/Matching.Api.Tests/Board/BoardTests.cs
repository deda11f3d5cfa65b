using System.Net;
using Matching.Accounts;
using Matching.Api.Plumbing;
using Matching.Api.Tests.Accounts;
using Matching.Api.Tests.Dispatch;
using Matching.Api.Tests.Wishes;
using Microsoft.Extensions.DependencyInjection;

namespace Matching.Api.Tests.Board;

/// <summary>The board is the API with a face: the same rights, the same refusals, nothing besides.</summary>
public class BoardTests
{
    private Service _service = null!;
    private DispatchWorld _dispatch = null!;

    private World World => _dispatch.World;

    [OneTimeSetUp]
    public async Task Start()
    {
        _service = await Service.StartAsync();
        _dispatch = await DispatchWorld.CreateAsync(_service);
    }

    [OneTimeTearDown]
    public async Task Stop() => await _service.DisposeAsync();

    [TestCase("/board")]
    [TestCase("/board/queue")]
    [TestCase("/board/orders/ord_1")]
    public async Task Who_is_not_signed_in_is_sent_to_the_door(string page) => Assert.That(
        await new Visitor(_service).SentFromAsync(page), Is.EqualTo($"/board/sign-in?back={Uri.EscapeDataString(page)}"));

    [Test]
    public async Task The_door_leads_to_the_page_that_was_asked_for_and_never_away()
    {
        var username = await Visitor.AccountAsync(_service, World, Role.Curator, World.NorthStation);
        Assert.That(await new Visitor(_service).SignInAsync(username, Signing.Password, "/board/queue?view=orders"), Is.EqualTo("/board/queue?view=orders"));
        foreach (var away in new[] { "https://example.org/", "//example.org", "/board//example.org", "/board/\\example.org", "/api/v1/me" })
        {
            Assert.That(await new Visitor(_service).SignInAsync(username, Signing.Password, away), Is.EqualTo("/board"), away);
        }
    }

    [Test]
    public async Task A_wrong_password_and_somebody_without_a_desk_stay_outside()
    {
        var username = await Visitor.AccountAsync(_service, World, Role.Curator, World.NorthStation);
        Assert.That(await new Visitor(_service).SignInAsync(username, "not the right one"), Does.Contain("refused=password_wrong"));
        Assert.That(
            await new Visitor(_service).SignInAsync(await Visitor.AccountAsync(_service, World, Role.Proxy, World.NorthStation), Signing.Password),
            Does.Contain("refused=role_not_allowed"));
    }

    [Test]
    public async Task A_clerk_claims_a_wish_makes_an_order_of_it_and_the_timeline_knows_her()
    {
        var wish = await WishAsync();
        var clerk = await Visitor.SignedInAsync(_service, World, Role.Curator, World.NorthStation);
        Assert.That(await clerk.OpenAsync("/board/queue"), Does.Contain("北一社区").And.Contain("领取"));

        Assert.That(
            await clerk.SendAsync("/board/do/ClaimWish", ("wishId", wish), ("_back", "/board/queue"), ("_next", $"/board/wishes/{wish}")),
            Is.EqualTo($"/board/wishes/{wish}?done=ClaimWish"));
        Assert.That(await clerk.OpenAsync($"/board/wishes/{wish}?done=ClaimWish"), Does.Contain("已办好").And.Contain("由我处理"));
        Assert.That(
            await clerk.SendAsync("/board/do/CurateWish", ("wishId", wish), ("order.menuItemId", _dispatch.Wishes.Visit.ToString()), ("order.need", "换厨房的灯"),
                ("order.window.start", "2026-05-10T15:00"), ("order.window.end", "2026-05-10T17:00"), ("_back", $"/board/wishes/{wish}")),
            Does.Contain("done=CurateWish"));

        var seen = (await _dispatch.Wishes.Curator.ReadAsync($"/wishes/{wish}")).Yes();
        var order = (string)seen["orders"]![0]!["id"]!;
        Assert.That((DateTimeOffset?)seen["orders"]![0]!["window"]!["start"], Is.EqualTo(new DateTimeOffset(2026, 5, 10, 15, 0, 0, TimeSpan.FromHours(8))), "on the clock of the center");
        Assert.That(await clerk.OpenAsync($"/board/orders/{order}"), Does.Contain("换厨房的灯").And.Contain("制单员"));
    }

    [Test]
    public async Task Another_stations_clerk_sees_none_of_it()
    {
        var order = await _dispatch.OrderAsync();
        var foreign = await Visitor.SignedInAsync(_service, World, Role.Dispatcher, World.SouthStation);
        var unknown = await foreign.OpenAsync("/board/orders/ord_00000000000000000000000000", HttpStatusCode.NotFound);
        var page = await foreign.OpenAsync($"/board/orders/{order}", HttpStatusCode.NotFound);
        Assert.That(page, Does.Contain("不在您的管辖范围内").And.Not.Contain("更换灯泡"));
        Assert.That(unknown, Does.Contain("不在您的管辖范围内"));
        Assert.That(await foreign.OpenAsync("/board/queue?view=orders"), Does.Not.Contain(order));
        await foreign.OpenAsync("/board");
        Assert.That(
            await foreign.SendAsync("/board/do/HoldOrder", ("orderId", order), ("reason", "没有人"), ("_back", "/board")), Does.Contain("refused=order_unknown"));
    }

    [Test]
    public async Task What_the_api_refuses_to_a_hat_the_board_neither_offers_nor_does()
    {
        var order = await _dispatch.OrderAsync();
        var curator = await Visitor.SignedInAsync(_service, World, Role.Curator, World.NorthStation);
        Assert.That(await curator.OpenAsync($"/board/orders/{order}"), Does.Not.Contain("/board/do/HoldOrder"));
        Assert.That(
            await curator.SendAsync("/board/do/HoldOrder", ("orderId", order), ("reason", "没有人"), ("_back", "/board")), Is.EqualTo("/board?refused=role_not_allowed&field="));
        Assert.That(await curator.SendAsync("/board/do/ListOrders", ("_back", "/board")), Does.Contain("refused=route_unknown"), "what reads is not done");
        Assert.That(await curator.SendAsync("/board/do/NoSuchDeed", ("_back", "/board")), Does.Contain("refused=route_unknown"));
    }

    [Test]
    public async Task An_older_policy_is_compared_and_put_in_force_again_as_a_new_version()
    {
        var admin = await Visitor.SignedInAsync(_service, World, Role.CenterAdmin, World.Center);
        var center = World.Center.Id.ToString();
        var page = await admin.OpenAsync("/board/settings/policy");
        Assert.That(await admin.SendAsync("/board/do/PutPolicy", [.. Figures(page, 1), ("policy.circleM", "1800"), ("policy.waveSizes", "5")]), Does.Contain("done=PutPolicy"));

        page = await admin.OpenAsync("/board/settings/policy?with=1");
        Assert.That(page, Does.Contain("1200").And.Contain("1800").And.Contain("恢复为第 1 版"));
        var old = page[..page.LastIndexOf("恢复为第 1 版", StringComparison.Ordinal)];
        Assert.That(await admin.SendAsync("/board/do/PutPolicy", Figures(old, 2)), Does.Contain("done=PutPolicy"));

        var reader = _service.As(await World.HatAsync(Role.CenterAdmin, World.Center));
        var now = (await reader.ReadAsync($"/centers/{center}/policy")).Yes();
        Assert.That(((int?)now["version"], (double?)now["policy"]!["circleM"], now["policy"]!["waveSizes"]!.AsArray().Count), Is.EqualTo((3, 1200.0, 3)));
        Assert.That(
            await admin.SendAsync("/board/do/PutPolicy", Figures(old, 2)), Does.Contain("refused=changed_meanwhile"), "somebody was first");

        // The fields as they stand on the page.
        (string Name, string Value)[] Figures(string form, int version) =>
        [
            .. System.Text.RegularExpressions.Regex.Matches(form, "<input type=\"hidden\" name=\"(policy\\.[A-Za-z.]+)\" value=\"([^\"]*)\"").Select(match => (match.Groups[1].Value, match.Groups[2].Value)),
            ("centerId", center), ("reason", "冬天"), ("_version", $"{version}"), ("_back", "/board/settings/policy"),
        ];
    }

    [Test]
    public async Task The_menu_is_edited_with_its_skills_and_its_version()
    {
        var admin = await Visitor.SignedInAsync(_service, World, Role.CenterAdmin, World.Center);
        await admin.OpenAsync("/board/settings/menu?item=new");
        Assert.That(
            await admin.SendAsync("/board/do/CreateMenuItem", ("code", "read-aloud"), ("item.category", "culture"), ("item.nameZh", "读报"), ("item.nameEn", "Reading aloud"),
                ("item.minutes", "45"), ("item.peopleWanted", "1"), ("item.peopleNeeded", "1"), ("item.risk", "low"), ("item.urgency", "normal"), ("item.needsCuration", "false"),
                ("item.minorsAllowed", "on"), ("centerId", World.Center.Id.ToString()), ("_back", "/board/settings/menu?item=new"), ("_next", "/board/settings/menu")),
            Is.EqualTo("/board/settings/menu?done=CreateMenuItem"));
        Assert.That(await admin.OpenAsync("/board/settings/menu"), Does.Contain("读报").And.Contain("文化文艺"));
        Assert.That(
            await admin.SendAsync("/board/do/CreateMenuItem", ("code", "x"), ("item.skills", "{\"skillId\":\"skl_unknown\",\"level\":1}"), ("item", "a text"), ("_back", "/board/settings/menu")),
            Does.Contain("refused="), "fields that make no item are refused, not fallen over");
        var curator = await Visitor.SignedInAsync(_service, World, Role.Curator, World.NorthStation);
        Assert.That(await curator.OpenAsync("/board/settings/menu?item=new"), Does.Not.Contain("CreateMenuItem"));
    }

    [Test]
    public async Task Figures_come_as_a_file_for_a_spreadsheet_too()
    {
        var admin = await Visitor.SignedInAsync(_service, World, Role.CenterAdmin, World.Center);
        Assert.That(await admin.OpenAsync("/board/figures.csv?month=2026-05"), Does.Contain("\"站点\",\"订单\"").And.Contain("\"北街道\","));
        await admin.OpenAsync("/board/figures.csv?month=nonsense", HttpStatusCode.BadRequest);
    }

    [Test]
    public async Task A_form_without_its_token_does_nothing()
    {
        var wish = await WishAsync();
        var clerk = await Visitor.SignedInAsync(_service, World, Role.Curator, World.NorthStation);
        Assert.That(await clerk.SendRawAsync("/board/do/ClaimWish", ("wishId", wish), ("_back", "/board/queue")), Does.Contain("refused=form_expired"));
        Assert.That((string?)(await _dispatch.Wishes.Curator.ReadAsync($"/wishes/{wish}")).Yes()["state"], Is.EqualTo("submitted"));
    }

    [Test]
    public async Task What_is_missing_or_shapeless_is_said_with_the_field()
    {
        var order = await _dispatch.OrderAsync();
        var dispatcher = await Visitor.SignedInAsync(_service, World, Role.Dispatcher, World.NorthStation);
        await dispatcher.OpenAsync("/board");
        Assert.That(await dispatcher.SendAsync("/board/do/HoldOrder", ("orderId", order), ("_back", "/board")), Does.Contain("field=reason"));
        Assert.That(
            await dispatcher.SendAsync("/board/do/DispatchOrder", ("orderId", order), ("mode", "by carrier pigeon"), ("_back", "/board")), Does.Contain("field=mode"));
    }

    [Test]
    public async Task A_sign_in_that_was_ended_elsewhere_ends_at_the_board()
    {
        var username = await Visitor.AccountAsync(_service, World, Role.Curator, World.NorthStation);
        var visitor = new Visitor(_service);
        await visitor.SignInAsync(username, Signing.Password);
        await visitor.OpenAsync("/board");

        var elsewhere = (await _service.TokensAsync(new { grant = "password", username, password = Signing.Password })).Yes();
        (await _service.With(elsewhere).AskAsync(HttpMethod.Put, "/me/password", new { current = Signing.Password, password = "another horse battery" })).Yes();

        Assert.That(await visitor.SentFromAsync("/board"), Does.StartWith("/board/sign-in"));
    }

    [Test]
    public async Task Who_signs_out_is_out()
    {
        var clerk = await Visitor.SignedInAsync(_service, World, Role.Curator, World.NorthStation);
        await clerk.OpenAsync("/board");
        Assert.That(await clerk.SendAsync("/board/go/sign-out"), Is.EqualTo("/board/sign-in"));
        Assert.That(await clerk.SentFromAsync("/board"), Does.StartWith("/board/sign-in"));
    }

    [Test]
    public async Task The_cookie_of_the_board_opens_nothing_of_the_api()
    {
        var username = await Visitor.AccountAsync(_service, World, Role.Curator, World.NorthStation);
        using var client = _service.CreateClient();
        var page = await client.GetStringAsync("/board/sign-in");
        var token = System.Text.RegularExpressions.Regex.Match(page, "name=\"_form\" value=\"([^\"]+)\"").Groups[1].Value;
        using var form = new FormUrlEncodedContent(new Dictionary<string, string> { ["username"] = username, ["password"] = Signing.Password, ["_form"] = token });
        using var today = await client.PostAsync("/board/go/sign-in", form);
        Assert.That(today.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That((await client.ReadAsync("/me")).Status, Is.EqualTo(401));
    }

    [Test]
    public async Task Pages_run_no_script_but_ours_and_are_kept_by_nobody()
    {
        using var client = _service.CreateClient();
        using var response = await client.GetAsync("/board/sign-in");
        Assert.That(response.Headers.GetValues("Content-Security-Policy").Single(), Does.Contain("default-src 'self'").And.Contain("frame-ancestors 'none'"));
        Assert.That(response.Headers.CacheControl!.NoStore, Is.True);
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Not.Match("<script(?![^>]*src=\"/board/assets/)"));
    }

    [Test]
    public async Task An_open_page_is_told_what_changed_since_it_was_made()
    {
        var pulse = _service.Services.GetRequiredService<Api.Board.LivePulse>();
        var made = await pulse.NewestAsync();
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var waiting = pulse.NextAsync(made, soon.Token);
        await WishAsync();
        Assert.That((await waiting)!.Value.CompareTo(made), Is.GreaterThan(0));
        Assert.That((await pulse.NextAsync(made, soon.Token))!.Value.CompareTo(made), Is.GreaterThan(0), "who comes later has missed nothing");
    }

    private async Task<string> WishAsync() =>
        (string)(await _dispatch.Wishes.Resident.PostAsync("/wishes", WishWorld.Words(menuItemId: _dispatch.Wishes.Visit))).Yes()["id"]!;
}
