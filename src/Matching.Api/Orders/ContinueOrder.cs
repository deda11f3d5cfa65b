using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Orders;

namespace Matching.Api.Orders;

/// <summary>What to do with too few.</summary>
/// <param name="OrderId">Which order.</param>
/// <param name="PeopleNeeded">So many are enough; left out: go on looking, and do not cancel at the start.</param>
public sealed record ContinueOrderRequest(Id OrderId, int? PeopleNeeded = null);

public sealed class ContinueOrderValidator : AbstractValidator<ContinueOrderRequest>
{
    public ContinueOrderValidator() => RuleFor(r => r.PeopleNeeded).InclusiveBetween(1, 200);
}

/// <summary>The dispatcher's answer when too few have said yes shortly before the start. Silence would cancel the order.</summary>
public sealed class ContinueOrder(OrderStore orders, Caller caller) : Endpoint<ContinueOrderRequest, OrderAnswer>
{
    public override void Configure()
    {
        Post("/orders/{orderId}/continue");
        Allow(Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.OrderUnknown, Refusals.OrderStateWrong, Refusals.PeopleNeededAboveWanted);
    }

    protected override Task<Outcome<OrderAnswer>> RunAsync(ContinueOrderRequest request, CancellationToken ct) =>
        orders.ChangeAsync(caller, request.OrderId, (tx, order) => ContinueAsync(tx, order, request.PeopleNeeded), ct);

    private async Task<Outcome<OrderRow>> ContinueAsync(Transaction tx, OrderRow order, int? peopleNeeded)
    {
        if (order.State is not (OrderState.Ready or OrderState.Dispatching or OrderState.ManualHold))
        {
            return Refusals.OrderStateWrong;
        }

        if (peopleNeeded > order.PeopleWanted)
        {
            return Refusals.PeopleNeededAboveWanted.At("peopleNeeded");
        }

        if (peopleNeeded is { } needed)
        {
            // Nobody is looked for any more while it is held: with enough, it goes ahead with those who have said yes.
            var wanted = order.State == OrderState.ManualHold && order.SeatsFilled >= needed ? order.SeatsFilled : order.PeopleWanted;
            await orders.SetPeopleAsync(tx, order, wanted, needed);
        }

        await orders.DispatcherAnsweredAsync(tx, order.Id);
        return await orders.SettleAsync(tx, order.Id, caller);
    }
}
