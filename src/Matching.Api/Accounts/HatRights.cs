using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;
using Matching.Sites;

namespace Matching.Api.Accounts;

/// <summary>Asks the rule of giving hats about a site that is named by its id.</summary>
public static class HatRights
{
    /// <summary>Null when the caller may give the role there. A site out of reach is unknown.</summary>
    public static async Task<Refusal?> RefusalAsync(IRows rows, SiteStore sites, Caller caller, Role role, Id? siteId)
    {
        if (siteId is not { } id)
        {
            return HatGrants.Check(caller.Role!.Value, caller.Reach, role, null);
        }

        if (await sites.FindAsync(rows, id) is not { } site || !caller.Reach.Covers(site.Path))
        {
            return Refusals.SiteUnknown;
        }

        if (!site.IsOpen)
        {
            return Refusals.SiteClosed;
        }

        return HatGrants.Check(caller.Role!.Value, caller.Reach, role, (site.Kind, site.Path));
    }

    /// <summary>Whether the caller may see the hat at all: it is held within reach. A hat at no site is for the platform to see.</summary>
    public static bool MaySee(Caller caller, HatAtSite hat) =>
        hat.SitePath is { } path ? caller.Reach.Covers(path) : caller.Reach == Reach.Everything;
}
