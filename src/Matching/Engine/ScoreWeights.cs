namespace Matching.Engine;

/// <summary>
/// How much each soft factor counts. Proportions: only their ratio matters, <see cref="Normalised"/> makes them sum to 1.
/// Refuses a negative or unbounded weight, and eight zeros.
/// </summary>
public sealed record ScoreWeights
{
    /// <summary>What a center starts with.</summary>
    public static readonly ScoreWeights Default = new();

    public double Skill { get; init; } = 0.20;

    public double Distance { get; init; } = 0.20;

    public double Slack { get; init; } = 0.05;

    public double Reliability { get; init; } = 0.15;

    public double Rating { get; init; } = 0.10;

    public double Rotation { get; init; } = 0.15;

    public double Continuity { get; init; } = 0.10;

    public double PickMe { get; init; } = 0.05;

    public double this[SoftFactor factor] => factor switch
    {
        SoftFactor.Skill => Skill,
        SoftFactor.Distance => Distance,
        SoftFactor.Slack => Slack,
        SoftFactor.Reliability => Reliability,
        SoftFactor.Rating => Rating,
        SoftFactor.Rotation => Rotation,
        SoftFactor.Continuity => Continuity,
        SoftFactor.PickMe => PickMe,
        _ => throw new ArgumentOutOfRangeException(nameof(factor)),
    };

    /// <summary>Null when they can be used; otherwise why not.</summary>
    public Refusal? Check()
    {
        foreach (var factor in Enum.GetValues<SoftFactor>())
        {
            // A weight that is not a number fails both comparisons.
            if (!(this[factor] >= 0 && this[factor] <= 1_000_000))
            {
                return Refusals.ScoreWeightsInvalid;
            }
        }

        return Sum > 0 ? null : Refusals.ScoreWeightsInvalid;
    }

    /// <summary>The same proportions, summing to 1.</summary>
    public ScoreWeights Normalised()
    {
        var sum = Sum;
        return new ScoreWeights
        {
            Skill = Skill / sum,
            Distance = Distance / sum,
            Slack = Slack / sum,
            Reliability = Reliability / sum,
            Rating = Rating / sum,
            Rotation = Rotation / sum,
            Continuity = Continuity / sum,
            PickMe = PickMe / sum,
        };
    }

    private double Sum => Skill + Distance + Slack + Reliability + Rating + Rotation + Continuity + PickMe;
}
