using System.Security.Cryptography;
using System.Text;
using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Accounts;

/// <summary>
/// Codes by which somebody sets a new password: 50 random bits, half an hour, once, the newest of an account only. Kept as keyed hashes. How often they may be
/// guessed is the username's lock-out.
/// </summary>
public sealed class ResetCodeStore(Vault vault, Ids ids, MachineClock clock)
{
    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);

    private const int Length = 10;

    // Without those that are taken for one another on paper or by phone: I, L, O, U.
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    private static readonly Sql<NewCode> Insert = new(
        """
        INSERT INTO reset_codes (id, account_id, code_hash, issued_by, created_at, expires_at)
        VALUES (@Id, @AccountId, @CodeHash, @IssuedBy, @CreatedAt, @ExpiresAt)
        """);

    private static readonly Sql<NewestOf, CodeRow> FindNewest = new(
        "SELECT id, code_hash FROM reset_codes WHERE account_id = @AccountId ORDER BY id DESC {page}");

    private static readonly Sql<Using> Use = new("UPDATE reset_codes SET used_at = @Now WHERE id = @Id AND used_at IS NULL AND expires_at > @Now");

    public async Task<FreshCode> MakeAsync(Transaction tx, Id accountId, Id issuedBy)
    {
        var (id, code, now) = (ids.Next(IdKind.Code), RandomNumberGenerator.GetString(Alphabet, Length), clock.Now);
        await tx.ExecuteAsync(Insert, new NewCode(id, accountId, HashOf(id, code), issuedBy, now, now + Lifetime));
        return new FreshCode($"{code[..5]}-{code[5..]}", now + Lifetime);
    }

    /// <summary>True, once, for the newest code of the account.</summary>
    public async Task<bool> UseAsync(Transaction tx, Id accountId, string typed) =>
        await tx.FirstAsync(FindNewest, new NewestOf(accountId, 1)) is { } row
        && CryptographicOperations.FixedTimeEquals(row.CodeHash, HashOf(row.Id, Plain(typed)))
        && await tx.ExecuteAsync(Use, new Using(row.Id, clock.Now)) == 1;

    private static string Plain(string typed) => typed.Normalize(NormalizationForm.FormKC).ToUpperInvariant()
        .Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal);

    private byte[] HashOf(Id id, string code) => vault.LookupHash("reset code", $"{id}\n{code}");

    private sealed record NewCode(Id Id, Id AccountId, byte[] CodeHash, Id IssuedBy, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);

    private sealed record NewestOf(Id AccountId, int Take);

    private sealed record Using(Id Id, DateTimeOffset Now);

    private sealed record CodeRow
    {
        public Id Id { get; init; }

        public byte[] CodeHash { get; init; } = [];
    }
}
