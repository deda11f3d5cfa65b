using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Sites;

namespace Matching.Api.Sites;

public sealed record ShowSiteTreeRequest(Id SiteId);

/// <summary>A site and those below it, closed ones left out.</summary>
public sealed record SiteTreeResponse(SiteResponse Site, IReadOnlyList<SiteTreeResponse> Below);

/// <summary>A site with all open ones below it, as a tree.</summary>
public sealed class ShowSiteTree(SiteStore sites, Caller caller, Vault vault) : Endpoint<ShowSiteTreeRequest, SiteTreeResponse>
{
    // A county has some hundred sites, a province's center a few hundred.
    private const int Most = 5_000;

    public override void Configure()
    {
        Get("/sites/{siteId}/tree");
        AllowAnyone();
        Refuses(Refusals.SiteUnknown);
    }

    protected override async Task<Outcome<SiteTreeResponse>> RunAsync(ShowSiteTreeRequest request, CancellationToken ct)
    {
        if (await sites.FindAsync(request.SiteId) is not { } top)
        {
            return Refusals.SiteUnknown;
        }

        var below = await sites.ListAsync(Reach.Of(top.Path), null, closed: false, after: top.Path, Most);
        return Grow(top, below.ToLookup(site => site.ParentId!.Value));
    }

    private SiteTreeResponse Grow(Site site, ILookup<Id, Site> below) =>
        new(SiteResponse.Of(site, caller, vault), [.. below[site.Id].Select(child => Grow(child, below))]);
}
