using Matching.Policies;
using Matching.Sites;

namespace Matching.Wishes;

/// <summary>Which clocks an order runs by.</summary>
public static class Urgencies
{
    /// <summary>
    /// The urgency whose deadlines fit. A Scheduled wish whose first deadline has passed takes the calmest other urgency whose three
    /// deadlines, counted from now, all fall before its window begins; where none does, Critical. Others stay what they are.
    /// Asked when an order becomes ready, and again when a seat comes open or its window moves.
    /// </summary>
    public static Urgency Fit(Urgency asked, DateTimeOffset readyAt, Window window, Policy policy)
    {
        if (asked != Urgency.Scheduled || readyAt <= policy.LevelDeadline(asked, SiteKind.Station, readyAt, window))
        {
            return asked;
        }

        foreach (var calmer in (ReadOnlySpan<Urgency>)[Urgency.Normal, Urgency.Urgent])
        {
            if (policy.LevelDeadline(calmer, SiteKind.Center, readyAt, window) <= window.Start)
            {
                return calmer;
            }
        }

        return Urgency.Critical;
    }

    /// <summary>Who takes the seat of somebody who did not come is looked for as for an urgent order, or faster if it was faster.</summary>
    public static Urgency AfterNoShow(Urgency urgency) => urgency == Urgency.Critical ? Urgency.Critical : Urgency.Urgent;
}
