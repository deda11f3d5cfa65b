using System.Text.Json;
using System.Text.Json.Nodes;
using Matching.Accounts;
using Matching.Api.Tests.Accounts;
using Matching.Api.Tests.Dispatch;
using Matching.Orders;

namespace Matching.Api.Tests.Board.Browser;

/// <summary>A morning without a mouse: Tab, Enter, Space and the arrows, and nothing else.</summary>
[NonParallelizable]
public class KeyboardTests
{
    private const int MostStops = 200;

    // Where Tab has come to, and what is wrong with standing there.
    private const string Look =
        """
        (() => {
            const here = document.activeElement;
            if (!here || here === document.body) { return { at: null, wrong: [] }; }
            const box = here.getBoundingClientRect(), style = getComputedStyle(here), wrong = [], say = what => wrong.push(what + ': ' + here.outerHTML.slice(0, 140));
            if (style.outlineStyle === 'none' || !(parseFloat(style.outlineWidth) > 0)) { say('the focus is not seen'); }
            if (box.width < 2 || box.height < 2 || !here.checkVisibility()) { say('something unseen has the focus'); }
            if (box.bottom <= 0 || box.top >= innerHeight || box.right <= 0 || box.left >= innerWidth) { say('outside of the screen'); }
            const before = window.stoppedAt;
            if (before?.isConnected && before !== here && !(before.compareDocumentPosition(here) & Node.DOCUMENT_POSITION_FOLLOWING)) { say('out of order'); }
            window.stoppedAt = here;
            return { at: here.tagName, wrong };
        })()
        """;

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
    public async Task A_wish_becomes_an_order_is_dispatched_and_declared_unfilled_by_the_keyboard_alone()
    {
        var wish = await _dispatch.Wishes.SubmitAsync(_dispatch.Wishes.Visit);
        var desk = await SignInAsync();

        // Past the menu, to what waits.
        await desk.PressAsync("Tab");
        Assert.That(await FocusedAsync(desk), Does.Contain("skip"));
        await desk.PressAsync("Enter");
        Assert.That(await FocusedAsync(desk), Does.Contain("<main"));
        await TabToAsync(desk, "a[href^='/board/queue?view=wishes']");
        await desk.PressToLeaveAsync("Enter");

        // Walking through the choices of a filter sends nothing.
        var queue = await desk.AddressAsync();
        await TabToAsync(desk, "select[name=urgency]");
        await desk.PressAsync("ArrowDown");
        await desk.PressAsync("ArrowUp");
        Assert.That(await desk.AddressAsync(), Is.EqualTo(queue));
        await TabToAsync(desk, $"form:has([value='{wish}']) button");
        await desk.PressToLeaveAsync("Enter");
        Assert.That(await desk.AddressAsync(), Does.StartWith($"/board/wishes/{wish}"));

        // The claim is taken back and made again: the letter that stands on the button.
        await desk.PressToLeaveAsync("u");
        Assert.That(await desk.TextAsync("main"), Does.Contain("心愿已放回队列"));
        await desk.PressToLeaveAsync("c");

        await TabToAsync(desk, "select[name='order.menuItemId']");
        await desk.PressAsync("ArrowUp");
        await desk.PressAsync("ArrowDown");
        await TabToAsync(desk, "textarea[name='order.need']");
        await desk.TypeAsync("更换走廊灯泡");
        await TabToAsync(desk, "form[action='/board/do/CurateWish'] button");
        await desk.PressToLeaveAsync("Enter");
        Assert.That(await desk.TextAsync("main"), Does.Contain("心愿已成单"));

        await TabToAsync(desk, "a[href^='/board/orders/']");
        await desk.PressToLeaveAsync("Enter");
        var order = (await desk.AddressAsync())["/board/orders/".Length..];
        await TabToAsync(desk, "select[name=mode]");
        await desk.PressAsync("ArrowDown");
        await TabToAsync(desk, "form[action='/board/do/DispatchOrder'] button.main");
        await desk.PressToLeaveAsync(" ");
        Assert.That(await desk.TextAsync("main"), Does.Contain("派单中").And.Contain("更换走廊灯泡"));
        Assert.That((await _dispatch.FindAsync(order)).Mode, Is.EqualTo(DispatchMode.Broadcast), "as the arrow chose");

        await TabToAsync(desk, "details:has(form[action='/board/do/LeaveOrderUnfilled']) summary");
        await desk.PressAsync(" ");
        await TabToAsync(desk, "form[action='/board/do/LeaveOrderUnfilled'] [name=reason]");
        await desk.TypeAsync("村里没有电工");
        await TabToAsync(desk, "form[action='/board/do/LeaveOrderUnfilled'] button");
        await desk.PressToLeaveAsync("Enter");
        Assert.That(await desk.TextAsync("[data-live=timeline]"), Does.Contain("村里没有电工").And.Contain("陶小满"), "by the name of who did it");
        Assert.That((await _dispatch.FindAsync(order)).State, Is.EqualTo(OrderState.Unfilled));
        Assert.That(desk.Complaints, Is.Empty);
    }

    [TestCase("/board")]
    [TestCase("/board/queue?view=wishes")]
    [TestCase("/board/map")]
    [TestCase("/board/figures")]
    [TestCase("/board/settings")]
    public async Task Tab_comes_by_everything_that_can_be_pressed_or_filled_in_from_the_top_to_the_bottom(string page)
    {
        await _dispatch.Wishes.SubmitAsync(_dispatch.Wishes.Visit);
        var desk = await SignInAsync();
        await desk.GoAsync(page);
        var wrong = new List<string>();
        var stops = 0;
        for (; stops < MostStops; stops++)
        {
            await desk.PressAsync("Tab");
            var here = (await desk.EvaluateAsync($"(() => {{ const seen = {Look}; (window.passed ??= new Set()).add(document.activeElement); return seen; }})()"))!;
            if (here["at"] is null)
            {
                break;
            }

            wrong.AddRange(((JsonArray)here["wrong"]!).Select(line => (string)line!));
        }

        var missed = (JsonArray)(await desk.EvaluateAsync(
            """
            [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
                .filter(one => one.checkVisibility() && !one.disabled && one.getBoundingClientRect().width > 0 && !window.passed.has(one)).map(one => one.outerHTML.slice(0, 140))
            """))!;
        Assert.That(wrong, Is.Empty);
        Assert.That(missed.Select(one => (string)one!), Is.Empty, "Tab did not come by");
        Assert.That(stops, Is.InRange(5, MostStops - 1));
    }

    private static async Task TabToAsync(Tab tab, string selector)
    {
        for (var stops = 0; stops < MostStops; stops++)
        {
            await tab.PressAsync("Tab");
            var here = (await tab.EvaluateAsync(Look))!;
            Assert.That(((JsonArray)here["wrong"]!).Select(line => (string)line!), Is.Empty, $"on the way to {selector}");
            Assert.That(here["at"], Is.Not.Null, $"the page ended before {selector}: {await tab.AddressAsync()}");
            if ((bool)(await tab.EvaluateAsync($"document.activeElement.matches({JsonSerializer.Serialize(selector)})"))!)
            {
                return;
            }
        }

        Assert.Fail($"Tab never came to {selector}");
    }

    private static async Task<string> FocusedAsync(Tab tab) => (string)(await tab.EvaluateAsync("document.activeElement.outerHTML.slice(0, 80)"))!;

    private async Task<Tab> SignInAsync()
    {
        var username = await Visitor.AccountAsync(_service, World, Role.SiteAdmin, World.NorthStation);
        var tab = await _browser.OpenAsync(_service.ClientOptions.BaseAddress.ToString().TrimEnd('/'));
        await tab.LanguageAsync("zh-CN");
        await tab.GoAsync("/board");
        // The door begins in its first field; a browser puts the focus there a moment after the page is loaded.
        Assert.That((string?)await tab.EvaluateAsync(
            """
            new Promise(done => {
                const late = performance.now() + 20000, look = () => document.activeElement.id || performance.now() > late ? done(document.activeElement.id) : setTimeout(look, 10);
                look();
            })
            """), Is.EqualTo("username"));
        await tab.TypeAsync(username);
        await TabToAsync(tab, "#password");
        await tab.TypeAsync(Signing.Password);
        await tab.PressToLeaveAsync("Enter");
        Assert.That(await tab.AddressAsync(), Is.EqualTo("/board"));
        return tab;
    }
}
