using Matching.Sites;

namespace Matching.Accounts;

/// <summary>
/// Who gives which role, and where. Nobody gives a role above the own one or outside the own reach. The hats that speak for somebody (resident, volunteer,
/// captain) are not given by hand: they come with the resident, the volunteer, the team. Who may give a hat may take it back.
/// </summary>
public static class HatGrants
{
    private static readonly Role[] AtSites = [Role.Proxy, Role.Curator, Role.Dispatcher, Role.SiteAdmin];

    private static readonly Dictionary<Role, Role[]> Gives = new()
    {
        [Role.SiteAdmin] = AtSites,
        [Role.CenterAdmin] = [.. AtSites, Role.CenterAdmin],
        [Role.PlatformAdmin] = [.. AtSites, Role.CenterAdmin, Role.PlatformAdmin],
    };

    // Bases and points are venues: nobody works the loop from there.
    private static readonly Dictionary<Role, SiteKind[]> HeldAt = new()
    {
        [Role.Proxy] = [SiteKind.Center, SiteKind.Institute, SiteKind.Station],
        [Role.Curator] = [SiteKind.Center, SiteKind.Institute, SiteKind.Station],
        [Role.Dispatcher] = [SiteKind.Center, SiteKind.Institute, SiteKind.Station],
        [Role.SiteAdmin] = [SiteKind.Center, SiteKind.Institute, SiteKind.Station],
        [Role.CenterAdmin] = [SiteKind.Center],
        [Role.PlatformAdmin] = [],
    };

    /// <summary>
    /// Null when an administrator may let the wearer of these hats set a new password, since that opens all of them: every hat that is given by hand must be
    /// one that the administrator may give. An account with no such hat within reach looks like none.
    /// </summary>
    public static Refusal? CheckReset(Role giver, Reach reach, IReadOnlyCollection<(Role Role, (SiteKind Kind, string Path)? Site)> hats)
    {
        var given = hats.Where(hat => HeldAt.ContainsKey(hat.Role)).ToList();
        if (!given.Exists(hat => hat.Site is { } site ? reach.Covers(site.Path) : reach == Reach.Everything))
        {
            return Refusals.AccountUnknown;
        }

        return given.TrueForAll(hat => Check(giver, reach, hat.Role, hat.Site) is null) ? null : Refusals.ResetNotYours;
    }

    /// <summary>Null when the giver may give the role at the site (null: at none).</summary>
    public static Refusal? Check(Role giver, Reach reach, Role role, (SiteKind Kind, string Path)? site)
    {
        if (!Gives.TryGetValue(giver, out var given) || !given.Contains(role) || (site is { } at && !reach.Covers(at.Path)))
        {
            return Refusals.HatNotYoursToGrant;
        }

        var fits = site is { } held ? HeldAt[role].Contains(held.Kind) : HeldAt[role].Length == 0;
        return fits ? null : Refusals.HatSiteWrong.At("siteId");
    }
}
