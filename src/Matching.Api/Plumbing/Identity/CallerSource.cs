using System.Security.Claims;
using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Sites;

namespace Matching.Api.Plumbing.Identity;

/// <summary>Turns the claims of a token into a <see cref="Caller"/>, once a request. A hat that was taken away meanwhile counts at once.</summary>
public sealed class CallerSource(Database.Database database)
{
    private static readonly Sql<ById, HatRow> FindHat = new(
        """
        SELECT h.id, h.account_id, h.role, h.site_id, h.subject_id, s.path, s.center_id
        FROM hats h LEFT JOIN sites s ON s.id = h.site_id
        WHERE h.id = @Id AND h.revoked_at IS NULL
        """);

    public async Task<Caller> FromAsync(ClaimsPrincipal user)
    {
        var accountId = Id.ParseOrNone(user.FindFirstValue(Tokens.AccountClaim));
        if (accountId.IsNone)
        {
            return Caller.Nobody;
        }

        var hatId = Id.ParseOrNone(user.FindFirstValue(Tokens.HatClaim));
        if (hatId.IsNone)
        {
            return new Caller { AccountId = accountId };
        }

        var hat = await database.FirstAsync(FindHat, new ById(hatId));
        return hat is null || hat.AccountId != accountId ? Caller.Nobody : Wear(hat);
    }

    private static Caller Wear(HatRow hat)
    {
        var caller = new Caller
        {
            AccountId = hat.AccountId,
            HatId = hat.Id,
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
