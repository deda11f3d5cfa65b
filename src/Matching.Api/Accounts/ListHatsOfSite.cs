using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;

namespace Matching.Api.Accounts;

/// <summary>Which page of which site.</summary>
public sealed record ListHatsOfSiteRequest(Id SiteId, string? Cursor = null, int Take = Page<Done>.Usual);

public sealed class ListHatsOfSiteValidator : AbstractValidator<ListHatsOfSiteRequest>
{
    public ListHatsOfSiteValidator() => RuleFor(r => r.Take).InclusiveBetween(1, Page<Done>.Most);
}

/// <summary>Who holds which role at a site.</summary>
/// <param name="Id">The hat.</param>
/// <param name="AccountId">Who wears it.</param>
/// <param name="Role">As what.</param>
/// <param name="Name">Of staff.</param>
/// <param name="Username">Null for those who sign in by phone.</param>
/// <param name="Phone">Masked.</param>
/// <param name="GrantedAt">Since when.</param>
/// <param name="GrantedBy">The account that gave it.</param>
public sealed record StaffHat(Id Id, Id AccountId, Role Role, string? Name, string? Username, string? Phone, DateTimeOffset GrantedAt, Id? GrantedBy);

/// <summary>Who holds a role at this very site, the oldest first.</summary>
public sealed class ListHatsOfSite(HatStore hats, SiteStore sites, Vault vault, Caller caller) : Endpoint<ListHatsOfSiteRequest, Page<StaffHat>>
{
    public override void Configure()
    {
        Get("/sites/{siteId}/hats");
        Allow(Role.SiteAdmin, Role.CenterAdmin, Role.PlatformAdmin);
        Refuses(Refusals.SiteUnknown, Refusals.CursorInvalid);
    }

    protected override async Task<Outcome<Page<StaffHat>>> RunAsync(ListHatsOfSiteRequest request, CancellationToken ct)
    {
        var list = $"sites/{request.SiteId}/hats";
        var after = Cursor.ReadId(request.Cursor, list);
        if (after.Refusal is { } refusal)
        {
            return refusal;
        }

        if (await sites.FindAsync(request.SiteId) is not { } site || !caller.Reach.Covers(site.Path))
        {
            return Refusals.SiteUnknown;
        }

        var rows = await hats.OfSiteAsync(site.Id, after.Value, request.Take);
        return Page<StaffHat>.Of(
            rows,
            request.Take,
            row => new StaffHat(row.Id, row.AccountId, row.Role, row.Name, row.Username, vault.MaskIfAny(row.PhoneSealed), row.GrantedAt, row.GrantedBy),
            row => Cursor.Make(list, row.Id.ToString()));
    }
}
