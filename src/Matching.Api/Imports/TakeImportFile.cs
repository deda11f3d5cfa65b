using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Imports;

public sealed record TakeImportFileRequest(Id ImportId);

/// <summary>
/// The file of an import: CSV of any length, or XLSX of up to 64 MiB. Each row is taken or refused by itself, several hundred together in one transaction. When the connection
/// or the service breaks off, hand in the same file again: the rows that are settled are passed over.
/// </summary>
public sealed class TakeImportFile(ImportStore imports, FileImport files, Caller caller) : Endpoint<TakeImportFileRequest, ImportResponse>
{
    public override void Configure()
    {
        Put("/imports/{importId}/file");
        Allow(Role.SiteAdmin, Role.CenterAdmin);
        TakesFile(CsvFile.ContentType, XlsxFile.ContentType);
        Refuses(Refusals.ImportUnknown, Refusals.ImportFinished, Refusals.ImportMoved, Refusals.ImportFileDiffers, Refusals.ImportNotText,
            Refusals.ImportNotXlsx, Refusals.ImportFileTooLarge,
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

        var opened = await OpenAsync(ct);
        if (opened.Refusal is { } unreadable)
        {
            return unreadable;
        }

        await using var file = opened.Value;
        var taken = await files.TakeAsync(import, file, caller, ct);
        return taken.Refused ? taken.Refusal! : ImportResponse.Of(taken.Value);
    }

    private async Task<Outcome<IRowFile>> OpenAsync(CancellationToken ct)
    {
        if (!Web.Request.ContentType!.StartsWith(CsvFile.ContentType, StringComparison.OrdinalIgnoreCase))
        {
            var workbook = await XlsxFile.ReceiveAsync(Web.Request, ct);
            return workbook.Refused ? workbook.Refusal! : workbook.Value;
        }

        return CsvFile.Of(Web.Request) is { } file ? file : Refusals.FileTypeWrong;
    }
}
