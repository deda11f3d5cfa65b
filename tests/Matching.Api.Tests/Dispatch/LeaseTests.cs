using Matching.Api.Emergency;
using Matching.Api.Offers;
using Matching.Api.Orders;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Jobs;
using Matching.Api.Volunteers;
using Matching.Api.Wishes;
using Matching.Orders;
using Microsoft.Extensions.DependencyInjection;

namespace Matching.Api.Tests.Dispatch;

/// <summary>Several nodes sweep for the same due rows; each takes what the others have not, and nothing waits for one that died.</summary>
public class LeaseTests
{
    private static readonly Sql<ById, LeaseRow> LeaseOf = new("SELECT leased_by, leased_until FROM orders WHERE id = @Id");

    private static readonly Sql<SuspendRow> Suspend = new("UPDATE volunteers SET status = 'Suspended', suspended_until = @Until WHERE id = @Id");

    private static readonly Sql<ActivationRow> Activate = new(
        """
        INSERT INTO mode_activations (id, version, site_id, center_id, path, reason, starts_at, ends_at, due_at, activated_by)
        VALUES (@Id, 1, @SiteId, @CenterId, @Path, 'flood', @At, @At, @At, @Id)
        """);

    private Service _service = null!;
    private Service _other = null!;
    private DispatchWorld _world = null!;

    [SetUp]
    public async Task Start()
    {
        _service = await Service.StartAsync();
        _other = new Service(_service.Shared);
        _world = await DispatchWorld.CreateAsync(_service);
    }

    [TearDown]
    public async Task Stop()
    {
        await _other.DisposeAsync();
        await _service.DisposeAsync();
    }

    [Test]
    public async Task Two_nodes_that_sweep_at_once_never_take_the_same_order()
    {
        var due = await OrdersAsync(12);
        for (var round = 0; round < 5; round++)
        {
            var leases = await Task.WhenAll(Task.Run(() => TakeAsync(_service, 8)), Task.Run(() => TakeAsync(_other, 8)));

            var taken = leases.SelectMany(lease => lease.Rows).Select(order => order.Id).ToList();
            Assert.That(taken, Is.Unique);
            Assert.That(taken, Is.SubsetOf(due));
            Assert.That(leases.Max(lease => lease.Rows.Count), Is.EqualTo(8));
            foreach (var lease in leases)
            {
                await lease.DisposeAsync();
            }
        }
    }

    [Test]
    public async Task Two_nodes_that_do_what_is_due_at_once_do_each_thing_once()
    {
        var due = await OrdersAsync(12);

        await Task.WhenAll(Task.Run(_service.SettleAsync), Task.Run(_other.SettleAsync));
        await _service.SettleAsync();

        foreach (var id in due)
        {
            Assert.That((await _world.Orders.FindAsync(id))!.NextAction, Is.Not.EqualTo(OrderAction.OpenWave));
            Assert.That(await LeasedAsync(id), Is.False, "whoever moves a row clears its lease");
        }
    }

    [Test]
    public async Task What_a_node_took_that_died_is_taken_by_another_when_its_lease_is_over_and_done_once()
    {
        var volunteer = await _world.VolunteerAsync(_world.World.NorthStation);
        var order = Id.ParseOrNone(await _world.OrderAsync());
        var dead = await TakeAsync(_other, 50);
        Assert.That(dead.Rows.Select(row => row.Id), Is.EqualTo(new[] { order }));

        await _service.SettleAsync();
        Assert.That(await DispatchWorld.OfferAsync(volunteer, order.ToString()), Is.Null, "nobody takes what is under a lease");

        _service.Machine.Move(Leases.Length);
        await _service.SettleAsync();
        Assert.That(await DispatchWorld.OfferAsync(volunteer, order.ToString()), Is.Not.Null);

        // It was not dead, only slow: what it read is not what is there any more.
        Assert.That(await _other.Services.GetRequiredService<Api.Dispatch.Dispatcher>().OpenRoundAsync(dead.Rows[0], everybody: false, CancellationToken.None), Is.False);
        Assert.That(await _service.Services.GetRequiredService<OfferStore>().RoundsOfAsync(order), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_node_that_is_late_lets_go_of_nothing_that_another_has_taken_since()
    {
        var order = (await OrdersAsync(1))[0];
        var late = await TakeAsync(_other, 50);
        _service.Machine.Move(Leases.Length);
        await using var next = await TakeAsync(_service, 50);
        Assert.That(next.Rows.Select(row => row.Id), Is.EqualTo(new[] { order }));

        await late.DisposeAsync();

        Assert.That(await LeasedAsync(order), Is.True);
    }

    [Test]
    public async Task What_a_node_did_not_come_to_is_let_go_and_what_failed_stays_out_of_the_way()
    {
        await OrdersAsync(3);
        var lease = await TakeAsync(_other, 50);
        await Assert.ThrowsAsync<InvalidOperationException>(() => lease.DoAsync(lease.Rows[0], () => throw new InvalidOperationException("It fails.")));
        await lease.DisposeAsync();

        await using var next = await TakeAsync(_service, 50);

        Assert.That(next.Rows.Select(row => row.Id), Is.EqualTo(lease.Rows.Skip(1).Select(row => row.Id)));
    }

    [Test]
    public async Task An_order_that_somebody_moves_is_under_no_lease_any_more()
    {
        var order = (await OrdersAsync(1))[0];
        await TakeAsync(_other, 50);

        (await _world.Dispatcher.PostAsync($"/orders/{order}/cancel", new { reason = "double" })).Yes();

        Assert.That(await LeasedAsync(order), Is.False);
    }

    [Test]
    public async Task Waves_of_a_center_that_another_node_has_taken_are_not_planned_with_the_others()
    {
        await OrdersAsync(4);
        await using var elsewhere = await TakeAsync(_other, 2);
        await using var lease = await TakeAsync(_service, 1);

        var waves = await _world.Orders.TakeDueWavesAsync(lease, _world.World.Center.Id, 50, CancellationToken.None);

        Assert.That(waves, Has.Count.EqualTo(1));
        Assert.That(lease.Rows.Concat(elsewhere.Rows).Select(order => order.Id), Is.Unique.And.Exactly(4).Items);
    }

    [Test]
    public async Task A_node_whose_time_runs_out_while_it_works_plans_each_order_once()
    {
        await OrdersAsync(3);
        await using var lease = await TakeAsync(_service, 2);
        _service.Machine.Move(Leases.Length);

        var waves = await _world.Orders.TakeDueWavesAsync(lease, _world.World.Center.Id, 50, CancellationToken.None);

        Assert.That(waves, Has.Count.EqualTo(1));
        Assert.That(lease.Rows.Select(order => order.Id), Is.Unique.And.Exactly(3).Items);
    }

    [Test]
    public async Task Wishes_suspensions_and_emergencies_are_taken_in_the_same_way()
    {
        var site = _world.World.NorthStation;
        var wish = Id.ParseOrNone(await _world.Wishes.SubmitAsync(_world.Wishes.Visit));
        var volunteer = (await _world.VolunteerAsync(site)).Id;
        var emergency = _service.Ids.Next(IdKind.ModeActivation);
        await _service.Database.WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync(Suspend, new SuspendRow(volunteer, Service.Friday));
                await tx.ExecuteAsync(Activate, new ActivationRow(emergency, site.Id, site.CenterId, site.Path, Service.Friday));
            },
            CancellationToken.None);
        await _service.AtAsync(Service.Friday.AddDays(3));

        var wishes = await _other.Services.GetRequiredService<WishStore>().TakeDueAsync(50, CancellationToken.None);
        var volunteers = await _other.Services.GetRequiredService<VolunteerStore>().TakeDueToResumeAsync(50, CancellationToken.None);
        var emergencies = await _other.Services.GetRequiredService<EmergencyStore>().TakeDueAsync(50, CancellationToken.None);

        Assert.That(wishes.Rows.Select(row => row.Id), Is.EqualTo(new[] { wish }));
        Assert.That(volunteers.Rows.Select(row => row.Id), Is.EqualTo(new[] { volunteer }));
        Assert.That(emergencies.Rows.Select(row => row.Id), Is.EqualTo(new[] { emergency }));
        Assert.That(await _service.SettleAsync(), Is.Zero);
        _service.Machine.Move(Leases.Length);
        Assert.That(await _service.SettleAsync(), Is.GreaterThanOrEqualTo(3));
        Assert.That((await _service.Services.GetRequiredService<WishStore>().TakeDueAsync(50, CancellationToken.None)).Rows, Is.Empty);
        Assert.That((await _service.Services.GetRequiredService<VolunteerStore>().TakeDueToResumeAsync(50, CancellationToken.None)).Rows, Is.Empty);
        Assert.That((await _service.Services.GetRequiredService<EmergencyStore>().TakeDueAsync(50, CancellationToken.None)).Rows, Is.Empty);
    }

    private static Task<Lease<OrderRow>> TakeAsync(Service node, int most) =>
        node.Services.GetRequiredService<OrderStore>().TakeDueAsync(most, CancellationToken.None);

    private async Task<List<Id>> OrdersAsync(int count)
    {
        var orders = new List<Id>(count);
        for (var i = 0; i < count; i++)
        {
            orders.Add(Id.ParseOrNone(await _world.OrderAsync()));
        }

        return orders;
    }

    private async Task<bool> LeasedAsync(Id order) => (await _service.Database.FirstAsync(LeaseOf, new ById(order))) is { LeasedBy: not null, LeasedUntil: not null };

    private sealed record SuspendRow(Id Id, DateTimeOffset Until);

    private sealed record ActivationRow(Id Id, Id SiteId, Id CenterId, string Path, DateTimeOffset At);

    private sealed record LeaseRow
    {
        public Id? LeasedBy { get; init; }

        public DateTimeOffset? LeasedUntil { get; init; }
    }
}
