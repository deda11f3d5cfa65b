using Matching.Accounts;
using Matching.Api.Tests.Accounts;
using Matching.Api.Tests.Dispatch;
using Matching.Api.Tests.Wishes;

namespace Matching.Api.Tests.Board.Browser;

/// <summary>A morning at the board, in a real browser: what a clerk does, what arrives by itself, and what another station sees of it.</summary>
[NonParallelizable]
public class JourneyTests
{
    private Service _service = null!;
    private DispatchWorld _dispatch = null!;
    private Chromium _browser = null!;

    private World World => _dispatch.World;

    [OneTimeSetUp]
    public async Task Start()
    {
        _browser = await Chromium.StartAsync();
        _service = new Service();
        _service.UseKestrel(0);
        await _service.AtAsync(Service.Friday);
        _dispatch = await DispatchWorld.CreateAsync(_service);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
            await _service.DisposeAsync();
        }
    }

    [Test]
    public async Task A_clerk_curates_and_dispatches_a_wish_and_sees_the_yes_arrive()
    {
        var volunteer = await _dispatch.VolunteerAsync(World.NorthStation);
        await _dispatch.Wishes.SubmitAsync(_dispatch.Wishes.Visit);
        var desk = await SignInAsync(Role.SiteAdmin, World.NorthStation);
        Assert.That(await desk.TextAsync("main"), Does.Contain("待受理心愿"));

        await desk.FollowAsync("a[href='/board/queue']");
        await desk.PressAsync("j");
        await desk.PressToLeaveAsync("c");
        Assert.That(await desk.TextAsync("main"), Does.Contain("由我处理"));
        await desk.FillAsync("[name='order.need']", "更换客厅灯泡");
        await desk.FollowAsync("form[action='/board/do/CurateWish'] button");
        Assert.That(await desk.TextAsync("main"), Does.Contain("已办好"));

        await desk.FollowAsync("a[href^='/board/orders/']");
        var order = (await desk.AddressAsync())["/board/orders/".Length..];
        await desk.FollowAsync("form[action='/board/do/DispatchOrder'] button.main");
        Assert.That(await desk.TextAsync("main"), Does.Contain("已办好").And.Contain("派单中"));
        await desk.EvaluateAsync("window.neverLoadedAgain = true");

        await _service.SettleAsync();
        Assert.That(await desk.UntilSaysAsync("[data-live=timeline]", "派给 1 人"), Is.EqualTo("said"));
        (await _dispatch.AcceptAsync(volunteer, order)).Yes();
        Assert.That(await desk.UntilSaysAsync("[data-live=order]", "已承接"), Is.EqualTo("said"));
        Assert.That((bool?)await desk.EvaluateAsync("window.neverLoadedAgain"), Is.True, "it arrived by itself");
        Assert.That(await desk.TextAsync("[data-live=order]"), Does.Contain("1 / 1").And.Contain("李志愿"));
        Assert.That(desk.Complaints, Is.Empty);
        await _dispatch.LeaveAsync(volunteer);
    }

    [Test]
    public async Task An_order_is_declared_unfilled_with_a_reason_that_the_timeline_keeps()
    {
        var order = await _dispatch.OrderAsync();
        await _service.SettleAsync();
        var desk = await SignInAsync(Role.Dispatcher, World.NorthStation);
        await desk.GoAsync($"/board/orders/{order}");
        await desk.ClickAsync("details:has(form[action='/board/do/LeaveOrderUnfilled']) summary");
        await desk.FillAsync("form[action='/board/do/LeaveOrderUnfilled'] [name=reason]", "村里没有电工");
        await desk.FollowAsync("form[action='/board/do/LeaveOrderUnfilled'] button");

        Assert.That(await desk.TextAsync("[data-live=order]"), Does.Contain("无人承接"));
        Assert.That(await desk.TextAsync("[data-live=timeline]"), Does.Contain("村里没有电工").And.Contain("调度员"));
        Assert.That(desk.Complaints, Is.Empty);
    }

    [Test]
    public async Task Emergency_mode_is_switched_on_after_a_second_look_and_off_again()
    {
        var desk = await SignInAsync(Role.SiteAdmin, World.SouthInstitute);
        var below = await SignInAsync(Role.Dispatcher, World.SouthStation);
        await desk.GoAsync("/board/settings");
        await desk.FillAsync("[name=reason]", "暴雨红色预警");
        await desk.FillAsync("[name=endsAt]", "2026-05-09T08:00");
        await desk.FollowAsync("form[method=get] button.main");
        Assert.That(await desk.TextAsync("main"), Does.Contain("暴雨红色预警").And.Contain("南乡"));
        await below.GoAsync("/board");
        Assert.That(await below.TextAsync("main"), Does.Not.Contain("应急状态"), "not before the second look");

        await desk.ClickAsync("[name=_sure]");
        await desk.FollowAsync("form[action='/board/do/ActivateEmergency'] button");
        await desk.GoAsync("/board");
        Assert.That(await desk.TextAsync("main"), Does.Contain("应急状态").And.Contain("暴雨红色预警"));
        await below.GoAsync("/board");
        Assert.That(await below.TextAsync("main"), Does.Contain("应急状态"), "it holds below too");

        await desk.GoAsync("/board/settings");
        await desk.FollowAsync("form[action='/board/do/EndEmergency'] button");
        await desk.GoAsync("/board");
        Assert.That(await desk.TextAsync("main"), Does.Not.Contain("应急状态"));
        Assert.That(desk.Complaints.Concat(below.Complaints), Is.Empty);
    }

    [Test]
    public async Task A_clerk_of_another_station_sees_none_of_it()
    {
        var order = await _dispatch.OrderAsync();
        var wish = await _dispatch.Wishes.SubmitAsync(_dispatch.Wishes.Visit);
        var desk = await SignInAsync(Role.SiteAdmin, World.SouthStation);
        Assert.That((string?)await desk.EvaluateAsync("[...document.querySelectorAll('.tile b')].map(number => number.innerText).join(' ')"), Is.EqualTo("0 0 0 0 0 0 0 0"));
        foreach (var page in new[] { "/board/queue?view=wishes", "/board/queue?view=orders" })
        {
            await desk.GoAsync(page);
            Assert.That(await desk.TextAsync("main"), Does.Contain("没有符合条件的内容"), page);
        }

        foreach (var page in new[] { $"/board/orders/{order}", $"/board/wishes/{wish}" })
        {
            await desk.GoAsync(page);
            Assert.That(await desk.TextAsync("main"), Does.Contain("不在您的管辖范围内").And.Not.Contain("灯"), page);
        }
    }

    private async Task<Tab> SignInAsync(Role role, World.Place site)
    {
        var username = await Visitor.AccountAsync(_service, World, role, site);
        var tab = await _browser.OpenAsync(_service.ClientOptions.BaseAddress.ToString().TrimEnd('/'));
        await tab.LanguageAsync("zh-CN");
        await tab.GoAsync("/board");
        await tab.FillAsync("#username", username);
        await tab.FillAsync("#password", Signing.Password);
        await tab.FollowAsync("form[action='/board/go/sign-in'] button");
        Assert.That(await tab.AddressAsync(), Is.EqualTo("/board"));
        return tab;
    }
}
