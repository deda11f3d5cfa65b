using FluentValidation;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Accounts;

public sealed record ListMyNoticesRequest(string? Cursor = null, int Take = Page<Done>.Usual);

public sealed class ListMyNoticesValidator : AbstractValidator<ListMyNoticesRequest>
{
    public ListMyNoticesValidator() => RuleFor(r => r.Take).InclusiveBetween(1, Page<Done>.Most);
}

/// <summary>What I was told, the newest first.</summary>
public sealed class ListMyNotices(NoticeStore notices, Caller caller) : Endpoint<ListMyNoticesRequest, Page<Notice>>
{
    private const string List = "me/notices";

    public override void Configure()
    {
        Get("/me/notices");
        AllowAnyAccount();
        Refuses(Refusals.CursorInvalid);
    }

    protected override async Task<Outcome<Page<Notice>>> RunAsync(ListMyNoticesRequest request, CancellationToken ct)
    {
        var before = Cursor.ReadId(request.Cursor, List);
        if (before.Refusal is { } refusal)
        {
            return refusal;
        }

        var language = Languages.Of(Web.Request);
        var rows = await notices.OfAsync(caller.AccountId, before.Value, request.Take);
        return Page<Notice>.Of(rows, request.Take, row => row.Show(language), row => Cursor.Make(List, row.Id.ToString()));
    }
}
