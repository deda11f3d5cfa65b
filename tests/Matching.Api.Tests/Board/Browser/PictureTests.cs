using Matching.Api.Demonstration;
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
        ("today", "/board"), ("wishes", "/board/queue?view=wishes"), ("orders", "/board/queue?view=orders&sort=due"), ("wish", "/board/wishes/{wish}"), ("order", "/board/orders/{order}"), ("held", "/board/orders/{held}"),
        ("map", "/board/map"), ("figures", "/board/figures"), ("hours", "/board/figures/hours?month=2026-05"), ("month-orders", "/board/queue?view=orders&sort=newest&from=2026-05-01T00:00&to=2026-06-01T00:00"), ("jobs", "/board/jobs"), ("policy", "/board/settings/policy"), ("policy-compare", "/board/settings/policy?with=1"), ("menu", "/board/settings/menu"),
        ("menu-item", "/board/settings/menu?item={item}"), ("people", "/board/settings/people"), ("emergency", "/board/settings"), ("emergency-sure", "/board/settings?reason=暴雨&endsAt=2026-05-09T08:00"),
    ];

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
            await tab.GoAsync(_ids.Aggregate(address, (page, id) => page.Replace($"{{{id.Key}}}", id.Value)));
            await LookAsync(name);
        }

        Assert.That(wrong.Concat(tab.Complaints), Is.Empty);

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
        foreach (var (name, address) in Pages)
        {
            await tab.GoAsync(_ids.Aggregate(address, (page, id) => page.Replace($"{{{id.Key}}}", id.Value)));
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
            _ids["wish"] = i == 0 ? (string)wish["id"]! : _ids["wish"];
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
        // One that nobody was asked for yet: people fit, and people fell out.
        var fresh = (await resident.PostAsync(
            "/wishes", new { words = "想请人买点菜", window = new { start = Service.Friday.AddHours(27), end = Service.Friday.AddHours(30) }, menuItemId = (string)errand["id"]! })).Yes();
        _ids["order"] = (string)fresh["orderIds"]![0]!;
    }

    private static async Task<string> FirstAsync(HttpClient staff, string state) => (string)(await staff.ReadAsync($"/orders?state={state}")).Yes()["items"]![0]!["id"]!;
}
