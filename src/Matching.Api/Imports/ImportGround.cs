using Matching.Api.Catalog;
using Matching.Api.Sites;
using Matching.Policies;

namespace Matching.Api.Imports;

/// <summary>What rows refer to: the sites within reach, the skills of the center, its policy, its today.</summary>
public sealed record ImportGround(
    IReadOnlyDictionary<string, Site> SitesById, ILookup<string, Site> SitesByName, IReadOnlyDictionary<string, Id> Skills, Policy Policy, DateOnly Today)
{
    private const int SitesAPage = 1_000;

    public static async Task<ImportGround> ReadAsync(Import import, SiteStore sites, CatalogStore catalog, PolicyStore policies, DateTimeOffset now)
    {
        var all = new List<Site>();
        var reach = Matching.Sites.Reach.Of(import.Path);
        while (await sites.ListAsync(reach, null, closed: false, all.Count == 0 ? "" : all[^1].Path, SitesAPage) is { Count: > 0 } page)
        {
            all.AddRange(page);
        }

        var policy = await policies.CurrentAsync(import.CenterId);
        return new ImportGround(
            all.ToDictionary(site => site.Id.ToString()),
            all.ToLookup(site => Folded.Of(site.Name)),
            (await catalog.SkillsAsync(import.CenterId)).Where(skill => skill.RetiredAt is null).GroupBy(skill => skill.Code)
                .ToDictionary(group => group.Key, group => group.OrderBy(skill => skill.CenterId is null).First().Id, StringComparer.OrdinalIgnoreCase),
            policy,
            LocalTime.DayOf(now, policy.TimeZone));
    }

    /// <summary>The home site by id or name; a base or point stands for the site above it.</summary>
    public Outcome<Site> Home(string typed)
    {
        var found = SitesById.TryGetValue(typed, out var byId) ? [byId] : SitesByName[Folded.Of(typed)].ToList();
        if (found.Count > 1)
        {
            return Refusals.ImportSiteAmbiguous;
        }

        var site = found.FirstOrDefault();
        while (site is { OwnsOrders: false, ParentId: { } parent })
        {
            site = SitesById.GetValueOrDefault(parent.ToString());
        }

        return site is null ? Refusals.SiteUnknown : site;
    }
}
