using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Imports;

public sealed record TakeImportFileRequest(Id ImportId);

/// <summary>
/// The file of an import, as CSV of any length. Each row is taken or refused by itself, several hundred together in one transaction. When the connection
/// or the service breaks off, hand in the same file again: the rows that are settled are passed over.
/// </summary>
public sealed class TakeImportFile(ImportStore imports, VolunteerImport volunteers, Caller caller) : Endpoint<TakeImportFileRequest, ImportResponse>
{
    public override void Configure()
    {
        Put("/imports/{importId}/file");
        Allow(Role.SiteAdmin, Role.CenterAdmin);
        TakesFile("text/csv");
        Refuses(Refusals.ImportUnknown, Refusals.ImportFinished, Refusals.ImportMoved, Refusals.ImportFileDiffers, Refusals.ImportNotText,
            Refusals.ImportColumnUnknown, Refusals.ImportColumnMissing);
    }

    protected override async Task<Outcome<ImportResponse>> RunAsync(TakeImportFileRequest request, CancellationToken ct)
    {
        if (await imports.FindAsync(request.ImportId) is not { } import || !caller.Reach.Covers(import.Path))
        {
            return Refusals.ImportUnknown;
        }

        if (import.State == ImportState.Finished)
        {
            return Refusals.ImportFinished;
        }

        if (CsvFile.Of(Web.Request) is not { } file)
        {
            return Refusals.FileTypeWrong;
        }

        var taken = await volunteers.TakeAsync(import, file, Web.Request.ContentLength, caller, ct);
        return taken.Refused ? taken.Refusal! : ImportResponse.Of(taken.Value);
    }
}
