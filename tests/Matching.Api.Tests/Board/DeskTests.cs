using System.Net;
using System.Text.RegularExpressions;
using Matching.Accounts;
using Matching.Api.Board;
using Matching.Api.Sites;
using Matching.Api.Tests.Accounts;
using Matching.Api.Tests.Dispatch;
using Matching.Api.Tests.Wishes;
using Matching.Orders;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;

namespace Matching.Api.Tests.Board;

/// <summary>What can be done with a wish, an order and a colleague's password stands on their pages, says what it did, and is taken back where it can be.</summary>
public class DeskTests
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

    [Test]
    public async Task A_wish_is_split_into_as_many_orders_as_are_filled_in()
    {
        var (clerk, wish, page) = await ClaimedAsync();
        Assert.That(page, Does.Contain("拆成几单"));
        Assert.That(
            await clerk.PressAsync(
                "SplitWish", ("orders.0.menuItemId", _dispatch.Wishes.Visit.ToString()), ("orders.0.need", "先修水管"), ("orders.1.menuItemId", _dispatch.Wishes.Visit.ToString()),
                ("orders.1.need", "再刷墙"), ("orders.1.window.start", "2026-05-11T09:00"), ("orders.1.window.end", "2026-05-11T12:00"), ("orders.2.menuItemId", ""), ("orders.2.need", "")),
            Is.EqualTo($"/board/wishes/{wish}?done=SplitWish"));

        var seen = (await _dispatch.Wishes.Curator.ReadAsync($"/wishes/{wish}")).Yes();
        Assert.That(seen["orders"]!.AsArray().Select(order => (DateTimeOffset)order!["window"]!["start"]!).Order(), Has.Exactly(2).Items.And.Some.EqualTo(At("2026-05-11T09:00")));
    }

    [Test]
    public async Task What_is_wrong_with_one_order_of_several_is_said_with_its_place()
    {
        var (clerk, _, _) = await ClaimedAsync();
        Assert.That(
            await clerk.PressAsync(
                "SplitWish", ("orders.0.menuItemId", _dispatch.Wishes.Visit.ToString()), ("orders.1.menuItemId", _dispatch.Wishes.Visit.ToString()), ("orders.1.peopleWanted", "0")),
            Does.Contain("field=orders%5B1%5D.peopleWanted"));
    }

    [Test]
    public async Task A_duplicate_is_merged_into_the_wish_that_goes_on()
    {
        var other = await _dispatch.Wishes.SubmitAsync(_dispatch.Wishes.Visit);
        var (clerk, wish, page) = await ClaimedAsync();
        Assert.That(page, Does.Contain($"<option value=\"{other}\">同一居民"));
        Assert.That(await clerk.PressAsync("MergeWish", ("into", other)), Does.Contain("done=MergeWish"));
        Assert.That((string?)(await _dispatch.Wishes.Curator.ReadAsync($"/wishes/{wish}")).Yes()["mergedInto"], Is.EqualTo(other));
    }

    [Test]
    public async Task Several_wishes_of_one_curator_become_one_order()
    {
        var (clerk, first, _) = await ClaimedAsync();
        var second = await _dispatch.Wishes.SubmitAsync(_dispatch.Wishes.Visit);
        await clerk.OpenAsync($"/board/wishes/{second}");
        await clerk.PressAsync("ClaimWish");
        Assert.That(await clerk.OpenAsync($"/board/wishes/{second}"), Does.Contain($"name=\"with\" value=\"{first}\""));
        Assert.That(await clerk.PressAsync("CurateWish", ("order.menuItemId", _dispatch.Wishes.Visit.ToString()), ("with", first)), Does.Contain("done=CurateWish"));

        Assert.That(await OrderOfAsync(first), Is.EqualTo(await OrderOfAsync(second)).And.Not.Null);
        await clerk.SendAsync("/board/go/sign-out");
    }

    [Test]
    public async Task A_claim_is_taken_back_with_the_button_that_says_so_and_only_once()
    {
        var (clerk, wish, _) = await ClaimedAsync();
        Assert.That(await clerk.OpenAsync($"/board/wishes/{wish}?done=ClaimWish"), Does.Not.Contain("撤销"), "a page that is opened again no longer offers it");

        await clerk.PressAsync("ReleaseWish");
        Assert.That(await clerk.OpenAsync($"/board/wishes/{wish}?done=ReleaseWish"), Does.Contain("心愿已放回队列").And.Contain("撤销"));
        await clerk.OpenAsync($"/board/wishes/{wish}");
        await clerk.PressAsync("ClaimWish");
        Assert.That(await clerk.OpenAsync($"/board/wishes/{wish}?done=ClaimWish"), Does.Contain("心愿已领取").And.Contain("撤销"));
        Assert.That(await clerk.PressAsync("ReleaseWish"), Is.EqualTo($"/board/wishes/{wish}?done=ReleaseWish"));
        Assert.That(await StateAsync(wish), Is.EqualTo("submitted"));
    }

    [Test]
    public async Task A_held_order_goes_on_looking_when_the_hold_is_taken_back()
    {
        var volunteer = await _dispatch.VolunteerAsync(World.NorthStation);
        var order = await DispatchedAsync();
        var dispatcher = await Visitor.SignedInAsync(_service, World, Role.Dispatcher, World.NorthStation);
        await dispatcher.OpenAsync($"/board/orders/{order}");
        await dispatcher.PressAsync("HoldOrder", ("reason", "看错了"));
        Assert.That(await dispatcher.OpenAsync($"/board/orders/{order}?done=HoldOrder"), Does.Contain("订单已转人工").And.Contain("撤销").And.Contain("看错了"));
        Assert.That(await dispatcher.PressAsync("DispatchOrder"), Does.Contain("done=DispatchOrder"));
        Assert.That((await _dispatch.FindAsync(order)).State, Is.EqualTo(OrderState.Dispatching));
        await _dispatch.LeaveAsync(volunteer);
    }

    [Test]
    public async Task What_was_left_for_one_is_said_to_nobody_else()
    {
        var (clerk, wish, _) = await ClaimedAsync();
        await clerk.OpenAsync($"/board/wishes/{wish}");
        await clerk.PressAsync("ReleaseWish");
        Assert.That(await clerk.OpenAsync($"/board/wishes/{wish}?done=ClaimWish"), Does.Not.Contain("撤销"), "another deed's");
        Assert.That(await clerk.OpenAsync($"/board/wishes/{wish}?done=ReleaseWish"), Does.Not.Contain("撤销"), "and then it is gone");
    }

    [Test]
    public async Task Another_window_and_other_numbers_are_part_of_a_dispatch()
    {
        var order = await DispatchedAsync();
        var dispatcher = await Visitor.SignedInAsync(_service, World, Role.Dispatcher, World.NorthStation);
        await dispatcher.OpenAsync($"/board/orders/{order}");
        Assert.That(
            await dispatcher.PressAsync("DispatchOrder", ("mode", "broadcast"), ("windowStart", "2026-05-12T09:00"), ("windowEnd", "2026-05-12T12:00"), ("peopleWanted", "2")),
            Does.Contain("done=DispatchOrder"));
        var now = await _dispatch.FindAsync(order);
        Assert.That((now.WindowStart, now.PeopleWanted, now.Mode), Is.EqualTo((At("2026-05-12T09:00"), 2, DispatchMode.Broadcast)));
    }

    [Test]
    public async Task An_order_of_an_institute_is_handed_down_to_a_station_of_its_own()
    {
        var order = await DispatchedAsync();
        var above = await Visitor.SignedInAsync(_service, World, Role.Dispatcher, World.NorthInstitute);
        await _service.Database.WriteAsync(
            async tx => await _dispatch.Orders.EscalateAsync(tx, await _dispatch.FindAsync(order), (await SiteAsync(World.NorthInstitute.Id))!, "deadline"), CancellationToken.None);
        Assert.That(await above.OpenAsync($"/board/orders/{order}"), Does.Contain("交给下级站点").And.Contain("北一社区").And.Not.Contain("南一社区"));
        Assert.That(await above.PressAsync("DispatchOrder", ("mode", "directive"), ("siteId", World.NorthStation.Id.ToString())), Does.Contain("done=DispatchOrder"));
        Assert.That((await _dispatch.FindAsync(order)).OwnerSiteId, Is.EqualTo(World.NorthStation.Id));
    }

    [Test]
    public async Task A_seat_is_given_to_somebody_else_and_given_back()
    {
        var first = await _dispatch.VolunteerAsync(World.NorthStation);
        var order = await DispatchedAsync();
        (await _dispatch.AcceptAsync(first, order)).Yes();
        var second = await _dispatch.VolunteerAsync(World.NorthStation);
        var dispatcher = await Visitor.SignedInAsync(_service, World, Role.Dispatcher, World.NorthStation);
        Assert.That(await dispatcher.OpenAsync($"/board/orders/{order}"), Does.Contain("改派给谁").And.Contain($"<option value=\"{second.Id}\">李志愿"));
        Assert.That(await dispatcher.PressAsync("ReassignSeat", ("volunteerId", second.Id.ToString()), ("reason", "病了")), Does.Contain("done=ReassignSeat"));
        (await _dispatch.AcceptAsync(second, order)).Yes();

        await dispatcher.OpenAsync($"/board/orders/{order}");
        Assert.That(await dispatcher.PressAsync("ReleaseAssignment", ("reason", "来不了")), Does.Contain("done=ReleaseAssignment"));
        Assert.That((await _dispatch.FindAsync(order)).SeatsFilled, Is.EqualTo(0));
        await _dispatch.LeaveAsync(first);
        await _dispatch.LeaveAsync(second);
    }

    [Test]
    public async Task A_service_code_is_shown_once_to_who_reads_it_out_and_the_look_is_on_record()
    {
        var order = await _dispatch.OrderAsync();
        var clerk = await Visitor.SignedInAsync(_service, World, Role.Curator, World.NorthStation);
        Assert.That(await clerk.OpenAsync($"/board/orders/{order}"), Does.Not.Match("服务码：[0-9]{6}"));
        var next = await clerk.PressAsync("ReadServiceCode");
        Assert.That(next, Does.Contain("done=ReadServiceCode").And.Not.Match("[0-9]{6}"), "it does not stand in the address");
        Assert.That(await clerk.OpenAsync(next), Does.Match("服务码：[0-9]{6}"));
        Assert.That(await clerk.OpenAsync(next), Does.Not.Match("服务码：[0-9]{6}"));
        var reveals = (await _dispatch.Wishes.Resident.ReadAsync("/me/reveals")).Yes()["items"]!.AsArray();
        Assert.That(reveals.Select(reveal => (string?)reveal!["what"]), Does.Contain("serviceCode"));
    }

    [Test]
    public async Task A_residents_phone_is_shown_once_with_a_reason_that_she_can_read()
    {
        var resident = (string)(await _dispatch.Wishes.Proxy.PostAsync(
            "/residents", new { siteId = World.NorthStation.Id.ToString(), name = "向春兰", phone = "13907440011", relation = "gridWorker" })).Yes()["id"]!;
        var words = WishWorld.Words(menuItemId: _dispatch.Wishes.Visit, residentId: Id.ParseOrNone(resident));
        var wish = (string)(await _dispatch.Wishes.Proxy.PostAsync("/wishes", words)).Yes()["id"]!;
        var clerk = await Visitor.SignedInAsync(_service, World, Role.Curator, World.NorthStation);
        Assert.That(await clerk.OpenAsync($"/board/wishes/{wish}"), Does.Contain("139****0011").And.Not.Contain("13907440011"));
        Assert.That(await clerk.PressAsync("RevealResident"), Does.Contain("field=reason"), "not without saying why");
        await clerk.OpenAsync($"/board/wishes/{wish}");
        var next = await clerk.PressAsync("RevealResident", ("reason", "确认时间"));
        Assert.That(next, Does.Not.Contain("13907440011"));
        Assert.That(await clerk.OpenAsync(next), Does.Contain("13907440011").And.Contain("已记录这次查看"));
        Assert.That(await clerk.OpenAsync(next), Does.Not.Contain("13907440011"));
    }

    [Test]
    public async Task A_colleague_who_forgot_the_password_gets_a_code_that_the_page_says_once()
    {
        var username = await Visitor.AccountAsync(_service, World, Role.Curator, World.NorthStation);
        var admin = await Visitor.SignedInAsync(_service, World, Role.SiteAdmin, World.NorthStation);
        var page = await admin.OpenAsync($"/board/settings/people?site={World.NorthStation.Id}");
        Assert.That(page, Does.Contain(username).And.Contain("重置密码"));
        var account = Regex.Match(page[page.IndexOf(username, StringComparison.Ordinal)..], "name=\"accountId\" value=\"([^\"]+)\"").Groups[1].Value;
        var next = await admin.PressAsync("IssueResetCode", ("accountId", account), ("reason", "本人到站，核对了身份证"));
        var code = Regex.Match(await admin.OpenAsync(next), "重置码：([^。]+)。").Groups[1].Value;
        Assert.That(code, Is.Not.Empty);
        Assert.That(next, Does.Not.Contain(code));
        Assert.That(await admin.OpenAsync(next), Does.Not.Contain(code));
        Assert.That(await new Visitor(_service).SignInAsync(username, Signing.Password), Is.EqualTo("/board").Or.Contain("refused="));
    }

    [Test]
    public async Task A_role_that_was_taken_away_is_given_back_with_one_button()
    {
        var username = await Visitor.AccountAsync(_service, World, Role.Curator, World.SouthStation);
        var admin = await Visitor.SignedInAsync(_service, World, Role.SiteAdmin, World.SouthStation);
        var page = await admin.OpenAsync($"/board/settings/people?site={World.SouthStation.Id}");
        var row = page[page.IndexOf(username, StringComparison.Ordinal)..];
        var hat = Regex.Match(row, "name=\"hatId\" value=\"([^\"]+)\"").Groups[1].Value;
        var undo = Regex.Match(row, "name=\"_undo\" value=\"({.*?}})\"").Groups[1].Value;
        var next = await admin.PressAsync("RevokeHat", ("hatId", hat), ("_undo", undo));
        Assert.That(await new Visitor(_service).SignInAsync(username, Signing.Password), Does.Contain("refused=role_not_allowed"));
        Assert.That(await admin.OpenAsync(next), Does.Contain("角色已收回").And.Contain("撤销"));
        Assert.That(await admin.PressAsync("GrantHat"), Does.Contain("done=GrantHat"));
        Assert.That(await new Visitor(_service).SignInAsync(username, Signing.Password), Is.EqualTo("/board"));
    }

    [Test]
    public async Task Nothing_at_an_address_is_a_page_in_the_readers_language_with_the_trace()
    {
        var clerk = await Visitor.SignedInAsync(_service, World, Role.Curator, World.NorthStation);
        Assert.That(
            await clerk.OpenAsync("/board/no-such-page", HttpStatusCode.NotFound),
            Does.Contain("<html lang=\"zh-CN\">").And.Contain("没有这个页面").And.Contain("route_unknown").And.Match("<code>[0-9a-f]{32}</code>"));
        Assert.That(await clerk.OpenAsync("/board/no-such-page", HttpStatusCode.NotFound, "en"), Does.Contain("<html lang=\"en\">").And.Contain("There is no such page"));
        Assert.That(await clerk.OpenAsync("/board/figures.csv?month=nonsense", HttpStatusCode.BadRequest), Does.Contain("<html"));

        using var program = _service.CreateClient();
        using var answer = await program.GetAsync("/api/v1/no-such-address");
        Assert.That(answer.Content.Headers.ContentType!.MediaType, Is.EqualTo("application/problem+json"), "a program is told as ever");
    }

    [Test]
    public async Task A_page_that_breaks_says_so_without_saying_how()
    {
        // The door itself, so that nobody needs to get in.
        await using var broken = _service.WithWebHostBuilder(host => host.ConfigureTestServices(services =>
            services.AddScoped<Words>(_ => throw new InvalidOperationException("an inner secret"))));
        var page = await new Visitor(broken).OpenAsync("/board/sign-in", HttpStatusCode.InternalServerError);
        Assert.That(page, Does.Contain("出错了").And.Contain("internal_error").And.Match("<code>[0-9a-f]{32}</code>").And.Not.Contain("secret").And.Not.Contain("Exception"));
    }

    private static DateTimeOffset At(string local) => new(DateTime.Parse(local, System.Globalization.CultureInfo.InvariantCulture), TimeSpan.FromHours(8));

    private Task<Site?> SiteAsync(Id id) => _service.Services.GetRequiredService<SiteStore>().FindAsync(id);

    private async Task<string?> OrderOfAsync(string wish) => (string?)(await _dispatch.Wishes.Curator.ReadAsync($"/wishes/{wish}")).Yes()["orders"]![0]!["id"];

    private async Task<string?> StateAsync(string wish) => (string?)(await _dispatch.Wishes.Curator.ReadAsync($"/wishes/{wish}")).Yes()["state"];

    private async Task<string> DispatchedAsync()
    {
        var order = await _dispatch.OrderAsync();
        await _service.SettleAsync();
        return order;
    }

    private async Task<(Visitor Clerk, string Wish, string Page)> ClaimedAsync()
    {
        var wish = await _dispatch.Wishes.SubmitAsync(_dispatch.Wishes.Visit);
        var clerk = await Visitor.SignedInAsync(_service, World, Role.Curator, World.NorthStation);
        await clerk.OpenAsync($"/board/wishes/{wish}");
        await clerk.PressAsync("ClaimWish");
        return (clerk, wish, await clerk.OpenAsync($"/board/wishes/{wish}?done=ClaimWish"));
    }
}
