using Matching.Api.Plumbing.Http;
using Matching.Volunteers;

namespace Matching.Api.Teams;

/// <summary>A team and who is in it.</summary>
/// <param name="Emergency">Asked first in an emergency.</param>
public sealed record TeamResponse(
    Id Id, int Version, Id CenterId, Id SiteId, string Name, TeamCategory Category, Id? CaptainId, bool Emergency, IReadOnlyList<TeamMember> Members,
    DateTimeOffset? DissolvedAt) : IVersioned
{
    public static TeamResponse Of(Team it, IReadOnlyList<TeamMember> members) =>
        new(it.Id, it.Version, it.CenterId, it.SiteId, it.Name, it.Category, it.CaptainId, it.Emergency, members, it.DissolvedAt);
}

/// <summary>A team in a list.</summary>
public sealed record TeamLine(Id Id, Id SiteId, string Name, TeamCategory Category, Id? CaptainId, bool Emergency)
{
    public static TeamLine Of(Team it) => new(it.Id, it.SiteId, it.Name, it.Category, it.CaptainId, it.Emergency);
}
