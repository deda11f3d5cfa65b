using Matching.Engine.Index;
using Matching.Geography;

namespace Matching.Engine.Compact;

/// <summary>
/// A need as the index asks it. Whoever may score by continuity or by "pick me", and whoever is beyond the bounds, was scored before and is not
/// scored again: the bounds are those of everybody else.
/// </summary>
internal readonly unsafe struct BestWish : IWish<Handle>
{
    private readonly CompactStore _store;
    private readonly Evaluation _evaluation;
    private readonly ScoreWeights _weights;
    private readonly Tuning _tuning;
    private readonly HashSet<uint>? _scored;
    private readonly RowsOfEntries _rows;
    private readonly Nearness _nearness;

    public BestWish(CompactStore store, Evaluation evaluation, Tuning tuning, HashSet<uint>? scored, RowsOfEntries rows)
    {
        (_store, _evaluation, _weights, _tuning, _scored, _rows) = (store, evaluation, evaluation.Weights, tuning, scored, rows);
        _nearness = new Nearness(evaluation.Need.Need.Place, evaluation.Need.Need.RadiusM);
    }

    public void BoundIn(int partition, ref Bound bound)
    {
        var required = _evaluation.Need.Need.Skills.Length;
        bound.Base = _weights.Slack + (required == 0 ? _weights.Skill : 0);
        bound.DistanceWeight = _weights.Distance;
        bound.DistanceScaleM = _evaluation.Need.Prepared.DistanceScaleM;
        if (partition >= 0 && _tuning.Of(_store.Sites.Center(partition)) == _weights)
        {
            // Who holds several of the skills has the mean of what each is worth with the rest.
            var lasting = Tuning.MostLasting(_weights);
            if (required > 0)
            {
                bound.SkillQuality = (_weights.Skill + lasting) / (255.0 * required);
            }
            else
            {
                bound.Quality[VolunteerProfile.Lasting] = lasting / 255;
            }

            return;
        }

        bound.Base += _weights.Rotation;
        bound.Quality[VolunteerProfile.Reliability] = _weights.Reliability / 255;
        bound.Quality[VolunteerProfile.Rating] = _weights.Rating / 255;
        if (required > 0)
        {
            bound.SkillLevel = _weights.Skill / (VolunteerProfile.HighestLevel * required);
        }
    }

    public double Score(in Handle handle, int ordinal, int free, double atLeast)
    {
        var row = handle.Row;
        if (_scored is not null && _scored.Contains(row))
        {
            return double.NaN;
        }

        if (!_evaluation.MayReach(row, atLeast, _nearness) || !_evaluation.Fits(row))
        {
            return double.NaN;
        }

        var score = _evaluation.Score(row);
        if (score >= atLeast)
        {
            _rows.Add(ordinal, row);
        }

        return score;
    }

    public int Tie(int left, int right) => _store[_rows[left]]->Id.CompareTo(_store[_rows[right]]->Id);
}

/// <summary>The rows of the entries that a search has met: what a tie is decided by. Kept from one search to the next for its room.</summary>
internal sealed class RowsOfEntries
{
    private readonly Dictionary<int, uint> _rows = [];

    public uint this[int entry] => _rows[entry];

    public void Clear() => _rows.Clear();

    public void Add(int entry, uint row) => _rows[entry] = row;
}

/// <summary>A distance that is never too long, for little work: on a plane, drawn in where the meridians are closest.</summary>
internal readonly struct Nearness
{
    // The sphere's half angles shrink a little in the sine; within these degrees by less than a thousandth.
    private const double MostDegrees = 3;
    private const double Shrunk = 0.999;
    private const double MetresADegree = Distance.EarthRadiusM * Math.PI / 180;

    private readonly double _lat;
    private readonly double _lng;
    private readonly double _metresALng;

    public Nearness(Place place, double? radiusM)
    {
        (_lat, _lng) = (place.Lat, place.Lng);
        var degrees = Math.Min(MostDegrees, (radiusM ?? double.PositiveInfinity) / MetresADegree + 0.01);
        _metresALng = MetresADegree * Math.Cos(Math.Min(90, Math.Abs(place.Lat) + degrees) * Math.PI / 180);
        Degrees = degrees;
    }

    /// <summary>As far as this is looked, in degrees of latitude; what is further counts as near.</summary>
    private double Degrees { get; }

    public double AtLeastM(double lat, double lng)
    {
        var (north, east) = (lat - _lat, lng - _lng);
        if (!(Math.Abs(north) <= Degrees && Math.Abs(east) <= MostDegrees))
        {
            return 0;
        }

        north *= MetresADegree;
        east *= _metresALng;
        return Shrunk * Math.Sqrt(north * north + east * east);
    }
}
