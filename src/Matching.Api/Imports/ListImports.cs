using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Imports;

public sealed record ListImportsRequest(string? Cursor = null, int Take = Page<Import>.Usual);

public sealed class ListImportsValidator : AbstractValidator<ListImportsRequest>
{
    public ListImportsValidator() => RuleFor(r => r.Take).InclusiveBetween(1, Page<Import>.Most);
}

/// <summary>The imports within the caller's reach, the newest first.</summary>
public sealed class ListImports(ImportStore imports, Caller caller) : Endpoint<ListImportsRequest, Page<ImportResponse>>
{
    public override void Configure()
    {
        Get("/imports");
        Allow(Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.CursorInvalid);
    }

    protected override async Task<Outcome<Page<ImportResponse>>> RunAsync(ListImportsRequest request, CancellationToken ct)
    {
        const string List = "imports";
        var before = Cursor.ReadId(request.Cursor, List);
        if (before.Refused)
        {
            return before.Refusal!;
        }

        var rows = await imports.ListAsync(caller.CenterId, caller.Reach, before.Value, request.Take + 1);
        return Page<ImportResponse>.Of(rows, request.Take, ImportResponse.Of, import => Cursor.Make(List, import.Id.ToString()));
    }
}
