using FluentValidation;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Sites;

namespace Matching.Api.Sites;

/// <param name="Under">A site and all below it; none for the whole tree.</param>
/// <param name="Kind">Only of this kind.</param>
/// <param name="Closed">Also those that are closed.</param>
public sealed record ListSitesRequest(Id? Under = null, SiteKind? Kind = null, bool Closed = false, string? Cursor = null, int Take = Page<Site>.Usual);

public sealed class ListSitesValidator : AbstractValidator<ListSitesRequest>
{
    public ListSitesValidator() => RuleFor(r => r.Take).InclusiveBetween(1, Page<Site>.Most);
}

/// <summary>The sites, who stands above first; all of them or those below one.</summary>
public sealed class ListSites(SiteStore sites, Caller caller, Vault vault) : Endpoint<ListSitesRequest, Page<SiteResponse>>
{
    public override void Configure()
    {
        Get("/sites");
        AllowAnyone();
        Refuses(Refusals.SiteUnknown, Refusals.CursorInvalid);
    }

    protected override async Task<Outcome<Page<SiteResponse>>> RunAsync(ListSitesRequest request, CancellationToken ct)
    {
        var list = $"sites/{request.Under}/{request.Kind}/{request.Closed}";
        if (Cursor.Read(request.Cursor, list, 1) is var after && after.Refused)
        {
            return after.Refusal!;
        }

        var reach = Reach.Everything;
        if (request.Under is { } under)
        {
            if (await sites.FindAsync(under) is not { } top)
            {
                return Refusals.SiteUnknown.At("under");
            }

            reach = Reach.Of(top.Path);
        }

        var rows = await sites.ListAsync(reach, request.Kind, request.Closed, after.Value?[0] ?? "", request.Take + 1);
        return Page<SiteResponse>.Of(rows, request.Take, site => SiteResponse.Of(site, caller, vault), site => Cursor.Make(list, site.Path));
    }
}
