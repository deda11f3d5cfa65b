using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;

namespace Matching.Api.Partners;

/// <param name="CenterId">Whose partners; the caller's own center when nobody says.</param>
public sealed record ListPartnersRequest(Id? CenterId = null, string? Cursor = null, int Take = Page<PartnerResponse>.Usual);

public sealed class ListPartnersValidator : AbstractValidator<ListPartnersRequest>
{
    public ListPartnersValidator() => RuleFor(r => r.Take).InclusiveBetween(1, Page<PartnerResponse>.Most);
}

/// <summary>The partners of a center, the oldest first, also those that have ended.</summary>
public sealed class ListPartners(PartnerStore partners, SiteStore sites, Database database, Caller caller)
    : Endpoint<ListPartnersRequest, Page<PartnerResponse>>
{
    public override void Configure()
    {
        Get("/partners");
        Allow(Role.CenterAdmin, Role.PlatformAdmin);
        Refuses(Refusals.SiteUnknown, Refusals.CursorInvalid);
    }

    protected override async Task<Outcome<Page<PartnerResponse>>> RunAsync(ListPartnersRequest request, CancellationToken ct)
    {
        if (await sites.CenterAsync(request.CenterId ?? caller.CenterId) is not { } center || !caller.Reach.Covers(center.Path))
        {
            return Refusals.SiteUnknown.At("centerId");
        }

        var list = $"partners/{center.Id}";
        var after = Cursor.ReadId(request.Cursor, list);
        if (after.Refusal is { } refusal)
        {
            return refusal;
        }

        var rows = await partners.OfCenterAsync(center.Id, after.Value, request.Take + 1);
        var shown = new Dictionary<Id, PartnerResponse>();
        foreach (var row in rows.Take(request.Take))
        {
            shown[row.Id] = await partners.ShowAsync(database, row);
        }

        return Page<PartnerResponse>.Of(rows, request.Take, row => shown[row.Id], row => Cursor.Make(list, row.Id.ToString()));
    }
}
