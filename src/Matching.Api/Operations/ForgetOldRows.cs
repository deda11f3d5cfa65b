using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Jobs;

namespace Matching.Api.Operations;

/// <summary>
/// Deletes what has been kept long enough, table by table, a page at a time and each page its own transaction. Deleting twice deletes nothing more, so it
/// may run late, on two machines, or die half-way.
/// </summary>
public sealed partial class ForgetOldRows(
    Database database, RetentionSettings keep, MachineClock machine, TimeProvider field, ILogger<ForgetOldRows> log) : IJob
{
    private const int Page = 200;

    private static readonly Sql<Old> Codes = new(
        "DELETE FROM codes WHERE id IN (SELECT id FROM codes WHERE created_at <= @Before ORDER BY created_at, id {page})");

    private static readonly Sql<Old> ResetCodes = new(
        "DELETE FROM reset_codes WHERE id IN (SELECT id FROM reset_codes WHERE created_at <= @Before ORDER BY created_at, id {page})");

    private static readonly Sql<Old> CodeAllowances = new(
        "DELETE FROM code_allowances WHERE key_hash IN (SELECT key_hash FROM code_allowances WHERE last_at <= @Before ORDER BY last_at, key_hash {page})");

    private static readonly Sql<Old> SignInAttempts = new(
        """
        DELETE FROM sign_in_attempts
        WHERE username_hash IN (SELECT username_hash FROM sign_in_attempts WHERE last_at <= @Before ORDER BY last_at, username_hash {page})
        """);

    private static readonly Sql<Old> Sessions = new(
        "DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at <= @Before ORDER BY expires_at, id {page})");

    private static readonly Sql<Old> IdempotencyKeys = new(
        "DELETE FROM idempotency_keys WHERE key_hash IN (SELECT key_hash FROM idempotency_keys WHERE expires_at <= @Before ORDER BY expires_at, key_hash {page})");

    private static readonly Sql<Old> Outbox = new(
        """
        DELETE FROM outbox
        WHERE id IN (SELECT id FROM outbox WHERE delivered_at IS NOT NULL AND delivered_at <= @Before ORDER BY delivered_at, id {page})
        """);

    private static readonly Sql<Old> DeliveryAttempts = new(
        """
        DELETE FROM delivery_attempts
        WHERE delivery_id IN (SELECT id FROM deliveries WHERE ended_at IS NOT NULL AND ended_at <= @Before ORDER BY ended_at, id {page})
        """);

    // After its tries, in the same order: what is left without them goes with the next page.
    private static readonly Sql<Old> Deliveries = new(
        """
        DELETE FROM deliveries
        WHERE id IN (SELECT id FROM deliveries WHERE ended_at IS NOT NULL AND ended_at <= @Before ORDER BY ended_at, id {page})
            AND NOT EXISTS (SELECT 1 FROM delivery_attempts a WHERE a.delivery_id = deliveries.id)
        """);

    private static readonly Sql<Old> Messages = new(
        "DELETE FROM messages WHERE id IN (SELECT id FROM messages WHERE ended_at IS NOT NULL AND ended_at <= @Before ORDER BY ended_at, id {page})");

    private static readonly Sql<Old> JobRuns = new(
        "DELETE FROM job_runs WHERE id IN (SELECT id FROM job_runs WHERE started_at <= @Before ORDER BY started_at, id {page})");

    private static readonly Sql<Old> Notices = new(
        "DELETE FROM notices WHERE id IN (SELECT id FROM notices WHERE sent_at <= @Before ORDER BY sent_at, id {page})");

    private static readonly Sql<Old> Reveals = new(
        "DELETE FROM reveals WHERE id IN (SELECT id FROM reveals WHERE happened_at <= @Before ORDER BY happened_at, id {page})");

    private static readonly Sql<Old> CommitMarks = new(
        "DELETE FROM commit_marks WHERE id IN (SELECT id FROM commit_marks WHERE created_at <= @Before ORDER BY created_at, id {page})");

    private static readonly Sql<Old> Nodes = new(
        "DELETE FROM nodes WHERE id IN (SELECT id FROM nodes WHERE seen_at <= @Before ORDER BY seen_at, id {page})");

    // The newest stays: on SQLite the next one would take its place in the feed again.
    private static readonly Sql<OldChanges> VolunteerChanges = new(
        """
        DELETE FROM volunteer_changes
        WHERE id IN (SELECT id FROM volunteer_changes WHERE id <= @Before AND {position} < (SELECT MAX({position}) FROM volunteer_changes) ORDER BY id {page})
        """);

    // A node that is there reads them within seconds; one that starts begins at the newest.
    private static readonly TimeSpan NodesKept = TimeSpan.FromDays(1);

    // Nobody asks what became of a COMMIT later than that.
    private static readonly TimeSpan CommitMarksKept = TimeSpan.FromHours(1);

    public static TimeSpan Every => TimeSpan.FromMinutes(10);

    public async Task<int> RunAsync(CancellationToken ct)
    {
        // Each by the clock that stamped it.
        var (now, fieldNow) = (machine.Now, field.GetUtcNow());
        return await DeleteAsync("codes", Codes, now - keep.Codes, ct)
            + await DeleteAsync("reset_codes", ResetCodes, now - keep.Codes, ct)
            + await DeleteAsync("code_allowances", CodeAllowances, now - keep.Codes, ct)
            + await DeleteAsync("sign_in_attempts", SignInAttempts, now - keep.Codes, ct)
            + await DeleteAsync("sessions", Sessions, now, ct)
            + await DeleteAsync("idempotency_keys", IdempotencyKeys, now, ct)
            + await DeleteAsync("outbox", Outbox, now - keep.Outbox, ct)
            + await DeleteAsync("messages", Messages, now - keep.Outbox, ct)
            + await DeleteAsync("delivery_attempts", DeliveryAttempts, now - keep.Deliveries, ct)
            + await DeleteAsync("deliveries", Deliveries, now - keep.Deliveries, ct)
            + await DeleteAsync("commit_marks", CommitMarks, now - CommitMarksKept, ct)
            + await DeleteAsync("nodes", Nodes, now - NodesKept, ct)
            + await DeleteAsync("volunteer_changes", VolunteerChanges, new OldChanges(Id.FirstAt(now - NodesKept), Page), ct)
            + await DeleteAsync("job_runs", JobRuns, now - keep.JobRuns, ct)
            + await DeleteAsync("notices", Notices, fieldNow - keep.Notices, ct)
            + await DeleteAsync("reveals", Reveals, fieldNow - keep.Reveals, ct);
    }

    private Task<int> DeleteAsync(string table, Sql<Old> delete, DateTimeOffset before, CancellationToken ct) => DeleteAsync(table, delete, new Old(before, Page), ct);

    private async Task<int> DeleteAsync<TOld>(string table, Sql<TOld> delete, TOld old, CancellationToken ct)
    {
        var rows = await database.WriteAsync(tx => tx.ExecuteAsync(delete, old), ct);
        if (rows > 0)
        {
            LogDeleted(rows, table);
        }

        return rows;
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Deleted {Rows} rows of {Table} that were kept long enough.")]
    private partial void LogDeleted(int rows, string table);

    private sealed record Old(DateTimeOffset Before, int Take);

    private sealed record OldChanges(Id Before, int Take);
}
