using Matching.Orders;

namespace Matching.Tests.Orders;

public class OrderStateTests
{
    private static readonly DateTimeOffset Now = At.China("2026-05-04 09:00");
    private static readonly SeatFacts Confirmed = new(Now);
    private static readonly SeatFacts Come = new(Now, Now.AddHours(1));
    private static readonly SeatFacts Left = new(Now, Now.AddHours(1), Now.AddHours(2));

    private static readonly TypedTable<OrderState, OrderDeed> Typed = new("""
        Draft                 Approve           Ready                 by Curator, Reviewer, System
        Draft                 Cancel            Cancelled             by Curator, Reviewer, System
        Ready                 Dispatch          Dispatching           by Dispatcher, System, Clock
        Ready                 Cancel            Cancelled             by Dispatcher, System, Clock
        Dispatching           Fill              Accepted              by Volunteer, Clock, Staff
        Dispatching           Hold              ManualHold            by Clock, Staff
        Dispatching           LeaveUnfilled     Unfilled              by Clock, Staff
        Dispatching           Begin             InService             by Volunteer, Staff
        Dispatching           Cancel            Cancelled             by Clock, Staff, System
        ManualHold            Redispatch        Dispatching           by Dispatcher
        ManualHold            Fill              Accepted              by Dispatcher, Volunteer
        ManualHold            LeaveUnfilled     Unfilled              by Dispatcher, Clock
        ManualHold            Cancel            Cancelled             by Dispatcher, Clock, System
        Accepted              Begin             InService             by Volunteer, Staff
        Accepted              Reopen            Dispatching           by Volunteer, Clock, Staff
        Accepted              Cancel            Cancelled             by Clock, Staff, System
        Accepted              Fail              Failed                by Volunteer, Clock, Staff
        InService             Finish            AwaitingConfirmation  by Volunteer, Clock, Staff
        InService             Fail              Failed                by Volunteer, Clock, Staff
        AwaitingConfirmation  Confirm           AwaitingRating        by Resident, Staff
        AwaitingConfirmation  PassConfirmation  AwaitingRating        by Clock
        AwaitingConfirmation  Dispute           Disputed              by Resident, Staff
        AwaitingRating        Close             Closed                by System, Clock
        AwaitingRating        Dispute           Disputed              by Resident, Volunteer, Staff
        Disputed              Settle            AwaitingRating        by Center
        Disputed              Fail              Failed                by Center
        """);

    private static IEnumerable<TestCaseData> EveryPair() => TypedTable<OrderState, OrderDeed>.EveryPair();

    [TestCaseSource(nameof(EveryPair))]
    public void An_order_moves_along_its_table_and_no_other_way(OrderState from, OrderDeed deed)
    {
        Typed.Compare(from, deed, Refusals.OrderStateWrong, OrderStates.Move, OrderStates.Table);
    }

    [Test]
    public void A_finished_order_has_no_way_on_and_an_open_one_has()
    {
        foreach (var state in Enum.GetValues<OrderState>())
        {
            Assert.That(OrderStates.Table.Lines.Any(line => line.From == state), Is.EqualTo(state.IsOpen()), state.ToString());
        }
    }

    [TestCase(Risk.Low, true, true)]
    [TestCase(Risk.Low, false, true)]
    [TestCase(Risk.Medium, true, false)]
    [TestCase(Risk.Medium, false, true)]
    [TestCase(Risk.High, true, false)]
    [TestCase(Risk.High, false, true)]
    public void From_medium_risk_on_nobody_approves_their_own_draft(Risk risk, bool author, bool allowed)
    {
        var (chen, wang) = (Id.From(0x0101), Id.From(0x0201));
        var outcome = OrderStates.Approve(OrderState.Draft, risk, chen, author ? chen : wang);

        Assert.That(outcome.Refusal, Is.EqualTo(allowed ? null : Refusals.ReviewerIsAuthor));
        Assert.That(outcome.Refused || outcome.Value == OrderState.Ready);
    }

    [Test]
    public void What_is_no_draft_is_not_approved()
    {
        Assert.That(OrderStates.Approve(OrderState.Ready, Risk.High, Id.None, Id.None).Refusal, Is.EqualTo(Refusals.OrderStateWrong));
    }

    [Test]
    public void An_order_follows_its_furthest_seat()
    {
        Assert.That(OrderStates.Follow(OrderState.Dispatching, 2, [Confirmed]), Is.Null);
        Assert.That(OrderStates.Follow(OrderState.Dispatching, 2, [Confirmed, Confirmed]), Is.EqualTo(OrderDeed.Fill));
        Assert.That(OrderStates.Follow(OrderState.ManualHold, 1, [Confirmed]), Is.EqualTo(OrderDeed.Fill));
        Assert.That(OrderStates.Follow(OrderState.Dispatching, 2, [Come]), Is.EqualTo(OrderDeed.Begin));
        Assert.That(OrderStates.Follow(OrderState.Accepted, 2, [Come, Confirmed]), Is.EqualTo(OrderDeed.Begin));
        Assert.That(OrderStates.Follow(OrderState.Accepted, 2, [Confirmed, Confirmed]), Is.Null);
        Assert.That(OrderStates.Follow(OrderState.Accepted, 2, [Confirmed]), Is.EqualTo(OrderDeed.Reopen));
        Assert.That(OrderStates.Follow(OrderState.InService, 2, [Left, Come]), Is.Null);
        Assert.That(OrderStates.Follow(OrderState.InService, 2, [Left, Confirmed]), Is.Null);
        Assert.That(OrderStates.Follow(OrderState.InService, 2, [Left, Left]), Is.EqualTo(OrderDeed.Finish));
        Assert.That(OrderStates.Follow(OrderState.InService, 2, [Left]), Is.EqualTo(OrderDeed.Finish));
    }

    [Test]
    public void What_follows_from_a_seat_is_always_an_allowed_move()
    {
        foreach (var state in Enum.GetValues<OrderState>())
        {
            foreach (SeatFacts[] seats in (SeatFacts[][])[[], [Confirmed], [Come], [Left], [Confirmed, Come], [Confirmed, Left], [Left, Left]])
            {
                if (OrderStates.Follow(state, 2, seats) is { } deed)
                {
                    Assert.That(OrderStates.Move(state, deed).Refused, Is.False, $"{state} {deed}");
                }
            }
        }
    }
}
