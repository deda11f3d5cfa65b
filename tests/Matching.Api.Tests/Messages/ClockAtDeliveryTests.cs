using System.Text.Json.Nodes;
using Matching.Api.Plumbing.Database;
using Matching.Api.Tests.Serving;
using Matching.Messages;

namespace Matching.Api.Tests.Messages;

/// <summary>A wave's clock starts when people hear of it, not when it was written; and it does not wait for ever for whom nothing reaches.</summary>
public class ClockAtDeliveryTests
{
    private static readonly Sql<ById, Delivery> DeliveryOf = new("SELECT delivered_at, delivered_by FROM offers WHERE id = @Id");

    private FakeSms _door = null!;
    private MessageWorld _world = null!;

    private Service Service => _world.Service;

    [SetUp]
    public async Task Start()
    {
        _door = await FakeSms.StartAsync();
        _world = await MessageWorld.CreateAsync(("Messages:SmsUrl", _door.Url));
    }

    [TearDown]
    public async Task Stop()
    {
        await _world.DisposeAsync();
        await _door.DisposeAsync();
    }

    [Test]
    public async Task She_has_two_hours_from_when_it_has_reached_her()
    {
        var she = await _world.VolunteerAsync("13800000001");
        _door.Status = 503;
        var (order, offer) = await _world.OfferAsync();
        Assert.That((await DeliveryAsync(offer)).DeliveredAt, Is.Null, "it is on its way");
        Assert.That(await ExpiresAtAsync(she, offer), Is.EqualTo(At("11:05")), "as long as it may take");

        _door.Status = 200;
        await AtAsync("09:03");

        Assert.That(await DeliveryAsync(offer), Is.EqualTo(new Delivery { DeliveredAt = At("09:03"), DeliveredBy = Carrier.Sms }));
        Assert.That(await ExpiresAtAsync(she, offer), Is.EqualTo(At("11:03")));
        Assert.That((await RoundAsync(order))["closesAt"]!.GetValue<DateTimeOffset>(), Is.EqualTo(At("11:03")));
        Assert.That((await RoundAsync(order))["arrived"]!.ToJsonString(), Is.EqualTo("""{"sms":1}"""));
        await Service.UntilAsync(At("11:02"));
        Assert.That(await StateAsync(she, offer), Is.EqualTo("pending"));
        await Service.UntilAsync(At("11:03"));
        Assert.That(await StateAsync(she, offer), Is.EqualTo("expired"));
        await _world.World.HoldsAsync();
    }

    [Test]
    public async Task What_does_not_arrive_holds_no_wave_for_longer_than_five_minutes_and_the_station_hears_of_it_once()
    {
        var she = await _world.VolunteerAsync("13800000002");
        _door.Status = 503;
        var (_, offer) = await _world.OfferAsync();
        await AtAsync("09:04");
        Assert.That(await _world.World.ToldAsync(offer), Does.Not.Contain("offer.undelivered"));
        await AtAsync("09:06");
        await AtAsync("09:20");

        Assert.That(await DeliveryAsync(offer), Is.EqualTo(new Delivery { DeliveredAt = At("09:06"), DeliveredBy = Carrier.Inbox }));
        Assert.That(await ExpiresAtAsync(she, offer), Is.EqualTo(At("11:05")), "never longer than it was first given");
        Assert.That((await _world.World.ToldAsync(offer)).Count(topic => topic == "offer.undelivered"), Is.EqualTo(1));
        await Service.UntilAsync(At("11:05"));
        Assert.That(await StateAsync(she, offer), Is.EqualTo("expired"));
        await _world.World.HoldsAsync();
    }

    [Test]
    public async Task What_arrives_late_after_all_changes_no_clock()
    {
        var she = await _world.VolunteerAsync("13800000003");
        _door.Status = 503;
        var (_, offer) = await _world.OfferAsync();
        await AtAsync("09:06");

        _door.Status = 200;
        await AtAsync("09:30");

        Assert.That((await _world.MessagesAsync(offer)).Single().State, Is.EqualTo("Sent"));
        Assert.That((await DeliveryAsync(offer)).DeliveredBy, Is.EqualTo(Carrier.Inbox));
        Assert.That(await ExpiresAtAsync(she, offer), Is.EqualTo(At("11:05")));
    }

    [Test]
    public async Task Whom_nothing_reaches_has_what_the_app_says_and_the_clock_runs_at_once()
    {
        var she = await _world.VolunteerAsync(null);

        var (_, offer) = await _world.OfferAsync();

        Assert.That(await DeliveryAsync(offer), Is.EqualTo(new Delivery { DeliveredAt = At("09:00"), DeliveredBy = Carrier.Inbox }));
        Assert.That(await ExpiresAtAsync(she, offer), Is.EqualTo(At("11:00")));
    }

    [Test]
    public async Task A_round_closes_when_the_last_of_those_it_asks_has_had_the_time()
    {
        await _world.VolunteerAsync(null);
        await _world.VolunteerAsync("13800000004");
        _door.Status = 503;
        var (order, _) = await _world.OfferAsync();
        _door.Status = 200;
        await AtAsync("09:02");

        Assert.That((await RoundAsync(order))["closesAt"]!.GetValue<DateTimeOffset>(), Is.EqualTo(At("11:02")));
        await Service.UntilAsync(At("11:01"));
        Assert.That((await RoundAsync(order))["answers"]!.ToJsonString(), Is.EqualTo("""{"expired":1,"pending":1}""").Or.EqualTo("""{"pending":1,"expired":1}"""));
        await Service.UntilAsync(At("11:02"));
        Assert.That((await RoundAsync(order, wave: 1))["closedAt"], Is.Not.Null);
        await _world.World.HoldsAsync();
    }

    [Test]
    public async Task An_offer_by_WeChat_is_counted_from_when_WeChat_has_taken_it()
    {
        var she = await _world.VolunteerAsync("13800000005", allowed: 1);
        _world.WeChat.Error = -1;
        var (_, offer) = await _world.OfferAsync();
        _world.WeChat.Error = 0;
        await AtAsync("09:01");

        Assert.That(await DeliveryAsync(offer), Is.EqualTo(new Delivery { DeliveredAt = At("09:01"), DeliveredBy = Carrier.WeChat }));
        Assert.That(await ExpiresAtAsync(she, offer), Is.EqualTo(At("11:01")));
    }

    [Test]
    public async Task A_yes_before_it_has_arrived_is_a_yes()
    {
        var she = await _world.VolunteerAsync("13800000006");
        _door.Status = 503;
        var (_, offer) = await _world.OfferAsync();

        (await she.Client.PostAsync($"/offers/{offer}/accept", new { })).Yes();
        _door.Status = 200;
        await AtAsync("09:01");

        Assert.That((await _world.MessagesAsync(offer)).Single().State, Is.EqualTo("Overtaken"));
        await _world.World.HoldsAsync();
    }

    [Test]
    public async Task In_the_evening_the_clock_stands_until_she_hears_of_it_in_the_morning()
    {
        var she = await _world.VolunteerAsync("13800000007");
        _door.Status = 503;
        await Service.AtAsync(At("20:58"));
        var (_, offer) = await _world.OfferAsync();

        _door.Status = 200;
        await AtAsync("21:10");
        Assert.That(_door.Received, Has.Count.EqualTo(1), "it is night");
        await AtAsync("08:00", day: 9);

        Assert.That(await DeliveryAsync(offer), Is.EqualTo(new Delivery { DeliveredAt = At("08:00", day: 9), DeliveredBy = Carrier.Sms }));
        Assert.That(await ExpiresAtAsync(she, offer), Is.EqualTo(At("10:00", day: 9)));
    }

    [Test]
    public async Task Where_nothing_goes_out_what_stands_in_the_app_has_arrived()
    {
        await using var service = await Service.StartAsync();
        var world = await ServingWorld.CreateAsync(service);
        var she = await world.VolunteerAsync();
        (await world.Resident.PostAsync("/wishes", Wishes.WishWorld.Words(menuItemId: await world.ItemAsync()))).Yes();
        await service.SettleAsync();

        var offer = (await she.Client.ReadAsync("/me/offers?open=true")).Yes()["items"]!.AsArray().Single()!;

        Assert.That(offer["expiresAt"]!.GetValue<DateTimeOffset>(), Is.EqualTo(At("11:00")));
        Assert.That(
            await service.Database.FirstAsync(DeliveryOf, new ById(Id.ParseOrNone((string)offer["id"]!))),
            Is.EqualTo(new Delivery { DeliveredAt = At("09:00"), DeliveredBy = Carrier.Inbox }));
    }

    private static DateTimeOffset At(string time, int day = 8) => new(new DateOnly(2026, 5, day), TimeOnly.Parse(time, System.Globalization.CultureInfo.InvariantCulture), TimeSpan.FromHours(8));

    /// <summary>Both clocks move on.</summary>
    private async Task AtAsync(string time, int day = 8)
    {
        await Service.AtAsync(At(time, day));
        Service.Machine.Move(TimeSpan.FromMinutes(2));
        await Service.SettleAsync();
    }

    private async Task<Delivery> DeliveryAsync(string offer) => (await Service.Database.FirstAsync(DeliveryOf, new ById(Id.ParseOrNone(offer))))!;

    private static async Task<DateTimeOffset> ExpiresAtAsync(Neighbour she, string offer) =>
        (await she.Client.ReadAsync($"/offers/{offer}")).Yes()["expiresAt"]!.GetValue<DateTimeOffset>();

    private static async Task<string?> StateAsync(Neighbour she, string offer) => (string?)(await she.Client.ReadAsync($"/offers/{offer}")).Yes()["state"];

    private async Task<JsonNode> RoundAsync(string order, int wave = 0) =>
        (await _world.World.Center.ReadAsync($"/orders/{order}/timeline")).Yes()["rounds"]!.AsArray() is var rounds && wave > 0
            ? rounds.First(round => (int)round!["wave"]! == wave)!
            : rounds.Last()!;

    private sealed record Delivery
    {
        public DateTimeOffset? DeliveredAt { get; init; }

        public Carrier? DeliveredBy { get; init; }
    }
}
