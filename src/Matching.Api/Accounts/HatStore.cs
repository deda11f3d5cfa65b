using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Sites;

namespace Matching.Api.Accounts;

/// <summary>Hats: the roles of accounts. Taken away, they stay as rows: what was done under them leads back to them.</summary>
public sealed class HatStore(Database database, Ids ids, TimeProvider clock)
{
    private static readonly Sql<ById, HeldHat> Held = new(
        """
        SELECT h.id, h.role, h.site_id, s.name AS site_name, h.subject_id, COALESCE(v.name, r.name, t.name) AS subject_name
        FROM hats h
        LEFT JOIN sites s ON s.id = h.site_id
        LEFT JOIN volunteers v ON v.id = h.subject_id
        LEFT JOIN residents r ON r.id = h.subject_id
        LEFT JOIN teams t ON t.id = h.subject_id
        WHERE h.account_id = @Id AND h.revoked_at IS NULL
        ORDER BY h.id
        """);

    private static readonly Sql<NewHat, HatId> FindSame = new(
        """
        SELECT id FROM hats
        WHERE account_id = @AccountId AND role = @Role AND revoked_at IS NULL
            AND (site_id = @SiteId OR (site_id IS NULL AND @SiteId IS NULL))
            AND (subject_id = @SubjectId OR (subject_id IS NULL AND @SubjectId IS NULL))
        """);

    private static readonly Sql<NewHat> Insert = new(
        """
        INSERT INTO hats (id, account_id, role, site_id, subject_id, granted_at, granted_by)
        VALUES (@Id, @AccountId, @Role, @SiteId, @SubjectId, @GrantedAt, @GrantedBy)
        """);

    private static readonly Sql<Revocation> Revoke = new(
        "UPDATE hats SET revoked_at = @RevokedAt, revoked_by = @RevokedBy WHERE id = @Id AND revoked_at IS NULL");

    private static readonly Sql<Revocation> RevokeOfSubject = new(
        "UPDATE hats SET revoked_at = @RevokedAt, revoked_by = @RevokedBy WHERE subject_id = @Id AND revoked_at IS NULL");

    private static readonly Sql<Revocation> RevokeOfAccount = new(
        "UPDATE hats SET revoked_at = @RevokedAt, revoked_by = @RevokedBy WHERE account_id = @Id AND revoked_at IS NULL");

    private static readonly Sql<ById, HatAtSite> Find = new(
        """
        SELECT h.id, h.account_id, h.role, h.site_id, s.kind AS site_kind, s.path AS site_path
        FROM hats h LEFT JOIN sites s ON s.id = h.site_id
        WHERE h.id = @Id AND h.revoked_at IS NULL
        """);

    private static readonly Sql<ById, HatAtSite> PlacesOf = new(
        """
        SELECT h.id, h.account_id, h.role, h.site_id, s.kind AS site_kind, s.path AS site_path
        FROM hats h LEFT JOIN sites s ON s.id = h.site_id
        WHERE h.account_id = @Id AND h.revoked_at IS NULL
        """);

    private static readonly Sql<SiteQuery, HatOfSite> OfSite = new(
        """
        SELECT h.id, h.account_id, h.role, h.granted_at, h.granted_by, a.name, a.username, a.phone_sealed
        FROM hats h JOIN accounts a ON a.id = h.account_id
        WHERE h.site_id = @SiteId AND h.id > @After AND h.revoked_at IS NULL
        ORDER BY h.id
        {page}
        """);

    private static readonly Sql<Nothing, HatId> PlatformAdmins = new("SELECT id FROM hats WHERE role = 'PlatformAdmin' AND revoked_at IS NULL ORDER BY id");

    private static readonly Sql<Nothing> HoldPlatformAdmins = new("UPDATE hats SET granted_by = granted_by WHERE role = 'PlatformAdmin' AND revoked_at IS NULL");

    /// <summary>The hats of an account, the oldest first.</summary>
    public Task<List<HeldHat>> HeldByAsync(Id accountId) => HeldByAsync(database, accountId);

    public static Task<List<HeldHat>> HeldByAsync(IRows rows, Id accountId) => rows.ListAsync(Held, new ById(accountId));

    /// <summary>
    /// Gives an account a role: at a site (staff and proxies), for a subject (the volunteer, resident or team it speaks for), or neither (platform admin).
    /// Who holds it already keeps the hat it has. Whether it may be given is the caller's question (<see cref="HatGrants"/>).
    /// </summary>
    public async Task<Id> GrantHatAsync(Transaction tx, Id accountId, Role role, Id? siteId = null, Id? subjectId = null, Id? grantedBy = null)
    {
        // Two grants of the same hat at once: the second waits here and then finds the first.
        await AccountStore.HoldAsync(tx, accountId);
        var hat = new NewHat(ids.Next(IdKind.Hat), accountId, role.ToString(), siteId, subjectId, clock.GetUtcNow(), grantedBy);
        if (await tx.FirstAsync(FindSame, hat) is { } same)
        {
            return same.Id;
        }

        await tx.ExecuteAsync(Insert, hat);
        return hat.Id;
    }

    /// <summary>Gives each of these accounts the hat of a volunteer who is new.</summary>
    public Task GrantToNewVolunteersAsync(Transaction tx, IEnumerable<(Id AccountId, Id VolunteerId)> each, Id grantedBy)
    {
        var now = clock.GetUtcNow();
        return tx.ExecuteEachAsync(
            Insert, [.. each.Select(one => new NewHat(ids.Next(IdKind.Hat), one.AccountId, nameof(Role.Volunteer), null, one.VolunteerId, now, grantedBy))]);
    }

    /// <summary>Takes a hat away, from the next request on; false when it is gone already.</summary>
    public async Task<bool> RevokeHatAsync(Transaction tx, Id hatId, Id? revokedBy) =>
        await tx.ExecuteAsync(Revoke, new Revocation(hatId, clock.GetUtcNow(), revokedBy)) == 1;

    /// <summary>Takes away all hats that speak for a volunteer, resident or team.</summary>
    public Task<int> RevokeHatsOfSubjectAsync(Transaction tx, Id subjectId, Id? revokedBy) =>
        tx.ExecuteAsync(RevokeOfSubject, new Revocation(subjectId, clock.GetUtcNow(), revokedBy));

    public Task<int> RevokeHatsOfAccountAsync(Transaction tx, Id accountId, Id? revokedBy) =>
        tx.ExecuteAsync(RevokeOfAccount, new Revocation(accountId, clock.GetUtcNow(), revokedBy));

    /// <summary>A hat that is worn, and where it is held.</summary>
    public Task<HatAtSite?> FindAsync(IRows rows, Id hatId) => rows.FirstAsync(Find, new ById(hatId));

    /// <summary>What an account is, and where.</summary>
    public static async Task<IReadOnlyCollection<(Role Role, (SiteKind Kind, string Path)? Site)>> PlacesOfAsync(IRows rows, Id accountId) =>
        [.. (await rows.ListAsync(PlacesOf, new ById(accountId))).Select(hat => (hat.Role, hat.Site))];

    /// <summary>The hats held at one site, by id; one more than asked for, when there is.</summary>
    public Task<List<HatOfSite>> OfSiteAsync(Id siteId, Id? after, int take) => database.ListAsync(OfSite, new SiteQuery(siteId, after ?? Id.None, take + 1));

    public static async Task<bool> AnyPlatformAdminAsync(IRows rows) => (await rows.ListAsync(PlatformAdmins, Nothing.It)).Count > 0;

    /// <summary>Whether this is the only platform admin; until the transaction ends nobody else can take another's hat.</summary>
    public static async Task<bool> IsLastPlatformAdminAsync(Transaction tx, Id hatId)
    {
        await tx.ExecuteAsync(HoldPlatformAdmins, Nothing.It);
        return (await tx.ListAsync(PlatformAdmins, Nothing.It)).TrueForAll(hat => hat.Id == hatId);
    }

    private sealed record SiteQuery(Id SiteId, Id After, int Take);

    private sealed record NewHat(Id Id, Id AccountId, string Role, Id? SiteId, Id? SubjectId, DateTimeOffset GrantedAt, Id? GrantedBy);

    private sealed record Revocation(Id Id, DateTimeOffset RevokedAt, Id? RevokedBy);

    private sealed record HatId
    {
        public Id Id { get; init; }
    }
}

/// <summary>A hat as its wearer sees it.</summary>
public sealed record HeldHat
{
    public Id Id { get; init; }

    public Role Role { get; init; }

    public Id? SiteId { get; init; }

    public string? SiteName { get; init; }

    /// <summary>The volunteer, resident or team it speaks for.</summary>
    public Id? SubjectId { get; init; }

    public string? SubjectName { get; init; }
}

/// <summary>A hat and the site it is held at, if at any.</summary>
public sealed record HatAtSite
{
    public Id Id { get; init; }

    public Id AccountId { get; init; }

    public Role Role { get; init; }

    public Id? SiteId { get; init; }

    public SiteKind? SiteKind { get; init; }

    public string? SitePath { get; init; }

    public (SiteKind Kind, string Path)? Site => SiteKind is { } kind ? (kind, SitePath!) : null;
}

/// <summary>A hat of a site, and who wears it.</summary>
public sealed record HatOfSite
{
    public Id Id { get; init; }

    public Id AccountId { get; init; }

    public Role Role { get; init; }

    public DateTimeOffset GrantedAt { get; init; }

    public Id? GrantedBy { get; init; }

    public string? Name { get; init; }

    public string? Username { get; init; }

    public string? PhoneSealed { get; init; }
}
