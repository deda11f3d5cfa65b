using Matching.Api.Assignments;
using Matching.Api.Catalog;
using Matching.Api.Dispatch;
using Matching.Api.Offers;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Plumbing.Jobs;
using Matching.Api.Plumbing.Outbox;
using Matching.Api.Sites;
using Matching.Api.Wishes;
using Matching.Orders;
using Matching.Sites;
using Matching.Wishes;

namespace Matching.Api.Orders;

/// <summary>
/// Orders, their seats and their clocks. Whoever changes anything about an order locks it first (<see cref="LockAsync"/>), so that all that happens to one
/// order happens one after another, and lets it settle at the end (<see cref="SettleAsync"/>): the state follows the seats, and the next due-date and
/// action are reckoned anew.
/// </summary>
public sealed partial class OrderStore(
    Database database,
    Ids ids,
    TimeProvider clock,
    Vault vault,
    Timeline timeline,
    OutboxStore outbox,
    JobSignals signals,
    Leases leases,
    SiteStore sites,
    PolicyStore policies,
    CatalogStore catalog,
    OfferStore offers,
    AssignmentStore assignments,
    WishStore wishes)
{
    private const string Columns =
        """
        id, version, center_id, home_site_id, home_path, owner_site_id, owner_path, level, state, state_since, due_at, next_action, edition, fresh_edition,
        menu_item_id, resident_id, need, lat, lng, accuracy_m, address_sealed, window_start, window_end, minutes, urgency, risk, mode, people_wanted,
        people_needed, minors_allowed, insurance_needed, gender_wanted, language_wanted, seats_filled, policy_number, created_by, created_at, reviewed_by,
        ready_at, round_id, level_since, all_asked, dispatcher_asked_at, dispatcher_answered_at, staff_reminded_at, reminded_before_at, reminded_today_at,
        service_code_sealed, hold_reason, shortage, served_at, confirmed_at, confirmed_by, confirmed_how, closed_at
        """;

    private static readonly Sql<ById, OrderRow> Find = new($"SELECT {Columns} FROM orders WHERE id = @Id");

    private static readonly Sql<ByIds, OrderRow> FindMany = new($"SELECT {Columns} FROM orders WHERE id IN @Ids");

    private static readonly Sql<ReachQuery, OrderRow> FindInReach = new(
        $"""
        SELECT {Columns} FROM orders
        WHERE id = @Id AND ((home_path >= @From AND home_path < @To) OR (owner_path >= @From AND owner_path < @To))
        """);

    private static readonly Sql<ById> Lock = new("UPDATE orders SET version = version + 1 WHERE id = @Id");

    private static readonly Sql<VersionRow> LockVersion = new("UPDATE orders SET version = version + 1 WHERE id = @Id AND version = @Version");

    private static readonly Sql<ListQuery, OrderRow> Newest = new(
        $$"""
        SELECT {{Columns}} FROM orders
        WHERE center_id = @CenterId AND id < @Before
            AND ((home_path >= @From AND home_path < @To) OR (owner_path >= @From AND owner_path < @To))
            AND (@State IS NULL OR state = @State) AND (@Urgency IS NULL OR urgency = @Urgency)
            AND (@MadeFrom IS NULL OR created_at >= @MadeFrom) AND (@MadeBefore IS NULL OR created_at < @MadeBefore)
            AND (@HomeFrom IS NULL OR (home_path >= @HomeFrom AND home_path < @HomeTo))
            AND (@Served = 0 OR served_at IS NOT NULL) AND (@Accepted = 0 OR seats_filled > 0 OR served_at IS NOT NULL)
            AND (@Offered = 0 OR EXISTS (SELECT 1 FROM dispatch_rounds r WHERE r.order_id = orders.id))
        ORDER BY id DESC
        {page}
        """);

    private static readonly Sql<ListByDueQuery, OrderRow> SoonestDue = new(
        $$"""
        SELECT {{Columns}} FROM orders
        WHERE center_id = @CenterId AND due_at >= @DueAfter AND (due_at > @DueAfter OR id > @After)
            AND ((home_path >= @From AND home_path < @To) OR (owner_path >= @From AND owner_path < @To))
            AND (@State IS NULL OR state = @State) AND (@Urgency IS NULL OR urgency = @Urgency)
        ORDER BY due_at, id
        {page}
        """);

    private static readonly Sql<ById, EscalationOfOrder> Escalations = new(
        "SELECT id, from_site_id, to_site_id, reason, happened_at FROM escalations WHERE order_id = @Id ORDER BY id");

    private static readonly Sql<LookAgainRow> LookAgain = new(
        """
        UPDATE orders SET due_at = @Now
        WHERE center_id = @CenterId AND due_at > @Now AND owner_path >= @From AND owner_path < @To
        """);

    private static readonly Sql<DueQuery, DueRow> Due = new(
        """
        SELECT id FROM orders
        WHERE due_at <= @Now AND next_action IS NOT NULL AND (leased_until IS NULL OR leased_until <= @MachineNow)
        ORDER BY due_at, id
        {page}
        """);

    private static readonly Sql<DueWaveQuery, DueRow> DueWaves = new(
        """
        SELECT id FROM orders
        WHERE center_id = @CenterId AND due_at <= @Now AND next_action = 'OpenWave' AND urgency IN ('Normal', 'Scheduled') AND mode IN ('Wave', 'Direct')
            AND (leased_until IS NULL OR leased_until <= @MachineNow)
        ORDER BY due_at, id
        {page}
        """);

    private static readonly Sql<TakeRows> TakeDue = new(
        """
        UPDATE orders SET leased_by = @NodeId, leased_until = @Until
        WHERE id IN @Ids AND due_at <= @Now AND (leased_until IS NULL OR leased_until <= @MachineNow)
        """);

    private static readonly Sql<RowsOfNode, OrderRow> TakenDue = new(
        $"SELECT {Columns} FROM orders WHERE id IN @Ids AND leased_by = @NodeId");

    private static readonly Sql<RowsOfNode> LetGoDue = new(
        "UPDATE orders SET leased_by = NULL, leased_until = NULL WHERE id IN @Ids AND leased_by = @NodeId");

    private static readonly DueRows<OrderRow> DueRows = new(TakeDue, TakenDue, LetGoDue, order => order.Id);

    public Task<OrderRow?> FindAsync(Id id) => database.FirstAsync(Find, new ById(id));

    public Task<OrderRow?> FindAsync(IRows rows, Id id) => rows.FirstAsync(Find, new ById(id));

    public async Task<List<OrderRow>> FindManyAsync(IReadOnlyCollection<Id> orderIds)
    {
        var found = new List<OrderRow>(orderIds.Count);
        foreach (var chunk in ByIds.Chunks(orderIds))
        {
            found.AddRange(await database.ListAsync(FindMany, chunk));
        }

        return found;
    }

    /// <summary>As staff see it: home or owner within their reach.</summary>
    public Task<OrderRow?> FindAsync(Caller caller, Id id) => database.FirstAsync(FindInReach, new ReachQuery(id, caller.Reach.From, caller.Reach.To));

    /// <summary>Orders of a subtree, newest first.</summary>
    public Task<List<OrderRow>> NewestAsync(OrderFilter filter, Id before, int take) => database.ListAsync(Newest, new ListQuery(
        filter.CenterId, filter.Reach.From, filter.Reach.To, filter.State?.ToString(), filter.Urgency?.ToString(), filter.MadeFrom, filter.MadeBefore,
        filter.Home?.From, filter.Home?.To, filter.Step == OrderStep.Offered, filter.Step == OrderStep.Accepted, filter.Step == OrderStep.Served, before, take));

    /// <summary>Unfinished orders of a subtree, the one that needs looking at soonest first.</summary>
    public Task<List<OrderRow>> SoonestDueAsync(OrderFilter filter, DateTimeOffset dueAfter, Id after, int take) => database.ListAsync(
        SoonestDue, new ListByDueQuery(
            filter.CenterId, filter.Reach.From, filter.Reach.To, filter.State?.ToString(), filter.Urgency?.ToString(), dueAfter, after, take));

    public Task<List<EscalationOfOrder>> EscalationsAsync(Id orderId) => database.ListAsync(Escalations, new ById(orderId));

    /// <summary>Takes due ones for this node, the longest due first.</summary>
    public async Task<Lease<OrderRow>> TakeDueAsync(int take, CancellationToken ct) =>
        await leases.TakeAsync(DueRows, await database.ListAsync(Due, leases.DueNow(take)), ct);

    /// <summary>Takes the others of a center, too, whose next wave is due and can wait for a common plan, the longest due first.</summary>
    public async Task<IReadOnlyList<OrderRow>> TakeDueWavesAsync(Lease<OrderRow> lease, Id centerId, int take, CancellationToken ct)
    {
        var now = leases.DueNow(take);
        return await lease.AddAsync(await database.ListAsync(DueWaves, new DueWaveQuery(centerId, now.Now, now.MachineNow, take)), ct);
    }

    /// <summary>First of all in a transaction: from here on nobody else changes this order. Null when there is none.</summary>
    public async Task<OrderRow?> LockAsync(Transaction tx, Id id) =>
        await tx.ExecuteAsync(Lock, new ById(id)) == 0 ? null : await tx.FirstAsync(Find, new ById(id));

    /// <summary>The lock, for a step that was decided on what was read before: null when somebody has touched the order since.</summary>
    public async Task<OrderRow?> LockUnchangedAsync(Transaction tx, OrderRow read) =>
        await tx.ExecuteAsync(LockVersion, new VersionRow(read.Id, read.Version)) == 0 ? null : await tx.FirstAsync(Find, new ById(read.Id));

    /// <summary>
    /// What staff do to one order within their reach: locks it, lets the deed decide and act, and answers where it stands then. Absent and foreign look the same.
    /// </summary>
    public Task<Outcome<OrderAnswer>> ChangeAsync(Caller caller, Id id, Func<Transaction, OrderRow, Task<Outcome<OrderRow>>> deed, CancellationToken ct) =>
        database.WriteAsync<Outcome<OrderAnswer>>(
            async tx =>
            {
                if (await LockAsync(tx, id) is not { } order || !(caller.Reach.Covers(order.HomePath) || caller.Reach.Covers(order.OwnerPath)))
                {
                    return Refusals.OrderUnknown;
                }

                var changed = await deed(tx, order);
                return changed.Refusal is { } refusal ? refusal : OrderAnswer.From(changed.Value);
            },
            ct);

    /// <summary>The policy of a subtree has changed: every unfinished order there is looked at again, and its clock reckoned anew.</summary>
    public async Task LookAgainAsync(Transaction tx, Id centerId, string path)
    {
        var reach = Reach.Of(path);
        await tx.ExecuteAsync(LookAgain, new LookAgainRow(centerId, reach.From, reach.To, clock.GetUtcNow()));
        tx.AfterCommit(signals.Wake<AdvanceOrders>);
    }

    private sealed record ReachQuery(Id Id, string From, string To);

    private sealed record VersionRow(Id Id, int Version);

    private sealed record ListQuery(
        Id CenterId, string From, string To, string? State, string? Urgency, DateTimeOffset? MadeFrom, DateTimeOffset? MadeBefore, string? HomeFrom, string? HomeTo,
        bool Offered, bool Accepted, bool Served, Id Before, int Take);

    private sealed record ListByDueQuery(
        Id CenterId, string From, string To, string? State, string? Urgency, DateTimeOffset DueAfter, Id After, int Take);

    private sealed record LookAgainRow(Id CenterId, string From, string To, DateTimeOffset Now);

    private sealed record DueWaveQuery(Id CenterId, DateTimeOffset Now, DateTimeOffset MachineNow, int Take);
}

/// <summary>Which orders to list; an order is of a subtree by its home or by its owner.</summary>
/// <param name="Home">The part of the tree that it was made in.</param>
public sealed record OrderFilter(
    Id CenterId, Reach Reach, OrderState? State, Urgency? Urgency, DateTimeOffset? MadeFrom = null, DateTimeOffset? MadeBefore = null, Reach? Home = null,
    OrderStep? Step = null);

/// <summary>One climb of an order.</summary>
public sealed record EscalationOfOrder
{
    public Id Id { get; init; }

    public Id FromSiteId { get; init; }

    public Id ToSiteId { get; init; }

    public string Reason { get; init; } = "";

    public DateTimeOffset HappenedAt { get; init; }
}
