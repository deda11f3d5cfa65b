using Matching.Accounts;
using Matching.Api.Catalog;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;
using Matching.Sites;

namespace Matching.Api.Figures;

/// <param name="SiteId">Of this site and all below it; left out: of my own site.</param>
public sealed record ReadMapRequest(Id? SiteId = null);

/// <summary>Demand and supply on the ground, in WGS-84.</summary>
/// <param name="At">When it was counted.</param>
/// <param name="CircleM">The radius of the 15-minute circle, in metres.</param>
/// <param name="Squares">Where orders wait, blurred to squares of about half a kilometre.</param>
/// <param name="Skills">By skill, those with the fewest volunteers for an order first.</param>
public sealed record MapResponse(
    Id SiteId, DateTimeOffset At, double CircleM, IReadOnlyList<SiteOnMap> Sites, IReadOnlyList<SquareOnMap> Squares, IReadOnlyList<SkillOnMap> Skills);

/// <summary>A site with what waits and who is there.</summary>
/// <param name="Waiting">Orders from here that look for somebody.</param>
/// <param name="OldestAt">When the oldest of them was made.</param>
/// <param name="Volunteers">Active volunteers of this very site.</param>
public sealed record SiteOnMap(Id Id, SiteKind Kind, Id? ParentId, string Name, double Lat, double Lng, int Waiting, DateTimeOffset? OldestAt, int Volunteers);

/// <summary>A square in which orders wait.</summary>
/// <param name="Lat">Its middle.</param>
/// <param name="Lng">Its middle.</param>
public sealed record SquareOnMap(double Lat, double Lng, int Waiting, DateTimeOffset OldestAt);

/// <summary>A skill that waiting orders ask for.</summary>
/// <param name="Volunteers">Active volunteers who hold it, or a narrower one.</param>
public sealed record SkillOnMap(Id SkillId, string NameZh, string NameEn, int Waiting, int Volunteers);

/// <summary>Where orders wait and where volunteers are: by site, by square, by skill.</summary>
public sealed class ReadMap(MapStore map, SiteStore sites, PolicyStore policies, CatalogStore catalog, SiteAccess access, Caller caller, TimeProvider clock)
    : Endpoint<ReadMapRequest, MapResponse>
{
    // As many as a province's center has, several times over.
    private const int Most = 5_000;

    public override void Configure()
    {
        Get("/figures/map");
        Allow(Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin, Role.PlatformAdmin);
        Refuses(Refusals.SiteUnknown);
    }

    protected override async Task<Outcome<MapResponse>> RunAsync(ReadMapRequest request, CancellationToken ct)
    {
        var found = await access.WithinReachAsync(caller, request.SiteId);
        if (found.Refusal is { } unknown)
        {
            return unknown;
        }

        var site = found.Value;
        var waiting = (await map.WaitingAsync(site)).ToDictionary(row => row.Path);
        var there = (await map.VolunteersAsync(site)).ToDictionary(row => row.Path);
        var all = (await sites.ListAsync(Reach.Of(site.Path), null, closed: false, after: "", Most)).Select(one => new SiteOnMap(
            one.Id, one.Kind, one.ParentId, one.Name, one.Place.Lat, one.Place.Lng,
            waiting.GetValueOrDefault(one.Path)?.Number ?? 0, waiting.GetValueOrDefault(one.Path)?.Oldest, there.GetValueOrDefault(one.Path)?.Number ?? 0));
        var squares = (await map.SquaresAsync(site)).Select(square => new SquareOnMap(
            (square.North + 0.5) / MapStore.SquaresADegree, (square.East + 0.5) / MapStore.SquaresADegree, square.Number, square.Oldest!.Value));
        var policy = await policies.EffectiveAsync(site.CenterId, site.Path, clock.GetUtcNow());
        return new MapResponse(site.Id, clock.GetUtcNow(), policy.CircleM, [.. all], [.. squares], await SkillsAsync(site));
    }

    private async Task<IReadOnlyList<SkillOnMap>> SkillsAsync(Site site)
    {
        var all = await catalog.SkillsAsync(site.CenterId);
        var below = all.Where(skill => skill.ParentId is not null).ToLookup(skill => skill.ParentId!.Value, skill => skill.Id);
        var names = all.ToDictionary(skill => skill.Id);
        var found = new List<SkillOnMap>();
        foreach (var wanted in (await map.WantedAsync(site)).Where(wanted => names.ContainsKey(wanted.SkillId)))
        {
            var name = names[wanted.SkillId];
            found.Add(new SkillOnMap(wanted.SkillId, name.NameZh, name.NameEn, wanted.Number, await map.HoldersAsync(site, Narrower(wanted.SkillId))));
        }

        return [.. found
            .OrderBy(skill => (double)skill.Volunteers / skill.Waiting).ThenByDescending(skill => skill.Waiting).ThenBy(skill => skill.NameEn, StringComparer.Ordinal)];

        IEnumerable<Id> Narrower(Id skill) => below[skill].SelectMany(Narrower).Prepend(skill);
    }
}
