using Matching.Api.Plumbing;
using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Offers;

/// <summary>Whose an offer is, and for whom the one who answers it may answer.</summary>
[Shared]
public sealed class OfferAccess
{
    private static readonly Sql<ById, MemberRow> Members = new("SELECT volunteer_id FROM team_members WHERE team_id = @Id");

    public bool IsFor(OfferRow offer, Caller caller) => caller.Role switch
    {
        Role.Volunteer => offer.VolunteerId == caller.SubjectId,
        Role.Captain => offer.TeamId == caller.SubjectId,
        _ => false,
    };

    /// <summary>The volunteer herself; for a team the members whom the captain names.</summary>
    public async Task<Outcome<IReadOnlyList<Id>>> WhoGoesAsync(IRows rows, OfferRow offer, Caller caller, IReadOnlyList<Id>? named)
    {
        if (offer.TeamId is not { } teamId)
        {
            return named is null || (named.Count == 1 && named[0] == caller.SubjectId) ? new[] { caller.SubjectId } : Refusals.TeamMemberNot.At("volunteerIds");
        }

        if (named is null or { Count: 0 })
        {
            return Refusals.TeamMembersNeeded.At("volunteerIds");
        }

        var members = (await rows.ListAsync(Members, new ById(teamId))).Select(member => member.VolunteerId).ToHashSet();
        for (var i = 0; i < named.Count; i++)
        {
            if (!members.Contains(named[i]))
            {
                return Refusals.TeamMemberNot.At($"volunteerIds[{i}]");
            }
        }

        return named.ToArray();
    }

    private sealed record MemberRow
    {
        public Id VolunteerId { get; init; }
    }
}
