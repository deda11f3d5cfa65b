using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Plumbing.Http;

/// <summary>
/// The same key and body: the same answer and one effect, also at once and after a restart. The key's row, with the answer, is the last thing that the deed's
/// own transaction writes, so a power cut leaves all or nothing, and of two at once the unique key lets one through.
/// </summary>
public sealed class Idempotency(Vault vault, MachineClock clock)
{
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    private static readonly AsyncLocal<KeyedRequest?> Current = new();

    private static readonly Sql<KeyRow> Insert = new(
        """
        INSERT INTO idempotency_keys (key_hash, fingerprint, status, answer_sealed, created_at, expires_at)
        VALUES (@KeyHash, @Fingerprint, @Status, @AnswerSealed, @CreatedAt, @ExpiresAt)
        """);

    private static readonly Sql<ExpiredKey> Forget = new("DELETE FROM idempotency_keys WHERE key_hash = @KeyHash AND expires_at <= @Now");

    private static readonly Sql<KeyHashOnly, KeptRow> Find = new(
        "SELECT fingerprint, status, answer_sealed, expires_at FROM idempotency_keys WHERE key_hash = @KeyHash");

    /// <summary>Makes what follows on this path part of a keyed request.</summary>
    public KeyedRequest Begin(Caller caller, string key, HttpRequest request, byte[] body, int successStatus)
    {
        var who = caller.IsNobody ? "nobody" : caller.AccountId.ToString();
        var now = clock.Now;
        var keyed = new KeyedRequest(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{who}\n{key}")),
            Fingerprint([.. Encoding.UTF8.GetBytes($"{request.Method} {request.Path}{request.QueryString}\n{caller.HatId}\n"), .. body]),
            successStatus,
            now);
        Current.Value = keyed;
        return keyed;
    }

    public void End() => Current.Value = null;

    public async Task<KeptAnswer?> FindAsync(Database.Database database, KeyedRequest keyed)
    {
        var row = await database.FirstAsync(Find, new KeyHashOnly(keyed.KeyHash));
        keyed.IsKnownOfOld = row?.ExpiresAt <= keyed.Now;
        return row switch
        {
            null => null,
            _ when keyed.IsKnownOfOld => null,
            _ when !row.Fingerprint.AsSpan().SequenceEqual(keyed.Fingerprint) => new KeptAnswer(0, "", Refusals.IdempotencyKeyReused),
            _ => new KeptAnswer(row.Status ?? StatusCodes.Status200OK, vault.OpenIfAny(row.AnswerSealed) ?? "", null),
        };
    }

    /// <summary>Keeps an answer that no write of the deed kept: a refusal, or a yes that changed nothing.</summary>
    public async Task KeepAsync(Database.Database database, KeyedRequest keyed, int status, string answer, CancellationToken ct)
    {
        Current.Value = null;
        try
        {
            await database.WriteAsync(tx => PutAsync(tx, keyed, status, answer), ct);
        }
        catch (SomebodyWasFirstException)
        {
            throw new AnsweredMeanwhileException();
        }
    }

    /// <summary>
    /// Puts the key with the answer after a write that yields the answer of a keyed request, in its transaction: of two with one key, the second finds the key
    /// taken, and what it wrote is gone.
    /// </summary>
    internal Func<Transaction, Task<T>> Around<T>(Func<Transaction, Task<T>> write)
    {
        if (Current.Value is not { } keyed)
        {
            return write;
        }

        if (!typeof(T).IsAssignableTo(typeof(IOutcome)) || keyed.Kept)
        {
            keyed.WroteOtherwise = true;
            return write;
        }

        return async tx =>
        {
            var result = await write(tx);
            if (result is IOutcome { Refusal: null } outcome)
            {
                try
                {
                    await PutAsync(tx, keyed, keyed.SuccessStatus, JsonSerializer.Serialize(outcome.Answer, Wire.Json));
                }
                catch (SomebodyWasFirstException)
                {
                    throw new AnsweredMeanwhileException();
                }

                tx.AfterCommit(() => keyed.Kept = true);
            }

            return result;
        };
    }

    /// <summary>
    /// The same for one part of a long write (<see cref="Database.Database.WritePartAsync{T}"/>): its number stands for the key, and what it yields is kept with
    /// it. Outside of a keyed request nothing is kept.
    /// </summary>
    internal Func<Transaction, Task<Outcome<T>>> AroundPart<T>(int number, Func<Transaction, Task<Outcome<T>>> write)
    {
        if (Current.Value is not { } keyed)
        {
            return write;
        }

        return async tx =>
        {
            var result = await write(tx);
            if (!result.Refused)
            {
                var part = PartOf(keyed, number);
                await tx.ExecuteAsync(Forget, new ExpiredKey(part, keyed.Now));
                try
                {
                    await InsertAsync(tx, keyed, part, keyed.SuccessStatus, JsonSerializer.Serialize(result.Value, Wire.Json));
                }
                catch (SomebodyWasFirstException)
                {
                    throw new AnsweredMeanwhileException();
                }
            }

            return result;
        };
    }

    /// <summary>What a part yielded when it was done before; null when it was not.</summary>
    internal async Task<Outcome<T>?> FindPartAsync<T>(Database.Database database, int number)
    {
        if (Current.Value is not { } keyed || await database.FirstAsync(Find, new KeyHashOnly(PartOf(keyed, number))) is not { } row || row.ExpiresAt <= keyed.Now)
        {
            return null;
        }

        return row.Fingerprint.AsSpan().SequenceEqual(keyed.Fingerprint)
            ? JsonSerializer.Deserialize<T>(vault.OpenIfAny(row.AnswerSealed)!, Wire.Json)!
            : Refusals.IdempotencyKeyReused;
    }

    private static byte[] PartOf(KeyedRequest keyed, int number) => SHA256.HashData([.. keyed.KeyHash, .. BitConverter.GetBytes(number)]);

    private async Task PutAsync(Transaction tx, KeyedRequest keyed, int status, string answer)
    {
        if (keyed.IsKnownOfOld)
        {
            await tx.ExecuteAsync(Forget, new ExpiredKey(keyed.KeyHash, keyed.Now));
        }

        await InsertAsync(tx, keyed, keyed.KeyHash, status, answer);
    }

    private Task InsertAsync(Transaction tx, KeyedRequest keyed, byte[] keyHash, int status, string answer) =>
        tx.ExecuteAsync(Insert, new KeyRow(keyHash, keyed.Fingerprint, status, vault.Seal(answer), keyed.Now, keyed.Now + Kept));

    // Keyed: a body may hold a password, and a bare hash of it could be guessed at.
    private byte[] Fingerprint(byte[] request) => vault.LookupHash("request", Convert.ToHexString(SHA256.HashData(request)));

    private sealed record KeyRow(byte[] KeyHash, byte[] Fingerprint, int Status, string AnswerSealed, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);

    private sealed record ExpiredKey(byte[] KeyHash, DateTimeOffset Now);

    private sealed record KeyHashOnly(byte[] KeyHash);

    private sealed record KeptRow
    {
        public byte[] Fingerprint { get; init; } = [];

        public int? Status { get; init; }

        public string? AnswerSealed { get; init; }

        public DateTimeOffset ExpiresAt { get; init; }
    }
}

/// <summary>A request that carries an idempotency key, while it is done.</summary>
public sealed class KeyedRequest(byte[] keyHash, byte[] fingerprint, int successStatus, DateTimeOffset now)
{
    public byte[] KeyHash { get; } = keyHash;

    public byte[] Fingerprint { get; } = fingerprint;

    public int SuccessStatus { get; } = successStatus;

    public DateTimeOffset Now { get; } = now;

    /// <summary>There is a row of a day ago and more, which goes before the new one is written.</summary>
    public bool IsKnownOfOld { get; set; }

    /// <summary>The answer is safe in the row.</summary>
    public bool Kept { get; set; }

    /// <summary>The deed wrote something in a transaction that did not yield its answer.</summary>
    public bool WroteOtherwise { get; set; }
}

/// <summary>What was answered before: as it was, or that the key belongs to another request.</summary>
public sealed record KeptAnswer(int Status, string Json, Refusal? Refusal);

/// <summary>Another request with the same key was done while we were at it; its answer is ours.</summary>
public sealed class AnsweredMeanwhileException() : Exception("Another request with this key was done meanwhile.");
