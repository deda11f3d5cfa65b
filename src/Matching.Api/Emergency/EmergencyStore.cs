using Matching.Api.Orders;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Plumbing.Jobs;
using Matching.Api.Plumbing.Outbox;
using Matching.Api.Sites;

namespace Matching.Api.Emergency;

/// <summary>The emergency switch (平急转换): other deadlines, waves and radius for a subtree, until it ends by itself or is ended.</summary>
public sealed class EmergencyStore(
    Database database, TimeProvider clock, Timeline timeline, OutboxStore outbox, PolicyStore policies, OrderStore orders, Leases leases)
{
    private static readonly Sql<NewActivation> Insert = new(
        """
        INSERT INTO mode_activations (id, version, site_id, center_id, path, reason, starts_at, ends_at, due_at, activated_by)
        VALUES (@Id, 1, @SiteId, @CenterId, @Path, @Reason, @StartsAt, @EndsAt, @EndsAt, @ActivatedBy)
        """);

    private static readonly Sql<ById, Activation> RunningAt = new(
        """
        SELECT id, version, site_id, center_id, path, reason, starts_at, ends_at, ended_at
        FROM mode_activations WHERE site_id = @Id AND due_at IS NOT NULL
        """);

    private static readonly Sql<ById, Activation> OfSite = new(
        """
        SELECT id, version, site_id, center_id, path, reason, starts_at, ends_at, ended_at
        FROM mode_activations WHERE site_id = @Id ORDER BY id DESC
        """);

    private static readonly Sql<DueQuery, DueRow> Due = new(
        """
        SELECT id FROM mode_activations
        WHERE due_at <= @Now AND (leased_until IS NULL OR leased_until <= @MachineNow)
        ORDER BY due_at, id
        {page}
        """);

    private static readonly Sql<TakeRows> TakeDue = new(
        """
        UPDATE mode_activations SET leased_by = @NodeId, leased_until = @Until
        WHERE id IN @Ids AND due_at <= @Now AND (leased_until IS NULL OR leased_until <= @MachineNow)
        """);

    private static readonly Sql<RowsOfNode, Activation> TakenDue = new(
        """
        SELECT id, version, site_id, center_id, path, reason, starts_at, ends_at, ended_at
        FROM mode_activations WHERE id IN @Ids AND leased_by = @NodeId
        """);

    private static readonly Sql<RowsOfNode> LetGoDue = new(
        "UPDATE mode_activations SET leased_by = NULL, leased_until = NULL WHERE id IN @Ids AND leased_by = @NodeId");

    private static readonly DueRows<Activation> DueRows = new(TakeDue, TakenDue, LetGoDue, activation => activation.Id);

    private static readonly Sql<EndRow> End = new(
        """
        UPDATE mode_activations SET ended_at = @Now, ended_by = @EndedBy, due_at = NULL, leased_by = NULL, leased_until = NULL, version = version + 1
        WHERE id = @Id AND due_at IS NOT NULL
        """);

    public Task<Activation?> RunningAtAsync(IRows rows, Id siteId) => rows.FirstAsync(RunningAt, new ById(siteId));

    public Task<List<Activation>> OfSiteAsync(Id siteId) => database.ListAsync(OfSite, new ById(siteId));

    /// <summary>Takes those whose time is up for this node.</summary>
    public async Task<Lease<Activation>> TakeDueAsync(int take, CancellationToken ct) =>
        await leases.TakeAsync(DueRows, await database.ListAsync(Due, leases.DueNow(take)), ct);

    /// <summary>Switches it on. Throws <see cref="SomebodyWasFirstException"/> when it is on at this site.</summary>
    public async Task ActivateAsync(Transaction tx, Id id, Site site, string reason, DateTimeOffset endsAt, Caller caller)
    {
        await tx.ExecuteAsync(Insert, new NewActivation(id, site.Id, site.CenterId, site.Path, reason, clock.GetUtcNow(), endsAt, caller.AccountId));
        await timeline.AddAsync(tx, id, null, "On", "Activate", caller, reason);
        await outbox.AddAsync(tx, "emergency.on", id, site.CenterId, null, new { siteId = site.Id, endsAt });
        await orders.LookAgainAsync(tx, site.CenterId, site.Path);
        tx.AfterCommit(() => policies.Forget(site.CenterId));
    }

    /// <summary>Switches it off; false when somebody else has.</summary>
    public async Task<bool> EndAsync(Transaction tx, Activation activation, Actor actor, string? reason)
    {
        if (await tx.ExecuteAsync(End, new EndRow(activation.Id, clock.GetUtcNow(), actor.AccountId)) == 0)
        {
            return false;
        }

        await timeline.AddAsync(tx, activation.Id, "On", "Off", "End", actor, reason);
        await outbox.AddAsync(tx, "emergency.off", activation.Id, activation.CenterId, null, new { siteId = activation.SiteId });
        await orders.LookAgainAsync(tx, activation.CenterId, activation.Path);
        tx.AfterCommit(() => policies.Forget(activation.CenterId));
        return true;
    }

    private sealed record NewActivation(
        Id Id, Id SiteId, Id CenterId, string Path, string Reason, DateTimeOffset StartsAt, DateTimeOffset EndsAt, Id ActivatedBy);

    private sealed record EndRow(Id Id, DateTimeOffset Now, Id? EndedBy);
}

/// <summary>One time that the switch was on.</summary>
public sealed record Activation
{
    public Id Id { get; init; }

    public int Version { get; init; }

    public Id SiteId { get; init; }

    public Id CenterId { get; init; }

    public string Path { get; init; } = "";

    public string Reason { get; init; } = "";

    public DateTimeOffset StartsAt { get; init; }

    public DateTimeOffset EndsAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }
}
