using Matching.Accounts;
using Matching.Api.Messages;
using Matching.Api.Orders;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Plumbing.Outbox;
using Matching.Api.Queues;
using Matching.Api.Sites;
using Matching.Api.Teams;
using Matching.Messages;
using Matching.Offers;
using Matching.Orders;

namespace Matching.Api.Offers;

/// <summary>
/// What becomes of the messages that tell of offers. None goes out for an offer that is over. An offer's clock starts when its message arrives; where it reaches nobody,
/// or not in time, it starts all the same, and somebody who may know another way hears of it.
/// </summary>
[Shared]
public sealed class OfferMessages(
    OfferStore offers, OrderStore orders, PolicyStore policies, TeamStore teams, StaffStore staff, OutboxStore outbox, TimeProvider clock)
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

    /// <summary>A carrier has brought it.</summary>
    public async Task ArrivedAsync(Transaction tx, MessageRow message, Carrier by)
    {
        if (message.Topic == Sent)
        {
            await StartClockAsync(tx, message, by);
        }
    }

    /// <summary>It has not arrived so far, and is tried again. When that has taken as long as it may, its clock starts, and somebody hears of it.</summary>
    public async Task LateAsync(Transaction tx, MessageRow message)
    {
        if (message.Topic == Sent && await offers.FindAsync(tx, message.SubjectId) is { State: OfferState.Pending, DeliveredAt: null } offer)
        {
            var order = (await orders.FindAsync(tx, offer.OrderId))!;
            var policy = await policies.EffectiveAsync(order.CenterId, order.OwnerPath, clock.GetUtcNow());
            if (WavePlan.StartsBy(order.Urgency, offer.SentAt, policy) <= clock.GetUtcNow())
            {
                await LostAsync(tx, message);
            }
        }
    }

    /// <summary>No carrier brings it: what is left is the app, if she has it. Her clock starts, and her captain or the station hears of it, once.</summary>
    public async Task LostAsync(Transaction tx, MessageRow message)
    {
        if (message.SubjectId.Kind == IdKind.Offer && (message.Topic != Sent || await StartClockAsync(tx, message, message.AccountId is null ? null : Carrier.Inbox)))
        {
            await PassOnAsync(tx, message);
        }
    }

    /// <summary>From now on she has as long as a wave is, but never longer than she was first given; false when her clock was running or she has answered.</summary>
    private async Task<bool> StartClockAsync(Transaction tx, MessageRow message, Carrier? by)
    {
        if (await offers.FindAsync(tx, message.SubjectId) is not { State: OfferState.Pending, DeliveredAt: null } read || await orders.LockAsync(tx, read.OrderId) is not { } order)
        {
            return false;
        }

        // Read again under the lock: it may have been answered meanwhile.
        if (await offers.FindAsync(tx, read.Id) is not { State: OfferState.Pending, DeliveredAt: null } offer)
        {
            return false;
        }

        var now = clock.GetUtcNow();
        var policy = await policies.EffectiveAsync(order.CenterId, order.OwnerPath, now);
        var expiresAt = WavePlan.ClosesAt(order.Urgency, offer.SentAt, now, order.Window, policy);
        await offers.DeliveredAsync(tx, offer, by, expiresAt < offer.ExpiresAt ? expiresAt : offer.ExpiresAt);
        await orders.SettleAsync(tx, order.Id, Actor.System);
        return true;
    }

    // Her captain may knock at her door; where there is none, or he hears of nothing either, the station does.
    private async Task PassOnAsync(Transaction tx, MessageRow message)
    {
        var offer = (await offers.FindAsync(tx, message.SubjectId))!;
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
