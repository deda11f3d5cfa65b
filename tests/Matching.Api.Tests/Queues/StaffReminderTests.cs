using System.Text.Json.Nodes;
using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Tests.Dispatch;
using Matching.Orders;
using Matching.Wishes;

namespace Matching.Api.Tests.Queues;

/// <summary>What staff are told of that lies with them, and how often.</summary>
public class StaffReminderTests
{
    private static readonly Sql<ById, NoticeRow> NoticesOf = new("SELECT topic, body, sent_at FROM notices WHERE account_id = @Id ORDER BY id");

    private static readonly DateTimeOffset Monday = Service.Friday.AddDays(3);

    private Service _service = null!;
    private DispatchWorld _world = null!;

    [SetUp]
    public async Task Start()
    {
        _service = await Service.StartAsync();
        _world = await DispatchWorld.CreateAsync(_service);
    }

    [TearDown]
    public async Task Stop() => await _service.DisposeAsync();

    [Test]
    public async Task A_wish_that_waits_is_said_once_and_then_of_a_working_morning_all_of_them_in_one_message()
    {
        var curator = await _world.World.HatAsync(Role.Curator, _world.World.SouthStation);
        var admin = await _world.World.HatAsync(Role.SiteAdmin, _world.World.SouthStation);
        var (_, resident) = await _world.Wishes.ResidentAsync(_world.World.SouthStation);
        for (var i = 0; i < 3; i++)
        {
            await AskAsync(resident);
        }

        await _service.UntilAsync(Monday.AddMinutes(-1));
        Assert.That(await TopicsAsync(curator), Is.EqualTo(new[] { "wish.waiting", "wish.waiting", "wish.waiting" }), "nothing on the weekend");

        await _service.UntilAsync(Monday.AddHours(23));
        var digest = (await NoticesAsync(curator)).Single(notice => notice.Topic == "staff.morning");
        Assert.That(digest.SentAt, Is.EqualTo(Monday));
        var body = JsonNode.Parse(digest.Body)!;
        Assert.That(((int?)body["wishes"], (int?)body["held"], (string?)body["siteId"]), Is.EqualTo((3, 0, _world.World.SouthStation.Id.ToString())));
        Assert.That((DateTimeOffset?)body["oldestSince"], Is.EqualTo(Service.Friday));

        await _service.UntilAsync(Monday.AddDays(2));
        Assert.That((await TopicsAsync(curator)).Count(topic => topic == "staff.morning"), Is.EqualTo(3), "Monday, Tuesday, Wednesday");
        Assert.That(await TopicsAsync(admin), Is.Empty, "it is not her work");
    }

    [Test]
    public async Task A_held_order_is_said_to_the_dispatcher_where_it_lies_and_not_to_those_beside_and_below_her()
    {
        var dispatcher = await _world.World.HatAsync(Role.Dispatcher, _world.World.Center);
        var center = await _world.World.HatAsync(Role.CenterAdmin, _world.World.Center);
        var station = await _world.World.HatAsync(Role.Dispatcher, _world.World.NorthStation);
        var order = await HeldAsync();
        await _service.UntilAsync(Monday.AddHours(1));

        Assert.That((await TopicsAsync(dispatcher)).Where(topic => topic is not "order.escalated"), Is.EqualTo(new[] { "order.held", "order.waiting", "staff.morning" }));
        Assert.That(await TopicsAsync(center), Is.Empty);
        Assert.That(await TopicsAsync(station), Is.Empty);
        Assert.That((await _world.FindAsync(order)).State, Is.EqualTo(OrderState.ManualHold));
    }

    [Test]
    public async Task What_comes_up_from_sites_without_anybody_for_it_is_in_the_same_message()
    {
        var above = await _world.World.HatAsync(Role.Curator, _world.World.SouthInstitute);
        var second = await _world.World.SiteAsync(Matching.Sites.SiteKind.Station, _world.World.SouthInstitute, "南二村", 29.3020, 110.5120);
        var served = await _world.World.SiteAsync(Matching.Sites.SiteKind.Station, _world.World.SouthInstitute, "南三村", 29.3030, 110.5130);
        await _world.World.HatAsync(Role.Curator, served);
        foreach (var station in new[] { _world.World.SouthStation, second, served, served })
        {
            var (_, resident) = await _world.Wishes.ResidentAsync(station);
            await AskAsync(resident);
        }

        await _service.UntilAsync(Monday.AddHours(1));

        var digest = (await NoticesAsync(above)).Single(notice => notice.Topic == "staff.morning");
        Assert.That((int?)JsonNode.Parse(digest.Body)!["wishes"], Is.EqualTo(2), "the third station has a curator of its own");
    }

    [Test]
    public async Task Who_answers_for_wishes_and_orders_has_one_message_with_both()
    {
        var both = await _world.World.HatAsync(Role.Curator, _world.World.Center);
        await _world.World.AlsoAsync(both.AccountId, Role.Dispatcher, _world.World.Center);
        await HeldAsync();
        var (_, resident) = await _world.Wishes.ResidentAsync(_world.World.SouthStation);
        await AskAsync(resident);

        await _service.UntilAsync(Monday.AddHours(1));

        var digest = (await NoticesAsync(both)).Single(notice => notice.Topic == "staff.morning");
        var body = JsonNode.Parse(digest.Body)!;
        Assert.That(((int?)body["wishes"], (int?)body["held"]), Is.EqualTo((1, 1)));
    }

    [Test]
    public async Task The_night_is_quiet_unless_it_is_urgent()
    {
        var curator = await _world.World.HatAsync(Role.Curator, _world.World.SouthStation);
        var (_, resident) = await _world.Wishes.ResidentAsync(_world.World.SouthStation);
        await _service.AtAsync(Service.Friday.AddHours(12));
        await AskAsync(resident);
        var urgent = await _world.Wishes.ItemAsync(needsCuration: true, urgency: Urgency.Urgent);
        await AskAsync(resident, urgent);

        await _service.UntilAsync(Service.Friday.AddDays(1));

        Assert.That((await NoticesAsync(curator)).Where(notice => notice.Topic == "wish.waiting").Select(notice => notice.SentAt), Is.EqualTo(new[]
        {
            Service.Friday.AddHours(12).AddMinutes(15),
            Service.Friday.AddHours(23),
        }));
    }

    private static async Task AskAsync(HttpClient resident, Id? item = null) => (await resident.PostAsync("/wishes", new
    {
        words = "帮忙",
        window = new { start = "2026-05-29T16:00:00+08:00", end = "2026-05-29T18:00:00+08:00" },
        menuItemId = item?.ToString(),
    })).Yes();

    /// <summary>Nobody is there to be asked, so it climbs at once and lies with the center.</summary>
    private async Task<string> HeldAsync()
    {
        var wish = (await _world.Wishes.Resident.PostAsync("/wishes", new
        {
            words = "帮忙",
            window = new { start = "2026-05-29T16:00:00+08:00", end = "2026-05-29T18:00:00+08:00" },
            menuItemId = (await _world.Wishes.ItemAsync(needsCuration: false)).ToString(),
        })).Yes();
        await _service.SettleAsync();
        return (string)wish["orderIds"]![0]!;
    }

    private Task<List<NoticeRow>> NoticesAsync(Hat hat) => _service.Database.ListAsync(NoticesOf, new ById(hat.AccountId));

    private async Task<IReadOnlyList<string>> TopicsAsync(Hat hat) => [.. (await NoticesAsync(hat)).Select(notice => notice.Topic)];

    private sealed record NoticeRow
    {
        public string Topic { get; init; } = "";

        public string Body { get; init; } = "";

        public DateTimeOffset SentAt { get; init; }
    }
}
