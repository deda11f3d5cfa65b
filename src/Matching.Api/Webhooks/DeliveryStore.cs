using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;

namespace Matching.Api.Webhooks;

/// <summary>
/// What webhooks are to be told, and what became of it. Events about one subject wait in a row: only the first is due, and when it has ended, the next one is.
/// Whoever changes a row holds its webhook first (<see cref="WebhookStore.HoldAsync"/>), or two could leave a row without a first.
/// </summary>
public sealed class DeliveryStore(Database database, Ids ids, MachineClock clock)
{
    /// <summary>Longer than a receiver has to answer, on every redirect, and a write takes.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    private const string Columns =
        """
        SELECT id, webhook_id, event_id, subject_id, sequence, type, body, state, happened_at, created_at, due_at, tries, first_tried_at, ended_at, last_status,
            last_problem
        FROM deliveries
        """;

    private static readonly Sql<NewDelivery> Insert = new(
        """
        INSERT INTO deliveries (id, webhook_id, event_id, subject_id, sequence, type, body, state, happened_at, created_at, tries, due_at)
        SELECT @Id, @WebhookId, @EventId, @SubjectId, @Sequence, @Type, @Body, 'Waiting', @HappenedAt, @Now, 0,
            CASE WHEN EXISTS (SELECT 1 FROM deliveries WHERE webhook_id = @WebhookId AND subject_id = @SubjectId AND state = 'Waiting') THEN NULL ELSE @Now END
        WHERE NOT EXISTS (SELECT 1 FROM deliveries WHERE webhook_id = @WebhookId AND event_id = @EventId)
        """);

    private static readonly Sql<DueQuery, WebhookIdRow> DueWebhooks = new(
        "SELECT h.id AS webhook_id FROM webhooks h WHERE EXISTS (SELECT 1 FROM deliveries d WHERE d.webhook_id = h.id AND d.due_at <= @Now)");

    private static readonly Sql<DueOfQuery, DeliveryRow> DueOf = new($"{Columns} WHERE webhook_id = @WebhookId AND due_at <= @Now ORDER BY due_at, id {{page}}");

    private static readonly Sql<LeaseRow> Take = new(
        """
        UPDATE deliveries SET lease_id = @LeaseId, due_at = @Until, tries = tries + 1, first_tried_at = COALESCE(first_tried_at, @Now)
        WHERE id IN @Ids AND due_at <= @Now
        """);

    private static readonly Sql<LeasedQuery, DeliveryRow> Leased = new($"{Columns} WHERE id IN @Ids AND lease_id = @LeaseId");

    private static readonly Sql<Ending> SetEnded = new(
        """
        UPDATE deliveries SET state = @State, ended_at = @Now, due_at = NULL, lease_id = NULL, last_status = @Status, last_problem = @Problem
        WHERE id = @Id AND lease_id = @LeaseId AND state = 'Waiting'
        """);

    private static readonly Sql<Pausing> SetAgain = new(
        """
        UPDATE deliveries SET due_at = @DueAt, lease_id = NULL, last_status = @Status, last_problem = @Problem
        WHERE id = @Id AND lease_id = @LeaseId AND state = 'Waiting'
        """);

    private static readonly Sql<NextQuery, IdRow> Next = new(
        """
        SELECT id FROM deliveries WHERE webhook_id = @WebhookId AND subject_id = @SubjectId AND state = 'Waiting' ORDER BY sequence, id {page}
        """);

    private static readonly Sql<DueRow> MakeDue = new("UPDATE deliveries SET due_at = @Now WHERE id = @Id AND state = 'Waiting' AND due_at IS NULL");

    private static readonly Sql<AllRow> GiveUpAll = new(
        "UPDATE deliveries SET state = 'Dead', ended_at = @Now, due_at = NULL, lease_id = NULL, last_problem = @Problem WHERE webhook_id = @WebhookId AND state = 'Waiting'");

    private static readonly Sql<AgainRow> SetWaiting = new(
        """
        UPDATE deliveries SET state = 'Waiting', tries = 0, first_tried_at = NULL, ended_at = NULL, lease_id = NULL, due_at =
            CASE WHEN EXISTS (SELECT 1 FROM deliveries d WHERE d.webhook_id = @WebhookId AND d.subject_id = @SubjectId AND d.state = 'Waiting') THEN NULL ELSE @Now END
        WHERE id = @Id AND webhook_id = @WebhookId AND state IN ('Delivered', 'Dead')
        """);

    private static readonly Sql<OneQuery, DeliveryRow> Find = new($"{Columns} WHERE id = @Id AND webhook_id = @WebhookId");

    private static readonly Sql<ListQuery, DeliveryRow> OfWebhook = new(
        $"{Columns} WHERE webhook_id = @WebhookId AND id < @Before AND (@State IS NULL OR state = @State) ORDER BY id DESC {{page}}");

    private static readonly Sql<RangeQuery, DeliveryRow> Range = new(
        $"{Columns} WHERE webhook_id = @WebhookId AND id >= @From AND id < @To AND state IN ('Delivered', 'Dead') ORDER BY id {{page}}");

    private static readonly Sql<ById, CountRow> CountDead = new("SELECT COUNT(*) AS number FROM deliveries WHERE webhook_id = @Id AND state = 'Dead'");

    // Ids grow, so the smallest is the oldest.
    private static readonly Sql<ById, WaitingRow> CountWaiting = new(
        "SELECT COUNT(*) AS number, MIN(id) AS oldest FROM deliveries WHERE webhook_id = @Id AND state = 'Waiting'");

    private static readonly Sql<NewAttempt> InsertAttempt = new(
        """
        INSERT INTO delivery_attempts (id, delivery_id, happened_at, took_ms, status, problem, answer)
        VALUES (@Id, @DeliveryId, @HappenedAt, @TookMs, @Status, @Problem, @Answer)
        """);

    private static readonly Sql<ById, AttemptRow> AttemptsOf = new(
        "SELECT id, happened_at, took_ms, status, problem, answer FROM delivery_attempts WHERE delivery_id = @Id ORDER BY id");

    /// <summary>Leaves an event for a webhook; a second one with the same id is none.</summary>
    public Task AddAsync(Transaction tx, Id webhookId, Id eventId, Id subjectId, long sequence, string type, string body, DateTimeOffset happenedAt) => tx.ExecuteAsync(
        Insert, new NewDelivery(ids.Next(IdKind.Delivery), webhookId, eventId, subjectId, sequence, type, body, happenedAt, clock.Now));

    /// <summary>Webhooks with something due.</summary>
    public async Task<IReadOnlyList<Id>> DueWebhooksAsync() => [.. (await database.ListAsync(DueWebhooks, new DueQuery(clock.Now))).Select(row => row.WebhookId)];

    /// <summary>Takes what is due of one webhook under a lease, at most so many; nobody else has any of it until the lease is over.</summary>
    public async Task<DeliveryGroup> TakeAsync(Id webhookId, int take, CancellationToken ct)
    {
        var lease = ids.Next(IdKind.Delivery);
        var due = await database.ListAsync(DueOf, new DueOfQuery(webhookId, clock.Now, take));
        if (due.Count == 0)
        {
            return new DeliveryGroup(lease, []);
        }

        var dueIds = due.Select(row => row.Id.ToBytes()).ToList();
        return await database.WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync(Take, new LeaseRow(dueIds, lease, clock.Now, clock.Now + Lease));
                return new DeliveryGroup(lease, await tx.ListAsync(Leased, new LeasedQuery(dueIds, lease)));
            },
            ct);
    }

    public Task AddAttemptAsync(Transaction tx, Id deliveryId, DateTimeOffset at, Tried tried) => tx.ExecuteAsync(
        InsertAttempt, new NewAttempt(ids.Next(IdKind.Delivery), deliveryId, at, tried.TookMs, tried.Status, tried.Problem, tried.Answer));

    /// <summary>It was taken, or is given up; what waits behind it is due. False when the lease was lost.</summary>
    public async Task<bool> EndAsync(Transaction tx, DeliveryRow delivery, Id leaseId, DeliveryState state, Tried tried)
    {
        if (await tx.ExecuteAsync(SetEnded, new Ending(delivery.Id, leaseId, state.ToString(), clock.Now, tried.Status, tried.Problem)) == 0)
        {
            return false;
        }

        if (await tx.FirstAsync(Next, new NextQuery(delivery.WebhookId, delivery.SubjectId, 1)) is { } next)
        {
            await tx.ExecuteAsync(MakeDue, new DueRow(next.Id, clock.Now));
        }

        return true;
    }

    /// <summary>False when the lease was lost.</summary>
    public async Task<bool> PutOffAsync(Transaction tx, DeliveryRow delivery, Id leaseId, DateTimeOffset dueAt, Tried tried) =>
        await tx.ExecuteAsync(SetAgain, new Pausing(delivery.Id, leaseId, dueAt, tried.Status, tried.Problem)) == 1;

    /// <summary>Gives up all that waits for a webhook.</summary>
    public Task GiveUpAllAsync(Transaction tx, Id webhookId, string problem) => tx.ExecuteAsync(GiveUpAll, new AllRow(webhookId, clock.Now, problem));

    /// <summary>Sends what has ended once more, with tries of its own; false when it waits already.</summary>
    public async Task<bool> AgainAsync(Transaction tx, DeliveryRow delivery) =>
        await tx.ExecuteAsync(SetWaiting, new AgainRow(delivery.Id, delivery.WebhookId, delivery.SubjectId, clock.Now)) == 1;

    public Task<DeliveryRow?> FindAsync(IRows rows, Id webhookId, Id id) => rows.FirstAsync(Find, new OneQuery(id, webhookId));

    /// <summary>A webhook's deliveries, the newest first.</summary>
    public Task<List<DeliveryRow>> OfAsync(Id webhookId, DeliveryState? state, Id? before, int take) =>
        database.ListAsync(OfWebhook, new ListQuery(webhookId, state?.ToString(), before ?? Id.From(UInt128.MaxValue), take));

    /// <summary>Deliveries that were made in a stretch of time and have ended, the oldest first.</summary>
    public Task<List<DeliveryRow>> EndedBetweenAsync(IRows rows, Id webhookId, DateTimeOffset from, DateTimeOffset to, int take) =>
        rows.ListAsync(Range, new RangeQuery(webhookId, Id.FirstAt(from), Id.FirstAt(to), take));

    public Task<List<AttemptRow>> AttemptsAsync(IRows rows, Id deliveryId) => rows.ListAsync(AttemptsOf, new ById(deliveryId));

    /// <summary>What was given up, the newest first.</summary>
    public Task<List<DeliveryRow>> DeadAsync(IRows rows, Id webhookId, int take) =>
        rows.ListAsync(OfWebhook, new ListQuery(webhookId, nameof(DeliveryState.Dead), Id.From(UInt128.MaxValue), take));

    /// <summary>How many are not taken yet, and when the oldest of them was made.</summary>
    public async Task<(int Waiting, DateTimeOffset? Oldest)> WaitingAsync(Id webhookId)
    {
        var waiting = (await database.FirstAsync(CountWaiting, new ById(webhookId)))!;
        return (waiting.Number, waiting.Oldest is { } oldest ? (await FindAsync(database, webhookId, oldest))?.CreatedAt : null);
    }

    public async Task<int> CountDeadAsync(IRows rows, Id webhookId) => (await rows.FirstAsync(CountDead, new ById(webhookId)))!.Number;

    private sealed record NewDelivery(
        Id Id, Id WebhookId, Id EventId, Id SubjectId, long Sequence, string Type, string Body, DateTimeOffset HappenedAt, DateTimeOffset Now);

    private sealed record DueQuery(DateTimeOffset Now);

    private sealed record DueOfQuery(Id WebhookId, DateTimeOffset Now, int Take);

    private sealed record LeaseRow(IReadOnlyList<byte[]> Ids, Id LeaseId, DateTimeOffset Now, DateTimeOffset Until);

    private sealed record LeasedQuery(IReadOnlyList<byte[]> Ids, Id LeaseId);

    private sealed record Ending(Id Id, Id LeaseId, string State, DateTimeOffset Now, int? Status, string? Problem);

    private sealed record Pausing(Id Id, Id LeaseId, DateTimeOffset DueAt, int? Status, string? Problem);

    private sealed record NextQuery(Id WebhookId, Id SubjectId, int Take);

    private sealed record DueRow(Id Id, DateTimeOffset Now);

    private sealed record AllRow(Id WebhookId, DateTimeOffset Now, string Problem);

    private sealed record AgainRow(Id Id, Id WebhookId, Id SubjectId, DateTimeOffset Now);

    private sealed record OneQuery(Id Id, Id WebhookId);

    private sealed record ListQuery(Id WebhookId, string? State, Id Before, int Take);

    private sealed record RangeQuery(Id WebhookId, Id From, Id To, int Take);

    private sealed record NewAttempt(Id Id, Id DeliveryId, DateTimeOffset HappenedAt, int TookMs, int? Status, string? Problem, string? Answer);

    private sealed record IdRow
    {
        public Id Id { get; init; }
    }

    private sealed record WebhookIdRow
    {
        public Id WebhookId { get; init; }
    }

    private sealed record WaitingRow
    {
        public int Number { get; init; }

        public Id? Oldest { get; init; }
    }

    private sealed record CountRow
    {
        public int Number { get; init; }
    }
}

/// <summary>Deliveries that one process has taken.</summary>
public sealed record DeliveryGroup(Id LeaseId, IReadOnlyList<DeliveryRow> Deliveries);

/// <summary>Where a delivery stands.</summary>
public enum DeliveryState
{
    /// <summary>It waits for its turn, or for its next try.</summary>
    Waiting,

    /// <summary>The receiver took it.</summary>
    Delivered,

    /// <summary>Given up.</summary>
    Dead,
}

/// <summary>An event for one webhook as its row has it.</summary>
public sealed record DeliveryRow
{
    public Id Id { get; init; }

    public Id WebhookId { get; init; }

    public Id EventId { get; init; }

    public Id SubjectId { get; init; }

    public long Sequence { get; init; }

    public string Type { get; init; } = "";

    public string Body { get; init; } = "";

    public DeliveryState State { get; init; }

    public DateTimeOffset HappenedAt { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? DueAt { get; init; }

    public int Tries { get; init; }

    public DateTimeOffset? FirstTriedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public int? LastStatus { get; init; }

    public string? LastProblem { get; init; }
}

/// <summary>One try as its row has it.</summary>
public sealed record AttemptRow
{
    public Id Id { get; init; }

    public DateTimeOffset HappenedAt { get; init; }

    public int TookMs { get; init; }

    public int? Status { get; init; }

    public string? Problem { get; init; }

    public string? Answer { get; init; }
}

/// <summary>How one try went.</summary>
/// <param name="TookMs">Until the answer, or until it was given up.</param>
/// <param name="Status">Of the answer; none when there was none.</param>
/// <param name="Problem">Null for a yes: status, gone, timeout, name, address, connection, tls, redirect.</param>
/// <param name="Answer">How the answer began.</param>
/// <param name="AskedPause">How long the receiver asked to be left alone.</param>
public sealed record Tried(int TookMs, int? Status, string? Problem, string? Answer, TimeSpan? AskedPause = null);
