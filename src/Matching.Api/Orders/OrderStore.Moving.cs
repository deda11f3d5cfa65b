using Matching.Api.Dispatch;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Assignments;
using Matching.Offers;
using Matching.Orders;
using Matching.Wishes;

namespace Matching.Api.Orders;

/// <summary>The part that moves an order along the table of its states and reckons what comes next.</summary>
public sealed partial class OrderStore
{
    private static readonly Sql<StateRow> SetState = new(
        "UPDATE orders SET state = @State, state_since = @Now, closed_at = @ClosedAt, served_at = CASE WHEN @Served = 1 THEN @Now ELSE served_at END WHERE id = @Id");

    private static readonly Sql<ReviewerRow> SetReviewer = new("UPDATE orders SET reviewed_by = @AccountId WHERE id = @Id");

    private static readonly Sql<PlanRow> SetPlan = new(
        """
        UPDATE orders SET due_at = @DueAt, next_action = @NextAction, leased_by = NULL, leased_until = NULL, seats_filled = @SeatsFilled
        WHERE id = @Id
        """);

    private static readonly Sql<ById, SeatFactsRow> FilledSeats = new(
        """
        SELECT a.accepted_at, a.checked_in_at, a.checked_out_at
        FROM seats s JOIN assignments a ON a.id = s.assignment_id
        WHERE s.order_id = @Id
        """);

    private static readonly Sql<ById, RoundFactsRow> RoundOf = new(
        """
        SELECT r.wave, r.opened_at, r.closes_at, r.closed_at
        FROM orders o JOIN dispatch_rounds r ON r.id = o.round_id
        WHERE o.id = @Id
        """);

    /// <summary>A draft is good to go: from medium risk on because a second person says so.</summary>
    public async Task<Outcome<OrderRow>> ApproveAsync(Transaction tx, OrderRow order, Caller reviewer)
    {
        if (OrderStates.Approve(order.State, order.Risk, order.CreatedBy ?? Id.None, reviewer.AccountId) is { Refusal: { } refusal })
        {
            return refusal;
        }

        await tx.ExecuteAsync(SetReviewer, new ReviewerRow(order.Id, reviewer.AccountId));
        await BecomeReadyAsync(tx, order, reviewer);
        return await SettleAsync(tx, order.Id, reviewer);
    }

    /// <summary>Moves along a line of the table, or throws: whoever calls it has asked the rule before, under the lock.</summary>
    public async Task MoveAsync(Transaction tx, OrderRow order, OrderDeed deed, Actor actor, string? reason = null)
    {
        var to = OrderStates.Move(order.State, deed).Value;
        await tx.ExecuteAsync(SetState, new StateRow(
            order.Id, to.ToString(), clock.GetUtcNow(), to.IsOpen() ? null : clock.GetUtcNow(), to == OrderState.AwaitingConfirmation));
        await timeline.AddAsync(tx, order.Id, order.State.ToString(), to.ToString(), deed.ToString(), actor, reason);
        await outbox.AddAsync(tx, "order." + System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(to.ToString()), order.Id, order.CenterId, null, new { orderId = order.Id, from = order.State, to });
        if (to == OrderState.Accepted)
        {
            await offers.EndPendingAsync(tx, order.Id, OfferState.TooLate, actor);
        }

        if (to == OrderState.AwaitingConfirmation)
        {
            await AskToConfirmAsync(tx, order, actor);
        }

        if (!to.IsOpen())
        {
            await FinishAsync(tx, order, to, actor, reason);
        }
    }

    /// <summary>Given up by staff, the clock, or because its wish was withdrawn; says why to both sides. The caller has locked it.</summary>
    public async Task<Outcome<OrderRow>> EndAsync(Transaction tx, OrderRow order, OrderDeed deed, Actor actor, string? reason)
    {
        if (OrderStates.Move(order.State, deed) is { Refusal: { } refusal })
        {
            return refusal;
        }

        await MoveAsync(tx, order, deed, actor, reason);
        return await SettleAsync(tx, order.Id, actor);
    }

    /// <summary>Cancels an order, as its wish is withdrawn.</summary>
    public async Task<Outcome<OrderRow>> CancelAsync(Transaction tx, Id orderId, Actor actor, string? reason) =>
        await LockAsync(tx, orderId) is { } order ? await EndAsync(tx, order, OrderDeed.Cancel, actor, reason) : Refusals.OrderUnknown;

    /// <summary>Lets the state follow the seats, and reckons the next due-date and action.</summary>
    public async Task<OrderRow> SettleAsync(Transaction tx, Id id, Actor actor)
    {
        while (true)
        {
            var order = (await FindAsync(tx, id))!;
            var policy = await policies.EffectiveAsync(order.CenterId, order.OwnerPath, clock.GetUtcNow());
            var facts = await FactsAsync(tx, order);
            if (OrderStates.Follow(order.State, order.PeopleWanted, facts.Seats) is { } deed)
            {
                await MoveAsync(tx, order, deed, actor);
                continue;
            }

            // Offers of a level that the order has left run out in their own time: then, too, it is looked at.
            var runsOutAt = await offers.ExpireAsync(tx, id);
            var next = OrderClock.Next(facts, policy);
            var dueAt = runsOutAt < next?.DueAt ? runsOutAt : next?.DueAt;
            await tx.ExecuteAsync(SetPlan, new PlanRow(id, dueAt, next?.Action.ToString(), facts.Filled));
            if (dueAt <= clock.GetUtcNow())
            {
                tx.AfterCommit(signals.Wake<AdvanceOrders>);
            }

            return order with { DueAt = dueAt, NextAction = next?.Action, SeatsFilled = facts.Filled };
        }
    }

    public async Task<OrderFacts> FactsAsync(IRows rows, OrderRow order)
    {
        var seats = await rows.ListAsync(FilledSeats, new ById(order.Id));
        var round = await rows.FirstAsync(RoundOf, new ById(order.Id));
        return new OrderFacts
        {
            State = order.State,
            Since = order.StateSince,
            Urgency = order.Urgency,
            Level = order.Level,
            LevelSince = order.LevelSince,
            ReadyAt = order.ReadyAt,
            Window = order.Window,
            Wanted = order.PeopleWanted,
            Needed = order.PeopleNeeded,
            Seats = [.. seats.Select(seat => new SeatFacts(seat.AcceptedAt, seat.CheckedInAt, seat.CheckedOutAt))],
            Mode = order.Mode,
            Round = round is null ? null : new RoundFacts(round.Wave, round.OpenedAt, round.ClosedAt ?? round.ClosesAt, round.ClosedAt is not null),
            EverybodyAsked = order.AllAsked,
            DayBeforeSentAt = order.RemindedBeforeAt,
            OnTheDaySentAt = order.RemindedTodayAt,
            DispatcherAskedAt = order.DispatcherAskedAt,
            DispatcherAnswered = order.DispatcherAnsweredAt is not null,
            StaffRemindedAt = order.StaffRemindedAt,
        };
    }

    // Nobody is left waiting for an order that is over.
    private async Task FinishAsync(Transaction tx, OrderRow order, OrderState to, Actor actor, string? reason)
    {
        await offers.EndPendingAsync(tx, order.Id, OfferState.Withdrawn, actor);
        if (!to.IsServed())
        {
            await assignments.TellHoldersAsync(tx, order.Id, "assignment.cancelled");
            foreach (var assignment in await assignments.HeldOfAsync(tx, order.Id))
            {
                if (assignment.State == AssignmentState.Confirmed)
                {
                    await assignments.EndAsync(tx, assignment, AssignmentDeed.Release, actor, reason);
                    await FreeSeatAsync(tx, order.Id, assignment.Id);
                }
            }
        }

        await wishes.FollowOrderAsync(tx, order.Id, to.IsServed());
    }

    private async Task BecomeReadyAsync(Transaction tx, OrderRow order, Actor actor)
    {
        var policy = await policies.EffectiveAsync(order.CenterId, order.OwnerPath, clock.GetUtcNow());
        await MoveAsync(tx, order, OrderDeed.Approve, actor);
        await SearchAnewAsync(tx, order.Id, Urgencies.Fit(order.Urgency, clock.GetUtcNow(), order.Window, policy));
    }

    private sealed record StateRow(Id Id, string State, DateTimeOffset Now, DateTimeOffset? ClosedAt, bool Served);

    private sealed record ReviewerRow(Id Id, Id AccountId);

    private sealed record PlanRow(Id Id, DateTimeOffset? DueAt, string? NextAction, int SeatsFilled);

    private sealed record SeatFactsRow
    {
        public DateTimeOffset AcceptedAt { get; init; }

        public DateTimeOffset? CheckedInAt { get; init; }

        public DateTimeOffset? CheckedOutAt { get; init; }
    }

    private sealed record RoundFactsRow
    {
        public int Wave { get; init; }

        public DateTimeOffset OpenedAt { get; init; }

        public DateTimeOffset ClosesAt { get; init; }

        public DateTimeOffset? ClosedAt { get; init; }
    }
}
