using Matching.Accounts;

namespace Matching.Orders;

/// <summary>Where an order stands. The level that it has climbed to is no state.</summary>
public enum OrderState
{
    /// <summary>草稿</summary>
    Draft,

    /// <summary>待派单</summary>
    Ready,

    /// <summary>派单中</summary>
    Dispatching,

    /// <summary>人工处理: nobody was found; a person looks at it.</summary>
    ManualHold,

    /// <summary>已承接</summary>
    Accepted,

    /// <summary>服务中</summary>
    InService,

    /// <summary>待确认</summary>
    AwaitingConfirmation,

    /// <summary>待评单</summary>
    AwaitingRating,

    /// <summary>有争议: its hours wait.</summary>
    Disputed,

    /// <summary>已办结</summary>
    Closed,

    /// <summary>已取消</summary>
    Cancelled,

    /// <summary>无人承接</summary>
    Unfilled,

    /// <summary>服务未成</summary>
    Failed,
}

/// <summary>What can be done to an order.</summary>
public enum OrderDeed
{
    /// <summary>It is good to go; a second person says so where the risk asks for one.</summary>
    Approve,

    /// <summary>The search begins.</summary>
    Dispatch,

    /// <summary>Enough seats are filled.</summary>
    Fill,

    /// <summary>Nobody was found: a person takes over.</summary>
    Hold,

    /// <summary>Out of a hold: with a new window, split, or with wider rules.</summary>
    Redispatch,

    /// <summary>Given up: nobody came forward.</summary>
    LeaveUnfilled,

    /// <summary>The first volunteer checks in.</summary>
    Begin,

    /// <summary>A seat was given back, reassigned or not turned up for: it is open again.</summary>
    Reopen,

    /// <summary>The last volunteer has checked out, or it ends by itself.</summary>
    Finish,

    /// <summary>The resident says that it was done.</summary>
    Confirm,

    /// <summary>Nobody said anything in time: taken as done, with evidence one grade lower.</summary>
    PassConfirmation,

    /// <summary>It was not as it should be.</summary>
    Dispute,

    /// <summary>The center settles a dispute: it stands.</summary>
    Settle,

    /// <summary>Both have rated, or the time for it is over.</summary>
    Close,

    Cancel,

    /// <summary>It was taken on and came to nothing.</summary>
    Fail,
}

/// <summary>How an order looks for volunteers.</summary>
public enum DispatchMode
{
    /// <summary>A few at a time, more in each wave.</summary>
    Wave,

    /// <summary>One person after another.</summary>
    Direct,

    /// <summary>抢单: everybody of the level at once.</summary>
    Broadcast,

    /// <summary>Teams are asked; the captain says who goes.</summary>
    Team,

    /// <summary>A dispatcher picks whom to ask.</summary>
    Manual,

    /// <summary>A parent site hands it down to a child, which then asks in waves.</summary>
    Directive,
}

/// <summary>What could go wrong in a service; from Medium on a second person looks at the draft.</summary>
public enum Risk
{
    Low,
    Medium,
    High,
}

/// <summary>The moves of an order.</summary>
public static class OrderStates
{
    public static readonly StateTable<OrderState, OrderDeed> Table = new(
        Refusals.OrderStateWrong,
        new(OrderState.Draft, OrderDeed.Approve, OrderState.Ready, Party.Curator | Party.Reviewer | Party.System),
        new(OrderState.Draft, OrderDeed.Cancel, OrderState.Cancelled, Party.Curator | Party.Reviewer | Party.System),
        new(OrderState.Ready, OrderDeed.Dispatch, OrderState.Dispatching, Party.Dispatcher | Party.System | Party.Clock),
        new(OrderState.Ready, OrderDeed.Cancel, OrderState.Cancelled, Party.Dispatcher | Party.System | Party.Clock),
        new(OrderState.Dispatching, OrderDeed.Fill, OrderState.Accepted, Party.Volunteer | Party.Clock | Party.Staff),
        new(OrderState.Dispatching, OrderDeed.Hold, OrderState.ManualHold, Party.Clock | Party.Staff),
        new(OrderState.Dispatching, OrderDeed.LeaveUnfilled, OrderState.Unfilled, Party.Clock | Party.Staff),
        new(OrderState.Dispatching, OrderDeed.Begin, OrderState.InService, Party.Volunteer | Party.Staff),
        new(OrderState.Dispatching, OrderDeed.Cancel, OrderState.Cancelled, Party.Clock | Party.Staff | Party.System),
        new(OrderState.ManualHold, OrderDeed.Redispatch, OrderState.Dispatching, Party.Dispatcher),
        // The dispatcher assigns, the volunteer's consent settles it.
        new(OrderState.ManualHold, OrderDeed.Fill, OrderState.Accepted, Party.Dispatcher | Party.Volunteer),
        new(OrderState.ManualHold, OrderDeed.LeaveUnfilled, OrderState.Unfilled, Party.Dispatcher | Party.Clock),
        new(OrderState.ManualHold, OrderDeed.Cancel, OrderState.Cancelled, Party.Dispatcher | Party.Clock | Party.System),
        new(OrderState.Accepted, OrderDeed.Begin, OrderState.InService, Party.Volunteer | Party.Staff),
        new(OrderState.Accepted, OrderDeed.Reopen, OrderState.Dispatching, Party.Volunteer | Party.Clock | Party.Staff),
        new(OrderState.Accepted, OrderDeed.Cancel, OrderState.Cancelled, Party.Clock | Party.Staff | Party.System),
        new(OrderState.Accepted, OrderDeed.Fail, OrderState.Failed, Party.Volunteer | Party.Clock | Party.Staff),
        new(OrderState.InService, OrderDeed.Finish, OrderState.AwaitingConfirmation, Party.Volunteer | Party.Clock | Party.Staff),
        new(OrderState.InService, OrderDeed.Fail, OrderState.Failed, Party.Volunteer | Party.Clock | Party.Staff),
        new(OrderState.AwaitingConfirmation, OrderDeed.Confirm, OrderState.AwaitingRating, Party.Resident | Party.Staff),
        new(OrderState.AwaitingConfirmation, OrderDeed.PassConfirmation, OrderState.AwaitingRating, Party.Clock),
        new(OrderState.AwaitingConfirmation, OrderDeed.Dispute, OrderState.Disputed, Party.Resident | Party.Staff),
        new(OrderState.AwaitingRating, OrderDeed.Close, OrderState.Closed, Party.System | Party.Clock),
        new(OrderState.AwaitingRating, OrderDeed.Dispute, OrderState.Disputed, Party.Resident | Party.Volunteer | Party.Staff),
        new(OrderState.Disputed, OrderDeed.Settle, OrderState.AwaitingRating, Party.Center),
        new(OrderState.Disputed, OrderDeed.Fail, OrderState.Failed, Party.Center));

    public static Outcome<OrderState> Move(OrderState from, OrderDeed deed) => Table.Move(from, deed);

    public static Outcome<OrderState> Move(OrderState from, OrderDeed deed, Party by) => Table.Move(from, deed, by);

    /// <summary>Not finished: it has an owner, a next due-date and a next action.</summary>
    public static bool IsOpen(this OrderState state) =>
        state is not (OrderState.Closed or OrderState.Cancelled or OrderState.Unfilled or OrderState.Failed);

    /// <summary>Somebody has checked in at some time: the wish behind it can no longer be withdrawn.</summary>
    public static bool HasBegun(this OrderState state) =>
        state is OrderState.InService or OrderState.AwaitingConfirmation or OrderState.AwaitingRating or OrderState.Disputed or OrderState.Closed;

    /// <summary>Finished, and somebody was served.</summary>
    public static bool IsServed(this OrderState state) => state is OrderState.Closed;

    /// <summary>
    /// Approves a draft. From medium risk on the reviewer is somebody other than the author: two accounts, not two hats of one.
    /// </summary>
    public static Outcome<OrderState> Approve(OrderState from, Risk risk, Id authorAccount, Id reviewerAccount)
    {
        if (Move(from, OrderDeed.Approve) is { Refusal: { } refusal })
        {
            return refusal;
        }

        return risk >= Risk.Medium && authorAccount == reviewerAccount ? Refusals.ReviewerIsAuthor : OrderState.Ready;
    }

    /// <summary>
    /// What follows for the order when a seat has changed; null when nothing does. The order follows its furthest seat:
    /// one check-in puts it in service while open seats go on being dispatched.
    /// </summary>
    public static OrderDeed? Follow(OrderState state, int wanted, IReadOnlyCollection<SeatFacts> filled) => state switch
    {
        OrderState.Dispatching or OrderState.Accepted when filled.Any(seat => seat.HasCome) => OrderDeed.Begin,
        OrderState.Dispatching or OrderState.ManualHold when filled.Count >= wanted => OrderDeed.Fill,
        OrderState.Accepted when filled.Count < wanted => OrderDeed.Reopen,
        OrderState.InService when filled.Count > 0 && filled.All(seat => seat.HasLeft) => OrderDeed.Finish,
        _ => null,
    };
}
