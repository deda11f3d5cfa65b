namespace Matching.Sites;

/// <summary>How the tree may grow.</summary>
public static class SiteRules
{
    /// <summary>Only these own orders, and only these have sites below them.</summary>
    public static bool OwnsOrders(this SiteKind kind) => kind is SiteKind.Center or SiteKind.Institute or SiteKind.Station;

    /// <summary>Null when a site of this kind may stand under that one (null: at the root); otherwise why not.</summary>
    public static Refusal? CheckParent(SiteKind kind, SiteKind? parent) => (kind, parent) switch
    {
        (SiteKind.Center, null) => null,
        (SiteKind.Institute, SiteKind.Center) => null,
        (SiteKind.Station, SiteKind.Institute or SiteKind.Center) => null,
        (SiteKind.Base or SiteKind.Point, SiteKind.Center or SiteKind.Institute or SiteKind.Station) => null,
        _ => Refusals.SiteParentWrong,
    };

    /// <summary>
    /// Null when a site may move there; otherwise why not. Paths begin and end with '/'. A center is the tenant, so nothing leaves it.
    /// </summary>
    public static Refusal? CheckMove(SiteKind kind, Id centerId, string path, SiteKind parentKind, Id parentCenterId, string parentPath)
    {
        if (Reach.Of(path).Covers(parentPath))
        {
            return Refusals.SiteCircle;
        }

        return centerId == parentCenterId ? CheckParent(kind, parentKind) : Refusals.SiteOtherCenter;
    }
}
