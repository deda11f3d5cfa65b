using Matching.Partners;
using Matching.Sites;

namespace Matching.Api.Plumbing.Identity;

/// <summary>What a partner may do, where, and how often.</summary>
/// <param name="Id">The partner.</param>
/// <param name="KeyId">The key it came with.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="Sites">Where it may hand in wishes.</param>
/// <param name="RequestsAMinute">How often it may ask, over all processes.</param>
public sealed record PartnerRights(Id Id, Id KeyId, IReadOnlySet<PartnerScope> Scopes, IReadOnlyList<Reach> Sites, int RequestsAMinute)
{
    public bool Reaches(string path) => Sites.Any(site => site.Covers(path));
}
