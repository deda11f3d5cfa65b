using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Partners;

namespace Matching.Api.Partners;

public sealed record ShowMyPartnerRequest;

/// <summary>A partner looks at itself: what was agreed on, and until when its keys work.</summary>
public sealed class ShowMyPartner(PartnerStore partners, Database database, Caller caller) : Endpoint<ShowMyPartnerRequest, PartnerResponse>
{
    public override void Configure()
    {
        Get("/partner");
        AllowPartners(PartnerScope.WishesRead);
    }

    protected override async Task<Outcome<PartnerResponse>> RunAsync(ShowMyPartnerRequest request, CancellationToken ct) =>
        await partners.ShowAsync(database, (await partners.FindAsync(database, caller.Partner!.Id))!);
}
