using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Tests.Dispatch;
using Matching.Api.Tests.Wishes;

namespace Matching.Api.Tests.Figures;

/// <summary>Counts of a subtree: right, and of that subtree only.</summary>
public class FigureTests
{
    private static readonly Sql<ServeRow> Serve = new("UPDATE volunteers SET last_served_at = @At WHERE id = @Id");

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
    public async Task Behind_each_figure_of_the_funnel_and_the_month_stand_as_many_rows()
    {
        var volunteer = await _dispatch.VolunteerAsync(World.NorthStation);
        var accepted = await _dispatch.OrderAsync();
        await _service.SettleAsync();
        (await _dispatch.AcceptAsync(volunteer, accepted)).Yes();
        await _dispatch.LeaveAsync(volunteer);
        var climbed = await _dispatch.OrderAsync();
        await _service.SettleAsync();
        Assert.That((await _dispatch.FindAsync(climbed)).OwnerSiteId, Is.Not.EqualTo(World.NorthStation.Id), "there was nobody to ask, so it climbed");

        var funnel = (await _dispatch.Dispatcher.ReadAsync("/figures/funnel?days=7")).Yes();
        var from = Uri.EscapeDataString((string)funnel["since"]!);
        foreach (var (figure, rows) in new[] { ("orders", ""), ("offered", "&step=offered"), ("accepted", "&step=accepted"), ("served", "&step=served"), ("closed", "&state=closed") })
        {
            Assert.That(await CountAsync($"/orders?home=true&madeFrom={from}{rows}"), Is.EqualTo((int?)funnel[figure]), figure);
        }

        Assert.That((int?)funnel["accepted"], Is.EqualTo(1));
        Assert.That(await CountAsync($"/wishes?state=submitted,triaging,needsInfo,ordered,merged,rejected,referred,withdrawn,fulfilled,unfulfilled&madeFrom={from}"), Is.EqualTo((int?)funnel["wishes"]));
        Assert.That(await CountAsync($"/wishes?state=ordered&madeFrom={Uri.EscapeDataString("2030-01-01T00:00:00Z")}"), Is.Zero);
        // What a site looks after is not all made there.
        Assert.That(await CountAsync($"/orders?siteId={World.NorthInstitute.Id}&alone=true"), Is.Zero);
        Assert.That(await CountAsync($"/orders?siteId={World.NorthStation.Id}&alone=true"), Is.EqualTo(2));
        Assert.That((await _dispatch.Dispatcher.ReadAsync("/orders?sort=due&home=true")).Code, Is.EqualTo("field_invalid"));

        async Task<int> CountAsync(string list) => (await _dispatch.Dispatcher.ReadAsync(list)).Yes()["items"]!.AsArray().Count;
    }

    [Test]
    public async Task Volunteers_who_are_asleep_are_listed_apart_from_those_who_served_of_late()
    {
        var awake = await _dispatch.VolunteerAsync(World.NorthStation);
        var asleep = await _dispatch.VolunteerAsync(World.NorthStation);
        await _service.Database.WriteAsync(
            tx => tx.ExecuteAsync(Serve, new ServeRow(awake.Id, Service.Friday.AddDays(-10))), CancellationToken.None);
        var month = (await _dispatch.Dispatcher.ReadAsync("/figures/month")).Yes();
        Assert.That(((int?)month["volunteers"], (int?)month["awake"]), Is.EqualTo((2, 1)));
        Assert.That(await IdsAsync("awake=true"), Is.EqualTo(new[] { awake.Id.ToString() }));
        Assert.That(await IdsAsync("awake=false"), Is.EqualTo(new[] { asleep.Id.ToString() }));
        Assert.That(await IdsAsync("alone=true"), Is.Empty, "the center itself has none");
        Assert.That(await IdsAsync($"alone=true&siteId={World.NorthStation.Id}"), Has.Length.EqualTo(2));

        async Task<string[]> IdsAsync(string query) =>
            [.. (await _dispatch.Dispatcher.ReadAsync($"/volunteers?status=active&{query}")).Yes()["items"]!.AsArray().Select(one => (string)one!["id"]!)];
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

    private sealed record ServeRow(Id Id, DateTimeOffset At);
}
