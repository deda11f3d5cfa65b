namespace Matching.Policies;

/// <summary>When the first offers of an order go out.</summary>
public enum FirstOffer
{
    /// <summary>At once, day and night.</summary>
    AtOnce,

    /// <summary>At once, or when the quiet hours end.</summary>
    OutsideQuietHours,

    /// <summary>With the next batch outside quiet hours.</summary>
    NextBatch,
}

/// <summary>The clocks of one urgency.</summary>
public sealed record UrgencyClocks
{
    public required FirstOffer FirstOffer { get; init; }

    /// <summary>How long a wave is open.</summary>
    public required TimeSpan WaveLength { get; init; }

    /// <summary>How many waves a level has before the rest of it is asked at once.</summary>
    public required int Waves { get; init; }

    /// <summary>Counted from Ready; with <see cref="BeforeWindow"/> how long before the window begins.</summary>
    public required TimeSpan Station { get; init; }

    /// <inheritdoc cref="Station"/>
    public required TimeSpan Institute { get; init; }

    /// <inheritdoc cref="Station"/>
    public required TimeSpan Center { get; init; }

    /// <summary>The three level deadlines lie before the window instead of after Ready.</summary>
    public bool BeforeWindow { get; init; }

    /// <summary>How soon it should be served; null: within its own window.</summary>
    public TimeSpan? ServeWithin { get; init; }

    /// <summary>Quiet hours hold: nothing is sent in them and wave clocks stand still.</summary>
    public required bool KeepsQuiet { get; init; }

    /// <summary>
    /// How long a thing may lie with staff (a wish nobody took up, a draft, a held order) before they are reminded of it; after that it is in each working
    /// morning's digest (<see cref="StaffReminder"/>). A quarter of the first level's deadline or so, so that a reminder still leaves time to act.
    /// </summary>
    public required TimeSpan RemindStaff { get; init; }
}
