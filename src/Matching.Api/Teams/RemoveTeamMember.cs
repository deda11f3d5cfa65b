using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Teams;

public sealed record RemoveTeamMemberRequest(Id TeamId, Id VolunteerId);

/// <summary>A member leaves a team. The captain stays until another is named.</summary>
public sealed class RemoveTeamMember(TeamStore teams, Database database, Caller caller) : Endpoint<RemoveTeamMemberRequest, TeamResponse>
{
    public override void Configure()
    {
        Delete("/teams/{teamId}/members/{volunteerId}");
        Allow(Role.Captain, Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.TeamUnknown, Refusals.TeamMemberNot, Refusals.TeamCaptainStays);
    }

    protected override Task<Outcome<TeamResponse>> RunAsync(RemoveTeamMemberRequest request, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            if (await teams.FindForAsync(tx, caller, request.TeamId) is not { } team)
            {
                return Refusals.TeamUnknown;
            }

            if (team.CaptainId == request.VolunteerId)
            {
                return Refusals.TeamCaptainStays;
            }

            if (!await teams.PartAsync(tx, team.Id, request.VolunteerId))
            {
                return Refusals.TeamMemberNot;
            }

            return (Outcome<TeamResponse>)TeamResponse.Of((await teams.FindAsync(tx, team.Id))!, await teams.MembersAsync(tx, team.Id));
        },
        ct);
}
