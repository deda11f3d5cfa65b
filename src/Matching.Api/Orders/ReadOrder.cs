using System.Text.Json;
using Matching.Accounts;
using Matching.Api.Assignments;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Wishes;

namespace Matching.Api.Orders;

public sealed record ReadOrderRequest(Id OrderId);

/// <summary>An order with its seats and wishes.</summary>
/// <param name="Shortage">Why nobody was found, as counted when it was held.</param>
public sealed record ReadOrderResponse(
    OrderOnWire Order, IReadOnlyList<SeatOnWire> Seats, IReadOnlyList<Id> WishIds, JsonElement? Shortage) : IVersioned
{
    int IVersioned.Version => Order.Version;
}

/// <summary>One order as staff see it.</summary>
public sealed class ReadOrder(OrderStore orders, AssignmentStore assignments, WishStore wishes, Database database, Caller caller)
    : Endpoint<ReadOrderRequest, ReadOrderResponse>
{
    public override void Configure()
    {
        Get("/orders/{orderId}");
        Allow(Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin, Role.PlatformAdmin);
        Refuses(Refusals.OrderUnknown);
    }

    protected override async Task<Outcome<ReadOrderResponse>> RunAsync(ReadOrderRequest request, CancellationToken ct)
    {
        if (await orders.FindAsync(caller, request.OrderId) is not { } order)
        {
            return Refusals.OrderUnknown;
        }

        return new ReadOrderResponse(
            OrderOnWire.From(order),
            [.. (await assignments.OfOrderAsync(database, order.Id)).Select(SeatOnWire.From)],
            await wishes.WishesOfOrderAsync(database, order.Id),
            order.Shortage is null ? null : JsonSerializer.Deserialize<JsonElement>(order.Shortage));
    }
}
