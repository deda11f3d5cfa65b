using Matching.Accounts;

namespace Matching.Wishes;

/// <summary>What may be asked for, and by whom.</summary>
public static class WishTerms
{
    /// <summary>How far ahead a window may end. Nobody can promise time that lies beyond a season.</summary>
    public static readonly TimeSpan FurthestAhead = TimeSpan.FromDays(90);

    /// <summary>Null when a service can still be arranged in this window; otherwise why not.</summary>
    public static Refusal? Check(Window window, DateTimeOffset now)
    {
        if (!window.IsForwards)
        {
            return Refusals.WindowBackwards;
        }

        if (window.End <= now)
        {
            return Refusals.WindowInPast;
        }

        return window.End <= now + FurthestAhead ? null : Refusals.WindowTooFar;
    }

    /// <summary>
    /// The urgency of a wish: the usual one of its menu item, or what was asked for. Anybody may ask for a calmer one. Whoever asks in another's name may
    /// raise it to Urgent, because they have seen the matter; only staff may make it Critical, since that rings people at night.
    /// </summary>
    public static Outcome<Urgency> Ask(Urgency? asked, Urgency usual, Role by)
    {
        if (asked is not { } wanted || wanted >= usual)
        {
            return asked ?? usual;
        }

        var mostUrgent = by switch
        {
            Role.Curator or Role.Dispatcher or Role.SiteAdmin or Role.CenterAdmin => Urgency.Critical,
            Role.Proxy => Urgency.Urgent,
            _ => usual,
        };
        return wanted >= mostUrgent ? wanted : Refusals.UrgencyNotYours.At("urgency");
    }
}
