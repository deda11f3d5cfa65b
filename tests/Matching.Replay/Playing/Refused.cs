using Matching.Engine;

namespace Matching.Replay.Playing;

/// <summary>The refusals that somebody who acts in good faith may well meet.</summary>
internal static class Refused
{
    /// <summary>To a yes: somebody was faster, the time is over, or another yes of hers or another's no stands in the way by now.</summary>
    public static readonly string[] TooLateForYes =
    [
        "seat_taken", "offer_expired", "offer_withdrawn", "offer_not_pending", "rule_broken_no_overlap", "rule_broken_below_limits",
        "rule_broken_not_suspended", "rule_broken_not_blocked",
    ];

    public static readonly string[] TooLateForNo = ["seat_taken", "offer_expired", "offer_withdrawn", "offer_not_pending"];

    /// <summary>To whoever names somebody else: she may not go, or not any more.</summary>
    public static readonly string[] AnyRule = [.. HardRules.InOrder.Select(rule => rule.Refusal().Code)];
}
