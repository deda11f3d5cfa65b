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
