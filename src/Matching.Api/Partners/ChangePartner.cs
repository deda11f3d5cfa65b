using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;
using Matching.Partners;

namespace Matching.Api.Partners;

/// <summary>What is left out stays as it is.</summary>
/// <param name="SiteIds">Sites of the center that it belongs to, in place of those before.</param>
/// <param name="Scopes">In place of those before.</param>
/// <param name="RequestsAMinute">How often it may ask.</param>
public sealed record ChangePartnerRequest(Id PartnerId, IReadOnlyList<Id>? SiteIds = null, IReadOnlyList<PartnerScope>? Scopes = null, int? RequestsAMinute = null);

public sealed class ChangePartnerValidator : AbstractValidator<ChangePartnerRequest>
{
    public ChangePartnerValidator()
    {
        RuleFor(r => r.SiteIds).Sites();
        RuleFor(r => r.Scopes).Scopes();
        RuleFor(r => r.RequestsAMinute).InclusiveBetween(1, PartnerTerms.MostRequestsAMinute);
    }
}

/// <summary>Changes what a partner may do, where and how often, from its next request on.</summary>
public sealed class ChangePartner(PartnerStore partners, SiteStore sites, Timeline timeline, Database database, Caller caller)
    : Endpoint<ChangePartnerRequest, PartnerResponse>
{
    public override void Configure()
    {
        Patch("/partners/{partnerId}");
        Allow(Role.CenterAdmin, Role.PlatformAdmin);
        EditsWithIfMatch();
        Refuses(Refusals.PartnerUnknown, Refusals.SiteUnknown, Refusals.PartnerSitesOfOneCenter);
    }

    protected override Task<Outcome<PartnerResponse>> RunAsync(ChangePartnerRequest request, CancellationToken ct)
    {
        var version = IfMatch;
        return database.WriteAsync<Outcome<PartnerResponse>>(
            async tx =>
            {
                if (await partners.FindAsync(tx, caller, request.PartnerId) is not { EndedAt: null } partner)
                {
                    return Refusals.PartnerUnknown;
                }

                if (request.SiteIds is { } siteIds)
                {
                    var center = await PartnerTerms.CenterOfAsync(tx, sites, caller, siteIds);
                    if (center.Refusal is { } refusal)
                    {
                        return refusal;
                    }

                    if (center.Value != partner.CenterId)
                    {
                        return Refusals.PartnerSitesOfOneCenter.At("siteIds");
                    }
                }

                var changed = partner with
                {
                    Scopes = request.Scopes is { } scopes ? PartnerScopes.Write(scopes) : partner.Scopes,
                    RequestsAMinute = request.RequestsAMinute ?? partner.RequestsAMinute,
                };
                if (!await partners.UpdateAsync(tx, changed, version, request.SiteIds))
                {
                    return Refusals.ChangedMeanwhile;
                }

                await timeline.AddAsync(tx, partner.Id, "Active", "Active", nameof(ChangePartner), caller);
                return await partners.ShowAsync(tx, changed with { Version = version + 1 });
            },
            ct);
    }
}
