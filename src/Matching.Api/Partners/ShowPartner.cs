using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Partners;

public sealed record ShowPartnerRequest(Id PartnerId);

/// <summary>One partner of a center within reach.</summary>
public sealed class ShowPartner(PartnerStore partners, Database database, Caller caller) : Endpoint<ShowPartnerRequest, PartnerResponse>
{
    public override void Configure()
    {
        Get("/partners/{partnerId}");
        Allow(Role.CenterAdmin, Role.PlatformAdmin);
        Refuses(Refusals.PartnerUnknown);
    }

    protected override async Task<Outcome<PartnerResponse>> RunAsync(ShowPartnerRequest request, CancellationToken ct) =>
        await partners.FindAsync(database, caller, request.PartnerId) is { } partner ? await partners.ShowAsync(database, partner) : Refusals.PartnerUnknown;
}
