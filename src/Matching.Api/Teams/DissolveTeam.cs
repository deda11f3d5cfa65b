using FluentValidation;
using Matching.Accounts;
using Matching.Api.Accounts;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Teams;

public sealed record DissolveTeamRequest(Id TeamId, string Reason);

public sealed class DissolveTeamValidator : AbstractValidator<DissolveTeamRequest>
{
    public DissolveTeamValidator() => RuleFor(r => r.Reason).NotEmpty().MaximumLength(400);
}

/// <summary>A team is no more: it is not asked again, and its captain loses the hat. What it did stays on record.</summary>
public sealed class DissolveTeam(TeamStore teams, HatStore hats, Database database, Timeline timeline, Caller caller, TimeProvider clock)
    : Endpoint<DissolveTeamRequest, TeamResponse>
{
    public override void Configure()
    {
        Post("/teams/{teamId}/dissolve");
        Allow(Role.SiteAdmin, Role.CenterAdmin);
        EditsWithIfMatch();
        Refuses(Refusals.TeamUnknown, Refusals.TeamDissolved);
    }

    protected override Task<Outcome<TeamResponse>> RunAsync(DissolveTeamRequest request, CancellationToken ct)
    {
        var version = IfMatch;
        return database.WriteAsync(
            async tx =>
            {
                if (await teams.FindForAsync(tx, caller, request.TeamId) is not { } team)
                {
                    return Refusals.TeamUnknown;
                }

                if (team.DissolvedAt is not null)
                {
                    return Refusals.TeamDissolved;
                }

                var dissolved = team with { Version = version, DissolvedAt = clock.GetUtcNow() };
                if (!await teams.UpdateAsync(tx, dissolved))
                {
                    return Refusals.ChangedMeanwhile;
                }

                await hats.RevokeHatsOfSubjectAsync(tx, team.Id, caller.AccountId);
                await timeline.AddAsync(tx, team.Id, "Formed", "Dissolved", nameof(DissolveTeam), caller, request.Reason);
                return (Outcome<TeamResponse>)TeamResponse.Of(dissolved with { Version = version + 1 }, await teams.MembersAsync(tx, team.Id));
            },
            ct);
    }
}
