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

    private static readonly Sql<DeliveredRow> Delivered = new(
        "UPDATE outbox SET delivered_at = @Now, due_at = NULL, error = NULL, attempts = attempts + 1 WHERE id = @Id AND due_at IS NOT NULL");

    private static readonly Sql<FailedRow> Failed = new(
        "UPDATE outbox SET due_at = @DueAt, error = @Error, attempts = attempts + 1 WHERE id = @Id AND due_at IS NOT NULL");

    /// <summary>Leaves a message about a subject; for one account, or for whoever follows the subject when it is null.</summary>
    public async Task AddAsync(Transaction tx, string topic, Id subjectId, Id? centerId, Id? accountId, object body)
    {
        await tx.ExecuteAsync(Insert, new NewRow(
            ids.Next(IdKind.Outbox), topic, subjectId, centerId, accountId, JsonSerializer.Serialize(body, Wire.Json), Activity.Current?.Id, clock.Now));
        tx.AfterCommit(signals.Wake<DeliverOutbox>);
    }

    public Task<List<OutboxRow>> DueAsync(int take) => database.ListAsync(Due, new DueQuery(clock.Now, take));

    /// <summary>True for the one who delivers; false when somebody else has.</summary>
    public async Task<bool> DeliveredAsync(Transaction tx, Id id) => await tx.ExecuteAsync(Delivered, new DeliveredRow(id, clock.Now)) == 1;

    public Task FailedAsync(Id id, DateTimeOffset dueAt, string error, CancellationToken ct) =>
        database.WriteAsync(tx => tx.ExecuteAsync(Failed, new FailedRow(id, dueAt, error)), ct);

    private sealed record NewRow(
        Id Id, string Topic, Id SubjectId, Id? CenterId, Id? AccountId, string Body, string? TraceId, DateTimeOffset Now);

    private sealed record DueQuery(DateTimeOffset Now, int Take);

    private sealed record DeliveredRow(Id Id, DateTimeOffset Now);

    private sealed record FailedRow(Id Id, DateTimeOffset DueAt, string Error);
}

/// <summary>A message on its way.</summary>
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
