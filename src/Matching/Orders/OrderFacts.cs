using Matching.Sites;
using Matching.Wishes;

namespace Matching.Orders;

/// <summary>A filled seat: somebody said yes, and has not given it back, been replaced, or failed to come.</summary>
public readonly record struct SeatFacts(DateTimeOffset ConfirmedAt, DateTimeOffset? CheckedInAt = null, DateTimeOffset? CheckedOutAt = null)
{
    public bool HasCome => CheckedInAt is not null;

    public bool HasLeft => CheckedOutAt is not null;
}

/// <summary>The latest round at the level where the order is now.</summary>
/// <param name="Wave">1 for the first wave at this level; one more than the policy's waves when the rest was asked.</param>
/// <param name="ClosesAt">When it closes, or closed: earlier than planned if everybody has answered.</param>
public readonly record struct RoundFacts(int Wave, DateTimeOffset OpenedAt, DateTimeOffset ClosesAt, bool IsClosed);

/// <summary>What an order's clocks depend on.</summary>
public sealed record OrderFacts
{
    public required OrderState State { get; init; }

    /// <summary>When it came into this state.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>The urgency it is dispatched with: what <see cref="Urgencies.Fit"/> said, or Urgent while the seat of a no-show is filled.</summary>
    public required Urgency Urgency { get; init; }

    /// <summary>The kind of its owner site: how far it has climbed.</summary>
    public required SiteKind Level { get; init; }

    /// <summary>When it came to this level; null while it is where it became ready.</summary>
    public DateTimeOffset? LevelSince { get; init; }

    /// <summary>
    /// When its search (last) began to count: approved, let go from a hold, or a seat open again. Level deadlines count from here,
    /// so that a seat given back on the fourth day does not climb three levels at once. Drafts have none.
    /// </summary>
    public DateTimeOffset? ReadyAt { get; init; }

    /// <summary>When it is to be served, from its planned start to its planned end.</summary>
    public required Window Window { get; init; }

    /// <summary>Seats. Lowered to the filled ones when it goes ahead with fewer.</summary>
    public required int Wanted { get; init; }

    /// <summary>Without this many it does not take place.</summary>
    public required int Needed { get; init; }

    /// <summary>The filled seats only.</summary>
    public IReadOnlyList<SeatFacts> Seats { get; init; } = [];

    public DispatchMode Mode { get; init; } = DispatchMode.Wave;

    public RoundFacts? Round { get; init; }

    /// <summary>Nobody at this level is left to ask.</summary>
    public bool EverybodyAsked { get; init; }

    public DateTimeOffset? DayBeforeSentAt { get; init; }

    public DateTimeOffset? OnTheDaySentAt { get; init; }

    /// <summary>When the dispatcher was asked what to do about too few volunteers.</summary>
    public DateTimeOffset? DispatcherAskedAt { get; init; }

    /// <summary>
    /// The dispatcher answered: it goes on, and is not cancelled for being short. To let it take place with fewer they lower <see cref="Needed"/>.
    /// </summary>
    public bool DispatcherAnswered { get; init; }

    /// <summary>When staff were last reminded that it lies with them.</summary>
    public DateTimeOffset? StaffRemindedAt { get; init; }

    public int Filled => Seats.Count;

    public int OpenSeats => Math.Max(0, Wanted - Filled);
}
