using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Orders;

namespace Matching.Api.Orders;

public sealed record LeaveOrderUnfilledRequest(Id OrderId, string Reason);

public sealed class LeaveOrderUnfilledValidator : AbstractValidator<LeaveOrderUnfilledRequest>
{
    public LeaveOrderUnfilledValidator() => RuleFor(r => r.Reason).NotEmpty().MaximumLength(400);
}

/// <summary>Says that nobody came forward, and why; the resident is told.</summary>
public sealed class LeaveOrderUnfilled(OrderStore orders, Caller caller) : Endpoint<LeaveOrderUnfilledRequest, OrderAnswer>
{
    public override void Configure()
    {
        Post("/orders/{orderId}/unfilled");
        Allow(Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.OrderUnknown, Refusals.OrderStateWrong);
    }

    protected override Task<Outcome<OrderAnswer>> RunAsync(LeaveOrderUnfilledRequest request, CancellationToken ct) =>
        orders.ChangeAsync(caller, request.OrderId, (tx, order) => orders.EndAsync(tx, order, OrderDeed.LeaveUnfilled, caller, request.Reason), ct);
}
