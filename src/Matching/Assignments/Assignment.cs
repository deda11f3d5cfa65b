using Matching.Accounts;
using Matching.Orders;
using Matching.Policies;

namespace Matching.Assignments;

/// <summary>Where a filled seat stands.</summary>
public enum AssignmentState
{
    /// <summary>已确认</summary>
    Confirmed,

    /// <summary>已签到</summary>
    CheckedIn,

    /// <summary>已签退</summary>
    CheckedOut,

    /// <summary>已核实: its minutes are in the ledger.</summary>
    Verified,

    /// <summary>已退出: given back.</summary>
    Released,

    /// <summary>未到场</summary>
    NoShow,

    /// <summary>已改派</summary>
    Reassigned,
}

/// <summary>What can happen to a filled seat.</summary>
public enum AssignmentDeed
{
    CheckIn,
    CheckOut,

    /// <summary>The service is confirmed: the minutes count.</summary>
    Verify,

    /// <summary>The volunteer gives it back, or it falls with its order.</summary>
    Release,

    /// <summary>They did not come.</summary>
    Miss,

    /// <summary>The dispatcher gives it to somebody else.</summary>
    Reassign,
}

/// <summary>The moves of an assignment.</summary>
public static class AssignmentStates
{
    public static readonly StateTable<AssignmentState, AssignmentDeed> Table = new(
        Refusals.AssignmentStateWrong,
        new(AssignmentState.Confirmed, AssignmentDeed.CheckIn, AssignmentState.CheckedIn, Party.Volunteer | Party.Staff),
        new(AssignmentState.Confirmed, AssignmentDeed.Release, AssignmentState.Released, Party.Volunteer | Party.Staff | Party.Clock | Party.System),
        new(AssignmentState.Confirmed, AssignmentDeed.Miss, AssignmentState.NoShow, Party.Clock | Party.Staff),
        new(AssignmentState.Confirmed, AssignmentDeed.Reassign, AssignmentState.Reassigned, Party.Staff),
        new(AssignmentState.CheckedIn, AssignmentDeed.CheckOut, AssignmentState.CheckedOut, Party.Volunteer | Party.Staff | Party.Clock),
        new(AssignmentState.CheckedOut, AssignmentDeed.Verify, AssignmentState.Verified, Party.System));

    /// <summary>Says what stands in the way where that is more than the wrong moment.</summary>
    public static Outcome<AssignmentState> Move(AssignmentState from, AssignmentDeed deed)
    {
        return Table.Move(from, deed) is { Refused: false } moved ? moved : (from, deed) switch
        {
            (AssignmentState.CheckedIn or AssignmentState.CheckedOut or AssignmentState.Verified, AssignmentDeed.CheckIn) => Refusals.CheckedInAlready,
            (AssignmentState.CheckedOut or AssignmentState.Verified, AssignmentDeed.CheckOut) => Refusals.CheckedOutAlready,
            (AssignmentState.Confirmed, AssignmentDeed.CheckOut) => Refusals.NotCheckedIn,
            (AssignmentState.NoShow, AssignmentDeed.CheckIn) => Refusals.NoShowRecorded,
            _ => Refusals.AssignmentStateWrong,
        };
    }

    /// <summary>The seat is theirs: it counts as filled.</summary>
    public static bool HoldsSeat(this AssignmentState state) =>
        state is AssignmentState.Confirmed or AssignmentState.CheckedIn or AssignmentState.CheckedOut or AssignmentState.Verified;
}

/// <summary>Whole minutes served, and whether more was claimed than the policy lets count.</summary>
public readonly record struct ServedMinutes(int Minutes, bool Cut);

/// <summary>A seat of an order and the volunteer who has it. Each method is a deed: it gives the assignment afterwards, or why not.</summary>
public sealed record Assignment
{
    public required Id Id { get; init; }

    public required Id OrderId { get; init; }

    public required Id VolunteerId { get; init; }

    public AssignmentState State { get; init; }

    public required DateTimeOffset ConfirmedAt { get; init; }

    public DateTimeOffset? CheckedInAt { get; init; }

    public DateTimeOffset? CheckedOutAt { get; init; }

    public EvidenceGrade? InGrade { get; init; }

    public EvidenceGrade? OutGrade { get; init; }

    /// <summary>
    /// They are there. Not before the policy opens it, and not once they count as not having come.
    /// That the hard rules still hold is checked beside this, by the caller.
    /// </summary>
    public Outcome<Assignment> CheckIn(Presence presence, Window window, DateTimeOffset now, Policy policy)
    {
        if (AssignmentStates.Move(State, AssignmentDeed.CheckIn) is { Refusal: { } refusal })
        {
            return refusal;
        }

        if (now < window.Start - policy.CheckInOpensBefore)
        {
            return Refusals.CheckInTooEarly.After(window.Start - policy.CheckInOpensBefore - now);
        }

        if (now >= OrderClock.NoShowAt(ConfirmedAt, window, policy))
        {
            return Refusals.CheckInTooLate;
        }

        var grade = presence.Grade();
        return grade.Refusal is { } unproved ? unproved
            : this with { State = AssignmentState.CheckedIn, CheckedInAt = now, InGrade = grade.Value };
    }

    /// <summary>They leave. Who shows nothing on leaving is still let go: it is worth the organiser's word at best.</summary>
    public Outcome<Assignment> CheckOut(Presence presence, DateTimeOffset now)
    {
        if (AssignmentStates.Move(State, AssignmentDeed.CheckOut) is { Refusal: { } refusal })
        {
            return refusal;
        }

        if (now < CheckedInAt)
        {
            return Refusals.CheckOutBeforeCheckIn;
        }

        var grade = presence.Grade();
        return grade.Refusal == Refusals.ServiceCodeWrong
            ? Refusals.ServiceCodeWrong
            : this with { State = AssignmentState.CheckedOut, CheckedOutAt = now, OutGrade = grade.Refused ? EvidenceGrade.D : grade.Value };
    }

    /// <summary>
    /// Nobody checked them out: they left at the planned end, for all that is known, and it is worth the lowest grade.
    /// Who came after the planned end has served no minute.
    /// </summary>
    public Outcome<Assignment> CheckOutByClock(Window window)
    {
        if (AssignmentStates.Move(State, AssignmentDeed.CheckOut) is { Refusal: { } refusal })
        {
            return refusal;
        }

        var left = CheckedInAt > window.End ? CheckedInAt : window.End;
        return this with { State = AssignmentState.CheckedOut, CheckedOutAt = left, OutGrade = EvidenceGrade.D };
    }

    public Outcome<Assignment> Verify() => To(AssignmentDeed.Verify);

    public Outcome<Assignment> Release() => To(AssignmentDeed.Release);

    public Outcome<Assignment> Reassign() => To(AssignmentDeed.Reassign);

    /// <summary>They did not come. Refused before the time for coming is over, so that an early job does no harm.</summary>
    public Outcome<Assignment> Miss(Window window, DateTimeOffset now, Policy policy)
    {
        if (AssignmentStates.Move(State, AssignmentDeed.Miss) is { Refusal: { } refusal })
        {
            return refusal;
        }

        return now < OrderClock.NoShowAt(ConfirmedAt, window, policy) ? Refusals.MayStillCome : this with { State = AssignmentState.NoShow };
    }

    /// <summary>
    /// The minutes that count: whole ones, rounded down, from check-in to check-out, up to the planned length times the policy's factor.
    /// None before they have checked out.
    /// </summary>
    public ServedMinutes Minutes(TimeSpan planned, Policy policy)
    {
        if (CheckedInAt is not { } came || CheckedOutAt is not { } left)
        {
            return default;
        }

        var served = (int)Math.Floor((left - came).TotalMinutes);
        var most = (int)Math.Floor(planned.TotalMinutes * policy.MostOfPlanned);
        return served > most ? new ServedMinutes(most, Cut: true) : new ServedMinutes(served, Cut: false);
    }

    /// <summary>They were there by the start; who said yes after it cannot have been, and is not blamed.</summary>
    public bool CameOnTime(Window window) => CheckedInAt is { } came && (came <= window.Start || ConfirmedAt > window.Start);

    /// <summary>The evidence of the whole service; D while an end is missing.</summary>
    public EvidenceGrade Evidence(bool confirmed) =>
        EvidenceGrades.Whole(InGrade ?? EvidenceGrade.D, OutGrade ?? EvidenceGrade.D, confirmed);

    private Outcome<Assignment> To(AssignmentDeed deed)
    {
        var moved = AssignmentStates.Move(State, deed);
        return moved.Refusal is { } refusal ? refusal : this with { State = moved.Value };
    }
}
