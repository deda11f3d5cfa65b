using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Volunteers;
using Matching.Volunteers;

namespace Matching.Api.Teams;

public sealed record AddTeamMemberRequest(Id TeamId, Id VolunteerId);

/// <summary>A volunteer of the center joins a team.</summary>
public sealed class AddTeamMember(TeamStore teams, VolunteerStore volunteers, Database database, Caller caller, TimeProvider clock)
    : Endpoint<AddTeamMemberRequest, TeamResponse>
{
    public override void Configure()
    {
        Post("/teams/{teamId}/members");
        Allow(Role.Captain, Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.TeamUnknown, Refusals.TeamDissolved, Refusals.VolunteerUnknown, Refusals.VolunteerHasLeft, Refusals.TeamMemberAlready);
    }

    protected override async Task<Outcome<TeamResponse>> RunAsync(AddTeamMemberRequest request, CancellationToken ct)
    {
        try
        {
            return await database.WriteAsync(
                async tx =>
                {
                    if (await teams.FindForAsync(tx, caller, request.TeamId) is not { } team)
                    {
                        return Refusals.TeamUnknown;
                    }

                    if (await volunteers.FindAsync(tx, request.VolunteerId) is not { } volunteer || volunteer.CenterId != team.CenterId)
                    {
                        return Refusals.VolunteerUnknown;
                    }

                    if (volunteer.Status == VolunteerStatus.Left)
                    {
                        return Refusals.VolunteerHasLeft;
                    }

                    if (!await teams.JoinAsync(tx, team.Id, volunteer.Id, clock.GetUtcNow()))
                    {
                        return Refusals.TeamDissolved;
                    }

                    return (Outcome<TeamResponse>)TeamResponse.Of((await teams.FindAsync(tx, team.Id))!, await teams.MembersAsync(tx, team.Id));
                },
                ct);
        }
        catch (SomebodyWasFirstException)
        {
            return Refusals.TeamMemberAlready;
        }
    }
}
