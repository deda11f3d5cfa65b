using Matching.Accounts;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Orders;

namespace Matching.Api.Service;

public sealed record ReadServiceCodeRequest(Id OrderId);

/// <summary>The six digits to be told at the door, or written on paper beforehand.</summary>
public sealed record ReadServiceCodeResponse(Id OrderId, string ServiceCode);

/// <summary>
/// The service code of an order, for the side that asked for it and for the clerk who reads it to her on the phone or writes it down. Each look is in the log
/// that the resident can read. Nobody who serves in the order sees it: it is the proof that they came.
/// </summary>
public sealed class ReadServiceCode(OrderParty party, Reveals reveals, Vault vault, Database database, Caller caller)
    : Endpoint<ReadServiceCodeRequest, ReadServiceCodeResponse>
{
    public override void Configure()
    {
        Get("/orders/{orderId}/service-code");
        Allow(Role.Resident, Role.Proxy, Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.OrderUnknown, Refusals.ServiceCodeClosed, Refusals.OwnService);
    }

    protected override async Task<Outcome<ReadServiceCodeResponse>> RunAsync(ReadServiceCodeRequest request, CancellationToken ct)
    {
        if (await party.FindAsync(caller, request.OrderId) is not { } found)
        {
            return Refusals.OrderUnknown;
        }

        var order = found.Order;
        if (!order.State.IsOpen() || order.State is OrderState.AwaitingConfirmation or OrderState.AwaitingRating or OrderState.Disputed || order.ServiceCodeSealed is null)
        {
            return Refusals.ServiceCodeClosed;
        }

        if (await party.ServesUnderAnyHatAsync(database, caller, order.Id))
        {
            return Refusals.OwnService;
        }

        await reveals.AddAsync(order.ResidentId ?? order.Id, caller, "serviceCode", order.Id, ct);
        return new ReadServiceCodeResponse(order.Id, vault.Open(order.ServiceCodeSealed));
    }
}
