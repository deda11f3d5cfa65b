using Matching.Api.Offers;
using Matching.Api.Orders;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Assignments;
using Matching.Offers;

namespace Matching.Api.Assignments;

/// <summary>Gives seats back to which nobody has come yet: each is open again, and the search goes on.</summary>
[Shared]
public sealed class GiveBack(AssignmentStore assignments, OfferStore offers, OrderStore orders)
{
    /// <summary>The caller holds the order's lock and has asked the rule.</summary>
    public async Task OneAsync(Transaction tx, OrderRow order, AssignmentRow assignment, AssignmentDeed deed, Actor actor, string? reason)
    {
        await assignments.EndAsync(tx, assignment, deed, actor, reason);
        await orders.FreeSeatAsync(tx, order.Id, assignment.Id);
        await orders.SeatsReopenedAsync(tx, order.Id, order.Urgency, actor);
    }

    /// <summary>What a volunteer has promised and is asked, and may not keep or accept any more: she would only be turned away, and the search would wait for her.</summary>
    public async Task EverythingAsync(
        Transaction tx, IReadOnlyCollection<AssignmentRow> promised, IReadOnlyCollection<OfferRow> asked, Actor actor, string reason)
    {
        // Every order before the volunteer, and always in the same order, as wherever both are locked.
        var locked = new List<OrderRow>();
        foreach (var orderId in promised.Select(assignment => assignment.OrderId).Union(asked.Select(offer => offer.OrderId)).Order())
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

            foreach (var offer in asked.Where(offer => offer.OrderId == order.Id))
            {
                if (await offers.AnswerAsync(tx, offer, OfferState.Withdrawn, actor))
                {
                    await offers.CloseIfAnsweredAsync(tx, offer);
                    await orders.SettleAsync(tx, order.Id, actor);
                }
            }
        }
    }
}
