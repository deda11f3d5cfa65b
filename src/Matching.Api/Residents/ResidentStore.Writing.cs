using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Geography;
using Matching.Residents;
using Matching.Sites;

namespace Matching.Api.Residents;

/// <summary>The half that writes residents, their care tags and their proxies.</summary>
public sealed partial class ResidentStore
{
    private static readonly Sql<ResidentValues> Insert = new(
        """
        INSERT INTO residents (id, version, account_id, center_id, site_id, path, name, name_sort, gender, birth_year, languages, phone_sealed, phone_hash,
            address_sealed, lat, lng, accuracy_m, created_at)
        VALUES (@Id, @Version, @AccountId, @CenterId, @SiteId, @Path, @Name, @NameSort, @Gender, @BirthYear, @Languages, @PhoneSealed, @PhoneHash,
            @AddressSealed, @Lat, @Lng, @AccuracyM, @CreatedAt)
        """);

    private static readonly Sql<ResidentValues> Update = new(
        """
        UPDATE residents SET version = version + 1, site_id = @SiteId, path = @Path, name = @Name, name_sort = @NameSort, gender = @Gender,
            birth_year = @BirthYear, languages = @Languages, phone_sealed = @PhoneSealed, phone_hash = @PhoneHash, address_sealed = @AddressSealed,
            lat = @Lat, lng = @Lng, accuracy_m = @AccuracyM
        WHERE id = @Id AND version = @Version AND forgotten_at IS NULL
        """);

    private static readonly Sql<ById> DropTags = new("DELETE FROM resident_tags WHERE resident_id = @Id");

    private static readonly Sql<TagRow> AddTag = new("INSERT INTO resident_tags (resident_id, tag) VALUES (@ResidentId, @Tag)");

    private static readonly Sql<ByIds, TagRow> TagsOf = new("SELECT resident_id, tag FROM resident_tags WHERE resident_id IN @Ids ORDER BY resident_id, tag");

    private static readonly Sql<ListQuery, Resident> ListPage = new(
        """
        SELECT r.id, r.version, r.account_id, r.center_id, r.site_id, r.path, r.name, r.name_sort, r.gender, r.birth_year, r.languages, r.phone_sealed,
            r.created_at
        FROM residents r
        WHERE r.center_id = @CenterId AND r.name_sort >= @AfterName AND (r.name_sort > @AfterName OR r.id > @AfterId)
            AND (@BeforeName IS NULL OR r.name_sort < @BeforeName) AND r.path >= @From AND r.path < @To AND r.forgotten_at IS NULL
            AND (@PhoneHash IS NULL OR r.phone_hash = @PhoneHash)
            AND (@Tag IS NULL OR EXISTS (SELECT 1 FROM resident_tags t WHERE t.resident_id = r.id AND t.tag = @Tag))
        ORDER BY r.name_sort, r.id
        {page}
        """);

    private static readonly Sql<ById, Resident> OwnOf = new(
        """
        SELECT id, version, account_id, center_id, site_id, path, name, name_sort, gender, birth_year, languages, phone_sealed, address_sealed, lat, lng,
            accuracy_m, created_at, forgotten_at
        FROM residents WHERE account_id = @Id AND forgotten_at IS NULL
        """);

    private static readonly Sql<ById, Resident> EntrustedTo = new(
        """
        SELECT r.id, r.version, r.account_id, r.center_id, r.site_id, r.path, r.name, r.name_sort, r.gender, r.birth_year, r.languages, r.phone_sealed,
            r.address_sealed, r.lat, r.lng, r.accuracy_m, r.created_at, r.forgotten_at
        FROM resident_proxies p JOIN residents r ON r.id = p.resident_id
        WHERE p.account_id = @Id AND r.forgotten_at IS NULL
        """);

    private static readonly Sql<NewProxy> AddProxy = new(
        """
        INSERT INTO resident_proxies (resident_id, account_id, relation, granted_at, granted_by)
        VALUES (@ResidentId, @AccountId, @Relation, @GrantedAt, @GrantedBy)
        """);

    private static readonly Sql<ProxyKey> DropProxy = new("DELETE FROM resident_proxies WHERE resident_id = @ResidentId AND account_id = @AccountId");

    private static readonly Sql<ById, ProxyOfResident> ProxiesOf = new(
        """
        SELECT p.account_id, p.relation, p.granted_at, a.phone_sealed
        FROM resident_proxies p JOIN accounts a ON a.id = p.account_id
        WHERE p.resident_id = @Id
        """);

    private static readonly Sql<BlockRow> AddBlock = new(
        "INSERT INTO blocks (volunteer_id, resident_id, said_by, said_at) VALUES (@VolunteerId, @ResidentId, @SaidBy, @SaidAt)");

    private static readonly Sql<BlockRow> DropBlock = new(
        "DELETE FROM blocks WHERE volunteer_id = @VolunteerId AND resident_id = @ResidentId AND said_by = @SaidBy");

    public async Task InsertAsync(Transaction tx, Resident resident, PhoneNumber? phone, IReadOnlyCollection<CareTag> tags)
    {
        await tx.ExecuteAsync(Insert, Values(resident, phone));
        await PutTagsAsync(tx, resident.Id, tags);
    }

    /// <summary>False when somebody else changed it meanwhile. <paramref name="tags"/>: null leaves them.</summary>
    public async Task<bool> UpdateAsync(Transaction tx, Resident resident, IReadOnlyCollection<CareTag>? tags)
    {
        var phone = vault.OpenIfAny(resident.PhoneSealed) is { } text && PhoneNumber.TryParse(text, out var read) ? read : null;
        if (await tx.ExecuteAsync(Update, Values(resident, phone)) == 0)
        {
            return false;
        }

        if (tags is not null)
        {
            await PutTagsAsync(tx, resident.Id, tags);
        }

        return true;
    }

    public async Task<ILookup<Id, CareTag>> TagsAsync(IRows rows, IEnumerable<Id> residentIds)
    {
        var all = new List<TagRow>();
        foreach (var chunk in ByIds.Chunks(residentIds))
        {
            all.AddRange(await rows.ListAsync(TagsOf, chunk));
        }

        return all.ToLookup(row => row.ResidentId, row => Enum.Parse<CareTag>(row.Tag));
    }

    /// <summary>A page of residents of a center by name.</summary>
    public Task<List<Resident>> ListAsync(
        Id centerId, Reach reach, string? namePrefix, PhoneNumber? phone, CareTag? tag, (string Name, Id Id) after, int take) => database.ListAsync(
        ListPage, new ListQuery(
            centerId, reach.From, reach.To, namePrefix is not null && string.CompareOrdinal(namePrefix, after.Name) > 0 ? namePrefix : after.Name,
            namePrefix is null ? null : namePrefix + "\U0010FFFF", after.Id, phone is null ? null : vault.PhoneHash(phone), tag?.ToString(), take));

    /// <summary>Those whom an account is, and those whom it may ask for by name.</summary>
    public async Task<(List<Resident> Own, List<Resident> Entrusted)> OfAccountAsync(IRows rows, Id accountId) =>
        (await rows.ListAsync(OwnOf, new ById(accountId)), await rows.ListAsync(EntrustedTo, new ById(accountId)));

    /// <summary>Throws <see cref="SomebodyWasFirstException"/> when the account may ask already.</summary>
    public Task AddProxyAsync(Transaction tx, Id residentId, Id accountId, ProxyRelation relation, Id grantedBy, DateTimeOffset now) =>
        tx.ExecuteAsync(AddProxy, new NewProxy(residentId, accountId, relation.ToString(), now, grantedBy));

    public async Task<bool> DropProxyAsync(Transaction tx, Id residentId, Id accountId) =>
        await tx.ExecuteAsync(DropProxy, new ProxyKey(residentId, accountId)) == 1;

    public Task<List<ProxyOfResident>> ProxiesAsync(IRows rows, Id residentId) => rows.ListAsync(ProxiesOf, new ById(residentId));

    /// <summary>A pair that must not meet. Said twice is said once.</summary>
    public async Task BlockAsync(Transaction tx, Id volunteerId, Id residentId, string saidBy, DateTimeOffset now)
    {
        var row = new BlockRow(volunteerId, residentId, saidBy, now);
        await tx.ExecuteAsync(DropBlock, row);
        await tx.ExecuteAsync(AddBlock, row);
    }

    public Task UnblockAsync(Transaction tx, Id volunteerId, Id residentId, string saidBy) =>
        tx.ExecuteAsync(DropBlock, new BlockRow(volunteerId, residentId, saidBy, default));

    private ResidentValues Values(Resident it, PhoneNumber? phone) => new(
        it.Id, it.Version, it.AccountId, it.CenterId, it.SiteId, it.Path, it.Name, Folded.Of(it.Name), it.Gender?.ToString(), it.BirthYear, it.Languages,
        phone is null ? null : vault.Seal(phone), phone is null ? null : vault.PhoneHash(phone), it.AddressSealed, it.Lat, it.Lng, it.AccuracyM, it.CreatedAt);

    private static async Task PutTagsAsync(Transaction tx, Id residentId, IReadOnlyCollection<CareTag> tags)
    {
        await tx.ExecuteAsync(DropTags, new ById(residentId));
        foreach (var tag in tags.Distinct())
        {
            await tx.ExecuteAsync(AddTag, new TagRow { ResidentId = residentId, Tag = tag.ToString() });
        }
    }

    private sealed record ResidentValues(
        Id Id, int Version, Id? AccountId, Id CenterId, Id SiteId, string Path, string Name, string NameSort, string? Gender, int? BirthYear,
        string Languages, string? PhoneSealed, byte[]? PhoneHash, string? AddressSealed, double? Lat, double? Lng, double? AccuracyM,
        DateTimeOffset CreatedAt);

    private sealed record ListQuery(
        Id CenterId, string From, string To, string AfterName, string? BeforeName, Id AfterId, byte[]? PhoneHash, string? Tag, int Take);

    private sealed record NewProxy(Id ResidentId, Id AccountId, string Relation, DateTimeOffset GrantedAt, Id GrantedBy);

    private sealed record BlockRow(Id VolunteerId, Id ResidentId, string SaidBy, DateTimeOffset SaidAt);

    private sealed record TagRow
    {
        public Id ResidentId { get; init; }

        public string Tag { get; init; } = "";
    }
}

/// <summary>Somebody who may ask for a resident.</summary>
public sealed record ProxyOfResident
{
    public Id AccountId { get; init; }

    public ProxyRelation Relation { get; init; }

    public DateTimeOffset GrantedAt { get; init; }

    public string? PhoneSealed { get; init; }
}
