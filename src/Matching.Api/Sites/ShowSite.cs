using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Sites;

public sealed record ShowSiteRequest(Id SiteId);

/// <summary>One site.</summary>
public sealed class ShowSite(SiteStore sites, Caller caller, Vault vault) : Endpoint<ShowSiteRequest, SiteResponse>
{
    public override void Configure()
    {
        Get("/sites/{siteId}");
        AllowAnyone();
        Refuses(Refusals.SiteUnknown);
    }

    protected override async Task<Outcome<SiteResponse>> RunAsync(ShowSiteRequest request, CancellationToken ct)
    {
        if (await sites.FindAsync(request.SiteId) is not { } site)
        {
            return Refusals.SiteUnknown;
        }

        return SiteResponse.Of(site, caller, vault);
    }
}
