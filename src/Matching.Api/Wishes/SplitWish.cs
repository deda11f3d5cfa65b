using FluentValidation;
using Matching.Accounts;
using Matching.Api.Orders;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Orders;
using Matching.Wishes;

namespace Matching.Api.Wishes;

/// <param name="WishId">The wish.</param>
/// <param name="Orders">One for each order; what is left out is as the wish and the menu item say.</param>
public sealed record SplitWishRequest(Id WishId, IReadOnlyList<OrderDraft> Orders);

/// <summary>The orders that were made of one wish, in the order in which they were named.</summary>
/// <param name="Orders">The orders and where they stand.</param>
/// <param name="Wish">The wish.</param>
public sealed record SplitWishResponse(IReadOnlyList<SplitOrder> Orders, WishMovedResponse Wish);

/// <summary>One of several orders of a wish.</summary>
public sealed record SplitOrder(Id OrderId, OrderState OrderState);

public sealed class SplitWishValidator : AbstractValidator<SplitWishRequest>
{
    public SplitWishValidator()
    {
        RuleFor(r => r.Orders).Must(orders => orders.Count is >= 2 and <= 10).Refuse(Refusals.FieldOutOfRange);
        RuleForEach(r => r.Orders).NotNull().SetValidator(new OrderDraftValidator());
    }
}

/// <summary>A curator turns one wish into several orders: first the plumber, then the painter.</summary>
public sealed class SplitWish(WishStore wishes, CurationStore curation, Database database, Caller caller, TimeProvider clock)
    : Endpoint<SplitWishRequest, SplitWishResponse>
{
    public override void Configure()
    {
        Post("/wishes/{wishId}/split");
        Allow(Role.Curator, Role.SiteAdmin, Role.CenterAdmin);
        Refuses(
            Refusals.WishUnknown, Refusals.WishNotClaimed, Refusals.WishClaimedByOther, Refusals.WishLeaseLapsed, Refusals.WishStateWrong,
            Refusals.MenuItemNeeded, Refusals.MenuItemUnknown, Refusals.MenuItemRetired, Refusals.GenderNotAsked, Refusals.LanguageNotAsked,
            Refusals.PeopleNeededAboveWanted, Refusals.WindowBackwards, Refusals.WindowInPast, Refusals.WindowTooFar, Refusals.PlaceOffEarth);
    }

    protected override Task<Outcome<SplitWishResponse>> RunAsync(SplitWishRequest request, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            var row = await wishes.HoldInReachAsync(tx, caller, request.WishId);
            var moved = await wishes.ChangeAsync(tx, row, WishDeed.Order, caller, wish => wish.Order(caller.AccountId, clock.GetUtcNow()));
            if (moved.Refusal is { } refusal)
            {
                return refusal;
            }

            var orders = new List<SplitOrder>();
            foreach (var draft in request.Orders)
            {
                var created = await curation.OrderAsync(tx, [row!], draft, caller);
                if (created.Refusal is { } wrong)
                {
                    return wrong.At($"orders[{orders.Count}]{(wrong.Field is { } field ? "." + field : "")}");
                }

                orders.Add(new SplitOrder(created.Value.OrderId, created.Value.State));
            }

            return (Outcome<SplitWishResponse>)new SplitWishResponse(orders, await wishes.MovedAsync(tx, row!.Id));
        },
        ct);
}
