using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Sites;

namespace Matching.Api.Tests;

/// <summary>
/// A small world written straight into the rows: a center with two institutes, each with two stations, and hats at any of them. Tests of the deeds that
/// make sites, people and hats use the deeds instead.
/// </summary>
public sealed class World(Service service)
{
    private static readonly Sql<SiteParameters> InsertSite = new(
        """
        INSERT INTO sites (id, version, kind, parent_id, center_id, path, name, name_sort, lat, lng, accuracy_m, radius_m, time_zone, created_at)
        VALUES (@Id, 1, @Kind, @ParentId, @CenterId, @Path, @Name, @Name, @Lat, @Lng, 50, @RadiusM, @TimeZone, @CreatedAt)
        """);

    private static readonly Sql<HatParameters> InsertAccount = new(
        "INSERT INTO accounts (id, version, created_at) VALUES (@AccountId, 1, @GrantedAt)");

    private static readonly Sql<HatParameters> InsertHat = new(
        """
        INSERT INTO hats (id, account_id, role, site_id, subject_id, granted_at)
        VALUES (@Id, @AccountId, @Role, @SiteId, @SubjectId, @GrantedAt)
        """);

    public Place Center { get; private set; } = null!;

    public Place NorthInstitute { get; private set; } = null!;

    public Place SouthInstitute { get; private set; } = null!;

    public Place NorthStation { get; private set; } = null!;

    public Place NorthStation2 { get; private set; } = null!;

    public Place SouthStation { get; private set; } = null!;

    public static async Task<World> CreateAsync(Service service)
    {
        var world = new World(service);
        world.Center = await world.SiteAsync(SiteKind.Center, null, "武陵中心", 29.3457, 110.5504);
        world.NorthInstitute = await world.SiteAsync(SiteKind.Institute, world.Center, "北街道", 29.3600, 110.5500);
        world.SouthInstitute = await world.SiteAsync(SiteKind.Institute, world.Center, "南乡", 29.3000, 110.5100);
        world.NorthStation = await world.SiteAsync(SiteKind.Station, world.NorthInstitute, "北一社区", 29.3610, 110.5510);
        world.NorthStation2 = await world.SiteAsync(SiteKind.Station, world.NorthInstitute, "北二社区", 29.3700, 110.5600);
        world.SouthStation = await world.SiteAsync(SiteKind.Station, world.SouthInstitute, "南一村", 29.3010, 110.5110);
        return world;
    }

    public async Task<Place> SiteAsync(SiteKind kind, Place? parent, string name, double lat, double lng, string timeZone = "Asia/Shanghai")
    {
        var id = service.Ids.Next(IdKind.Site);
        var site = new Place(id, kind, parent?.CenterId ?? id, $"{parent?.Path ?? "/"}{id}/", lat, lng);
        await service.Database.WriteAsync(
            tx => tx.ExecuteAsync(InsertSite, new SiteParameters(
                id, kind.ToString(), parent?.Id, site.CenterId, site.Path, name, lat, lng, 5_000, kind == SiteKind.Center ? timeZone : null, Service.Friday)),
            CancellationToken.None);
        return site;
    }

    /// <summary>A new account with one hat.</summary>
    public async Task<Hat> HatAsync(Role role, Place? site = null, Id? subjectId = null)
    {
        var hat = new Hat(service.Ids.Next(IdKind.Hat), service.Ids.Next(IdKind.Account), role, site?.Id, subjectId);
        await service.Database.WriteAsync(
            async tx =>
            {
                var parameters = new HatParameters(hat.Id, hat.AccountId, role.ToString(), hat.SiteId, subjectId, Service.Friday);
                await tx.ExecuteAsync(InsertAccount, parameters);
                await tx.ExecuteAsync(InsertHat, parameters);
            },
            CancellationToken.None);
        return hat;
    }

    /// <summary>Another hat for somebody who has an account.</summary>
    public async Task<Hat> AlsoAsync(Id accountId, Role role, Place? site = null, Id? subjectId = null)
    {
        var hat = new Hat(service.Ids.Next(IdKind.Hat), accountId, role, site?.Id, subjectId);
        await service.Database.WriteAsync(
            tx => tx.ExecuteAsync(InsertHat, new HatParameters(hat.Id, accountId, role.ToString(), hat.SiteId, subjectId, Service.Friday)),
            CancellationToken.None);
        return hat;
    }

    /// <summary>A site of this world.</summary>
    public sealed record Place(Id Id, SiteKind Kind, Id CenterId, string Path, double Lat, double Lng);

    private sealed record SiteParameters(
        Id Id, string Kind, Id? ParentId, Id CenterId, string Path, string Name, double Lat, double Lng, int RadiusM, string? TimeZone, DateTimeOffset CreatedAt);

    private sealed record HatParameters(Id Id, Id AccountId, string Role, Id? SiteId, Id? SubjectId, DateTimeOffset GrantedAt);
}
