using Matching.Accounts;
using Matching.Api.Tests.Dispatch;
using Matching.Api.Tests.Wishes;

namespace Matching.Api.Tests.Figures;

/// <summary>Counts of a subtree: right, and of that subtree only.</summary>
public class FigureTests
{
    private Service _service = null!;
    private DispatchWorld _dispatch = null!;

    private World World => _dispatch.World;

    [SetUp]
    public async Task Start()
    {
        _service = await Service.StartAsync();
        _dispatch = await DispatchWorld.CreateAsync(_service);
    }

    [TearDown]
    public async Task Stop() => await _service.DisposeAsync();

    [Test]
    public async Task The_funnel_counts_what_was_made_and_how_far_it_came()
    {
        var volunteer = await _dispatch.VolunteerAsync(World.NorthStation);
        var order = await _dispatch.OrderAsync();
        await _dispatch.Wishes.SubmitAsync(_dispatch.Wishes.Visit);
        await _service.SettleAsync();
        (await _dispatch.AcceptAsync(volunteer, order)).Yes();

        var funnel = (await _dispatch.Dispatcher.ReadAsync("/figures/funnel?days=7")).Yes();
        Assert.That(
            ((int?)funnel["wishes"], (int?)funnel["wishesOrdered"], (int?)funnel["orders"], (int?)funnel["offered"], (int?)funnel["accepted"], (int?)funnel["served"]),
            Is.EqualTo((2, 1, 1, 1, 1, 0)));
        Assert.That((double?)funnel["fulfilmentRate"], Is.Null, "nothing is finished");
        var south = await _dispatch.Wishes.AsAsync(Role.Dispatcher, World.SouthStation);
        Assert.That((int?)(await south.ReadAsync("/figures/funnel")).Yes()["wishes"], Is.Zero);
        Assert.That((await south.ReadAsync($"/figures/funnel?siteId={World.NorthStation.Id}")).Code, Is.EqualTo("site_unknown"));
    }

    [Test]
    public async Task The_map_counts_by_site_and_shows_orders_in_squares_only()
    {
        await _dispatch.VolunteerAsync(World.NorthStation);
        await _dispatch.OrderAsync();
        await _dispatch.OrderAsync();
        var order = await _dispatch.FindAsync(await _dispatch.OrderAsync());

        var map = (await _dispatch.Dispatcher.ReadAsync("/figures/map")).Yes();
        var north = map["sites"]!.AsArray().Single(site => (string?)site!["id"] == World.NorthStation.Id.ToString())!;
        Assert.That(((int?)north["waiting"], (int?)north["volunteers"]), Is.EqualTo((3, 1)));
        var square = map["squares"]!.AsArray().Single()!;
        Assert.That((int?)square["waiting"], Is.EqualTo(3));
        Assert.That((double)square["lat"]!, Is.EqualTo(order.Lat).Within(0.0026).And.Not.EqualTo(order.Lat));
        Assert.That((double)square["lng"]!, Is.EqualTo(order.Lng).Within(0.0026).And.Not.EqualTo(order.Lng));

        var south = (await (await _dispatch.Wishes.AsAsync(Role.Curator, World.SouthStation)).ReadAsync("/figures/map")).Yes();
        Assert.That(south["squares"]!.AsArray(), Is.Empty);
        Assert.That(south["sites"]!.AsArray().Select(site => (string?)site!["id"]), Is.EqualTo(new[] { World.SouthStation.Id.ToString() }));
    }

    [Test]
    public async Task A_month_is_counted_by_the_clock_of_the_center_and_by_the_sites_below()
    {
        var volunteer = await _dispatch.VolunteerAsync(World.NorthStation);
        var order = await _dispatch.OrderAsync();
        await _service.SettleAsync();
        (await _dispatch.AcceptAsync(volunteer, order)).Yes();
        // A quarter past midnight on the first of June in Zhangjiajie is still May in UTC.
        await _service.AtAsync(new DateTimeOffset(2026, 6, 1, 0, 15, 0, TimeSpan.FromHours(8)));
        (await _dispatch.Wishes.Resident.PostAsync("/wishes", new
        {
            words = "换灯泡", menuItemId = _dispatch.Wishes.Lamp.ToString(), window = new { start = "2026-06-02T16:00:00+08:00", end = "2026-06-02T18:00:00+08:00" },
        })).Yes();

        var may = (await _dispatch.Dispatcher.ReadAsync("/figures/month?month=2026-05&back=1")).Yes();
        var june = (await _dispatch.Dispatcher.ReadAsync("/figures/month")).Yes();

        Assert.That((int?)may["whole"]!["orders"], Is.EqualTo(1));
        Assert.That((double?)may["minutesToAcceptance"], Is.Zero);
        Assert.That(may["months"]!.AsArray().Select(month => (string?)month!["month"]), Is.EqualTo(new[] { "2026-04", "2026-05" }));
        Assert.That(((string?)june["month"], (int?)june["whole"]!["orders"]), Is.EqualTo(("2026-06", (int?)1)));
        var below = june["sites"]!.AsArray().ToDictionary(site => (string)site!["siteId"]!, site => (int)site!["figures"]!["orders"]!);
        Assert.That(below[World.NorthInstitute.Id.ToString()], Is.EqualTo(1));
        Assert.That(below[World.SouthInstitute.Id.ToString()], Is.Zero);
        Assert.That(((int?)june["volunteers"], (int?)june["awake"]), Is.EqualTo((1, 0)));
        Assert.That((await _dispatch.Dispatcher.ReadAsync("/figures/month?month=2026-13")).Code, Is.EqualTo("field_wrong_type"));

        // The rows behind the figure.
        var rows = (await _dispatch.Dispatcher.ReadAsync(
            $"/orders?madeFrom={Uri.EscapeDataString((string)june["start"]!)}&madeBefore={Uri.EscapeDataString((string)june["before"]!)}")).Yes()["items"]!.AsArray();
        Assert.That(rows, Has.Count.EqualTo(1));
        Assert.That((string?)rows[0]!["id"], Is.Not.EqualTo(order));
    }
}
