using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Accounts;

/// <summary>
/// Sign-ins. Each is a family of refresh tokens of which the newest counts; a token is used once and replaced by the next.
/// A token that comes back within ten seconds is a client that did not hear the answer, or two of its windows at once: it is given the same successor
/// again, as long as that one is unused. A token that comes back later was stolen, or its successor was: the whole family ends, and both must sign in.
/// The successor is derived from its predecessor and a key, so that it can be given again though only its hash is stored.
/// </summary>
public sealed class SessionStore(Vault vault, Ids ids, MachineClock clock, TokenSettings settings)
{
    private static readonly Sql<NewSession> Insert = new(
        """
        INSERT INTO sessions (id, family_id, account_id, hat_id, token_hash, created_at, expires_at)
        VALUES (@Id, @FamilyId, @AccountId, @HatId, @TokenHash, @CreatedAt, @ExpiresAt)
        """);

    private static readonly Sql<ByToken, SessionRow> FindByToken = new(
        """
        SELECT id, family_id, account_id, hat_id, expires_at, replaced_at, replaced_by, revoked_at
        FROM sessions WHERE token_hash = @TokenHash
        """);

    private static readonly Sql<ById, SessionRow> Find = new(
        """
        SELECT id, family_id, account_id, hat_id, expires_at, replaced_at, replaced_by, revoked_at
        FROM sessions WHERE id = @Id
        """);

    private static readonly Sql<Replacement> Replace = new(
        """
        UPDATE sessions SET replaced_at = @Now, replaced_by = @ReplacedBy
        WHERE id = @Id AND replaced_at IS NULL AND revoked_at IS NULL
        """);

    private static readonly Sql<Ending> EndFamily = new(
        "UPDATE sessions SET revoked_at = @Now WHERE family_id = @Id AND revoked_at IS NULL");

    private static readonly Sql<EndingOthers> EndOthers = new(
        "UPDATE sessions SET revoked_at = @Now WHERE account_id = @AccountId AND family_id <> @Keep AND revoked_at IS NULL");

    /// <summary>Opens a family for an account that has shown who it is.</summary>
    public async Task<Outcome<OpenSession>> OpenAsync(Transaction tx, Id accountId, Id? hatId)
    {
        var hats = await HatStore.HeldByAsync(tx, accountId);
        var wear = Choose(hats, hatId, null);
        if (wear.Refusal is { } refusal)
        {
            return refusal;
        }

        var token = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var id = ids.Next(IdKind.Session);
        return await AddAsync(tx, id, id, accountId, wear.Value, hats, token);
    }

    /// <summary>Gives the next token for one that is still good. A no may have ended the family, so it is settled, not rolled back.</summary>
    public async Task<Settled<OpenSession>> RefreshAsync(Transaction tx, string token, Id? hatId)
    {
        var now = clock.Now;
        if (await tx.FirstAsync(FindByToken, new ByToken(HashOf(token))) is not { RevokedAt: null } row || row.ExpiresAt <= now)
        {
            return Refusals.RefreshTokenInvalid;
        }

        var hats = await HatStore.HeldByAsync(tx, row.AccountId);
        var wear = Choose(hats, hatId, row.HatId);
        if (wear.Refusal is { } refusal)
        {
            return refusal;
        }

        var nextId = ids.Next(IdKind.Session);
        if (await tx.ExecuteAsync(Replace, new Replacement(row.Id, nextId, now)) == 1)
        {
            return await AddAsync(tx, nextId, row.FamilyId, row.AccountId, wear.Value, hats, Successor(token, nextId));
        }

        // Used before: which of the two stories is it?
        var used = (await tx.FirstAsync(Find, new ById(row.Id)))!;
        if (used is { RevokedAt: null, ReplacedAt: { } replacedAt, ReplacedBy: { } successorId }
            && now - replacedAt <= settings.RefreshGrace
            && await tx.FirstAsync(Find, new ById(successorId)) is { ReplacedAt: null, RevokedAt: null } successor)
        {
            return (Outcome<OpenSession>)new OpenSession(Successor(token, successorId), successor.ExpiresAt, row.AccountId, row.FamilyId, wear.Value, hats);
        }

        await EndAsync(tx, row.FamilyId);
        return Refusals.RefreshTokenInvalid;
    }

    /// <summary>The family of a refresh token, whatever has become of the token.</summary>
    public static async Task<Id?> FamilyOfAsync(Transaction tx, string token) => (await tx.FirstAsync(FindByToken, new ByToken(HashOf(token))))?.FamilyId;

    /// <summary>Ends one sign-in: its refresh tokens, and its access tokens from the next request on.</summary>
    public Task EndAsync(Transaction tx, Id familyId) => tx.ExecuteAsync(EndFamily, new Ending(familyId, clock.Now));

    /// <summary>Ends every sign-in of an account but one (none: every one).</summary>
    public Task EndOthersAsync(Transaction tx, Id accountId, Id keepFamilyId) => tx.ExecuteAsync(EndOthers, new EndingOthers(accountId, keepFamilyId, clock.Now));

    // The named hat; else the one worn before; else the only one; else none, and the caller picks from the list.
    private static Outcome<HeldHat?> Choose(List<HeldHat> hats, Id? named, Id? before)
    {
        if (named is { } id)
        {
            return hats.Find(hat => hat.Id == id) is { } found ? found : Refusals.HatUnknown.At("hatId");
        }

        return hats.Find(hat => hat.Id == before) ?? (hats.Count == 1 ? hats[0] : null);
    }

    private async Task<Outcome<OpenSession>> AddAsync(
        Transaction tx, Id id, Id familyId, Id accountId, HeldHat? hat, List<HeldHat> hats, string token)
    {
        var now = clock.Now;
        var expires = now + settings.RefreshLifetime;
        await tx.ExecuteAsync(Insert, new NewSession(id, familyId, accountId, hat?.Id, HashOf(token), now, expires));
        return new OpenSession(token, expires, accountId, familyId, hat, hats);
    }

    // Of 256 random bits: nobody guesses what the hash is of.
    private static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    private string Successor(string token, Id id) => Base64Url.EncodeToString(vault.LookupHash("refresh token", $"{id}\n{token}"));

    private sealed record NewSession(
        Id Id, Id FamilyId, Id AccountId, Id? HatId, byte[] TokenHash, DateTimeOffset CreatedAt, DateTimeOffset ExpiresAt);

    private sealed record ByToken(byte[] TokenHash);

    private sealed record Replacement(Id Id, Id ReplacedBy, DateTimeOffset Now);

    private sealed record Ending(Id Id, DateTimeOffset Now);

    private sealed record EndingOthers(Id AccountId, Id Keep, DateTimeOffset Now);

    private sealed record SessionRow
    {
        public Id Id { get; init; }

        public Id FamilyId { get; init; }

        public Id AccountId { get; init; }

        public Id? HatId { get; init; }

        public DateTimeOffset ExpiresAt { get; init; }

        public DateTimeOffset? ReplacedAt { get; init; }

        public Id? ReplacedBy { get; init; }

        public DateTimeOffset? RevokedAt { get; init; }
    }
}

/// <summary>A sign-in that is open: its newest refresh token, and the hat it wears.</summary>
public sealed record OpenSession(
    string RefreshToken, DateTimeOffset RefreshExpiresAt, Id AccountId, Id FamilyId, HeldHat? Hat, IReadOnlyList<HeldHat> Hats);
