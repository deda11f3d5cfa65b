namespace Matching.Engine.Compact;

/// <summary>
/// The weights for which a center's part of the index is made, normalised: a search that goes by them is bounded closely, any other loosely and just as
/// exactly.
/// </summary>
internal sealed class Tuning
{
    private readonly Dictionary<string, ScoreWeights> _weights;

    public Tuning(IReadOnlyDictionary<string, ScoreWeights> weightsOfCenters) =>
        _weights = weightsOfCenters.ToDictionary(pair => pair.Key, pair => pair.Value.Normalised());

    private static readonly ScoreWeights Usual = ScoreWeights.Default.Normalised();

    /// <summary>Of a center by the first part of its paths.</summary>
    public ScoreWeights Of(string center) => _weights.GetValueOrDefault(center, Usual);

    /// <summary>What the factors that no need changes are worth at most; rotation may become 1 by mere waiting.</summary>
    public static double Lasting(ScoreWeights normalised, double reliability, double rating) =>
        normalised.Reliability * reliability + normalised.Rating * rating + normalised.Rotation;

    /// <summary>The most that <see cref="Lasting"/> can be.</summary>
    public static double MostLasting(ScoreWeights normalised) => normalised.Reliability + normalised.Rating + normalised.Rotation;
}
