using FluentValidation;
using Matching.Accounts;
using Matching.Api.Accounts;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Volunteers;
using Matching.Volunteers;

namespace Matching.Api.Teams;

/// <summary>What is left out stays as it is.</summary>
/// <param name="CaptainId">A member; gets the captain's hat, and the one before loses it.</param>
public sealed record ChangeTeamRequest(Id TeamId, string? Name = null, TeamCategory? Category = null, bool? Emergency = null, Id? CaptainId = null);

public sealed class ChangeTeamValidator : AbstractValidator<ChangeTeamRequest>
{
    public ChangeTeamValidator() => RuleFor(r => r.Name).NotEmpty().MaximumLength(60).When(r => r.Name is not null);
}

/// <summary>Changes a team's name, category or captain.</summary>
public sealed class ChangeTeam(TeamStore teams, VolunteerStore volunteers, HatStore hats, Database database, Timeline timeline, Caller caller)
    : Endpoint<ChangeTeamRequest, TeamResponse>
{
    public override void Configure()
    {
        Patch("/teams/{teamId}");
        Allow(Role.SiteAdmin, Role.CenterAdmin);
        EditsWithIfMatch();
        Refuses(Refusals.TeamUnknown, Refusals.TeamDissolved, Refusals.TeamMemberNot);
    }

    protected override Task<Outcome<TeamResponse>> RunAsync(ChangeTeamRequest request, CancellationToken ct)
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

                var members = await teams.MembersAsync(tx, team.Id);
                if (request.CaptainId is { } chosen && members.All(member => member.VolunteerId != chosen))
                {
                    return Refusals.TeamMemberNot.At("captainId");
                }

                var changed = team with
                {
                    Version = version,
                    Name = request.Name?.Trim() ?? team.Name,
                    Category = request.Category ?? team.Category,
                    Emergency = request.Emergency ?? team.Emergency,
                    CaptainId = request.CaptainId ?? team.CaptainId,
                };
                if (!await teams.UpdateAsync(tx, changed))
                {
                    return Refusals.ChangedMeanwhile;
                }

                if (changed.CaptainId is { } captainId && captainId != team.CaptainId)
                {
                    await HandOverAsync(tx, team.Id, captainId);
                }

                return (Outcome<TeamResponse>)TeamResponse.Of(changed with { Version = version + 1 }, members);
            },
            ct);
    }

    private async Task HandOverAsync(Transaction tx, Id teamId, Id captainId)
    {
        await hats.RevokeHatsOfSubjectAsync(tx, teamId, caller.AccountId);
        if ((await volunteers.FindAsync(tx, captainId))?.AccountId is { } accountId)
        {
            await hats.GrantHatAsync(tx, accountId, Role.Captain, subjectId: teamId, grantedBy: caller.AccountId);
        }

        await timeline.AddAsync(tx, teamId, "Formed", "Formed", nameof(ChangeTeam), caller);
    }
}
