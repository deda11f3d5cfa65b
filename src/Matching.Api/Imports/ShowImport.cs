using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Imports;

public sealed record ShowImportRequest(Id ImportId);

/// <summary>How far an import is.</summary>
public sealed class ShowImport(ImportStore imports, Caller caller) : Endpoint<ShowImportRequest, ImportResponse>
{
    public override void Configure()
    {
        Get("/imports/{importId}");
        Allow(Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.ImportUnknown);
    }

    protected override async Task<Outcome<ImportResponse>> RunAsync(ShowImportRequest request, CancellationToken ct) =>
        await imports.FindAsync(request.ImportId) is { } import && caller.Reach.Covers(import.Path) ? ImportResponse.Of(import) : Refusals.ImportUnknown;
}
