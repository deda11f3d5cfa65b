using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Orders;

namespace Matching.Api.Orders;

public sealed record HoldOrderRequest(Id OrderId, string Reason);

public sealed class HoldOrderValidator : AbstractValidator<HoldOrderRequest>
{
    public HoldOrderValidator() => RuleFor(r => r.Reason).NotEmpty().MaximumLength(400);
}

/// <summary>Takes an order out of the search, so that a person can look at it.</summary>
public sealed class HoldOrder(OrderStore orders, Caller caller) : Endpoint<HoldOrderRequest, OrderAnswer>
{
    public override void Configure()
    {
        Post("/orders/{orderId}/hold");
        Allow(Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.OrderUnknown, Refusals.OrderStateWrong);
    }

    protected override Task<Outcome<OrderAnswer>> RunAsync(HoldOrderRequest request, CancellationToken ct) => orders.ChangeAsync(
        caller,
        request.OrderId,
        async (tx, order) =>
        {
            await orders.HeldAsync(tx, order.Id, request.Reason, null);
            return await orders.EndAsync(tx, order, OrderDeed.Hold, caller, request.Reason);
        },
        ct);
}
