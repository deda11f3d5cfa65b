using Matching.Accounts;

namespace Matching.Offers;

/// <summary>Where an invitation stands.</summary>
public enum OfferState
{
    /// <summary>待回应</summary>
    Pending,

    /// <summary>已接受</summary>
    Accepted,

    /// <summary>已谢绝</summary>
    Declined,

    /// <summary>已过期</summary>
    Expired,

    /// <summary>已收回: the order needs nobody any more.</summary>
    Withdrawn,

    /// <summary>名额已满: somebody else was faster.</summary>
    TooLate,
}

/// <summary>What can happen to an invitation.</summary>
public enum OfferDeed
{
    Accept,
    Decline,
    Expire,
    Withdraw,

    /// <summary>The last seat went to somebody else.</summary>
    Lose,
}

/// <summary>Why somebody said no.</summary>
public enum DeclineReason
{
    /// <summary>时间不合适</summary>
    Time,

    /// <summary>太远</summary>
    Distance,

    /// <summary>不擅长</summary>
    Skill,

    /// <summary>身体原因</summary>
    Health,

    /// <summary>其他</summary>
    Other,
}

/// <summary>The moves of an offer: out of Pending, once.</summary>
public static class OfferStates
{
    public static readonly StateTable<OfferState, OfferDeed> Table = new(
        Refusals.OfferNotPending,
        new(OfferState.Pending, OfferDeed.Accept, OfferState.Accepted, Party.Volunteer),
        new(OfferState.Pending, OfferDeed.Decline, OfferState.Declined, Party.Volunteer),
        new(OfferState.Pending, OfferDeed.Expire, OfferState.Expired, Party.Clock),
        new(OfferState.Pending, OfferDeed.Withdraw, OfferState.Withdrawn, Party.Staff | Party.Clock | Party.System),
        new(OfferState.Pending, OfferDeed.Lose, OfferState.TooLate, Party.System));

    /// <summary>Says what became of the offer instead of merely that it is over.</summary>
    public static Outcome<OfferState> Move(OfferState from, OfferDeed deed)
    {
        return Table.Move(from, deed) is { Refused: false } moved ? moved : from switch
        {
            OfferState.Expired => Refusals.OfferExpired,
            OfferState.Withdrawn => Refusals.OfferWithdrawn,
            OfferState.TooLate => Refusals.SeatTaken,
            _ => Refusals.OfferNotPending,
        };
    }
}

/// <summary>An invitation to one person, or to a team through its captain. Each method is a deed: it gives the offer afterwards, or why not.</summary>
public sealed record Offer
{
    public required Id Id { get; init; }

    public required Id OrderId { get; init; }

    /// <summary>None when a team is asked.</summary>
    public Id VolunteerId { get; init; }

    /// <summary>None when a person is asked.</summary>
    public Id TeamId { get; init; }

    public OfferState State { get; init; }

    public required DateTimeOffset SentAt { get; init; }

    /// <summary>From this instant on it is expired, whether or not a job has noticed.</summary>
    public required DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? SeenAt { get; init; }

    public DateTimeOffset? AnsweredAt { get; init; }

    public DeclineReason? Reason { get; init; }

    /// <summary>Yes. Whether a seat is still free is for the store to settle.</summary>
    public Outcome<Offer> Accept(DateTimeOffset now)
    {
        return Answer(OfferDeed.Accept, now) is { } refusal ? refusal
            : this with { State = OfferState.Accepted, AnsweredAt = now, SeenAt = SeenAt ?? now };
    }

    public Outcome<Offer> Decline(DateTimeOffset now, DeclineReason reason)
    {
        return Answer(OfferDeed.Decline, now) is { } refusal ? refusal
            : this with { State = OfferState.Declined, AnsweredAt = now, SeenAt = SeenAt ?? now, Reason = reason };
    }

    /// <summary>They have looked at it. Only the first look counts, and none after it is over; looking is never refused.</summary>
    public Offer See(DateTimeOffset now) => State == OfferState.Pending && now < ExpiresAt ? this with { SeenAt = SeenAt ?? now } : this;

    /// <summary>Refused while it runs, so that a doubled or early job does no harm.</summary>
    public Outcome<Offer> Expire(DateTimeOffset now)
    {
        if (OfferStates.Move(State, OfferDeed.Expire) is { Refusal: { } refusal })
        {
            return refusal;
        }

        return now < ExpiresAt ? Refusals.OfferStillOpen : this with { State = OfferState.Expired };
    }

    public Outcome<Offer> Withdraw() => To(OfferDeed.Withdraw);

    public Outcome<Offer> Lose() => To(OfferDeed.Lose);

    private Outcome<Offer> To(OfferDeed deed)
    {
        var moved = OfferStates.Move(State, deed);
        return moved.Refusal is { } refusal ? refusal : this with { State = moved.Value };
    }

    private Refusal? Answer(OfferDeed deed, DateTimeOffset now) =>
        OfferStates.Move(State, deed).Refusal ?? (now < ExpiresAt ? null : Refusals.OfferExpired);
}
