using Matching.Orders;

namespace Matching.Ratings;

/// <summary>Who rates whom.</summary>
public enum RatingDirection
{
    /// <summary>居民评志愿者</summary>
    OfVolunteer,

    /// <summary>志愿者评居民</summary>
    OfResident,
}

/// <summary>What one side says of the other after a service: 1 to 5, or that it said nothing. Silence is kept as silence and counts for nothing.</summary>
/// <param name="Score">1 to 5; null for silence.</param>
public sealed record Rating(RatingDirection Direction, int? Score, DateTimeOffset At)
{
    public bool IsSilence => Score is null;

    public static Rating Silence(RatingDirection direction, DateTimeOffset at) => new(direction, null, at);
}

/// <summary>The two ratings of one assignment. Neither is shown before both are in or the time for them is over.</summary>
/// <param name="ClosesAt">When the time for rating is over.</param>
public sealed record RatingPair(DateTimeOffset ClosesAt, Rating? OfVolunteer = null, Rating? OfResident = null)
{
    public bool IsComplete => OfVolunteer is not null && OfResident is not null;

    public Rating? this[RatingDirection direction] => direction == RatingDirection.OfVolunteer ? OfVolunteer : OfResident;

    public bool IsShown(DateTimeOffset now) => IsComplete || now >= ClosesAt;

    /// <summary>Refuses a second rating, one out of range, and one when ratings are not (or no longer) asked for.</summary>
    public Outcome<RatingPair> Rate(RatingDirection direction, int score, OrderState order, DateTimeOffset now)
    {
        if (score is < 1 or > 5)
        {
            return Refusals.RatingOutOfRange.At("score");
        }

        if (this[direction] is { } given)
        {
            return given.IsSilence ? Refusals.RatingNotOpen : Refusals.RatingGivenAlready;
        }

        return order != OrderState.AwaitingRating || now >= ClosesAt ? Refusals.RatingNotOpen : With(new Rating(direction, score, now));
    }

    /// <summary>The time is over: who said nothing said nothing. Before it is, nothing changes.</summary>
    public RatingPair Close(DateTimeOffset now) => now < ClosesAt ? this : this with
    {
        OfVolunteer = OfVolunteer ?? Rating.Silence(RatingDirection.OfVolunteer, now),
        OfResident = OfResident ?? Rating.Silence(RatingDirection.OfResident, now),
    };

    private RatingPair With(Rating rating) =>
        rating.Direction == RatingDirection.OfVolunteer ? this with { OfVolunteer = rating } : this with { OfResident = rating };
}
