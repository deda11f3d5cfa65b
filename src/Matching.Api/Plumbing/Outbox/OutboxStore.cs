using System.Diagnostics;
using System.Text.Json;
using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Jobs;

namespace Matching.Api.Plumbing.Outbox;

/// <summary>Rows for what must happen after the fact. Added in the transaction of the fact; delivered at least once, by a job.</summary>
public sealed class OutboxStore(Database.Database database, Ids ids, MachineClock clock, JobSignals signals)
{
    /// <summary>Far longer than a group takes, so that only one that died loses it.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(5);

    private static readonly Sql<NewRow> Insert = new(
        """
        INSERT INTO outbox (id, topic, subject_id, center_id, account_id, body, trace_id, created_at, due_at, attempts)
        VALUES (@Id, @Topic, @SubjectId, @CenterId, @AccountId, @Body, @TraceId, @Now, @Now, 0)
        """);

    private static readonly Sql<DueQuery, OutboxRow> Due = new(
        """
        SELECT id, topic, subject_id, center_id, account_id, body, trace_id, created_at, attempts
        FROM outbox
        WHERE due_at <= @Now
        ORDER BY due_at, id
        {page}
        """);

    // What is leased is due when the lease is over; so the lease of one that died needs nobody to take it back.
    private static readonly Sql<LeaseRow> Take = new(
        "UPDATE outbox SET lease_id = @LeaseId, due_at = @Until, attempts = attempts + 1 WHERE id IN @Ids AND due_at <= @Now");

    private static readonly Sql<LeasedQuery, LeasedRow> Leased = new("SELECT id FROM outbox WHERE id IN @Ids AND lease_id = @LeaseId");

    private static readonly Sql<DeliveredRow> Delivered = new(
        "UPDATE outbox SET delivered_at = @Now, due_at = NULL, error = NULL WHERE id IN @Ids AND lease_id = @LeaseId AND due_at IS NOT NULL");

    private static readonly Sql<FailedRow> Failed = new(
        "UPDATE outbox SET due_at = @DueAt, error = @Error WHERE id IN @Ids AND lease_id = @LeaseId AND due_at IS NOT NULL");

    /// <summary>Leaves a message about a subject; for one account, or for whoever follows the subject when it is null.</summary>
    public async Task AddAsync(Transaction tx, string topic, Id subjectId, Id? centerId, Id? accountId, object body)
    {
        await tx.ExecuteAsync(Insert, new NewRow(
            ids.Next(IdKind.Outbox), topic, subjectId, centerId, accountId, JsonSerializer.Serialize(body, Wire.Json), Activity.Current?.Id, clock.Now));
        tx.AfterCommit(signals.Wake<DeliverOutbox>);
    }

    /// <summary>Takes a group of what is due under a lease, the longest due first; nobody else has any of it until the lease is over.</summary>
    public async Task<OutboxGroup> TakeAsync(int take, CancellationToken ct)
    {
        var lease = ids.Next(IdKind.Outbox);
        var due = await database.ListAsync(Due, new DueQuery(clock.Now, take));
        if (due.Count == 0)
        {
            return new OutboxGroup(lease, []);
        }

        return await database.WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync(Take, new LeaseRow(Bytes(due), lease, clock.Now, clock.Now + Lease));
                var mine = await MineAsync(tx, new OutboxGroup(lease, due));
                return new OutboxGroup(lease, [.. mine.Select(message => message with { Attempts = message.Attempts + 1 })]);
            },
            ct);
    }

    /// <summary>Marks a group as delivered, and gives those of it that were still under its lease; of the others somebody else takes care.</summary>
    public async Task<List<OutboxRow>> DeliveredAsync(Transaction tx, OutboxGroup group) =>
        await tx.ExecuteAsync(Delivered, new DeliveredRow(Bytes(group.Messages), group.LeaseId, clock.Now)) == 0 ? [] : await MineAsync(tx, group);

    /// <summary>Puts a group off.</summary>
    public Task FailedAsync(OutboxGroup group, DateTimeOffset dueAt, string error) => database.WriteAsync(
        tx => tx.ExecuteAsync(Failed, new FailedRow(Bytes(group.Messages), group.LeaseId, dueAt, error)), CancellationToken.None);

    private static async Task<List<OutboxRow>> MineAsync(Transaction tx, OutboxGroup group)
    {
        var mine = (await tx.ListAsync(Leased, new LeasedQuery(Bytes(group.Messages), group.LeaseId))).Select(row => row.Id).ToHashSet();
        return [.. group.Messages.Where(message => mine.Contains(message.Id))];
    }

    private static List<byte[]> Bytes(IEnumerable<OutboxRow> messages) => [.. messages.Select(message => message.Id.ToBytes())];

    private sealed record NewRow(
        Id Id, string Topic, Id SubjectId, Id? CenterId, Id? AccountId, string Body, string? TraceId, DateTimeOffset Now);

    private sealed record DueQuery(DateTimeOffset Now, int Take);

    private sealed record LeaseRow(IReadOnlyList<byte[]> Ids, Id LeaseId, DateTimeOffset Now, DateTimeOffset Until);

    private sealed record LeasedQuery(IReadOnlyList<byte[]> Ids, Id LeaseId);

    private sealed record LeasedRow
    {
        public Id Id { get; init; }
    }

    private sealed record DeliveredRow(IReadOnlyList<byte[]> Ids, Id LeaseId, DateTimeOffset Now);

    private sealed record FailedRow(IReadOnlyList<byte[]> Ids, Id LeaseId, DateTimeOffset DueAt, string Error);
}

/// <summary>Messages that one deliverer has taken.</summary>
public sealed record OutboxGroup(Id LeaseId, IReadOnlyList<OutboxRow> Messages);

/// <summary>A message on its way. Its id stays the same however often it is tried.</summary>
public sealed record OutboxRow
{
    public Id Id { get; init; }

    public string Topic { get; init; } = "";

    public Id SubjectId { get; init; }

    public Id? CenterId { get; init; }

    public Id? AccountId { get; init; }

    public string Body { get; init; } = "";

    public string? TraceId { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public int Attempts { get; init; }
}
