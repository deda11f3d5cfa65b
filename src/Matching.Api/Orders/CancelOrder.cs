using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Orders;

namespace Matching.Api.Orders;

public sealed record CancelOrderRequest(Id OrderId, string Reason);

public sealed class CancelOrderValidator : AbstractValidator<CancelOrderRequest>
{
    public CancelOrderValidator() => RuleFor(r => r.Reason).NotEmpty().MaximumLength(400);
}

/// <summary>Gives an order up, whatever it was waiting for; both sides are told why.</summary>
public sealed class CancelOrder(OrderStore orders, Caller caller) : Endpoint<CancelOrderRequest, OrderAnswer>
{
    public override void Configure()
    {
        Post("/orders/{orderId}/cancel");
        Allow(Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.OrderUnknown, Refusals.OrderStateWrong);
    }

    protected override Task<Outcome<OrderAnswer>> RunAsync(CancelOrderRequest request, CancellationToken ct) =>
        orders.ChangeAsync(caller, request.OrderId, (tx, order) => orders.EndAsync(tx, order, OrderDeed.Cancel, caller, request.Reason), ct);
}
