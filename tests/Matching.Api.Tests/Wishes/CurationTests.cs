using Matching.Accounts;
using Matching.Api.Wishes;
using Matching.Orders;
using Microsoft.Extensions.DependencyInjection;

namespace Matching.Api.Tests.Wishes;

/// <summary>How wishes become orders, and follow them.</summary>
public class CurationTests
{
    private Service _service = null!;
    private WishWorld _world = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _service = await Service.StartAsync();
        _world = await WishWorld.CreateAsync(_service);
    }

    [OneTimeTearDown]
    public async Task Stop() => await _service.DisposeAsync();

    [Test]
    public async Task An_item_without_curation_is_an_order_within_the_answer()
    {
        var answer = (await _world.Resident.PostAsync("/wishes", WishWorld.Words(menuItemId: _world.Lamp))).Yes();

        Assert.That((string?)answer["state"], Is.EqualTo("ordered"));
        var orderId = (string)answer["orderIds"]![0]!;
        Assert.That(await _world.StateOfOrderAsync(orderId), Is.EqualTo("Ready"));
        var wish = (await _world.Resident.ReadAsync($"/wishes/{answer["id"]}")).Yes();
        Assert.That(((int)wish["ordersTotal"]!, (int)wish["ordersServed"]!), Is.EqualTo((1, 0)));
        Assert.That(wish["timeline"]!.AsArray().Select(step => (string?)step!["by"]), Is.EqualTo(new[] { "Resident", "System" }));
        Assert.That(wish["orders"]![0]!["volunteers"]!.AsArray(), Is.Empty);
    }

    [Test]
    public async Task Twenty_posts_with_one_key_at_once_are_one_order()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(
            _ => _world.Resident.PostAsync("/wishes", WishWorld.Words(menuItemId: _world.Lamp), key: "once-an-order")));

        Assert.That(answers.Select(answer => answer.Status), Is.All.EqualTo(201));
        Assert.That(answers.Select(answer => (string?)answer["orderIds"]![0]).Distinct().Count(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_curated_wish_is_an_order_with_the_curators_changes()
    {
        var id = await _world.ClaimedAsync();
        Assert.That((await WishWorld.DoAsync(_world.Curator, id, "curate")).Code, Is.EqualTo("menu_item_needed"));

        var made = (await WishWorld.DoAsync(_world.Curator, id, "curate", new
        {
            order = new
            {
                menuItemId = _world.Visit.ToString(),
                need = "陪老人说话",
                peopleWanted = 2,
                peopleNeeded = 1,
                urgency = "urgent",
                window = new { start = "2026-05-10T09:00:00+08:00", end = "2026-05-10T11:00:00+08:00" },
                genderWanted = "female",
            },
        })).Yes();

        Assert.That((string?)made["orderState"], Is.EqualTo("ready"));
        var order = (await _world.Resident.ReadAsync($"/wishes/{id}")).Yes()["orders"]![0]!;
        Assert.That((int)order["peopleWanted"]!, Is.EqualTo(2));
        Assert.That((string?)order["urgency"], Is.EqualTo("urgent"));
        Assert.That((string?)order["window"]!["start"], Is.EqualTo("2026-05-10T01:00:00Z"));
    }

    [Test]
    public async Task A_risky_order_waits_for_a_second_person()
    {
        var risky = await _world.ItemAsync(needsCuration: true, risk: Risk.High);
        var id = await _world.ClaimedAsync(risky);

        var made = (await WishWorld.DoAsync(_world.Curator, id, "curate")).Yes();
        Assert.That((string?)made["orderState"], Is.EqualTo("draft"));
        Assert.That(await _world.StateAsync(id), Is.EqualTo("ordered"));
    }

    [Test]
    public async Task What_a_curator_gets_wrong_is_said_and_leaves_the_wish_as_it_was()
    {
        var id = await _world.ClaimedAsync(_world.Visit);
        var wrong = new (object Order, string Code, string? Field)[]
        {
            (new { menuItemId = "nonsense" }, "menu_item_unknown", "order.menuItemId"),
            (new { menuItemId = _world.Lamp.ToString(), genderWanted = "female" }, "gender_not_asked", "order.genderWanted"),
            (new { peopleWanted = 1, peopleNeeded = 2 }, "people_needed_above_wanted", "order.peopleNeeded"),
            (new { peopleWanted = 0 }, "field_out_of_range", "order.peopleWanted"),
            (new { minutes = 2 }, "field_out_of_range", "order.minutes"),
            (new { window = new { start = "2026-05-01T09:00:00+08:00", end = "2026-05-01T11:00:00+08:00" } }, "window_in_past", "order.window"),
            (new { place = new { lat = 99, lng = 0, datum = "wgs84" } }, "place_off_earth", "order.place"),
        };
        foreach (var (order, code, field) in wrong)
        {
            var answer = await WishWorld.DoAsync(_world.Curator, id, "curate", new { order });
            Assert.That((answer.Code, (string?)answer["field"]), Is.EqualTo((code, field)));
        }

        Assert.That(await _world.StateAsync(id), Is.EqualTo("triaging"));
    }

    [Test]
    public async Task Several_wishes_become_one_order_at_their_station()
    {
        var (_, neighbour) = await _world.ResidentAsync(_world.World.NorthStation);
        var mine = await _world.ClaimedAsync(_world.Visit);
        var hers = (string)(await neighbour.PostAsync("/wishes", WishWorld.Words())).Yes()["id"]!;
        Assert.That((await WishWorld.DoAsync(_world.Curator, mine, "curate", new { with = new[] { hers } })).Code, Is.EqualTo("wish_not_claimed"));
        Assert.That(await _world.StateAsync(mine), Is.EqualTo("triaging"));

        (await WishWorld.DoAsync(_world.Curator, hers, "claim")).Yes();
        var made = (await WishWorld.DoAsync(_world.Curator, mine, "curate", new { with = new[] { hers } })).Yes();
        Assert.That(made["wishes"]!.AsArray().Select(wish => (string?)wish!["state"]), Is.All.EqualTo("ordered"));
        var orderId = (string)made["orderId"]!;

        // One of them takes it back: the other still waits for the lesson.
        (await WishWorld.DoAsync(_world.Resident, mine, "withdraw")).Yes();
        Assert.That(await _world.StateOfOrderAsync(orderId), Is.EqualTo("Ready"));
        (await WishWorld.DoAsync(neighbour, hers, "withdraw")).Yes();
        Assert.That(await _world.StateOfOrderAsync(orderId), Is.EqualTo("Cancelled"));
    }

    [Test]
    public async Task Wishes_of_two_stations_become_an_order_of_the_institute_above_them()
    {
        var (_, neighbour) = await _world.ResidentAsync(_world.World.NorthStation2);
        var curator = await _world.TheAsync(Role.Curator, _world.World.NorthInstitute);
        var mine = await _world.SubmitAsync(_world.Visit);
        var hers = (string)(await neighbour.PostAsync("/wishes", WishWorld.Words())).Yes()["id"]!;
        (await WishWorld.DoAsync(curator, mine, "claim")).Yes();
        (await WishWorld.DoAsync(curator, hers, "claim")).Yes();

        var made = (await WishWorld.DoAsync(curator, mine, "curate", new { with = new[] { hers } })).Yes();
        var order = await _service.Services.GetRequiredService<Api.Orders.OrderStore>().FindAsync(Id.ParseOrNone((string)made["orderId"]!));
        Assert.That(order!.HomeSiteId, Is.EqualTo(_world.World.NorthInstitute.Id));
        Assert.That(order.ResidentId, Is.Null);
        Assert.That(order.AddressSealed, Is.Null);
        Assert.That(order.Lat, Is.EqualTo(_world.World.NorthInstitute.Lat));
    }

    [Test]
    public async Task One_wish_becomes_several_orders_and_is_fulfilled_when_all_are_over_and_one_was_served()
    {
        var id = await _world.ClaimedAsync(_world.Visit);
        Assert.That((await WishWorld.DoAsync(_world.Curator, id, "split", new { orders = new[] { new { } } })).Code, Is.EqualTo("field_out_of_range"));
        Assert.That((await WishWorld.DoAsync(_world.Curator, id, "split", new { orders = new object?[] { new { }, null } })).Code, Is.EqualTo("field_missing"));
        var bad = await WishWorld.DoAsync(_world.Curator, id, "split", new { orders = new object[] { new { }, new { menuItemId = "nonsense" } } });
        Assert.That((bad.Code, (string?)bad["field"]), Is.EqualTo(("menu_item_unknown", "orders[1].menuItemId")));

        var split = (await WishWorld.DoAsync(_world.Curator, id, "split", new { orders = new object[] { new { }, new { menuItemId = _world.Lamp.ToString() } } })).Yes();
        var orders = split["orders"]!.AsArray().Select(order => (string)order!["orderId"]!).ToList();
        await EndAsync(orders[0], served: false);
        Assert.That(await _world.StateAsync(id), Is.EqualTo("ordered"));
        await EndAsync(orders[1], served: true);

        var wish = (await _world.Resident.ReadAsync($"/wishes/{id}")).Yes();
        Assert.That(((string?)wish["state"], (int)wish["ordersServed"]!, (int)wish["ordersTotal"]!), Is.EqualTo(("fulfilled", 1, 2)));
        Assert.That(await _world.ToldAsync(id), Does.Contain("wish.fulfilled"));
    }

    [Test]
    public async Task A_wish_whose_orders_all_failed_is_unfulfilled_and_its_duplicates_hear_of_it()
    {
        var duplicate = await _world.ClaimedAsync();
        var id = await _world.ClaimedAsync(_world.Visit);
        (await WishWorld.DoAsync(_world.Curator, duplicate, "merge", new { into = id })).Yes();
        var orderId = (string)(await WishWorld.DoAsync(_world.Curator, id, "curate")).Yes()["orderId"]!;
        await EndAsync(orderId, served: false);

        Assert.That(await _world.StateAsync(id), Is.EqualTo("unfulfilled"));
        Assert.That((string?)(await _world.Resident.ReadAsync($"/wishes/{duplicate}")).Yes()["shownState"], Is.EqualTo("unfulfilled"));
        Assert.That(await _world.ToldAsync(duplicate), Does.Contain("wish.unfulfilled"));
        Assert.That((await WishWorld.DoAsync(_world.Resident, id, "withdraw")).Code, Is.EqualTo("wish_state_wrong"));
    }

    [Test]
    public async Task A_wish_believes_what_it_is_told_of_its_order_whatever_the_orders_row_still_says()
    {
        var id = await _world.ClaimedAsync(_world.Visit);
        var orderId = (string)(await WishWorld.DoAsync(_world.Curator, id, "curate")).Yes()["orderId"]!;
        await TellAsync(orderId, null);
        Assert.That(await _world.StateAsync(id), Is.EqualTo("ordered"));
        await TellAsync(orderId, true);
        Assert.That(await _world.StateAsync(id), Is.EqualTo("fulfilled"));
    }

    [Test]
    public async Task Who_comes_is_shown_from_acceptance_until_it_is_confirmed_and_each_look_is_on_record()
    {
        var answer = (await _world.Resident.PostAsync("/wishes", WishWorld.Words(menuItemId: _world.Lamp))).Yes();
        var orderId = (string)answer["orderIds"]![0]!;
        var volunteerId = await _world.AcceptedAsync(orderId);

        var volunteer = (await _world.Resident.ReadAsync($"/wishes/{answer["id"]}")).Yes()["orders"]![0]!["volunteers"]![0]!;
        Assert.That(((string?)volunteer["name"], (string?)volunteer["phone"]), Is.EqualTo(("王建国", "138****5678")));
        Assert.That(await _world.RevealsAsync(volunteerId), Is.EqualTo(new[] { "name, masked phone" }));
        Assert.That((await _world.Curator.ReadAsync($"/wishes/{answer["id"]}")).Yes()["orders"]![0]!["volunteers"]!.AsArray(), Is.Empty);

        await _world.OrderStandsAsync(orderId, OrderState.Closed);
        Assert.That((await _world.Resident.ReadAsync($"/wishes/{answer["id"]}")).Yes()["orders"]![0]!["volunteers"]!.AsArray(), Is.Empty);
    }

    [Test]
    public async Task An_order_that_is_told_of_twice_counts_once()
    {
        var id = await _world.ClaimedAsync(_world.Visit);
        var orderId = (string)(await WishWorld.DoAsync(_world.Curator, id, "curate")).Yes()["orderId"]!;
        await EndAsync(orderId, served: true);
        await EndAsync(orderId, served: true);

        var wish = (await _world.Resident.ReadAsync($"/wishes/{id}")).Yes();
        Assert.That(((int)wish["ordersServed"]!, (int)wish["ordersTotal"]!), Is.EqualTo((1, 1)));
        Assert.That((await _world.ToldAsync(id)).Count(topic => topic == "wish.fulfilled"), Is.EqualTo(1));
    }

    [Test]
    public async Task A_wish_is_taken_back_until_somebody_has_checked_in()
    {
        var answer = (await _world.Resident.PostAsync("/wishes", WishWorld.Words(menuItemId: _world.Lamp))).Yes();
        await _world.OrderStandsAsync((string)answer["orderIds"]![0]!, OrderState.InService);
        var late = await WishWorld.DoAsync(_world.Resident, (string)answer["id"]!, "withdraw");
        Assert.That((late.Status, late.Code), Is.EqualTo((409, "wish_in_service")));

        var other = (await _world.Resident.PostAsync("/wishes", WishWorld.Words(menuItemId: _world.Lamp))).Yes();
        (await WishWorld.DoAsync(_world.Resident, (string)other["id"]!, "withdraw")).Yes();
        Assert.That(await _world.StateOfOrderAsync((string)other["orderIds"]![0]!), Is.EqualTo("Cancelled"));
        Assert.That(await _world.StateAsync((string)other["id"]!), Is.EqualTo("withdrawn"));
    }

    [Test]
    public async Task Taking_back_and_curating_at_once_never_leaves_an_order_that_nobody_wants()
    {
        for (var round = 0; round < 30; round++)
        {
            var id = await _world.ClaimedAsync(_world.Visit);
            var both = await Task.WhenAll(
                WishWorld.DoAsync(_world.Curator, id, "curate"), WishWorld.DoAsync(_world.Resident, id, "withdraw"));

            // The withdrawal goes through either way; the order was never made, or is cancelled.
            Assert.That(both[1].Status, Is.EqualTo(200), both[1].Text);
            Assert.That(await _world.StateAsync(id), Is.EqualTo("withdrawn"));
            Assert.That(both[0].Status, Is.AnyOf(200, 409));
            if (both[0].Status == 200)
            {
                Assert.That(await _world.StateOfOrderAsync((string)both[0]["orderId"]!), Is.EqualTo("Cancelled"));
            }
        }
    }

    [Test]
    public async Task Two_curators_who_curate_at_once_make_one_order()
    {
        for (var round = 0; round < 20; round++)
        {
            var id = await _world.ClaimedAsync(_world.Visit);
            var answers = await Task.WhenAll(WishWorld.DoAsync(_world.Curator, id, "curate"), WishWorld.DoAsync(_world.Curator, id, "curate"));

            Assert.That(answers.Select(answer => answer.Status).Order(), Is.EqualTo(new[] { 200, 409 }));
            Assert.That((int)(await _world.Resident.ReadAsync($"/wishes/{id}")).Yes()["ordersTotal"]!, Is.EqualTo(1));
        }
    }

    private async Task EndAsync(string orderId, bool served)
    {
        await _world.OrderStandsAsync(orderId, served ? OrderState.Closed : OrderState.Unfilled);
        await TellAsync(orderId, served);
    }

    private Task TellAsync(string orderId, bool? served) => _service.Database.WriteAsync(
        tx => _service.Services.GetRequiredService<WishStore>().FollowOrderAsync(tx, Id.ParseOrNone(orderId), served), CancellationToken.None);
}
