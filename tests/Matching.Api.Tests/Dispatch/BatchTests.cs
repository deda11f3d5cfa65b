using Matching.Api.Dispatch;
using Matching.Api.Offers;
using Matching.Api.Orders;
using Matching.Api.Plumbing.Database;
using Matching.Api.Tests.Wishes;
using Matching.Api.Volunteers;
using Matching.Wishes;
using Microsoft.Extensions.DependencyInjection;

namespace Matching.Api.Tests.Dispatch;

/// <summary>Orders that come due together are planned together. All of them are for tomorrow from four to six, so nobody can take two.</summary>
public class BatchTests
{
    private static readonly Sql<SkillParameters> InsertSkill = new(
        "INSERT INTO skills (id, version, center_id, code, name_zh, name_en) VALUES (@Id, 1, @CenterId, 'pipes', '水管', 'Pipes')");

    private static readonly Sql<SkillNeeded> InsertNeeded = new("INSERT INTO menu_item_skills (menu_item_id, skill_id, level) VALUES (@MenuItemId, @SkillId, 1)");

    private static readonly Sql<SkillHeld> InsertHeld = new("INSERT INTO volunteer_skills (volunteer_id, skill_id, level) VALUES (@VolunteerId, @SkillId, 3)");

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

    [TestCase(Urgency.Normal, 0)]
    [TestCase(Urgency.Urgent, 1)]
    public async Task The_scarce_plumber_is_kept_for_what_nobody_else_can_do_unless_there_is_a_hurry(Urgency urgency, int offersForTheBulb)
    {
        var pipes = await SkillAsync();
        var plumber = await _world.VolunteerAsync(_world.World.NorthStation);
        await _service.Database.WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync(InsertHeld, new SkillHeld(plumber.Id, pipes));
                await _service.Services.GetRequiredService<VolunteerStore>().TouchAsync(tx, plumber.Id);
            },
            CancellationToken.None);
        var neighbour = await _world.VolunteerAsync(_world.World.NorthStation, 900);
        var bulb = await _world.OrderAsync(urgency);
        var pipe = await OrderAskingAsync(pipes, urgency);
        await _service.SettleAsync();

        Assert.That(await DispatchWorld.OfferAsync(plumber, pipe), Is.Not.Null);
        Assert.That(await DispatchWorld.OfferAsync(neighbour, bulb), Is.Not.Null);
        Assert.That((await OffersAsync(bulb)).Count(offer => offer.VolunteerId == plumber.Id), Is.EqualTo(offersForTheBulb));
    }

    [Test]
    public async Task Two_orders_of_one_hour_do_not_ask_the_same_person_while_there_are_others()
    {
        for (var i = 0; i < 4; i++)
        {
            await _world.VolunteerAsync(_world.World.NorthStation, 100 + (i * 50));
        }

        var first = await _world.OrderAsync();
        var second = await _world.OrderAsync();
        await _service.SettleAsync();

        var asked = (await OffersAsync(first)).Concat(await OffersAsync(second)).ToArray();
        Assert.That(asked, Has.Length.EqualTo(4));
        Assert.That(asked.Select(offer => offer.VolunteerId), Is.Unique);
        Assert.That((await _world.Dispatcher.ReadAsync($"/orders/{first}")).Yes()["order"]!["state"]!.ToString(), Is.EqualTo("dispatching"));
    }

    [Test]
    public async Task Who_has_not_answered_one_order_is_not_asked_for_another_of_that_hour_while_there_are_others()
    {
        var near = await _world.VolunteerAsync(_world.World.NorthStation);
        var urgent = await _world.OrderAsync(Urgency.Urgent);
        await _service.SettleAsync();
        var far = await _world.VolunteerAsync(_world.World.NorthStation, 900);
        var order = await _world.OrderAsync();
        await _service.SettleAsync();

        Assert.That(await DispatchWorld.OfferAsync(near, urgent), Is.Not.Null);
        Assert.That((await OffersAsync(order)).Select(offer => offer.VolunteerId), Is.EqualTo(new[] { far.Id }));
    }

    [Test]
    public async Task Half_a_batch_leaves_the_other_half_due()
    {
        var (one, other) = (await _world.VolunteerAsync(_world.World.NorthStation), await _world.VolunteerAsync(_world.World.NorthStation, 300));
        var (first, second) = (await _world.OrderAsync(), await _world.OrderAsync());
        OrderRow[] read = [await _world.FindAsync(first), await _world.FindAsync(second)];

        // Somebody touches the second while the plan is made: what was planned for it is not written, as if the process had died before it.
        await _service.Database.WriteAsync(tx => _world.Orders.LockAsync(tx, read[1].Id), CancellationToken.None);
        var opened = await OpenAsync(read);

        Assert.That(opened, Is.EqualTo(1));
        Assert.That((await OffersAsync(first)).Count, Is.EqualTo(1));
        Assert.That(await OffersAsync(second), Is.Empty);
        Assert.That((await _world.FindAsync(second)).State, Is.EqualTo(Matching.Orders.OrderState.Ready));

        await _service.SettleAsync();
        Assert.That((await OffersAsync(first)).Concat(await OffersAsync(second)).Select(offer => offer.VolunteerId), Is.EquivalentTo(new[] { one.Id, other.Id }));
    }

    [Test]
    public async Task Two_processes_with_the_same_batch_open_each_round_once()
    {
        for (var i = 0; i < 6; i++)
        {
            await _world.VolunteerAsync(_world.World.NorthStation, 100 + (i * 50));
        }

        var read = new List<OrderRow>();
        for (var i = 0; i < 3; i++)
        {
            read.Add(await _world.FindAsync(await _world.OrderAsync()));
        }

        var opened = await Task.WhenAll(Task.Run(() => OpenAsync(read)), Task.Run(() => OpenAsync(read)));

        Assert.That(opened.Sum(), Is.EqualTo(3));
        var offers = new List<OfferRow>();
        foreach (var order in read)
        {
            Assert.That(await Offers.RoundsOfAsync(order.Id), Has.Count.EqualTo(1));
            offers.AddRange(await Offers.OfOrderAsync(order.Id));
        }

        Assert.That(offers.Select(offer => offer.VolunteerId), Is.Unique);
    }

    [Test]
    public async Task Whom_the_plan_meant_and_who_has_left_since_is_not_asked()
    {
        var (leaving, staying) = (await _world.VolunteerAsync(_world.World.NorthStation), await _world.VolunteerAsync(_world.World.NorthStation, 300));
        OrderRow[] read = [await _world.FindAsync(await _world.OrderAsync()), await _world.FindAsync(await _world.OrderAsync())];
        await _service.Services.GetRequiredService<VolunteerPool>().CatchUpAsync(CancellationToken.None);
        await _world.LeaveAsync(leaving);

        await OpenAsync(read);

        foreach (var order in read)
        {
            Assert.That((await Offers.OfOrderAsync(order.Id)).Select(offer => offer.VolunteerId), Has.None.EqualTo(leaving.Id));
        }

        Assert.That((await Offers.OfOrderAsync(read[0].Id)).Concat(await Offers.OfOrderAsync(read[1].Id)).Select(offer => offer.VolunteerId), Has.Some.EqualTo(staying.Id));
    }

    private OfferStore Offers => _service.Services.GetRequiredService<OfferStore>();

    private Task<int> OpenAsync(IReadOnlyList<OrderRow> orders) =>
        _service.Services.GetRequiredService<Dispatcher>().OpenRoundsAsync(orders, CancellationToken.None);

    private Task<List<OfferRow>> OffersAsync(string orderId) => Offers.OfOrderAsync(Id.ParseOrNone(orderId));

    private async Task<Id> SkillAsync()
    {
        var id = _service.Ids.Next(IdKind.Skill);
        await _service.Database.WriteAsync(tx => tx.ExecuteAsync(InsertSkill, new SkillParameters(id, _world.World.Center.Id)), CancellationToken.None);
        return id;
    }

    private async Task<string> OrderAskingAsync(Id skillId, Urgency urgency)
    {
        var item = await _world.Wishes.ItemAsync(needsCuration: false, urgency: urgency);
        await _service.Database.WriteAsync(tx => tx.ExecuteAsync(InsertNeeded, new SkillNeeded(item, skillId)), CancellationToken.None);
        var wish = (await _world.Wishes.Resident.PostAsync("/wishes", WishWorld.Words("水管漏水", item))).Yes();
        return (string)wish["orderIds"]![0]!;
    }

    private sealed record SkillParameters(Id Id, Id CenterId);

    private sealed record SkillNeeded(Id MenuItemId, Id SkillId);

    private sealed record SkillHeld(Id VolunteerId, Id SkillId);
}
