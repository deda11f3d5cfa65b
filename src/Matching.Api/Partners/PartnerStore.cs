using Matching.Api.Accounts;
using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Partners;
using Matching.Sites;

namespace Matching.Api.Partners;

/// <summary>Partners, the sites that they may reach, and their keys.</summary>
public sealed class PartnerStore(Database database, AccountStore accounts, Ids ids, MachineClock machine, TimeProvider clock)
{
    private const string Columns = "p.id, p.version, p.account_id, p.center_id, p.name, p.scopes, p.requests_a_minute, p.created_at, p.ended_at";

    private static readonly Sql<FindQuery, PartnerRow> Find = new(
        $"""
        SELECT {Columns} FROM partners p INNER JOIN sites c ON c.id = p.center_id
        WHERE p.id = @Id AND c.path >= @From AND c.path < @To
        """);

    private static readonly Sql<ById, PartnerRow> FindAny = new($"SELECT {Columns} FROM partners p WHERE p.id = @Id");

    private static readonly Sql<ListQuery, PartnerRow> OfCenter = new(
        $"SELECT {Columns} FROM partners p WHERE p.center_id = @CenterId AND p.id > @After ORDER BY p.id {{page}}");

    private static readonly Sql<NewPartner> Insert = new(
        """
        INSERT INTO partners (id, version, account_id, center_id, name, name_folded, scopes, requests_a_minute, created_at, created_by)
        VALUES (@Id, 1, @AccountId, @CenterId, @Name, @NameFolded, @Scopes, @RequestsAMinute, @CreatedAt, @CreatedBy)
        """);

    private static readonly Sql<NewMinute> InsertMinute = new("INSERT INTO partner_minutes (partner_id, minute_start, taken) VALUES (@PartnerId, @MinuteStart, 0)");

    private static readonly Sql<ChangedPartner> Update = new(
        """
        UPDATE partners SET scopes = @Scopes, requests_a_minute = @RequestsAMinute, version = version + 1
        WHERE id = @Id AND version = @Version AND ended_at IS NULL
        """);

    private static readonly Sql<Ending> End = new("UPDATE partners SET ended_at = @Now, version = version + 1 WHERE id = @Id AND ended_at IS NULL");

    private static readonly Sql<ById> DropSites = new("DELETE FROM partner_sites WHERE partner_id = @Id");

    private static readonly Sql<SiteOf> AddSite = new("INSERT INTO partner_sites (partner_id, site_id) VALUES (@PartnerId, @SiteId)");

    private static readonly Sql<ById, SiteOfPartner> SitesOf = new(
        "SELECT s.id, s.name, s.path FROM partner_sites l INNER JOIN sites s ON s.id = l.site_id WHERE l.partner_id = @Id ORDER BY l.site_id");

    private static readonly Sql<ById, PartnerKeyRow> KeysOf = new(
        """
        SELECT id, prefix, created_at, expires_at, revoked_at, last_used_at
        FROM partner_keys WHERE partner_id = @Id ORDER BY id
        """);

    private static readonly Sql<NewKey> InsertKey = new(
        """
        INSERT INTO partner_keys (id, partner_id, prefix, key_hash, created_at, created_by, expires_at)
        VALUES (@Id, @PartnerId, @Prefix, @KeyHash, @CreatedAt, @CreatedBy, @ExpiresAt)
        """);

    private static readonly Sql<Shortening> ShortenKeys = new(
        """
        UPDATE partner_keys SET expires_at = @Until
        WHERE partner_id = @PartnerId AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > @Until)
        """);

    private static readonly Sql<KeyRevocation> RevokeKey = new(
        "UPDATE partner_keys SET revoked_at = @Now WHERE id = @Id AND partner_id = @PartnerId AND revoked_at IS NULL");

    private static readonly Sql<ReferenceQuery, ResidentIdRow> FindResident = new(
        "SELECT resident_id FROM partner_residents WHERE partner_id = @PartnerId AND reference = @Reference");

    private static readonly Sql<NewReference> InsertResident = new(
        "INSERT INTO partner_residents (partner_id, reference, resident_id) VALUES (@PartnerId, @Reference, @ResidentId)");

    /// <summary>A partner of a center within the caller's reach.</summary>
    public Task<PartnerRow?> FindAsync(IRows rows, Caller caller, Id id) => rows.FirstAsync(Find, new FindQuery(id, caller.Reach.From, caller.Reach.To));

    public Task<PartnerRow?> FindAsync(IRows rows, Id id) => rows.FirstAsync(FindAny, new ById(id));

    public Task<List<PartnerRow>> OfCenterAsync(Id centerId, Id? after, int take) => database.ListAsync(OfCenter, new ListQuery(centerId, after ?? Id.None, take));

    public Task<List<SiteOfPartner>> SitesAsync(IRows rows, Id id) => rows.ListAsync(SitesOf, new ById(id));

    public Task<List<PartnerKeyRow>> KeysAsync(IRows rows, Id id) => rows.ListAsync(KeysOf, new ById(id));

    /// <summary>Everything about a partner that its administrators see.</summary>
    public async Task<PartnerResponse> ShowAsync(IRows rows, PartnerRow partner) =>
        PartnerResponse.Of(partner, await SitesAsync(rows, partner.Id), await KeysAsync(rows, partner.Id), machine.Now);

    /// <summary>A new partner, under an account of its own. A name that the center has already throws <see cref="SomebodyWasFirstException"/>.</summary>
    public async Task<PartnerRow> AddAsync(
        Transaction tx, Id centerId, string name, IEnumerable<PartnerScope> scopes, IEnumerable<Id> siteIds, int requestsAMinute, Id by)
    {
        var accountId = await accounts.CreateAccountAsync(tx, name: name);
        var id = ids.Next(IdKind.Partner);
        await tx.ExecuteAsync(Insert, new NewPartner(
            id, accountId, centerId, name, Folded.Of(name), PartnerScopes.Write(scopes), requestsAMinute, clock.GetUtcNow(), by));
        await tx.ExecuteAsync(InsertMinute, new NewMinute(id, DateTimeOffset.UnixEpoch));
        await PutSitesAsync(tx, id, siteIds);
        return (await FindAsync(tx, id))!;
    }

    /// <summary>False when somebody else changed it meanwhile, or it has ended. <paramref name="siteIds"/>: null leaves them.</summary>
    public async Task<bool> UpdateAsync(Transaction tx, PartnerRow partner, int version, IReadOnlyList<Id>? siteIds)
    {
        if (await tx.ExecuteAsync(Update, new ChangedPartner(partner.Id, version, partner.Scopes, partner.RequestsAMinute)) == 0)
        {
            return false;
        }

        if (siteIds is not null)
        {
            await tx.ExecuteAsync(DropSites, new ById(partner.Id));
            await PutSitesAsync(tx, partner.Id, siteIds);
        }

        return true;
    }

    /// <summary>Ends a partner for good: none of its keys does any more, from the next request on. False when it has ended already.</summary>
    public async Task<bool> EndAsync(Transaction tx, Id id) => await tx.ExecuteAsync(End, new Ending(id, clock.GetUtcNow())) == 1;

    /// <summary>Makes a key. Those that there are go on for so long, and no longer; null: as long as they would have.</summary>
    public async Task<(PartnerKey Key, Id Id, DateTimeOffset? ExpiresAt)> AddKeyAsync(Transaction tx, Id partnerId, int? days, TimeSpan? overlap, Id by)
    {
        var now = machine.Now;
        if (overlap is { } goOn)
        {
            await tx.ExecuteAsync(ShortenKeys, new Shortening(partnerId, now + goOn));
        }

        var key = PartnerKey.Make();
        var id = ids.Next(IdKind.PartnerKey);
        var expires = days is { } count ? now.AddDays(count) : (DateTimeOffset?)null;
        await tx.ExecuteAsync(InsertKey, new NewKey(id, partnerId, key.Prefix, key.Hash(), now, by, expires));
        return (key, id, expires);
    }

    /// <summary>Takes a key away, from the next request on; false when there is none such.</summary>
    public async Task<bool> RevokeKeyAsync(Transaction tx, Id partnerId, Id keyId) =>
        await tx.ExecuteAsync(RevokeKey, new KeyRevocation(keyId, partnerId, machine.Now)) == 1;

    /// <summary>The resident whom a partner knows by this name.</summary>
    public async Task<Id?> ResidentAsync(IRows rows, Id partnerId, string reference) =>
        (await rows.FirstAsync(FindResident, new ReferenceQuery(partnerId, reference)))?.ResidentId;

    public Task AddResidentAsync(Transaction tx, Id partnerId, string reference, Id residentId) =>
        tx.ExecuteAsync(InsertResident, new NewReference(partnerId, reference, residentId));

    private static Task PutSitesAsync(Transaction tx, Id partnerId, IEnumerable<Id> siteIds) =>
        tx.ExecuteEachAsync(AddSite, [.. siteIds.Distinct().Select(site => new SiteOf(partnerId, site))]);

    private sealed record FindQuery(Id Id, string From, string To);

    private sealed record ListQuery(Id CenterId, Id After, int Take);

    private sealed record NewPartner(
        Id Id, Id AccountId, Id CenterId, string Name, string NameFolded, string Scopes, int RequestsAMinute, DateTimeOffset CreatedAt, Id CreatedBy);

    private sealed record NewMinute(Id PartnerId, DateTimeOffset MinuteStart);

    private sealed record ChangedPartner(Id Id, int Version, string Scopes, int RequestsAMinute);

    private sealed record Ending(Id Id, DateTimeOffset Now);

    private sealed record SiteOf(Id PartnerId, Id SiteId);

    private sealed record NewKey(
        Id Id, Id PartnerId, string Prefix, byte[] KeyHash, DateTimeOffset CreatedAt, Id CreatedBy, DateTimeOffset? ExpiresAt);

    private sealed record Shortening(Id PartnerId, DateTimeOffset Until);

    private sealed record KeyRevocation(Id Id, Id PartnerId, DateTimeOffset Now);

    private sealed record ReferenceQuery(Id PartnerId, string Reference);

    private sealed record NewReference(Id PartnerId, string Reference, Id ResidentId);

    private sealed record ResidentIdRow
    {
        public Id ResidentId { get; init; }
    }
}

/// <summary>A partner as its row has it.</summary>
public sealed record PartnerRow
{
    public Id Id { get; init; }

    public int Version { get; init; }

    public Id AccountId { get; init; }

    public Id CenterId { get; init; }

    public string Name { get; init; } = "";

    /// <summary>Words joined by commas.</summary>
    public string Scopes { get; init; } = "";

    public int RequestsAMinute { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }
}

/// <summary>A site that a partner reaches, with all below it.</summary>
public sealed record SiteOfPartner
{
    public Id Id { get; init; }

    public string Name { get; init; } = "";

    public string Path { get; init; } = "";
}

/// <summary>A key without what makes it one.</summary>
public sealed record PartnerKeyRow
{
    public Id Id { get; init; }

    public string Prefix { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? ExpiresAt { get; init; }

    public DateTimeOffset? RevokedAt { get; init; }

    public DateTimeOffset? LastUsedAt { get; init; }
}
