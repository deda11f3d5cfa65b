using FluentValidation;
using Matching.Accounts;
using Matching.Api.Orders;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Orders;
using Matching.Partners;

namespace Matching.Api.Service;

/// <summary>It was done.</summary>
/// <param name="OrderId">Which order.</param>
/// <param name="How">By the resident in the app; staff, proxies and partners say whether it was by phone or on paper. Left out: app, and phone for staff and partners.</param>
/// <param name="Minutes">Where fewer minutes shall count than were served.</param>
public sealed record ConfirmOrderRequest(Id OrderId, ConfirmHow? How = null, IReadOnlyList<MinutesOnWire>? Minutes = null);

/// <summary>So many minutes of one assignment.</summary>
public sealed record MinutesOnWire(Id AssignmentId, int Minutes);

/// <summary>What came of it.</summary>
public sealed record ConfirmOrderResponse(Id OrderId, OrderState State, DateTimeOffset ConfirmedAt, IReadOnlyList<VerifiedService> Services);

public sealed class ConfirmOrderValidator : AbstractValidator<ConfirmOrderRequest>
{
    public ConfirmOrderValidator()
    {
        RuleFor(r => r.How).Must(how => how is null or ConfirmHow.App or ConfirmHow.Phone or ConfirmHow.Paper).Refuse(Refusals.ConfirmHowWrong);
        RuleFor(r => r.Minutes).MinutesOfOrder();
    }
}

/// <summary>
/// The resident, or who asked for her, says that the service was done; or staff say so for her, by their own name. The minutes go to the volunteers' ledgers in
/// the same moment.
/// </summary>
public sealed class ConfirmOrder(OrderParty party, OrderStore orders, ServiceSteps service, Database database, Caller caller, TimeProvider clock)
    : Endpoint<ConfirmOrderRequest, ConfirmOrderResponse>
{
    public override void Configure()
    {
        Post("/orders/{orderId}/confirm");
        Allow(Role.Resident, Role.Proxy, Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin);
        AllowPartners(PartnerScope.ServicesConfirm);
        Refuses(
            Refusals.OrderUnknown, Refusals.OrderStateWrong, Refusals.ConfirmHowWrong, Refusals.OwnService, Refusals.MinutesNotOfOrder,
            Refusals.MinutesAboveServed);
    }

    protected override async Task<Outcome<ConfirmOrderResponse>> RunAsync(ConfirmOrderRequest request, CancellationToken ct)
    {
        if (await party.FindAsync(caller, request.OrderId) is not { } found)
        {
            return Refusals.OrderUnknown;
        }

        var how = request.How ?? (caller.IsStaff || caller.Partner is not null ? ConfirmHow.Phone : ConfirmHow.App);
        if (caller.IsStaff ? how == ConfirmHow.App : caller.Role == Role.Resident && how != ConfirmHow.App)
        {
            return Refusals.ConfirmHowWrong.At("how");
        }

        return await database.WriteAsync<Outcome<ConfirmOrderResponse>>(
            async tx =>
            {
                var order = (await orders.LockAsync(tx, request.OrderId))!;
                if (OrderStates.Move(order.State, OrderDeed.Confirm, found.Party) is { Refusal: { } wrong })
                {
                    return wrong;
                }

                if (await party.ServesUnderAnyHatAsync(tx, caller, order.Id))
                {
                    return Refusals.OwnService;
                }

                var verified = await service.VerifyAsync(tx, order, confirmed: true, request.Minutes.ByAssignment(), caller);
                if (verified.Refusal is { } refusal)
                {
                    return refusal;
                }

                await orders.ConfirmedAsync(tx, order.Id, caller.AccountId, how.ToString());
                await orders.MoveAsync(tx, order, OrderDeed.Confirm, caller);
                var settled = await orders.SettleAsync(tx, order.Id, caller);
                return new ConfirmOrderResponse(order.Id, settled.State, clock.GetUtcNow(), verified.Value);
            },
            ct);
    }
}

/// <summary>Minutes as callers name them.</summary>
public static class MinutesShapes
{
    private const int MinutesADay = 24 * 60;

    /// <summary>Each assignment once, and no minutes that nobody can have served.</summary>
    public static IRuleBuilderOptions<T, IReadOnlyList<MinutesOnWire>?> MinutesOfOrder<T>(this IRuleBuilder<T, IReadOnlyList<MinutesOnWire>?> rule) => rule
        .Must(minutes => minutes is null || (minutes.Count <= 200 && minutes.All(one => one is { Minutes: >= 0 and <= MinutesADay })
            && minutes.DistinctBy(one => one.AssignmentId).Count() == minutes.Count))
        .Refuse(Refusals.FieldOutOfRange);

    public static IReadOnlyDictionary<Id, int> ByAssignment(this IReadOnlyList<MinutesOnWire>? minutes) =>
        (minutes ?? []).ToDictionary(one => one.AssignmentId, one => one.Minutes);
}
