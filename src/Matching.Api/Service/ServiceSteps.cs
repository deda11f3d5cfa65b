using Matching.Api.Plumbing;
using Matching.Api.Assignments;
using Matching.Api.Orders;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Orders;

namespace Matching.Api.Service;

/// <summary>What the clock does with an order that is being served, or was. The caller has locked the order and settles it afterwards.</summary>
[Shared]
public sealed class ServiceSteps(OrderStore orders)
{
    /// <summary>Nobody checked out: they left at the planned end, for all that is known.</summary>
    public Task FinishAsync(Transaction tx, OrderRow order) => orders.MoveAsync(tx, order, OrderDeed.Finish, Actor.Clock);

    /// <summary>Nobody confirmed in time: taken as done, with evidence one grade lower.</summary>
    public Task PassConfirmationAsync(Transaction tx, OrderRow order) => orders.MoveAsync(tx, order, OrderDeed.PassConfirmation, Actor.Clock);

    /// <summary>Not both rated in time: closed, the silence recorded.</summary>
    public Task CloseRatingAsync(Transaction tx, OrderRow order) => orders.MoveAsync(tx, order, OrderDeed.Close, Actor.Clock);
}
