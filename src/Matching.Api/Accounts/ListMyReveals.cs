using FluentValidation;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Accounts;

public sealed record ListMyRevealsRequest(string? Cursor = null, int Take = Page<Done>.Usual);

public sealed class ListMyRevealsValidator : AbstractValidator<ListMyRevealsRequest>
{
    public ListMyRevealsValidator() => RuleFor(r => r.Take).InclusiveBetween(1, Page<Done>.Most);
}

/// <summary>Who looked at my data, at what and for which order, the newest first.</summary>
public sealed class ListMyReveals(MySubjectStore subjects, Caller caller) : Endpoint<ListMyRevealsRequest, Page<RevealRow>>
{
    private const string List = "me/reveals";

    public override void Configure()
    {
        Get("/me/reveals");
        AllowAnyAccount();
        Refuses(Refusals.CursorInvalid);
    }

    protected override async Task<Outcome<Page<RevealRow>>> RunAsync(ListMyRevealsRequest request, CancellationToken ct)
    {
        var before = Cursor.ReadId(request.Cursor, List);
        if (before.Refusal is { } refusal)
        {
            return refusal;
        }

        var rows = await subjects.RevealsAsync(await subjects.OfAsync(caller.AccountId), before.Value, request.Take);
        return Page<RevealRow>.Of(rows, request.Take, row => row, row => Cursor.Make(List, row.Id.ToString()));
    }
}
