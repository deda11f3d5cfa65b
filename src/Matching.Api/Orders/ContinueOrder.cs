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
public sealed class ContinueOrder(OrderStore orders, Database database, Caller caller) : Endpoint<ContinueOrderRequest, OrderAnswer>
{
    public override void Configure()
    {
        Post("/orders/{orderId}/continue");
        Allow(Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.OrderUnknown, Refusals.OrderStateWrong, Refusals.PeopleNeededAboveWanted);
    }

    protected override async Task<Outcome<OrderAnswer>> RunAsync(ContinueOrderRequest request, CancellationToken ct)
    {
        if (await orders.FindAsync(caller, request.OrderId) is null)
        {
            return Refusals.OrderUnknown;
        }

        return await database.WriteAsync<Outcome<OrderAnswer>>(
            async tx =>
            {
                var order = (await orders.LockAsync(tx, request.OrderId))!;
                if (order.State is not (OrderState.Ready or OrderState.Dispatching or OrderState.ManualHold))
                {
                    return Refusals.OrderStateWrong;
                }

                if (request.PeopleNeeded > order.PeopleWanted)
                {
                    return Refusals.PeopleNeededAboveWanted.At("peopleNeeded");
                }

                if (request.PeopleNeeded is { } needed)
                {
                    // Nobody is looked for any more while it is held: with enough, it goes ahead with those who have said yes.
                    var wanted = order.State == OrderState.ManualHold && order.SeatsFilled >= needed ? order.SeatsFilled : order.PeopleWanted;
                    await orders.SetPeopleAsync(tx, order, wanted, needed);
                }

                await orders.DispatcherAnsweredAsync(tx, order.Id);
                return OrderAnswer.From(await orders.SettleAsync(tx, order.Id, caller));
            },
            ct);
    }
}
