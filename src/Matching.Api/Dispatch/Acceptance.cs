using Matching.Api.Plumbing;
using Matching.Api.Assignments;
using Matching.Api.Offers;
using Matching.Api.Orders;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;
using Matching.Api.Volunteers;
using Matching.Api.Wishes;
using Matching.Engine;
using Matching.Offers;
using Matching.Orders;
using Matching.Policies;

namespace Matching.Api.Dispatch;

/// <summary>
/// How a seat becomes somebody's. All in one transaction: the order is locked, then the volunteer, so that neither a second yes for the seat nor a second
/// seat for the volunteer can slip in between the check and the row.
/// </summary>
[Shared]
public sealed class Acceptance(
    Ids ids,
    TimeProvider clock,
    OrderStore orders,
    OfferStore offers,
    AssignmentStore assignments,
    VolunteerStore volunteers,
    NeedStore needs,
    PolicyStore policies,
    WishStore wishes)
{
    /// <summary>A seat for each of these, by this offer; all of them or, with the reason, none.</summary>
    public async Task<Outcome<IReadOnlyList<Id>>> AcceptAsync(Transaction tx, OfferRow read, IReadOnlyList<Id> volunteerIds, Actor actor, string? note)
    {
        var order = await orders.LockAsync(tx, read.OrderId) ?? throw new InvalidOperationException("An offer has lost its order.");

        // Read again under the lock: it may have expired, been withdrawn, or been answered on another phone.
        var offer = (await offers.FindAsync(tx, read.Id))!;
        if (offer.ToOffer().Accept(clock.GetUtcNow()) is { Refusal: { } refusal })
        {
            return refusal;
        }

        if (order.State is not (OrderState.Dispatching or OrderState.ManualHold or OrderState.InService))
        {
            return Refusals.SeatTaken;
        }

        var round = await offers.RoundAsync(tx, offer.RoundId);
        var policy = await policies.EffectiveAsync(order.CenterId, order.OwnerPath, clock.GetUtcNow());
        var need = await needs.ForOrderAsync(tx, order, policy, round.PoolPath, round.RadiusM);
        var going = volunteerIds.Index().DistinctBy(named => named.Item).ToList();
        switch (await orders.OpenSeatCountAsync(tx, order.Id))
        {
            case 0:
                return Refusals.SeatTaken;
            case var open when going.Count > open:
                return Refusals.TooManyForSeats.At("volunteerIds");
        }

        // Always in the same order, so that two captains who name the same people do not wait for each other.
        foreach (var volunteerId in going.Select(named => named.Item).Order())
        {
            await volunteers.TouchAsync(tx, volunteerId);
        }

        var made = new List<Id>();
        foreach (var (place, volunteerId) in going)
        {
            var seated = await SeatAsync(tx, order, offer, need, volunteerId, actor);
            if (seated.Refusal is { } no)
            {
                return offer.TeamId is null ? no : no.At($"volunteerIds[{place}]");
            }

            made.Add(seated.Value);
        }

        await offers.AnswerAsync(tx, offer, OfferState.Accepted, actor, note: note);
        await orders.SettleAsync(tx, order.Id, actor);
        foreach (var wishId in await wishes.WishesOfOrderAsync(tx, order.Id))
        {
            await wishes.TellAsync(tx, (await wishes.FindAsync(tx, wishId))!, "order.volunteerFound", order.Id);
        }

        return made;
    }

    private async Task<Outcome<Id>> SeatAsync(Transaction tx, OrderRow order, OfferRow offer, Need need, Id volunteerId, Actor actor)
    {
        if (await volunteers.FactsInAsync(tx, volunteerId) is not { } facts)
        {
            return Refusals.VolunteerUnknown;
        }

        if (HardRules.Check(facts, need, Moment.Acceptance) is { Refusal: { } broken })
        {
            return broken;
        }

        var assignmentId = ids.Next(IdKind.Assignment);
        if (await orders.TakeSeatAsync(tx, order.Id, assignmentId) is not { } seat)
        {
            return Refusals.SeatTaken;
        }

        await assignments.AddAsync(
            tx,
            new NewAssignment(
                assignmentId, order.CenterId, order.Id, seat, volunteerId, offer.Id, offer.TeamId, order.WindowStart, order.WindowEnd, order.Lat, order.Lng,
                clock.GetUtcNow()),
            actor);
        if (offer.TeamId is not null)
        {
            // Her captain said yes for her.
            await assignments.TellAsync(tx, (await assignments.FindAsync(tx, assignmentId))!, "assignment.given");
        }

        return assignmentId;
    }
}
