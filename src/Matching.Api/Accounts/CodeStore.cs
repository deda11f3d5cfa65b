using System.Globalization;
using System.Security.Cryptography;
using Matching.Accounts;
using Matching.Api.Messages;
using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Accounts;

/// <summary>
/// Codes that prove a phone: six digits, five minutes, five tries, the newest only. Kept as keyed hashes. Row counts hold the limits, so that two at once
/// count as two.
/// </summary>
public sealed class CodeStore(Database database, Vault vault, MessageStore messages, CodeSettings settings, Ids ids, MachineClock clock)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    private const int Tries = 5;

    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private static readonly Sql<Allowance> Allow = new(
        """
        UPDATE code_allowances
        SET given = CASE WHEN counted_from <= @DayAgo THEN 1 ELSE given + 1 END,
            counted_from = CASE WHEN counted_from <= @DayAgo THEN @Now ELSE counted_from END,
            last_at = @Now
        WHERE key_hash = @KeyHash AND last_at <= @PauseAgo AND (given < @PerDay OR counted_from <= @DayAgo)
        """);

    private static readonly Sql<Allowance> FirstAllow = new(
        "INSERT INTO code_allowances (key_hash, given, counted_from, last_at) SELECT @KeyHash, 1, @Now, @Now WHERE NOT EXISTS (SELECT 1 FROM code_allowances WHERE key_hash = @KeyHash)");

    private static readonly Sql<ByKey, AllowanceRow> FindAllowance = new(
        "SELECT given, counted_from, last_at FROM code_allowances WHERE key_hash = @KeyHash");

    private static readonly Sql<NewCode> Insert = new(
        """
        INSERT INTO codes (id, phone_hash, code_hash, created_at, expires_at, tries)
        VALUES (@Id, @PhoneHash, @CodeHash, @CreatedAt, @ExpiresAt, 0)
        """);

    private static readonly Sql<NewestOf, CodeRow> FindNewest = new(
        "SELECT id, code_hash FROM codes WHERE phone_hash = @PhoneHash ORDER BY created_at DESC, id DESC {page}");

    private static readonly Sql<OneTry> Try = new(
        "UPDATE codes SET tries = tries + 1 WHERE id = @Id AND tries < @Tries AND used_at IS NULL AND expires_at > @Now");

    private static readonly Sql<OneTry> Use = new("UPDATE codes SET used_at = @Now WHERE id = @Id AND used_at IS NULL");

    /// <summary>Makes a code for a phone, asked for from a network address.</summary>
    public Task<Outcome<FreshCode>> MakeAsync(PhoneNumber phone, string address, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            // Read in here: whoever writes later has the later time.
            var now = clock.Now;
            var refusal = await CountAsync(tx, vault.LookupHash("code phone", phone.Text), settings.PhonePause, settings.PhonePerDay, now)
                ?? await CountAsync(tx, vault.LookupHash("code address", address), settings.AddressPause, settings.AddressPerDay, now);
            if (refusal is not null)
            {
                return refusal;
            }

            var id = ids.Next(IdKind.Code);
            var code = RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", CultureInfo.InvariantCulture);
            await tx.ExecuteAsync(Insert, new NewCode(id, vault.PhoneHash(phone), HashOf(id, code), now, now + Lifetime));
            await messages.AddCodeAsync(tx, phone, id, MessageWords.OfCode(code, Lifetime));
            return (Outcome<FreshCode>)new FreshCode(code, now + Lifetime);
        },
        ct);

    /// <summary>True, once, for the newest code of the phone; a wrong one costs a try.</summary>
    public async Task<bool> UseAsync(Transaction tx, PhoneNumber phone, string code)
    {
        if (await tx.FirstAsync(FindNewest, new NewestOf(vault.PhoneHash(phone), 1)) is not { } row)
        {
            return false;
        }

        // The try is counted before the code is looked at, so that guesses at once cannot share one.
        var one = new OneTry(row.Id, Tries, clock.Now);
        return await tx.ExecuteAsync(Try, one) == 1
            && CryptographicOperations.FixedTimeEquals(row.CodeHash, HashOf(row.Id, code))
            && await tx.ExecuteAsync(Use, one) == 1;
    }

    private byte[] HashOf(Id id, string code) => vault.LookupHash("code", $"{id}\n{code}");

    private static async Task<Refusal?> CountAsync(Transaction tx, byte[] key, TimeSpan pause, int perDay, DateTimeOffset now)
    {
        // Without a pause nobody is too early, not even who looked at the clock before the one who wrote before.
        var pauseAgo = pause > TimeSpan.Zero ? now - pause : now + Day;
        var allowance = new Allowance(key, perDay, now, pauseAgo, now - Day);
        if (await tx.ExecuteAsync(Allow, allowance) == 1)
        {
            return null;
        }

        try
        {
            if (await tx.ExecuteAsync(FirstAllow, allowance) == 1)
            {
                return null;
            }
        }
        catch (SomebodyWasFirstException)
        {
            return Refusals.CodesTooOften.After(pause);
        }

        var row = (await tx.FirstAsync(FindAllowance, new ByKey(key)))!;
        // Who was first may have looked at the clock a moment later: nobody waits longer than the whole pause.
        var wait = row.Given < perDay ? Min(row.LastAt + pause - now, pause) : Min(row.CountedFrom + Day - now, Day);
        return Refusals.CodesTooOften.After(wait);
    }

    private static TimeSpan Min(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private sealed record Allowance(byte[] KeyHash, int PerDay, DateTimeOffset Now, DateTimeOffset PauseAgo, DateTimeOffset DayAgo);

    private sealed record ByKey(byte[] KeyHash);

    private sealed record NewestOf(byte[] PhoneHash, int Take);

    private sealed record NewCode(Id Id, byte[] PhoneHash, byte[] CodeHash, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);

    private sealed record OneTry(Id Id, int Tries, DateTimeOffset Now);

    private sealed record AllowanceRow
    {
        public int Given { get; init; }

        public DateTimeOffset CountedFrom { get; init; }

        public DateTimeOffset LastAt { get; init; }
    }

    private sealed record CodeRow
    {
        public Id Id { get; init; }

        public byte[] CodeHash { get; init; } = [];
    }
}

/// <summary>A code on its way to its phone; what is kept of it until it has gone out is sealed.</summary>
public sealed record FreshCode(string Code, DateTimeOffset ExpiresAt);
