using Matching.Api.Orders;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Assignments;

namespace Matching.Api.Assignments;

/// <summary>Gives seats back to which nobody has come yet: each is open again, and the search goes on.</summary>
[Shared]
public sealed class GiveBack(AssignmentStore assignments, OrderStore orders)
{
    /// <summary>The caller holds the order's lock and has asked the rule.</summary>
    public async Task OneAsync(Transaction tx, OrderRow order, AssignmentRow assignment, AssignmentDeed deed, Actor actor, string? reason)
    {
        await assignments.EndAsync(tx, assignment, deed, actor, reason);
        await orders.FreeSeatAsync(tx, order.Id, assignment.Id);
        await orders.SeatsReopenedAsync(tx, order.Id, order.Urgency, actor);
    }

    /// <summary>What a volunteer has promised and may not keep any more: she would only be turned away at the door.</summary>
    public async Task PromisesAsync(Transaction tx, IReadOnlyCollection<AssignmentRow> promised, Actor actor, string reason)
    {
        // Every order before the volunteer, and always in the same order, as wherever both are locked.
        var locked = new List<OrderRow>();
        foreach (var orderId in promised.Select(assignment => assignment.OrderId).Distinct().Order())
        {
            locked.Add((await orders.LockAsync(tx, orderId))!);
        }

        foreach (var order in locked)
        {
            foreach (var assignment in promised.Where(assignment => assignment.OrderId == order.Id))
            {
                // Read again under the lock: she may have come meanwhile, or have given it back.
                if (await assignments.FindAsync(tx, assignment.Id) is { State: AssignmentState.Confirmed } now)
                {
                    await OneAsync(tx, order, now, AssignmentDeed.Release, actor, reason);
                    await assignments.TellAsync(tx, now, "assignment.released");
                }
            }
        }
    }
}
