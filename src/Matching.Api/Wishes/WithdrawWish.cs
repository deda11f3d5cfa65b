using FluentValidation;
using Matching.Accounts;
using Matching.Api.Orders;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Orders;
using Matching.Partners;
using Matching.Wishes;

namespace Matching.Api.Wishes;

/// <param name="WishId">The wish.</param>
/// <param name="Reason">Why, for the curators; not part of the timeline.</param>
public sealed record WithdrawWishRequest(Id WishId, string? Reason = null);

public sealed class WithdrawWishValidator : AbstractValidator<WithdrawWishRequest>
{
    public WithdrawWishValidator() => RuleFor(r => r.Reason).MaximumLength(1_000);
}

/// <summary>
/// The resident, or who asked for her, takes a wish back. Its orders are cancelled, except those that serve others too; once somebody has checked in to any
/// of them it is too late.
/// </summary>
public sealed class WithdrawWish(WishStore wishes, OrderStore orders, Database database, Caller caller, TimeProvider clock)
    : Endpoint<WithdrawWishRequest, WishMovedResponse>
{
    public override void Configure()
    {
        Post("/wishes/{wishId}/withdraw");
        Allow(Role.Resident, Role.Proxy, Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin);
        AllowPartners(PartnerScope.WishesWrite);
        Refuses(Refusals.WishUnknown, Refusals.WishStateWrong, Refusals.WishInService);
    }

    protected override Task<Outcome<WishMovedResponse>> RunAsync(WithdrawWishRequest request, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            if (await wishes.HoldTheirsAsync(tx, caller, request.WishId) is not { } row)
            {
                return Refusals.WishUnknown;
            }

            var its = await wishes.OrdersAsync(tx, row.Id);
            var moved = await wishes.ChangeAsync(
                tx, row, WishDeed.Withdraw, caller, wish => wish.Withdraw(its.Select(order => order.State), clock.GetUtcNow()), new WishNotes(Reason: request.Reason));
            if (moved.Refused)
            {
                return moved;
            }

            foreach (var order in its.Where(order => order.State.IsOpen()))
            {
                if (await wishes.IsWantedAsync(tx, order.Id))
                {
                    continue;
                }

                // The order was not locked when its state was read: somebody may have checked in since.
                if ((await orders.CancelAsync(tx, order.Id, caller, "wish_withdrawn")).Refused)
                {
                    return Refusals.WishInService;
                }
            }

            return await wishes.MovedAsync(tx, row.Id);
        },
        ct);
}
