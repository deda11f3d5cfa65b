using FluentValidation;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;
using Matching.Partners;

namespace Matching.Api.Partners;

/// <summary>What may be agreed on with a partner.</summary>
public static class PartnerTerms
{
    public const int UsualRequestsAMinute = 600;

    public const int MostRequestsAMinute = 60_000;

    /// <summary>Ten years.</summary>
    public const int LongestKeyDays = 3_650;

    public const int LongestReference = 100;

    private const int MostSites = 100;

    public static void Sites<T>(this IRuleBuilder<T, IReadOnlyList<Id>?> rule) => rule
        .Must(sites => sites is null or { Count: >= 1 and <= MostSites }).Refuse(Refusals.FieldOutOfRange);

    public static void Scopes<T>(this IRuleBuilder<T, IReadOnlyList<PartnerScope>?> rule) => rule
        .Must(scopes => scopes is null or { Count: >= 1 }).Refuse(Refusals.FieldOutOfRange);

    /// <summary>The center of these sites, all of which the caller reaches; or why they cannot be a partner's.</summary>
    public static async Task<Outcome<Id>> CenterOfAsync(IRows rows, SiteStore sites, Caller caller, IReadOnlyList<Id> siteIds)
    {
        var center = Id.None;
        foreach (var id in siteIds)
        {
            if (await sites.FindAsync(rows, id) is not { } site || !caller.Reach.Covers(site.Path))
            {
                return Refusals.SiteUnknown.At("siteIds");
            }

            if (!center.IsNone && site.CenterId != center)
            {
                return Refusals.PartnerSitesOfOneCenter.At("siteIds");
            }

            center = site.CenterId;
        }

        return center;
    }
}
