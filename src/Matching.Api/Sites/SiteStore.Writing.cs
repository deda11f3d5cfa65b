using Matching.Api.Plumbing.Database;
using Matching.Geography;
using Matching.Sites;

namespace Matching.Api.Sites;

/// <summary>The half that changes the tree.</summary>
public sealed partial class SiteStore
{
    private static readonly Sql<NewRow> Insert = new(
        """
        INSERT INTO sites (id, version, kind, parent_id, center_id, path, name, name_sort, lat, lng, accuracy_m, radius_m, time_zone, responsible_name,
            responsible_phone_sealed, created_at)
        VALUES (@Id, 1, @Kind, @ParentId, @CenterId, @Path, @Name, @NameSort, @Lat, @Lng, @AccuracyM, @RadiusM, @TimeZone, @ResponsibleName,
            @ResponsiblePhoneSealed, @CreatedAt)
        """);

    // Nothing changes but that whoever moves or closes the site must wait until we are done.
    private static readonly Sql<Standing> Hold = new("UPDATE sites SET closed_at = NULL WHERE id = @Id AND path = @Path AND closed_at IS NULL");

    private static readonly Sql<ChangedRow> Update = new(
        """
        UPDATE sites SET version = version + 1, name = @Name, name_sort = @NameSort, lat = @Lat, lng = @Lng, accuracy_m = @AccuracyM, radius_m = @RadiusM,
            responsible_name = @ResponsibleName, responsible_phone_sealed = @ResponsiblePhoneSealed
        WHERE id = @Id AND version = @Version
        """);

    private static readonly Sql<ClosedRow> Close = new(
        "UPDATE sites SET version = version + 1, closed_at = @Now WHERE id = @Id AND version = @Version AND closed_at IS NULL");

    private static readonly Sql<MovedRow> Move = new("UPDATE sites SET version = version + 1, parent_id = @ParentId WHERE id = @Id AND version = @Version");

    private static readonly Sql<ById, OpenRow> OpenBelow = new(
        """
        SELECT (SELECT COUNT(c.id) FROM sites c WHERE c.parent_id = @Id AND c.closed_at IS NULL) AS sites,
            (SELECT COUNT(w.id) FROM wishes w WHERE w.site_id = @Id AND w.state IN ('Submitted', 'Triaging', 'NeedsInfo')) AS wishes,
            (SELECT COUNT(o.id) FROM orders o WHERE o.owner_site_id = @Id AND o.due_at IS NOT NULL) AS orders
        """);

    // One for every column that holds a path; a test compares them with the tables. The ledger of hours has one too, but only to be found by: no hash covers it.
    private static readonly Sql<PathChange> MoveSites = new(
        "UPDATE sites SET path = CONCAT(@Path, SUBSTRING(path, @Skip, 200)) WHERE center_id = @CenterId AND path >= @From AND path < @To");

    private static readonly Sql<PathChange> MoveVolunteers = new(
        "UPDATE volunteers SET path = CONCAT(@Path, SUBSTRING(path, @Skip, 200)) WHERE center_id = @CenterId AND path >= @From AND path < @To");

    private static readonly Sql<PathChange> MoveResidents = new(
        "UPDATE residents SET path = CONCAT(@Path, SUBSTRING(path, @Skip, 200)) WHERE center_id = @CenterId AND path >= @From AND path < @To");

    private static readonly Sql<PathChange> MoveTeams = new(
        "UPDATE teams SET path = CONCAT(@Path, SUBSTRING(path, @Skip, 200)) WHERE center_id = @CenterId AND path >= @From AND path < @To");

    private static readonly Sql<PathChange> MoveMeetings = new(
        "UPDATE meetings SET path = CONCAT(@Path, SUBSTRING(path, @Skip, 200)) WHERE center_id = @CenterId AND path >= @From AND path < @To");

    private static readonly Sql<PathChange> MoveWishes = new(
        "UPDATE wishes SET path = CONCAT(@Path, SUBSTRING(path, @Skip, 200)) WHERE center_id = @CenterId AND path >= @From AND path < @To");

    private static readonly Sql<PathChange> MoveOrderHomes = new(
        "UPDATE orders SET home_path = CONCAT(@Path, SUBSTRING(home_path, @Skip, 200)) WHERE center_id = @CenterId AND home_path >= @From AND home_path < @To");

    private static readonly Sql<PathChange> MoveOrderOwners = new(
        "UPDATE orders SET owner_path = CONCAT(@Path, SUBSTRING(owner_path, @Skip, 200)) WHERE center_id = @CenterId AND owner_path >= @From AND owner_path < @To");

    // Of open orders only: nobody accepts an offer of a round that is history.
    private static readonly Sql<PathChange> MoveRounds = new(
        """
        UPDATE dispatch_rounds SET pool_path = CONCAT(@Path, SUBSTRING(pool_path, @Skip, 200))
        WHERE order_id IN (SELECT o.id FROM orders o WHERE o.center_id = @CenterId AND o.due_at IS NOT NULL) AND pool_path >= @From AND pool_path < @To
        """);

    private static readonly Sql<PathChange> MoveModes = new(
        "UPDATE mode_activations SET path = CONCAT(@Path, SUBSTRING(path, @Skip, 200)) WHERE center_id = @CenterId AND path >= @From AND path < @To");

    private static readonly Sql<PathChange> MoveHours = new(
        "UPDATE hours_entries SET path = CONCAT(@Path, SUBSTRING(path, @Skip, 200)) WHERE center_id = @CenterId AND path >= @From AND path < @To");

    private static readonly Sql<PathChange> MoveApprovals = new(
        "UPDATE hours_approvals SET path = CONCAT(@Path, SUBSTRING(path, @Skip, 200)) WHERE center_id = @CenterId AND path >= @From AND path < @To");

    internal static readonly IReadOnlyList<Sql> Rewrites =
    [
        MoveSites, MoveVolunteers, MoveResidents, MoveTeams, MoveMeetings, MoveWishes, MoveOrderHomes,
        MoveOrderOwners, MoveRounds, MoveModes, MoveHours, MoveApprovals,
    ];

    private static readonly Sql<NameUnder, IdRow> FindNamed = new(
        "SELECT id FROM sites WHERE parent_id = @ParentId AND name_sort = @NameSort AND closed_at IS NULL ORDER BY id");

    /// <summary>Whether an open site of this name stands under that one.</summary>
    public async Task<bool> IsNamedAsync(IRows rows, Id parentId, string name) => await rows.FirstAsync(FindNamed, new NameUnder(parentId, Folded.Of(name))) is not null;

    public Task InsertAsync(Transaction tx, Site site) => tx.ExecuteAsync(Insert, new NewRow(
        site.Id, site.Kind.ToString(), site.ParentId, site.CenterId, site.Path, site.Name, Folded.Of(site.Name), site.Lat, site.Lng, site.AccuracyM,
        site.RadiusM, site.TimeZone, site.ResponsibleName, site.ResponsiblePhoneSealed, site.CreatedAt));

    /// <summary>Keeps a site where it stands and open until the transaction ends; false when it has moved or closed since it was read.</summary>
    public async Task<bool> HoldAsync(Transaction tx, Site site) => await tx.ExecuteAsync(Hold, new Standing(site.Id, site.Path)) == 1;

    /// <summary>False when somebody else changed it meanwhile.</summary>
    public async Task<bool> UpdateAsync(Transaction tx, Site site) => await tx.ExecuteAsync(Update, new ChangedRow(
        site.Id, site.Version, site.Name, Folded.Of(site.Name), site.Lat, site.Lng, site.AccuracyM, site.RadiusM, site.ResponsibleName,
        site.ResponsiblePhoneSealed)) == 1;

    /// <summary>Hangs a site, with all that stands and belongs below it, under another; false when somebody else changed it meanwhile.</summary>
    public async Task<bool> MoveAsync(Transaction tx, Site site, Site parent)
    {
        if (await tx.ExecuteAsync(Move, new MovedRow(site.Id, site.Version, parent.Id)) == 0)
        {
            return false;
        }

        var below = Reach.Of(site.Path);
        var change = new PathChange(site.CenterId, below.From, below.To, PathUnder(parent, site.Id), site.Path.Length + 1);
        foreach (var rewrite in Rewrites.Cast<Sql<PathChange>>())
        {
            await tx.ExecuteAsync(rewrite, change);
        }

        return true;
    }

    /// <summary>What keeps a site from closing; null when nothing does.</summary>
    public static async Task<Refusal?> StillOpenAsync(IRows rows, Id siteId)
    {
        var open = (await rows.FirstAsync(OpenBelow, new ById(siteId)))!;
        return open switch
        {
            { Sites: > 0 } => Refusals.SiteHasOpenSites,
            { Wishes: > 0 } or { Orders: > 0 } => Refusals.SiteHasOpenWork,
            _ => null,
        };
    }

    public static async Task<bool> CloseAsync(Transaction tx, Id siteId, int version, DateTimeOffset now) =>
        await tx.ExecuteAsync(Close, new ClosedRow(siteId, version, now)) == 1;

    public static string PathUnder(Site? parent, Id id) => $"{parent?.Path ?? "/"}{id}/";

    private sealed record NewRow(
        Id Id, string Kind, Id? ParentId, Id CenterId, string Path, string Name, string NameSort, double Lat, double Lng, double AccuracyM, int RadiusM,
        string? TimeZone, string? ResponsibleName, string? ResponsiblePhoneSealed, DateTimeOffset CreatedAt);

    private sealed record ChangedRow(
        Id Id, int Version, string Name, string NameSort, double Lat, double Lng, double AccuracyM, int RadiusM, string? ResponsibleName,
        string? ResponsiblePhoneSealed);

    private sealed record NameUnder(Id ParentId, string NameSort);

    private sealed record IdRow
    {
        public Id Id { get; init; }
    }

    private sealed record Standing(Id Id, string Path);

    private sealed record MovedRow(Id Id, int Version, Id ParentId);

    private sealed record ClosedRow(Id Id, int Version, DateTimeOffset Now);

    private sealed record PathChange(Id CenterId, string From, string To, string Path, int Skip);

    private sealed record OpenRow
    {
        public int Sites { get; init; }

        public int Wishes { get; init; }

        public int Orders { get; init; }
    }
}
