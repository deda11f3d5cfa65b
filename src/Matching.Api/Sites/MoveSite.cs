using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Volunteers;
using Matching.Sites;

namespace Matching.Api.Sites;

public sealed record MoveSiteRequest(Id SiteId, Id ParentId, string Reason);

public sealed class MoveSiteValidator : AbstractValidator<MoveSiteRequest>
{
    public MoveSiteValidator() => RuleFor(r => r.Reason).NotEmpty().MaximumLength(400);
}

/// <summary>Hangs a site under another of the same center; people, teams, wishes and orders below it go with it.</summary>
public sealed class MoveSite(SiteStore sites, VolunteerStore volunteers, PolicyStore policies, Database database, Timeline timeline, Caller caller, Vault vault)
    : Endpoint<MoveSiteRequest, SiteResponse>
{
    public override void Configure()
    {
        Post("/sites/{siteId}/move");
        Allow(Role.SiteAdmin, Role.CenterAdmin, Role.PlatformAdmin);
        EditsWithIfMatch();
        Refuses(Refusals.SiteUnknown, Refusals.SiteClosed, Refusals.SiteCircle, Refusals.SiteOtherCenter, Refusals.SiteParentWrong);
    }

    protected override Task<Outcome<SiteResponse>> RunAsync(MoveSiteRequest request, CancellationToken ct)
    {
        var version = IfMatch;
        return database.WriteAsync(
            async tx =>
            {
                if (await sites.FindAsync(tx, request.SiteId) is not { } site || !caller.Reach.Covers(site.Path))
                {
                    return Refusals.SiteUnknown;
                }

                if (await sites.FindAsync(tx, request.ParentId) is not { } parent || !caller.Reach.Covers(parent.Path))
                {
                    return Refusals.SiteUnknown.At("parentId");
                }

                if (SiteRules.CheckMove(site.Kind, site.CenterId, site.Path, parent.Kind, parent.CenterId, parent.Path) is { } wrong)
                {
                    return wrong.At("parentId");
                }

                if (!await sites.HoldAsync(tx, parent))
                {
                    return Refusals.SiteClosed.At("parentId");
                }

                if (!await sites.MoveAsync(tx, site with { Version = version }, parent))
                {
                    return Refusals.ChangedMeanwhile;
                }

                var moved = site with { Version = version + 1, ParentId = parent.Id, Path = SiteStore.PathUnder(parent, site.Id) };
                await volunteers.TouchBelowAsync(tx, moved.CenterId, Reach.Of(moved.Path));
                await timeline.AddAsync(tx, site.Id, "Open", "Open", nameof(MoveSite), caller, request.Reason);
                tx.AfterCommit(() => policies.Forget(moved.CenterId));
                return (Outcome<SiteResponse>)SiteResponse.Of(moved, caller, vault);
            },
            ct);
    }
}
