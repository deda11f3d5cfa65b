using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Teams;

public sealed record ShowTeamRequest(Id TeamId);

/// <summary>One team with its members, to staff and to its captain.</summary>
public sealed class ShowTeam(TeamStore teams, Database database, Caller caller) : Endpoint<ShowTeamRequest, TeamResponse>
{
    public override void Configure()
    {
        Get("/teams/{teamId}");
        Allow(Role.Captain, Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin, Role.PlatformAdmin);
        Refuses(Refusals.TeamUnknown);
    }

    protected override Task<Outcome<TeamResponse>> RunAsync(ShowTeamRequest request, CancellationToken ct) => database.ReadAsync(
        async rows => await teams.FindForAsync(rows, caller, request.TeamId) is { } team
            ? TeamResponse.Of(team, await teams.MembersAsync(rows, team.Id))
            : (Outcome<TeamResponse>)Refusals.TeamUnknown,
        ct);
}
