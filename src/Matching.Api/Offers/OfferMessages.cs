using Matching.Accounts;
using Matching.Api.Messages;
using Matching.Api.Orders;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Outbox;
using Matching.Api.Queues;
using Matching.Api.Teams;
using Matching.Offers;

namespace Matching.Api.Offers;

/// <summary>What becomes of the messages that tell of offers: none goes out for an offer that is over, and where one reaches nobody, somebody who may know another way hears of it.</summary>
[Shared]
public sealed class OfferMessages(OfferStore offers, OrderStore orders, TeamStore teams, StaffStore staff, OutboxStore outbox, TimeProvider clock)
{
    /// <summary>To whom the offer is for.</summary>
    public const string Sent = "offer.sent";

    /// <summary>To a captain whose member cannot be reached.</summary>
    public const string PassOn = "offer.passOn";

    /// <summary>To those who dispatch at the order's site.</summary>
    public const string Undelivered = "offer.undelivered";

    /// <summary>Answered, taken back, or run out: nobody needs to hear of it any more.</summary>
    public async Task<bool> IsOverAsync(MessageRow message) =>
        message.SubjectId.Kind == IdKind.Offer && !(await offers.FindAsync(message.SubjectId) is { State: OfferState.Pending } offer && clock.GetUtcNow() < offer.ExpiresAt);

    /// <summary>It reaches nobody: her captain may knock at her door; where there is none, or he hears of nothing either, the station does.</summary>
    public async Task PassOnAsync(Transaction tx, MessageRow message)
    {
        if (message.SubjectId.Kind != IdKind.Offer || await offers.FindAsync(tx, message.SubjectId) is not { State: OfferState.Pending } offer)
        {
            return;
        }

        if (message.Topic == Sent && offer.VolunteerId is { } volunteerId && await teams.CaptainOfAsync(tx, volunteerId) is { } captain)
        {
            await outbox.AddAsync(
                tx, PassOn, offer.Id, offer.CenterId, captain.AccountId, new { offerId = offer.Id, orderId = offer.OrderId, volunteerId, teamId = captain.TeamId });
            return;
        }

        var order = (await orders.FindAsync(tx, offer.OrderId))!;
        await staff.TellAsync(
            tx, Duty.Orders, order.OwnerPath, Undelivered, offer.Id, order.CenterId, new { offerId = offer.Id, orderId = order.Id, volunteerId = offer.VolunteerId, teamId = offer.TeamId });
    }
}
