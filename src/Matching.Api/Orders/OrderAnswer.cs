using Matching.Orders;

namespace Matching.Api.Orders;

/// <summary>Where an order stands after something was done to it.</summary>
/// <param name="DueAt">When the next thing happens by itself; null when it is finished.</param>
/// <param name="NextAction">What that is.</param>
public sealed record OrderAnswer(Id OrderId, OrderState State, DateTimeOffset? DueAt, OrderAction? NextAction)
{
    public static OrderAnswer From(OrderRow order) => new(order.Id, order.State, order.DueAt, order.NextAction);
}
