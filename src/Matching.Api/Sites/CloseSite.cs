using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Sites;

public sealed record CloseSiteRequest(Id SiteId, string Reason);

public sealed class CloseSiteValidator : AbstractValidator<CloseSiteRequest>
{
    public CloseSiteValidator() => RuleFor(r => r.Reason).NotEmpty().MaximumLength(400);
}

/// <summary>Closes a site for good, once nothing below it is open. What it did stays on record.</summary>
public sealed class CloseSite(SiteStore sites, Database database, Timeline timeline, Caller caller, Vault vault, TimeProvider clock)
    : Endpoint<CloseSiteRequest, SiteResponse>
{
    public override void Configure()
    {
        Post("/sites/{siteId}/close");
        Allow(Role.SiteAdmin, Role.CenterAdmin, Role.PlatformAdmin);
        EditsWithIfMatch();
        Refuses(Refusals.SiteUnknown, Refusals.SiteClosed, Refusals.SiteHasOpenSites, Refusals.SiteHasOpenWork);
    }

    protected override Task<Outcome<SiteResponse>> RunAsync(CloseSiteRequest request, CancellationToken ct)
    {
        var version = IfMatch;
        return database.WriteAsync(
            async tx =>
            {
                if (await sites.FindAsync(tx, request.SiteId) is not { } site || !caller.Reach.Covers(site.Path))
                {
                    return Refusals.SiteUnknown;
                }

                if (!site.IsOpen)
                {
                    return Refusals.SiteClosed;
                }

                var now = clock.GetUtcNow();
                if (!await SiteStore.CloseAsync(tx, site.Id, version, now))
                {
                    return Refusals.ChangedMeanwhile;
                }

                // Asked after the row is ours: who adds something below must hold it first, and now finds it closed.
                if (await SiteStore.StillOpenAsync(tx, site.Id) is { } open)
                {
                    return open;
                }

                await timeline.AddAsync(tx, site.Id, "Open", "Closed", nameof(CloseSite), caller, request.Reason);
                return (Outcome<SiteResponse>)SiteResponse.Of(site with { Version = version + 1, ClosedAt = now }, caller, vault);
            },
            ct);
    }
}
