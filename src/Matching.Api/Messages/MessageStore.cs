using Matching.Accounts;
using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Plumbing.Jobs;
using Matching.Api.Plumbing.Outbox;
using Matching.Messages;
using Matching.Wishes;

namespace Matching.Api.Messages;

/// <summary>Where a message stands.</summary>
public enum MessageState
{
    /// <summary>It waits for its time, or for its next try.</summary>
    Waiting,

    /// <summary>A carrier has taken it.</summary>
    Sent,

    /// <summary>No carrier brings anything to this person.</summary>
    Unreachable,

    /// <summary>Given up.</summary>
    Failed,

    /// <summary>What it told of was over before it could go out.</summary>
    Overtaken,
}

/// <summary>
/// What goes out to people. Added in the transaction of what it tells of; carried at least once, by a job. Not before an instant of the field's clock, for quiet
/// hours; leases and pauses are of the machine's.
/// </summary>
public sealed class MessageStore(
    Database database, Vault vault, MessageSettings settings, Ids ids, MachineClock clock, TimeProvider field, JobSignals signals)
{
    /// <summary>Longer than all carriers together may take.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    /// <summary>The topic of a code to sign in with.</summary>
    public const string Code = "auth.code";

    private static readonly Sql<NewMessage> Insert = new(
        """
        INSERT INTO messages (id, account_id, topic, subject_id, center_id, phone_sealed, text_sealed, state, created_at, not_before, due_at, tries)
        VALUES (@Id, @AccountId, @Topic, @SubjectId, @CenterId, @PhoneSealed, @TextSealed, 'Waiting', @Now, @NotBefore, @Now, 0)
        """);

    private static readonly Sql<DueQuery, IdRow> Due = new(
        "SELECT id FROM messages WHERE due_at <= @Now AND not_before <= @FieldNow ORDER BY due_at, id {page}");

    // What is leased is due when the lease is over; so the lease of one that died needs nobody to take it back.
    private static readonly Sql<LeaseRow> Take = new(
        "UPDATE messages SET lease_id = @LeaseId, due_at = @Until, tries = tries + 1 WHERE id IN @Ids AND due_at <= @Now");

    private static readonly Sql<LeasedQuery, MessageRow> Leased = new(
        """
        SELECT m.id, m.account_id, m.topic, m.subject_id, m.center_id, COALESCE(m.phone_sealed, a.phone_sealed) AS phone_sealed, m.text_sealed, m.tries,
            m.created_at, m.allowance_of
        FROM messages m LEFT JOIN accounts a ON a.id = m.account_id
        WHERE m.id IN @Ids AND m.lease_id = @LeaseId
        """);

    private static readonly Sql<EndRow> SetEnded = new(
        """
        UPDATE messages SET state = @State, carrier = @Carrier, problem = @Problem, ended_at = @Now, due_at = NULL, lease_id = NULL, text_sealed = NULL, phone_sealed = NULL
        WHERE id = @Id AND lease_id = @LeaseId AND state = 'Waiting'
        """);

    private static readonly Sql<PauseRow> SetDue = new(
        "UPDATE messages SET due_at = @DueAt, lease_id = NULL, problem = @Problem WHERE id = @Id AND lease_id = @LeaseId AND state = 'Waiting'");

    // It has not been tried.
    private static readonly Sql<WakingRow> SetNotBefore = new(
        "UPDATE messages SET not_before = @NotBefore, due_at = @Now, lease_id = NULL, tries = tries - 1 WHERE id = @Id AND lease_id = @LeaseId AND state = 'Waiting'");

    private static readonly Sql<AllowanceRow> SetAllowance = new(
        "UPDATE messages SET allowance_of = @IdentityId WHERE id = @Id AND lease_id = @LeaseId AND state = 'Waiting'");

    private static readonly Sql<AllowanceOfRow> ClearAllowance = new("UPDATE messages SET allowance_of = NULL WHERE id = @Id AND allowance_of = @IdentityId");

    private static readonly Sql<ById, UrgencyRow> UrgencyOfWish = new("SELECT urgency, path FROM wishes WHERE id = @Id");

    private static readonly Sql<ById, UrgencyRow> UrgencyOfOrder = new("SELECT urgency, owner_path AS path FROM orders WHERE id = @Id");

    private static readonly Sql<ById, UrgencyRow> UrgencyOfOffer = new(
        "SELECT o.urgency, o.owner_path AS path FROM offers f INNER JOIN orders o ON o.id = f.order_id WHERE f.id = @Id");

    private static readonly Sql<ById, UrgencyRow> UrgencyOfAssignment = new(
        "SELECT o.urgency, o.owner_path AS path FROM assignments a INNER JOIN orders o ON o.id = a.order_id WHERE a.id = @Id");

    /// <summary>
    /// A message for whoever was told something, if it has words and people are told outside of the app at all. An offer for somebody without an account makes one
    /// too: it ends with somebody else who hears of it.
    /// </summary>
    public async Task AddAsync(Transaction tx, OutboxRow told)
    {
        if (settings.Carry && MessageWords.Title(told.Topic) is not null && (told.AccountId is not null || told.SubjectId.Kind == IdKind.Offer))
        {
            await InsertAsync(tx, new NewMessage(
                ids.Next(IdKind.Message), told.AccountId, told.Topic, told.SubjectId, told.CenterId, null, null, clock.Now, field.GetUtcNow()));
        }
    }

    /// <summary>A code to sign in with, to a phone, at once.</summary>
    public Task AddCodeAsync(Transaction tx, PhoneNumber phone, Id codeId, string text) => InsertAsync(tx, new NewMessage(
        ids.Next(IdKind.Message), null, Code, codeId, null, vault.Seal(phone), vault.Seal(text), clock.Now, field.GetUtcNow()));

    /// <summary>Takes what is due under a lease; nobody else has any of it until the lease is over.</summary>
    public async Task<(Id LeaseId, List<MessageRow> Messages)> TakeAsync(int take, CancellationToken ct)
    {
        var lease = ids.Next(IdKind.Message);
        var due = await database.ListAsync(Due, new DueQuery(clock.Now, field.GetUtcNow(), take));
        if (due.Count == 0)
        {
            return (lease, []);
        }

        var dueIds = due.Select(row => row.Id.ToBytes()).ToList();
        return await database.WriteAsync(
            async tx =>
            {
                await tx.ExecuteAsync(Take, new LeaseRow(dueIds, lease, clock.Now, clock.Now + Lease));
                return (lease, await tx.ListAsync(Leased, new LeasedQuery(dueIds, lease)));
            },
            ct);
    }

    /// <summary>False when the lease was lost. A text that was sent is kept no longer.</summary>
    public async Task<bool> EndAsync(Transaction tx, Id id, Id leaseId, MessageState state, Carrier? carrier, string? problem) =>
        await tx.ExecuteAsync(SetEnded, new EndRow(id, leaseId, state.ToString(), carrier?.ToString(), problem, clock.Now)) == 1;

    /// <summary>False when the lease was lost.</summary>
    public async Task<bool> PutOffAsync(Transaction tx, Id id, Id leaseId, TimeSpan pause, string problem) =>
        await tx.ExecuteAsync(SetDue, new PauseRow(id, leaseId, clock.Now + pause, problem)) == 1;

    /// <summary>Not now, but at an instant of the field's clock.</summary>
    public Task WaitUntilAsync(Transaction tx, Id id, Id leaseId, DateTimeOffset notBefore) =>
        tx.ExecuteAsync(SetNotBefore, new WakingRow(id, leaseId, notBefore, clock.Now));

    /// <summary>Whose allowance is put aside for it, or that none is; false when the lease was lost.</summary>
    public async Task<bool> SetAllowanceAsync(Transaction tx, Id id, Id leaseId, Id? identityId) =>
        await tx.ExecuteAsync(SetAllowance, new AllowanceRow(id, leaseId, identityId)) == 1;

    /// <summary>It uses the allowance no more; false when it did not.</summary>
    public async Task<bool> ClearAllowanceAsync(Transaction tx, Id id, Id identityId) => await tx.ExecuteAsync(ClearAllowance, new AllowanceOfRow(id, identityId)) == 1;

    /// <summary>How urgent the wish or order is that a message is about, and whose policy holds for it; null for anything else.</summary>
    public async Task<UrgencyRow?> UrgencyAsync(Id subjectId) => subjectId.Kind switch
    {
        IdKind.Wish => await database.FirstAsync(UrgencyOfWish, new ById(subjectId)),
        IdKind.Order => await database.FirstAsync(UrgencyOfOrder, new ById(subjectId)),
        IdKind.Offer => await database.FirstAsync(UrgencyOfOffer, new ById(subjectId)),
        IdKind.Assignment => await database.FirstAsync(UrgencyOfAssignment, new ById(subjectId)),
        _ => null,
    };

    private Task InsertAsync(Transaction tx, NewMessage message)
    {
        tx.AfterCommit(signals.Wake<CarryMessages>);
        return tx.ExecuteAsync(Insert, message);
    }

    private sealed record NewMessage(
        Id Id, Id? AccountId, string Topic, Id SubjectId, Id? CenterId, string? PhoneSealed, string? TextSealed, DateTimeOffset Now, DateTimeOffset NotBefore);

    private sealed record DueQuery(DateTimeOffset Now, DateTimeOffset FieldNow, int Take);

    private sealed record LeaseRow(IReadOnlyList<byte[]> Ids, Id LeaseId, DateTimeOffset Now, DateTimeOffset Until);

    private sealed record LeasedQuery(IReadOnlyList<byte[]> Ids, Id LeaseId);

    private sealed record EndRow(Id Id, Id LeaseId, string State, string? Carrier, string? Problem, DateTimeOffset Now);

    private sealed record PauseRow(Id Id, Id LeaseId, DateTimeOffset DueAt, string Problem);

    private sealed record WakingRow(Id Id, Id LeaseId, DateTimeOffset NotBefore, DateTimeOffset Now);

    private sealed record AllowanceRow(Id Id, Id LeaseId, Id? IdentityId);

    private sealed record AllowanceOfRow(Id Id, Id IdentityId);

    private sealed record IdRow
    {
        public Id Id { get; init; }
    }
}

/// <summary>A message as its row has it, with the phone of its account.</summary>
public sealed record MessageRow
{
    public Id Id { get; init; }

    public Id? AccountId { get; init; }

    public string Topic { get; init; } = "";

    public Id SubjectId { get; init; }

    public Id? CenterId { get; init; }

    public string? PhoneSealed { get; init; }

    /// <summary>The words as they go out; null where they are made of the topic.</summary>
    public string? TextSealed { get; init; }

    /// <summary>This one included.</summary>
    public int Tries { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>Whose allowance an earlier try has put aside for it.</summary>
    public Id? AllowanceOf { get; init; }
}

/// <summary>How urgent something is, and the path of the site that looks after it.</summary>
public sealed record UrgencyRow
{
    public Urgency Urgency { get; init; }

    public string Path { get; init; } = "";
}
