using FluentValidation;
using Matching.Accounts;
using Matching.Api.Orders;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Orders;

namespace Matching.Api.Service;

/// <summary>What the center makes of a dispute.</summary>
public enum DisputeOutcome
{
    /// <summary>认定服务完成: it stands, with the minutes that the center says.</summary>
    Settle,

    /// <summary>认定服务未成: it came to nothing, and no hours count.</summary>
    Fail,
}

/// <summary>How a dispute ends.</summary>
/// <param name="OrderId">Which order.</param>
/// <param name="Outcome">Whether it stands.</param>
/// <param name="Reason">Why, for both sides.</param>
/// <param name="Minutes">Where fewer minutes shall count than were served; only when it stands.</param>
public sealed record ResolveDisputeRequest(Id OrderId, DisputeOutcome Outcome, string Reason, IReadOnlyList<MinutesOnWire>? Minutes = null);

/// <summary>What came of it.</summary>
public sealed record ResolveDisputeResponse(Id OrderId, OrderState State, IReadOnlyList<VerifiedService> Services);

public sealed class ResolveDisputeValidator : AbstractValidator<ResolveDisputeRequest>
{
    public ResolveDisputeValidator()
    {
        RuleFor(r => r.Reason).NotEmpty().MaximumLength(1000);
        RuleFor(r => r.Minutes).MinutesOfOrder();
        RuleFor(r => r.Minutes).Must(minutes => minutes is null or []).When(r => r.Outcome == DisputeOutcome.Fail).Refuse(Refusals.FieldInvalid);
    }
}

/// <summary>The center ends a dispute: the service stands, with the minutes that the center says, or it came to nothing and its hours are taken back.</summary>
public sealed class ResolveDispute(OrderParty party, OrderStore orders, DisputeStore disputes, ServiceSteps service, Database database, Caller caller)
    : Endpoint<ResolveDisputeRequest, ResolveDisputeResponse>
{
    public override void Configure()
    {
        Post("/orders/{orderId}/resolve");
        Allow(Role.CenterAdmin);
        Refuses(Refusals.OrderUnknown, Refusals.OrderStateWrong, Refusals.OwnService, Refusals.MinutesNotOfOrder, Refusals.MinutesAboveServed);
    }

    protected override async Task<Outcome<ResolveDisputeResponse>> RunAsync(ResolveDisputeRequest request, CancellationToken ct)
    {
        if (await party.FindAsync(caller, request.OrderId) is not { } found)
        {
            return Refusals.OrderUnknown;
        }

        var deed = request.Outcome == DisputeOutcome.Settle ? OrderDeed.Settle : OrderDeed.Fail;
        return await database.WriteAsync<Outcome<ResolveDisputeResponse>>(
            async tx =>
            {
                var order = (await orders.LockAsync(tx, request.OrderId))!;
                // From other states an order fails by other deeds.
                if (order.State != OrderState.Disputed || OrderStates.Move(order.State, deed, found.Party).Refused)
                {
                    return Refusals.OrderStateWrong;
                }

                if (await party.ServesUnderAnyHatAsync(tx, caller, order.Id))
                {
                    return Refusals.OwnService;
                }

                var services = await CountAsync(tx, order, request);
                if (services.Refusal is { } refusal)
                {
                    return refusal;
                }

                await disputes.ResolveAsync(tx, order.Id, caller.AccountId, request.Reason);
                await orders.MoveAsync(tx, order, deed, caller);
                var settled = await orders.SettleAsync(tx, order.Id, caller);
                return new ResolveDisputeResponse(order.Id, settled.State, services.Value);
            },
            ct);
    }

    private async Task<Outcome<IReadOnlyList<VerifiedService>>> CountAsync(Transaction tx, OrderRow order, ResolveDisputeRequest request)
    {
        if (request.Outcome == DisputeOutcome.Settle)
        {
            if (order.ConfirmedAt is null)
            {
                await orders.ConfirmedAsync(tx, order.Id, caller.AccountId, nameof(ConfirmHow.Center));
            }

            return await service.VerifyAsync(tx, order, confirmed: true, request.Minutes.ByAssignment(), caller, "dispute");
        }

        await service.TakeBackAsync(tx, order, caller, "dispute");
        return Array.Empty<VerifiedService>();
    }
}
