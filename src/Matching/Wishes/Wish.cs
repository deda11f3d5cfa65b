using Matching.Accounts;
using Matching.Orders;
using Matching.Policies;

namespace Matching.Wishes;

/// <summary>What happens to a wish next if nobody does anything.</summary>
public enum WishAction
{
    /// <summary>Nobody has taken it up: the curators of its site are reminded (<see cref="StaffReminder"/>).</summary>
    RemindCurators,

    /// <summary>The lease is over: back to the queue.</summary>
    LapseLease,

    /// <summary>Nobody answered: withdrawn.</summary>
    FallSilent,
}

/// <summary>When something happens to a wish by itself, and what.</summary>
public readonly record struct WishStep(DateTimeOffset DueAt, WishAction Action);

/// <summary>How many of a wish's orders were served.</summary>
public readonly record struct ServedShare(int Served, int Orders)
{
    public double Share => Orders == 0 ? 0 : (double)Served / Orders;
}

/// <summary>
/// What the rules need to know of a wish. Each method is a deed: it gives the wish afterwards, or why not.
/// Who may do it is settled by the caller's party where the table names one; whose wish it is, by the caller.
/// </summary>
public sealed record Wish
{
    public required Id Id { get; init; }

    public required WishState State { get; init; }

    /// <summary>When it came into this state.</summary>
    public required DateTimeOffset Since { get; init; }

    public required Urgency Urgency { get; init; }

    /// <summary>The curator who works on it; none after an appeal, until somebody takes it up.</summary>
    public Id LeaseHolder { get; init; }

    public DateTimeOffset? LeaseUntil { get; init; }

    /// <summary>When its curators were last reminded.</summary>
    public DateTimeOffset? RemindedAt { get; init; }

    public bool Appealed { get; init; }

    public Id MergedInto { get; init; }

    /// <summary>A curator takes it from the queue, or from a colleague whose lease is over though no job has noticed yet.</summary>
    public Outcome<Wish> Claim(Id curator, DateTimeOffset now, Policy policy)
    {
        if (State == WishState.Triaging && !LeaseHolder.IsNone && now < LeaseUntil)
        {
            return LeaseHolder == curator ? RenewLease(curator, now, policy) : Refusals.WishClaimedByOther;
        }

        var queued = State == WishState.Triaging ? WishState.Submitted : State;
        return WishStates.Move(queued, WishDeed.Claim) is { Refusal: { } refusal } ? refusal : Leased(curator, now, policy);
    }

    public Outcome<Wish> RenewLease(Id curator, DateTimeOffset now, Policy policy)
    {
        return Held(WishDeed.RenewLease, curator, now) is { } refusal ? refusal : this with { LeaseUntil = now + policy.CuratorLease };
    }

    /// <summary>Refused while the lease runs, so that a late or doubled job does no harm.</summary>
    public Outcome<Wish> LapseLease(DateTimeOffset now)
    {
        if (WishStates.Move(State, WishDeed.LapseLease) is { Refusal: { } refusal })
        {
            return refusal;
        }

        return now < LeaseUntil ? Refusals.WishLeaseRuns : To(WishState.Submitted, now);
    }

    /// <summary>A curator lets go of what she took up: nobody has to wait for her lease to end.</summary>
    public Outcome<Wish> Release(Id curator, DateTimeOffset now) => By(WishDeed.Release, curator, now);

    public Outcome<Wish> AskForDetail(Id curator, DateTimeOffset now) => By(WishDeed.AskForDetail, curator, now);

    /// <summary>The resident answers: the curator who asked has it back under a new lease.</summary>
    public Outcome<Wish> Answer(DateTimeOffset now, Policy policy)
    {
        return WishStates.Move(State, WishDeed.Answer) is { Refusal: { } refusal } ? refusal : Leased(LeaseHolder, now, policy);
    }

    /// <summary>It becomes orders, by a curator.</summary>
    public Outcome<Wish> Order(Id curator, DateTimeOffset now) => By(WishDeed.Order, curator, now);

    /// <summary>It becomes an order by itself: its menu item needs no curation.</summary>
    public Outcome<Wish> OrderUncurated(DateTimeOffset now)
    {
        return WishStates.Move(State, WishDeed.Order, Party.System) is { Refusal: { } refusal } ? refusal : To(WishState.Ordered, now);
    }

    /// <summary>It is a duplicate of another, which must be open; a merged one is not, so that no circle comes about.</summary>
    public Outcome<Wish> Merge(Id curator, Wish into, DateTimeOffset now)
    {
        if (into.Id == Id || !into.State.IsOpen())
        {
            return Refusals.WishMergeTargetWrong;
        }

        return Held(WishDeed.Merge, curator, now) is { } refusal ? refusal : To(WishState.Merged, now) with { MergedInto = into.Id };
    }

    /// <summary>With a reason, which the caller keeps. A wish that waits for an answer is under nobody's lease.</summary>
    public Outcome<Wish> Reject(Id curator, string? reason, DateTimeOffset now)
    {
        if (string.IsNullOrWhiteSpace(reason))
        {
            return Refusals.ReasonMissing.At("reason");
        }

        if (State == WishState.Triaging)
        {
            return By(WishDeed.Reject, curator, now);
        }

        return WishStates.Move(State, WishDeed.Reject) is { Refusal: { } refusal } ? refusal : To(WishState.Rejected, now);
    }

    /// <summary>To one of the lines that there are; which one, the caller keeps.</summary>
    public Outcome<Wish> Refer(Id curator, string to, DateTimeOffset now) =>
        Referral.Lines.Contains(to) ? By(WishDeed.Refer, curator, now) : Refusals.FieldInvalid.At("to");

    /// <summary>The resident takes it back; too late once any of its orders is in service or beyond.</summary>
    public Outcome<Wish> Withdraw(IEnumerable<OrderState> orders, DateTimeOffset now)
    {
        if (WishStates.Move(State, WishDeed.Withdraw) is { Refusal: { } refusal })
        {
            return refusal;
        }

        return orders.Any(order => order.HasBegun()) ? Refusals.WishInService : To(WishState.Withdrawn, now);
    }

    /// <summary>Refused before the silence has lasted long enough.</summary>
    public Outcome<Wish> FallSilent(DateTimeOffset now, Policy policy)
    {
        if (WishStates.Move(State, WishDeed.FallSilent) is { Refusal: { } refusal })
        {
            return refusal;
        }

        return now < Since + policy.NeedsInfoSilence ? Refusals.WishAnswerStillAwaited : To(WishState.Withdrawn, now);
    }

    /// <summary>Once. The caller hands it to the parent site, whose curators see it without a holder.</summary>
    public Outcome<Wish> Appeal(DateTimeOffset now, Policy policy)
    {
        if (WishStates.Move(State, WishDeed.Appeal) is { Refusal: { } refusal })
        {
            return refusal;
        }

        return Appealed ? Refusals.WishAppealedBefore : Leased(Id.None, now, policy) with { Appealed = true };
    }

    /// <summary>What follows from the states of its orders: fulfilled, unfulfilled, or as it was while one is open.</summary>
    public Wish Follow(IReadOnlyCollection<OrderState> orders, DateTimeOffset now)
    {
        if (State != WishState.Ordered || orders.Count == 0 || orders.Any(order => order.IsOpen()))
        {
            return this;
        }

        return To(ShareServed(orders).Served > 0 ? WishState.Fulfilled : WishState.Unfulfilled, now);
    }

    public static ServedShare ShareServed(IReadOnlyCollection<OrderState> orders) => new(orders.Count(order => order.IsServed()), orders.Count);

    /// <summary>What happens next if nobody does anything; null when nothing does. An ordered wish follows its orders, which have their own clocks.</summary>
    public WishStep? Next(Policy policy) => State switch
    {
        WishState.Submitted => new WishStep(
            StaffReminder.NextAt(Since, RemindedAt, policy.ClocksOf(Urgency).RemindStaff, policy.QuietHoursOf(Urgency), policy), WishAction.RemindCurators),
        WishState.Triaging => new WishStep(LeaseUntil ?? Since + policy.CuratorLease, WishAction.LapseLease),
        WishState.NeedsInfo => new WishStep(Since + policy.NeedsInfoSilence, WishAction.FallSilent),
        _ => null,
    };

    /// <summary>The state that the resident sees: of a merged wish, that of the wish at the end of the chain.</summary>
    public static WishState Shown(Wish wish, Func<Id, Wish?> find)
    {
        // Merges may follow one another. Merge makes no circle; rows that do must not hang a request.
        for (var step = 0; step < 20 && wish.State == WishState.Merged && find(wish.MergedInto) is { } next; step++)
        {
            wish = next;
        }

        return wish.State;
    }

    private Outcome<Wish> By(WishDeed deed, Id curator, DateTimeOffset now)
    {
        return Held(deed, curator, now) is { } refusal ? refusal : To(WishStates.Move(State, deed).Value, now);
    }

    /// <summary>Why this curator cannot do what is for the holder of the lease; null when they can.</summary>
    private Refusal? Held(WishDeed deed, Id curator, DateTimeOffset now)
    {
        if (WishStates.Move(State, deed, Party.Curator) is { Refusal: { } refusal })
        {
            return refusal == Refusals.RoleNotAllowed ? Refusals.WishNotClaimed : refusal;
        }

        if (LeaseHolder != curator)
        {
            return LeaseHolder.IsNone ? Refusals.WishNotClaimed : Refusals.WishClaimedByOther;
        }

        return now < LeaseUntil ? null : Refusals.WishLeaseLapsed;
    }

    private Wish Leased(Id curator, DateTimeOffset now, Policy policy) =>
        To(WishState.Triaging, now) with { LeaseHolder = curator, LeaseUntil = now + policy.CuratorLease };

    // Who asked for detail has the answer back, so the holder is kept meanwhile; the lease is not.
    private Wish To(WishState state, DateTimeOffset now) => this with
    {
        State = state,
        Since = now,
        LeaseUntil = null,
        LeaseHolder = state == WishState.NeedsInfo ? LeaseHolder : Id.None,
    };
}
