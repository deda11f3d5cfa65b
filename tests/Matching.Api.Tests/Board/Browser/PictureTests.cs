using Matching.Accounts;
using Matching.Api.Demonstration;
using Matching.Api.Plumbing.Database;
using Matching.Api.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Matching.Api.Tests.Accounts;

namespace Matching.Api.Tests.Board.Browser;

/// <summary>
/// Every page, large and small, in both languages, light and dark: checked (<see cref="PageCheck"/>) and photographed, into a folder outside the tree, for people to look at.
/// </summary>
[NonParallelizable]
public class PictureTests
{
    private static readonly string Folder = Environment.GetEnvironmentVariable("BOARD_PICTURES") ?? Path.Combine(Path.GetTempPath(), "matching-board-pictures");

    private static readonly (string Name, string Address)[] Pages =
    [
        ("today", "/board"), ("wishes", "/board/queue?view=wishes"), ("orders", "/board/queue?view=orders&sort=due"), ("wish", "/board/wishes/{wish}"), ("claimed", "/board/wishes/{claimed}"),
        ("order", "/board/orders/{order}"), ("held", "/board/orders/{held}"), ("taken", "/board/orders/{taken}"), ("volunteers", "/board/volunteers?awake=false"), ("volunteer", "/board/volunteers/{volunteer}"),
        ("map", "/board/map"), ("figures", "/board/figures"), ("hours", "/board/figures/hours?month=2026-05"), ("month-orders", "/board/queue?view=orders&sort=newest&from=2026-05-01T00:00&to=2026-06-01T00:00"), ("jobs", "/board/jobs?hook={hook}"), ("policy", "/board/settings/policy"), ("policy-compare", "/board/settings/policy?with=1"), ("menu", "/board/settings/menu"),
        ("menu-item", "/board/settings/menu?item={item}"), ("people", "/board/settings/people"), ("emergency", "/board/settings"), ("emergency-sure", "/board/settings?reason=暴雨&endsAt=2026-05-09T08:00"),
    ];

    private static readonly Sql<ById, AskedRow> Asked = new(
        """
        SELECT h.id, h.account_id, f.volunteer_id FROM offers f INNER JOIN hats h ON h.subject_id = f.volunteer_id
        WHERE f.order_id = @Id AND f.state = 'Pending' ORDER BY f.id
        """);

    // A group lets one of them be open at a time; here all of them are looked at.
    private const string OpenAll = "document.querySelectorAll('details').forEach(one => { one.removeAttribute('name'); one.open = true; })";

    private readonly Dictionary<string, string> _ids = [];
    private Service _service = null!;
    private Chromium _browser = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _browser = await Chromium.StartAsync();
        _service = new Service(("Demonstration:Seed", "true"));
        _service.UseKestrel(0);
        await _service.AtAsync(Service.Friday);
        await WishAsync();
        Directory.CreateDirectory(Folder);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
            await _service.DisposeAsync();
            await TestContext.Out.WriteLineAsync($"The pictures are in {Folder}.");
        }
    }

    [Test]
    public async Task Every_page_is_readable_named_and_whole(
        [Values("zh-CN", "en")] string language, [Values(1280, 390)] int width, [Values(false, true)] bool dark)
    {
        var tab = await _browser.OpenAsync(_service.ClientOptions.BaseAddress.ToString().TrimEnd('/'), width, width == 390 ? 844 : 800);
        await tab.LanguageAsync(language);
        await tab.DarkAsync(dark);
        var wrong = new List<string>();
        await tab.GoAsync("/board/sign-in");
        await LookAsync("sign-in");
        await tab.FillAsync("#username", "centeradmin");
        await tab.FillAsync("#password", DemonstrationCounty.Password);
        await tab.FollowAsync("form[action='/board/go/sign-in'] button");
        foreach (var (name, address) in Pages)
        {
            await tab.GoAsync(AddressOf(address));
            await LookAsync(name);
            if ((bool)(await tab.EvaluateAsync("document.querySelector('details') !== null"))!)
            {
                await tab.EvaluateAsync(OpenAll);
                await LookAsync(name + "-open");
            }
        }

        // What is said after a deed: the way back, and an answer that is shown once.
        await tab.GoAsync(AddressOf("/board/wishes/{wish}"));
        await tab.FollowAsync("form[action='/board/do/ClaimWish'] button");
        await LookAsync("said-undo");
        await tab.FollowAsync(".said form button");
        await tab.GoAsync("/board/settings/people");
        await tab.EvaluateAsync(OpenAll);
        await tab.FillAsync("form[action='/board/do/IssueResetCode'] [name=reason]", "本人到站，核对了身份证");
        await tab.FollowAsync("form[action='/board/do/IssueResetCode'] button");
        await LookAsync("said-once");
        Assert.That(wrong.Concat(tab.Complaints), Is.Empty);

        await tab.GoAsync("/board/no-such-page");
        await LookAsync("no-such-page");
        Assert.That(wrong, Is.Empty);

        async Task LookAsync(string name)
        {
            wrong.AddRange((await PageCheck.WrongAsync(tab)).Select(line => $"{name}: {line}"));
            await File.WriteAllBytesAsync(Path.Combine(Folder, $"{name}-{width}-{language}{(dark ? "-dark" : "")}.png"), await tab.PictureAsync());
        }
    }

    [Test]
    public async Task A_page_that_is_zoomed_to_twice_its_size_still_fits()
    {
        // Zoom leaves half the room.
        var tab = await _browser.OpenAsync(_service.ClientOptions.BaseAddress.ToString().TrimEnd('/'), 640, 400);
        await tab.GoAsync("/board/sign-in");
        await tab.FillAsync("#username", "centeradmin");
        await tab.FillAsync("#password", DemonstrationCounty.Password);
        await tab.FollowAsync("form[action='/board/go/sign-in'] button");
        foreach (var (name, address) in Pages.Append(("no-such-page", "/board/no-such-page")))
        {
            await tab.GoAsync(AddressOf(address));
            await tab.EvaluateAsync(OpenAll);
            Assert.That(await PageCheck.WrongAsync(tab), Is.Empty, name);
        }
    }

    [TestCase("<p style='color: #999; background: #fff'>pale</p>", "contrast")]
    [TestCase("<button></button>", "no name")]
    [TestCase("<input>", "no label")]
    [TestCase("<svg></svg>", "a drawing without a name")]
    [TestCase("<h1>again</h1>", "h1 2 times")]
    [TestCase("<div style='width: 4000px'>wide</div>", "wider than the screen")]
    [TestCase("<p>⟦queue.lost⟧</p>", "a key instead of a word")]
    public async Task The_check_finds_what_it_looks_for(string offender, string said)
    {
        var tab = await _browser.OpenAsync(_service.ClientOptions.BaseAddress.ToString().TrimEnd('/'));
        await tab.GoAsync("/board/sign-in");
        Assert.That(await PageCheck.WrongAsync(tab), Is.Empty);
        // By the object model: what stands in markup as a style the content policy refuses.
        await tab.EvaluateAsync($$"""
            (html => {
                const made = new DOMParser().parseFromString(html, 'text/html').body.firstElementChild;
                const style = made.getAttribute('style');
                made.removeAttribute('style');
                if (style) { made.style.cssText = style; }
                document.querySelector('main').append(made);
            })({{System.Text.Json.JsonSerializer.Serialize(offender)}})
            """);
        Assert.That(await PageCheck.WrongAsync(tab), Has.Some.StartsWith(said));
    }

    private string AddressOf(string page) => _ids.Aggregate(page, (address, id) => address.Replace($"{{{id.Key}}}", id.Value));

    // A few days in the county: wishes with and without curation, some waited for, some served.
    private async Task WishAsync()
    {
        var resident = _service.With((await _service.TokensAsync(new { grant = "password", username = "resident", password = DemonstrationCounty.Password })).Yes());
        var menu = (await resident.ReadAsync("/menu-items?take=100")).Yes()["items"]!.AsArray();
        var words = new[] { "楼道的灯坏了，晚上看不见，想请人换一下", "周五下午陪我爸去医院拿药", "手机不会用微信，想学视频通话", "窗户关不严，风大", "家里两袋米搬不动上六楼", "想找人教孙女写毛笔字" };
        foreach (var (word, i) in words.Select((word, i) => (word, i)))
        {
            var start = Service.Friday.AddHours(20 + (i * 7));
            var item = menu.Where(one => (bool)one!["needsCuration"]! == (i % 2 == 0)).ElementAt(i)!;
            var wish = (await resident.PostAsync("/wishes", new { words = word, window = new { start, end = start.AddHours(3) }, menuItemId = (string)item["id"]! })).Yes();
            _ids[i switch { 0 => "wish", 2 => "claimed", _ => "last" }] = (string)wish["id"]!;
        }

        await _service.SettleAsync();
        var dispatcher = _service.With((await _service.TokensAsync(new { grant = "password", username = "centeradmin", password = DemonstrationCounty.Password })).Yes());
        var errand = menu.Where(one => !(bool)one!["needsCuration"]!).ElementAt(1)!;
        _ids["item"] = (string)errand["id"]!;
        var policy = (await dispatcher.ReadAsync($"/centers/{(string)errand["centerId"]!}/policy")).Yes();
        policy["policy"]!["circleM"] = 1500;
        policy["policy"]!["normal"]!["waveLength"] = "03:00:00";
        policy["policy"]!["waveSizes"] = new System.Text.Json.Nodes.JsonArray(4, 8, 16);
        var body = new { policy = policy["policy"]!.DeepClone(), reason = "冬天人少，多问几位" };
        (await dispatcher.AskAsync(HttpMethod.Put, $"/centers/{(string)errand["centerId"]!}/policy", body, ifMatch: (int)policy["version"]!)).Yes();
        _ids["held"] = await FirstAsync(dispatcher, "manualHold");
        (await dispatcher.PostAsync($"/wishes/{_ids["claimed"]}/claim", new { })).Yes();
        await TakeAsync(await AskForAsync("想请人取个快递"));
        await HookAsync(dispatcher);
        // One that nobody was asked for yet: people fit, and people fell out.
        _ids["order"] = await AskForAsync("想请人买点菜");

        async Task<string> AskForAsync(string words) => (string)(await resident.PostAsync(
            "/wishes", new { words, window = new { start = Service.Friday.AddHours(27), end = Service.Friday.AddHours(30) }, menuItemId = (string)errand["id"]! })).Yes()["orderIds"]![0]!;
    }

    // Somebody who was asked says yes.
    private async Task TakeAsync(string order)
    {
        await _service.SettleAsync();
        var asked = (await _service.Database.FirstAsync(Asked, new ById(Id.ParseOrNone(order))))!;
        var volunteer = _service.As(new Hat(asked.Id, asked.AccountId, Role.Volunteer, null, asked.VolunteerId));
        var offer = (await volunteer.ReadAsync("/me/offers?open=true")).Yes()["items"]!.AsArray().Single(one => (string?)one!["orderId"] == order)!;
        (await volunteer.PostAsync($"/offers/{(string)offer["id"]!}/accept", new { })).Yes();
        (_ids["taken"], _ids["volunteer"]) = (order, asked.VolunteerId.ToString());
    }

    // A platform that did not answer for three days.
    private async Task HookAsync(HttpClient admin)
    {
        var site = (string)(await admin.ReadAsync("/sites?kind=institute")).Yes()["items"]![0]!["id"]!;
        var made = (await admin.PostAsync("/partners", new { name = "邻里互助小程序", siteIds = new[] { site }, scopes = new[] { "wishesRead", "webhooks" } })).Yes();
        using var partner = _service.AsNobody();
        partner.DefaultRequestHeaders.Authorization = new("Bearer", (string)made["key"]!);
        var hook = (string)(await partner.PostAsync("/partner/webhooks", new { url = "https://hooks.example.org/matching", types = new[] { "*" } }, key: "hook")).Yes()["webhook"]!["id"]!;
        var (hookId, deliveries) = (Id.ParseOrNone(hook), _service.Services.GetRequiredService<DeliveryStore>());
        await _service.Database.WriteAsync(
            tx => deliveries.AddAsync(tx, hookId, _service.Ids.Next(IdKind.Transition), Id.ParseOrNone(_ids["wish"]), 1, "wish.submitted.v1", "{}", Service.Friday), CancellationToken.None);
        var taken = await deliveries.TakeAsync(hookId, 1, CancellationToken.None);
        await _service.Database.WriteAsync(
            tx => deliveries.EndAsync(tx, taken.Deliveries[0], taken.LeaseId, DeliveryState.Dead, new Tried(5_000, 503, "status", null)), CancellationToken.None);
        _ids["hook"] = hook;
    }

    private static async Task<string> FirstAsync(HttpClient staff, string state) => (string)(await staff.ReadAsync($"/orders?state={state}")).Yes()["items"]![0]!["id"]!;

    private sealed record AskedRow
    {
        public Id Id { get; init; }

        public Id AccountId { get; init; }

        public Id VolunteerId { get; init; }
    }
}
