using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Imports;

public sealed record ListImportProblemsRequest(Id ImportId, string? Cursor = null, int Take = Page<ProblemRow>.Usual);

public sealed class ListImportProblemsValidator : AbstractValidator<ListImportProblemsRequest>
{
    public ListImportProblemsValidator() => RuleFor(r => r.Take).InclusiveBetween(1, Page<ProblemRow>.Most);
}

/// <summary>What was wrong with the file, in its order, by line and column. Those of the first 10,000 refused rows are kept; further rows are only counted.</summary>
public sealed class ListImportProblems(ImportStore imports, Caller caller) : Endpoint<ListImportProblemsRequest, Page<ImportProblem>>
{
    public override void Configure()
    {
        Get("/imports/{importId}/problems");
        Allow(Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.ImportUnknown, Refusals.CursorInvalid);
    }

    protected override async Task<Outcome<Page<ImportProblem>>> RunAsync(ListImportProblemsRequest request, CancellationToken ct)
    {
        var list = $"import-problems/{request.ImportId}";
        var after = Cursor.ReadId(request.Cursor, list);
        if (after.Refused)
        {
            return after.Refusal!;
        }

        if (await imports.FindAsync(request.ImportId) is not { } import || !caller.Reach.Covers(import.Path))
        {
            return Refusals.ImportUnknown;
        }

        var language = Languages.Of(Web.Request);
        var rows = await imports.ProblemsAsync(import.Id, after.Value ?? Id.None, request.Take + 1);
        return Page<ImportProblem>.Of(rows, request.Take, row => Shown(row, language), row => Cursor.Make(list, row.Id.ToString()));
    }

    private static ImportProblem Shown(ProblemRow row, Language language) => new(row.Line, row.Field, row.Code, language.Of(Refusals.ByCode[row.Code]));
}
