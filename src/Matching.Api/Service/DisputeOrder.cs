using FluentValidation;
using Matching.Accounts;
using Matching.Api.Orders;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Plumbing.Outbox;
using Matching.Orders;
using Matching.Partners;

namespace Matching.Api.Service;

/// <summary>It was not as it should be.</summary>
/// <param name="OrderId">Which order.</param>
/// <param name="Reason">What was wrong.</param>
public sealed record DisputeOrderRequest(Id OrderId, string Reason);

/// <summary>The center looks at it now.</summary>
public sealed record DisputeOrderResponse(Id OrderId, OrderState State, DateTimeOffset DisputedAt);

public sealed class DisputeOrderValidator : AbstractValidator<DisputeOrderRequest>
{
    public DisputeOrderValidator() => RuleFor(r => r.Reason).NotEmpty().MaximumLength(1000);
}

/// <summary>
/// Somebody says that the service was not as it should be: its hours wait until the center has looked at it. After confirmation those who served may say so too.
/// </summary>
public sealed class DisputeOrder(OrderParty party, OrderStore orders, DisputeStore disputes, OutboxStore outbox, Database database, Caller caller, TimeProvider clock)
    : Endpoint<DisputeOrderRequest, DisputeOrderResponse>
{
    public override void Configure()
    {
        Post("/orders/{orderId}/dispute");
        Allow(Role.Resident, Role.Proxy, Role.Volunteer, Role.Captain, Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin);
        AllowPartners(PartnerScope.ServicesConfirm);
        Refuses(Refusals.OrderUnknown, Refusals.OrderStateWrong);
    }

    protected override async Task<Outcome<DisputeOrderResponse>> RunAsync(DisputeOrderRequest request, CancellationToken ct)
    {
        if (await party.FindAsync(caller, request.OrderId) is not { } found)
        {
            return Refusals.OrderUnknown;
        }

        return await database.WriteAsync<Outcome<DisputeOrderResponse>>(
            async tx =>
            {
                var order = (await orders.LockAsync(tx, request.OrderId))!;
                if (OrderStates.Move(order.State, OrderDeed.Dispute, found.Party) is { Refusal: { } wrong })
                {
                    return wrong;
                }

                await disputes.AddAsync(tx, order.Id, caller.AccountId, request.Reason);
                await orders.MoveAsync(tx, order, OrderDeed.Dispute, caller);
                await outbox.AddAsync(tx, "order.dispute", order.Id, order.CenterId, null, new { orderId = order.Id, siteId = order.CenterId });
                var settled = await orders.SettleAsync(tx, order.Id, caller);
                return new DisputeOrderResponse(order.Id, settled.State, clock.GetUtcNow());
            },
            ct);
    }
}
