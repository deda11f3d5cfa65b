using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Database;
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
public sealed class CancelOrder(OrderStore orders, Database database, Caller caller) : Endpoint<CancelOrderRequest, OrderAnswer>
{
    public override void Configure()
    {
        Post("/orders/{orderId}/cancel");
        Allow(Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.OrderUnknown, Refusals.OrderStateWrong);
    }

    protected override async Task<Outcome<OrderAnswer>> RunAsync(CancelOrderRequest request, CancellationToken ct)
    {
        if (await orders.FindAsync(caller, request.OrderId) is null)
        {
            return Refusals.OrderUnknown;
        }

        return await database.WriteAsync<Outcome<OrderAnswer>>(
            async tx =>
            {
                var order = (await orders.LockAsync(tx, request.OrderId))!;
                var ended = await orders.EndAsync(tx, order, OrderDeed.Cancel, caller, request.Reason);
                return ended.Refusal is { } refusal ? refusal : OrderAnswer.From((await orders.FindAsync(tx, order.Id))!);
            },
            ct);
    }
}
