using Matching.Accounts;
using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Accounts;

/// <summary>
/// Wrong passwords, counted by username. An attempt is counted as wrong before its password is looked at and forgiven when it was right, so that a hundred
/// at once are no more guesses than five in a row. Unknown usernames are counted and locked like known ones.
/// </summary>
public sealed class SignInAttemptStore(Database database, Vault vault, MachineClock clock)
{
    private static readonly Sql<Attempt> Count = new(
        """
        UPDATE sign_in_attempts
        SET failures = CASE WHEN last_at <= @Forgotten THEN 1 ELSE failures + 1 END, last_at = @Now
        WHERE username_hash = @UsernameHash AND locked_until <= @Now
        """);

    private static readonly Sql<Attempt> CountFirst = new(
        """
        INSERT INTO sign_in_attempts (username_hash, failures, last_at, locked_until)
        SELECT @UsernameHash, 1, @Now, @Now WHERE NOT EXISTS (SELECT 1 FROM sign_in_attempts WHERE username_hash = @UsernameHash)
        """);

    private static readonly Sql<ByUsername, AttemptRow> Find = new(
        "SELECT failures, locked_until FROM sign_in_attempts WHERE username_hash = @UsernameHash");

    private static readonly Sql<Lock> SetLock = new("UPDATE sign_in_attempts SET locked_until = @LockedUntil WHERE username_hash = @UsernameHash");

    private static readonly Sql<ByUsername> Delete = new("DELETE FROM sign_in_attempts WHERE username_hash = @UsernameHash");

    /// <summary>Counts an attempt, unless the username rests.</summary>
    public Task<Outcome<Done>> BeginAsync(string username, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            var now = clock.Now;
            var hash = HashOf(username);
            var attempt = new Attempt(hash, now, now - LockOut.Memory);
            var counted = await tx.ExecuteAsync(Count, attempt) == 1 || await tx.ExecuteAsync(CountFirst, attempt) == 1;
            var row = (await tx.FirstAsync(Find, new ByUsername(hash)))!;
            if (!counted)
            {
                return Refusals.SignInLocked.After(row.LockedUntil - now);
            }

            if (LockOut.After(row.Failures) is { Ticks: > 0 } rest)
            {
                await tx.ExecuteAsync(SetLock, new Lock(hash, now + rest));
            }

            return (Outcome<Done>)Done.It;
        },
        ct);

    /// <summary>The password was right: what went before is forgiven.</summary>
    public Task ForgiveAsync(Transaction tx, string username) => tx.ExecuteAsync(Delete, new ByUsername(HashOf(username)));

    private byte[] HashOf(string username) => vault.LookupHash("username", Folded.Of(username));

    private sealed record Attempt(byte[] UsernameHash, DateTimeOffset Now, DateTimeOffset Forgotten);

    private sealed record ByUsername(byte[] UsernameHash);

    private sealed record Lock(byte[] UsernameHash, DateTimeOffset LockedUntil);

    private sealed record AttemptRow
    {
        public int Failures { get; init; }

        public DateTimeOffset LockedUntil { get; init; }
    }
}
