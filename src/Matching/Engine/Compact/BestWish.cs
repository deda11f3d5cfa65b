using Matching.Engine.Index;

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

    public BestWish(CompactStore store, Evaluation evaluation, Tuning tuning, HashSet<uint>? scored, RowsOfEntries rows)
    {
        (_store, _evaluation, _weights, _tuning, _scored, _rows) = (store, evaluation, evaluation.Weights, tuning, scored, rows);
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

        if (!_evaluation.MayReach(row, atLeast) || !_evaluation.Fits(row))
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
