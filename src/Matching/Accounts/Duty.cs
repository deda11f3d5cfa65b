namespace Matching.Accounts;

/// <summary>What somebody at a site answers for.</summary>
public enum Duty
{
    /// <summary>制单: wishes that wait to be taken up.</summary>
    Wishes,

    /// <summary>派单: drafts, orders that look for somebody, orders that are held.</summary>
    Orders,

    /// <summary>争议: what only a center settles.</summary>
    Disputes,
}

/// <summary>A staff role that an account holds at a site.</summary>
public sealed record RoleAtSite
{
    public required Id SiteId { get; init; }

    public required Role Role { get; init; }

    public required Id AccountId { get; init; }
}

/// <summary>Who answers for something, and at which site they do. Empty when nobody does at all.</summary>
public sealed record Answerers(Id SiteId, IReadOnlyList<Id> Accounts)
{
    public static readonly Answerers Nobody = new(Id.None, []);
}

/// <summary>
/// Who is told of what lies with a site, so that nobody is told of other people's work: those whose role it is at that site (curators for wishes, dispatchers
/// for orders); where nobody holds that role, the site's administrators; where there are none either, the same question is asked of the parent site.
/// Disputes are the center's alone.
/// </summary>
public static class Duties
{
    /// <summary>Who answers for a duty at the site with this path, among the staff of that site and of those above it.</summary>
    public static Answerers WhoAnswers(this Duty duty, string path, IEnumerable<RoleAtSite> staff)
    {
        var bySite = staff.ToLookup(hat => hat.SiteId);
        foreach (var site in SitesOf(path).Reverse())
        {
            var theirs = bySite[site].Where(hat => hat.Role == RoleOf(duty)).ToList();
            if (theirs.Count == 0 && duty != Duty.Disputes)
            {
                theirs = [.. bySite[site].Where(hat => hat.Role is Role.SiteAdmin or Role.CenterAdmin)];
            }

            if (theirs.Count > 0)
            {
                return new Answerers(site, [.. theirs.Select(hat => hat.AccountId).Distinct().Order()]);
            }
        }

        return Answerers.Nobody;
    }

    /// <summary>The sites of a path, the center first.</summary>
    public static IEnumerable<Id> SitesOf(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries).Select(Id.ParseOrNone);

    private static Role RoleOf(Duty duty) => duty switch
    {
        Duty.Wishes => Role.Curator,
        Duty.Orders => Role.Dispatcher,
        Duty.Disputes => Role.CenterAdmin,
        _ => throw new ArgumentOutOfRangeException(nameof(duty)),
    };
}
