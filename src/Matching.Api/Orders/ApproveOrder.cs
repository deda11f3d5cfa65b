using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Orders;

public sealed record ApproveOrderRequest(Id OrderId);

/// <summary>A draft is good to go. From medium risk on somebody other than its author says so.</summary>
public sealed class ApproveOrder(OrderStore orders, Database database, Caller caller) : Endpoint<ApproveOrderRequest, OrderAnswer>
{
    public override void Configure()
    {
        Post("/orders/{orderId}/approve");
        Allow(Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.OrderUnknown, Refusals.OrderStateWrong, Refusals.ReviewerIsAuthor);
    }

    protected override async Task<Outcome<OrderAnswer>> RunAsync(ApproveOrderRequest request, CancellationToken ct)
    {
        if (await orders.FindAsync(caller, request.OrderId) is null)
        {
            return Refusals.OrderUnknown;
        }

        return await database.WriteAsync<Outcome<OrderAnswer>>(
            async tx =>
            {
                var order = (await orders.LockAsync(tx, request.OrderId))!;
                var approved = await orders.ApproveAsync(tx, order, caller);
                return approved.Refusal is { } refusal ? refusal : OrderAnswer.From((await orders.FindAsync(tx, order.Id))!);
            },
            ct);
    }
}
