using System.Security.Claims;
using Matching.Accounts;
using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;
using Matching.Partners;
using Matching.Sites;

namespace Matching.Api.Plumbing.Identity;

/// <summary>
/// Turns the claims of a token, or a partner's key, into a <see cref="Caller"/>, once a request. A hat that was taken away, a sign-in that was ended, an account
/// that was forgotten and a key that was taken back meanwhile count at once.
/// </summary>
public sealed class CallerSource(Database.Database database, MachineClock clock)
{
    private static readonly Sql<Claimed, HatRow> FindHat = new(
        """
        SELECT h.id, h.account_id, h.role, h.site_id, h.subject_id, s.path, s.center_id
        FROM hats h LEFT JOIN sites s ON s.id = h.site_id
        WHERE h.id = @HatId AND h.account_id = @AccountId AND h.revoked_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM sessions e WHERE e.family_id = @FamilyId AND e.revoked_at IS NOT NULL)
        """);

    private static readonly Sql<Claimed, AccountId> FindAccount = new(
        """
        SELECT a.id FROM accounts a
        WHERE a.id = @AccountId AND a.forgotten_at IS NULL
            AND NOT EXISTS (SELECT 1 FROM sessions e WHERE e.family_id = @FamilyId AND e.revoked_at IS NOT NULL)
        """);

    private static readonly Sql<ByKey, KeyRow> FindKey = new(
        """
        SELECT k.id, p.id AS partner_id, p.account_id, p.center_id, p.scopes, p.requests_a_minute
        FROM partner_keys k INNER JOIN partners p ON p.id = k.partner_id
        WHERE k.key_hash = @KeyHash AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > @Now) AND p.ended_at IS NULL
        """);

    private static readonly Sql<ById, PathRow> PartnerPaths = new("SELECT s.path FROM partner_sites l INNER JOIN sites s ON s.id = l.site_id WHERE l.partner_id = @Id");

    /// <summary>The partner whose key it is; nobody when it is forged, expired or taken back.</summary>
    public async Task<Caller> FromAsync(PartnerKey key)
    {
        if (await database.FirstAsync(FindKey, new ByKey(key.Hash(), clock.Now)) is not { } found)
        {
            return Caller.Nobody;
        }

        var paths = await database.ListAsync(PartnerPaths, new ById(found.PartnerId));
        return new Caller
        {
            AccountId = found.AccountId,
            CenterId = found.CenterId,
            Partner = new PartnerRights(
                found.PartnerId, found.Id, PartnerScopes.Read(found.Scopes), [.. paths.Select(row => Reach.Of(row.Path))], found.RequestsAMinute),
        };
    }

    public async Task<Caller> FromAsync(ClaimsPrincipal user)
    {
        var claimed = new Claimed(Read(user, Tokens.AccountClaim), Read(user, Tokens.HatClaim), Read(user, Tokens.SessionClaim));
        if (!claimed.HatId.IsNone)
        {
            return await database.FirstAsync(FindHat, claimed) is { } hat ? Wear(hat, claimed.FamilyId) : Caller.Nobody;
        }

        return await database.FirstAsync(FindAccount, claimed) is { } account
            ? new Caller { AccountId = account.Id, FamilyId = claimed.FamilyId }
            : Caller.Nobody;
    }

    private static Id Read(ClaimsPrincipal user, string claim) => Id.ParseOrNone(user.FindFirstValue(claim));

    private static Caller Wear(HatRow hat, Id familyId)
    {
        var caller = new Caller
        {
            AccountId = hat.AccountId,
            HatId = hat.Id,
            FamilyId = familyId,
            Role = hat.Role,
            SiteId = hat.SiteId ?? Id.None,
            CenterId = hat.CenterId ?? Id.None,
            SitePath = hat.Path ?? "",
            SubjectId = hat.SubjectId ?? Id.None,
        };
        return caller with { Reach = ReachOf(caller) };
    }

    private static Reach ReachOf(Caller caller) => caller switch
    {
        { Role: Role.PlatformAdmin } => Reach.Everything,
        { IsStaff: true, SitePath.Length: > 0 } => Reach.Of(caller.SitePath),
        _ => Reach.Nothing,
    };

    private sealed record Claimed(Id AccountId, Id HatId, Id FamilyId);

    private sealed record ByKey(byte[] KeyHash, DateTimeOffset Now);

    private sealed record PathRow
    {
        public string Path { get; init; } = "";
    }

    private sealed record KeyRow
    {
        public Id Id { get; init; }

        public Id PartnerId { get; init; }

        public Id AccountId { get; init; }

        public Id CenterId { get; init; }

        public string Scopes { get; init; } = "";

        public int RequestsAMinute { get; init; }
    }

    private sealed record AccountId
    {
        public Id Id { get; init; }
    }

    private sealed record HatRow
    {
        public Id Id { get; init; }

        public Id AccountId { get; init; }

        public Role Role { get; init; }

        public Id? SiteId { get; init; }

        public Id? SubjectId { get; init; }

        public string? Path { get; init; }

        public Id? CenterId { get; init; }
    }
}
