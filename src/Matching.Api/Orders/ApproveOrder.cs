using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Orders;

public sealed record ApproveOrderRequest(Id OrderId);

/// <summary>A draft is good to go. From medium risk on somebody other than its author says so.</summary>
public sealed class ApproveOrder(OrderStore orders, Caller caller) : Endpoint<ApproveOrderRequest, OrderAnswer>
{
    public override void Configure()
    {
        Post("/orders/{orderId}/approve");
        Allow(Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.OrderUnknown, Refusals.OrderStateWrong, Refusals.ReviewerIsAuthor);
    }

    protected override Task<Outcome<OrderAnswer>> RunAsync(ApproveOrderRequest request, CancellationToken ct) =>
        orders.ChangeAsync(caller, request.OrderId, (tx, order) => orders.ApproveAsync(tx, order, caller), ct);
}
