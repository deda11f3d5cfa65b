using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Partners;
using Matching.Wishes;

namespace Matching.Api.Wishes;

public sealed record ListMyWishesRequest(string? Cursor = null, int Take = Page<MyWish>.Usual);

/// <summary>A wish as those see it in a list who asked for it.</summary>
public sealed record MyWish
{
    public required Id Id { get; init; }

    public required WishState State { get; init; }

    /// <summary>Of a merged wish, the state of the wish at the end of the chain; otherwise its own.</summary>
    public required WishState ShownState { get; init; }

    public required string Words { get; init; }

    public required Id ResidentId { get; init; }

    /// <summary>The partner's own, where a partner handed it in.</summary>
    public string? Reference { get; init; }

    public Id? MenuItemId { get; init; }

    public required WindowOnWire Window { get; init; }

    public required Urgency Urgency { get; init; }

    /// <summary>What the curator wants to know, while an answer is awaited.</summary>
    public string? Question { get; init; }

    public required int OrdersTotal { get; init; }

    public required int OrdersServed { get; init; }

    public required DateTimeOffset SubmittedAt { get; init; }
}

public sealed class ListMyWishesValidator : AbstractValidator<ListMyWishesRequest>
{
    public ListMyWishesValidator() => RuleFor(r => r.Take).InclusiveBetween(1, Page<MyWish>.Most);
}

/// <summary>What the caller has asked for, and what was asked for a resident who calls; a partner what it has handed in. The newest first.</summary>
public sealed class ListMyWishes(WishListStore lists, WishStore wishes, Caller caller) : Endpoint<ListMyWishesRequest, Page<MyWish>>
{
    private const string List = "me/wishes";

    public override void Configure()
    {
        Get("/me/wishes");
        Allow(Role.Resident, Role.Proxy, Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin);
        AllowPartners(PartnerScope.WishesRead);
        Refuses(Refusals.CursorInvalid);
    }

    protected override async Task<Outcome<Page<MyWish>>> RunAsync(ListMyWishesRequest request, CancellationToken ct)
    {
        var before = Cursor.ReadId(request.Cursor, List);
        if (before.Refusal is { } refusal)
        {
            return refusal;
        }

        var rows = await lists.MineAsync(caller, before.Value, request.Take + 1);
        var shown = new Dictionary<Id, WishState>();
        foreach (var row in rows)
        {
            shown[row.Id] = await wishes.ShownStateAsync(row);
        }

        return Page<MyWish>.Of(rows, request.Take, row => Show(row, shown[row.Id]), row => Cursor.Make(List, row.Id.ToString()));
    }

    private static MyWish Show(WishRow row, WishState shown) => new()
    {
        Id = row.Id,
        State = row.State,
        ShownState = shown,
        Words = row.Words,
        ResidentId = row.ResidentId,
        Reference = row.PartnerReference,
        MenuItemId = row.MenuItemId,
        Window = WindowOnWire.Of(row.Window),
        Urgency = row.Urgency,
        Question = row.State == WishState.NeedsInfo ? row.Question : null,
        OrdersTotal = row.OrdersTotal,
        OrdersServed = row.OrdersServed,
        SubmittedAt = row.SubmittedAt,
    };
}
