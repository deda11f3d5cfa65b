using Matching.Accounts;

namespace Matching.Wishes;

/// <summary>Where a wish stands.</summary>
public enum WishState
{
    /// <summary>已提交</summary>
    Submitted,

    /// <summary>处理中: a curator holds it under a lease.</summary>
    Triaging,

    /// <summary>待补充</summary>
    NeedsInfo,

    /// <summary>已成单</summary>
    Ordered,

    /// <summary>已合并: a duplicate; shows the state of the wish it was merged into.</summary>
    Merged,

    /// <summary>不予受理</summary>
    Rejected,

    /// <summary>已转介: to 12345, 110 or 120.</summary>
    Referred,

    /// <summary>已撤回</summary>
    Withdrawn,

    /// <summary>已实现</summary>
    Fulfilled,

    /// <summary>未实现</summary>
    Unfulfilled,
}

/// <summary>What can be done to a wish.</summary>
public enum WishDeed
{
    /// <summary>A curator takes it up.</summary>
    Claim,

    RenewLease,

    /// <summary>The curator's time is up; it goes back to the queue.</summary>
    LapseLease,

    /// <summary>The curator lets go of it before the time is up; it goes back to the queue.</summary>
    Release,

    AskForDetail,

    /// <summary>The resident answers what was asked.</summary>
    Answer,

    /// <summary>It becomes one or more orders.</summary>
    Order,

    /// <summary>It is a duplicate of another.</summary>
    Merge,

    Reject,

    Refer,

    Withdraw,

    /// <summary>Nobody answered in time.</summary>
    FallSilent,

    /// <summary>To the parent site, once.</summary>
    Appeal,

    /// <summary>None of its orders is open, and at least one was served.</summary>
    Fulfil,

    /// <summary>None of its orders is open, and none was served.</summary>
    LeaveUnfulfilled,
}

/// <summary>Where a wish can be referred to.</summary>
public static class Referral
{
    /// <summary>The city's hotline, the police, the ambulance.</summary>
    public static readonly IReadOnlyList<string> Lines = ["12345", "110", "120"];
}

/// <summary>The moves of a wish.</summary>
public static class WishStates
{
    public static readonly StateTable<WishState, WishDeed> Table = new(
        Refusals.WishStateWrong,
        new(WishState.Submitted, WishDeed.Claim, WishState.Triaging, Party.Curator),
        new(WishState.Submitted, WishDeed.Order, WishState.Ordered, Party.System),
        new(WishState.Submitted, WishDeed.Withdraw, WishState.Withdrawn, Party.Resident),
        new(WishState.Triaging, WishDeed.RenewLease, WishState.Triaging, Party.Curator),
        new(WishState.Triaging, WishDeed.LapseLease, WishState.Submitted, Party.Clock),
        new(WishState.Triaging, WishDeed.Release, WishState.Submitted, Party.Curator),
        new(WishState.Triaging, WishDeed.AskForDetail, WishState.NeedsInfo, Party.Curator),
        new(WishState.Triaging, WishDeed.Order, WishState.Ordered, Party.Curator),
        new(WishState.Triaging, WishDeed.Merge, WishState.Merged, Party.Curator),
        new(WishState.Triaging, WishDeed.Reject, WishState.Rejected, Party.Curator),
        new(WishState.Triaging, WishDeed.Refer, WishState.Referred, Party.Curator),
        new(WishState.Triaging, WishDeed.Withdraw, WishState.Withdrawn, Party.Resident),
        new(WishState.NeedsInfo, WishDeed.Answer, WishState.Triaging, Party.Resident),
        new(WishState.NeedsInfo, WishDeed.Withdraw, WishState.Withdrawn, Party.Resident),
        new(WishState.NeedsInfo, WishDeed.FallSilent, WishState.Withdrawn, Party.Clock),
        new(WishState.NeedsInfo, WishDeed.Reject, WishState.Rejected, Party.Curator),
        new(WishState.Rejected, WishDeed.Appeal, WishState.Triaging, Party.Resident),
        new(WishState.Ordered, WishDeed.Fulfil, WishState.Fulfilled, Party.System),
        new(WishState.Ordered, WishDeed.LeaveUnfulfilled, WishState.Unfulfilled, Party.System),
        new(WishState.Ordered, WishDeed.Withdraw, WishState.Withdrawn, Party.Resident));

    public static Outcome<WishState> Move(WishState from, WishDeed deed) => Table.Move(from, deed);

    public static Outcome<WishState> Move(WishState from, WishDeed deed, Party by) => Table.Move(from, deed, by);

    /// <summary>Whether anything can still happen to it. A rejected wish that was not appealed may still be.</summary>
    public static bool IsOpen(this WishState state) => state is WishState.Submitted or WishState.Triaging or WishState.NeedsInfo or WishState.Ordered;
}
