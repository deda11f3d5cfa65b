using Matching.Api.Plumbing.Database;
using Matching.Sites;

namespace Matching.Api.Sites;

/// <summary>The tree of sites.</summary>
public sealed partial class SiteStore(Database database)
{
    private static readonly Sql<ById, Site> ById = new(
        """
        SELECT id, version, kind, parent_id, center_id, path, name, lat, lng, accuracy_m, radius_m, time_zone, responsible_name,
            responsible_phone_sealed, closed_at, created_at
        FROM sites WHERE id = @Id
        """);

    private static readonly Sql<ById, Site> ParentOf = new(
        """
        SELECT p.id, p.version, p.kind, p.parent_id, p.center_id, p.path, p.name, p.lat, p.lng, p.accuracy_m, p.radius_m, p.time_zone,
            p.responsible_name, p.responsible_phone_sealed, p.closed_at, p.created_at
        FROM sites s JOIN sites p ON p.id = s.parent_id
        WHERE s.id = @Id
        """);

    private static readonly Sql<ById, Site> CenterOf = new(
        """
        SELECT c.id, c.version, c.kind, c.parent_id, c.center_id, c.path, c.name, c.lat, c.lng, c.accuracy_m, c.radius_m, c.time_zone,
            c.responsible_name, c.responsible_phone_sealed, c.closed_at, c.created_at
        FROM sites s JOIN sites c ON c.id = s.center_id
        WHERE s.id = @Id
        """);

    private static readonly Sql<ListQuery, Site> ListSites = new(
        """
        SELECT id, version, kind, parent_id, center_id, path, name, lat, lng, accuracy_m, radius_m, time_zone, responsible_name,
            responsible_phone_sealed, closed_at, created_at
        FROM sites
        WHERE path > @After AND path >= @From AND path < @To AND (@Kind IS NULL OR kind = @Kind) AND (@Closed = 1 OR closed_at IS NULL)
        ORDER BY path
        {page}
        """);

    public Task<Site?> FindAsync(Id id) => FindAsync(database, id);

    public Task<Site?> FindAsync(IRows rows, Id id) => rows.FirstAsync(ById, new ById(id));

    /// <summary>The site above; null for a center.</summary>
    public Task<Site?> ParentAsync(Id id) => ParentAsync(database, id);

    public Task<Site?> ParentAsync(IRows rows, Id id) => rows.FirstAsync(ParentOf, new ById(id));

    public Task<Site?> CenterOfAsync(Id id) => CenterOfAsync(database, id);

    public Task<Site?> CenterOfAsync(IRows rows, Id id) => rows.FirstAsync(CenterOf, new ById(id));

    /// <summary>The site, when it is a center.</summary>
    public Task<Site?> CenterAsync(Id id) => CenterAsync(database, id);

    public async Task<Site?> CenterAsync(IRows rows, Id id) => await FindAsync(rows, id) is { Kind: SiteKind.Center } center ? center : null;

    public Task<Site?> OwnerOfAsync(Id id) => OwnerOfAsync(database, id);

    /// <summary>The site itself where it may own orders, otherwise the nearest above it that may.</summary>
    public async Task<Site?> OwnerOfAsync(IRows rows, Id id)
    {
        var site = await FindAsync(rows, id);
        while (site is { OwnsOrders: false })
        {
            site = await ParentAsync(rows, site.Id);
        }

        return site;
    }

    /// <summary>The zone of a center, in which its days, weeks and quiet hours are meant.</summary>
    public Task<TimeZoneInfo> TimeZoneAsync(Id centerId) => TimeZoneAsync(database, centerId);

    public async Task<TimeZoneInfo> TimeZoneAsync(IRows rows, Id centerId) =>
        TimeZoneInfo.FindSystemTimeZoneById((await FindAsync(rows, centerId))?.TimeZone ?? Policies.Policy.Default.Zone);

    /// <summary>A part of the tree in its order: who stands above comes first.</summary>
    public Task<List<Site>> ListAsync(Reach reach, SiteKind? kind, bool closed, string after, int take) =>
        database.ListAsync(ListSites, new ListQuery(reach.From, reach.To, kind?.ToString(), closed, after, take));

    private sealed record ListQuery(string From, string To, string? Kind, bool Closed, string After, int Take);
}
