using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Identity;
using Matching.Sites;

namespace Matching.Api.Sites;

/// <summary>The site that staff ask about: the one they name, if they reach it, or their own.</summary>
[Shared]
public sealed class SiteAccess(SiteStore sites)
{
    /// <summary>A site outside the caller's reach is as unknown as one that does not exist.</summary>
    public async Task<Outcome<Site>> WithinReachAsync(Caller caller, Id? siteId)
    {
        var id = siteId ?? caller.SiteId;
        return await sites.FindAsync(id) is { } site && caller.Reach.Covers(site.Path) ? site : Refusals.SiteUnknown.At("siteId");
    }

    public static Reach ReachOf(Site site) => Reach.Of(site.Path);
}
