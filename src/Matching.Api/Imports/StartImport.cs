using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;
using Matching.Sites;

namespace Matching.Api.Imports;

/// <param name="SiteId">All of it belongs to this site or to sites below it; none: the caller's own. Items of the menu belong to the center.</param>
/// <param name="DryRun">Only look for what is wrong, write nothing.</param>
/// <param name="Kind">What the file brings. Items of the menu are a center admin's.</param>
public sealed record StartImportRequest(Id? SiteId = null, string? FileName = null, bool DryRun = false, ImportKind Kind = ImportKind.Volunteers);

public sealed class StartImportValidator : AbstractValidator<StartImportRequest>
{
    public StartImportValidator() => RuleFor(r => r.FileName).MaximumLength(200);
}

/// <summary>Begins an import of volunteers, sites or items of the menu; the file follows with PUT /imports/{importId}/file.</summary>
public sealed class StartImport(ImportStore imports, SiteStore sites, Database database, Caller caller) : Endpoint<StartImportRequest, ImportResponse>
{
    public override void Configure()
    {
        Post("/imports");
        Allow(Role.SiteAdmin, Role.CenterAdmin);
        Creates();
        Refuses(Refusals.SiteUnknown);
    }

    protected override async Task<Outcome<ImportResponse>> RunAsync(StartImportRequest request, CancellationToken ct)
    {
        if (await sites.FindAsync(request.SiteId ?? caller.SiteId) is not { ClosedAt: null } site || !caller.Reach.Covers(site.Path))
        {
            return Refusals.SiteUnknown.At("siteId");
        }

        if (request.Kind == ImportKind.MenuItems && caller.Role != Role.CenterAdmin)
        {
            return Refusals.RoleNotAllowed;
        }

        if (request.Kind == ImportKind.MenuItems && site.Kind != SiteKind.Center)
        {
            return Refusals.SiteUnknown.At("siteId");
        }

        return await database.WriteAsync(
            async tx =>
            {
                var id = await imports.InsertAsync(tx, request.Kind, site, request.FileName, request.DryRun, caller.AccountId);
                return (Outcome<ImportResponse>)ImportResponse.Of((await imports.FindAsync(tx, id))!);
            },
            ct);
    }
}
