using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;
using Matching.Volunteers;

namespace Matching.Api.Teams;

public sealed record CreateTeamRequest(string Name, TeamCategory Category, Id SiteId, bool Emergency = false);

public sealed class CreateTeamValidator : AbstractValidator<CreateTeamRequest>
{
    public CreateTeamValidator() => RuleFor(r => r.Name).NotEmpty().MaximumLength(60);
}

/// <summary>A new team at a site; members and a captain follow.</summary>
public sealed class CreateTeam(TeamStore teams, SiteStore sites, Database database, Timeline timeline, Ids ids, Caller caller)
    : Endpoint<CreateTeamRequest, TeamResponse>
{
    public override void Configure()
    {
        Post("/teams");
        Allow(Role.SiteAdmin, Role.CenterAdmin);
        Creates();
        Refuses(Refusals.SiteUnknown);
    }

    protected override Task<Outcome<TeamResponse>> RunAsync(CreateTeamRequest request, CancellationToken ct)
    {
        var id = ids.Next(IdKind.Team);
        return database.WriteAsync(
            async tx =>
            {
                if (await sites.OwnerOfAsync(tx, request.SiteId) is not { } site || !caller.Reach.Covers(site.Path) || !await sites.HoldAsync(tx, site))
                {
                    return Refusals.SiteUnknown.At("siteId");
                }

                var team = new Team
                {
                    Id = id,
                    Version = 1,
                    CenterId = site.CenterId,
                    SiteId = site.Id,
                    Path = site.Path,
                    Name = request.Name.Trim(),
                    Category = request.Category,
                    Emergency = request.Emergency,
                };
                await teams.InsertAsync(tx, team);
                await timeline.AddAsync(tx, id, null, "Formed", nameof(CreateTeam), caller);
                return (Outcome<TeamResponse>)TeamResponse.Of(team, []);
            },
            ct);
    }
}
