using System.Runtime.InteropServices;

namespace Matching.Engine.Compact;

/// <summary>The rules and the score of rows for one need, as of one version of the register. Whoever fits into no row is asked as they came.</summary>
internal readonly unsafe struct Evaluation(CompactStore store, CompactNeed need, ScoreWeights normalised)
{
    // More than rounding can add up to.
    private const double Rounding = 1e-9;

    public CompactNeed Need => need;

    public ScoreWeights Weights => normalised;

    /// <summary>
    /// False when somebody who keeps every rule would still score less, by a quick look that leaves continuity and "pick me" out.
    /// </summary>
    public bool MayReach(uint number, double atLeast)
    {
        var row = store[number];
        if (double.IsNegativeInfinity(atLeast) || row->Has(RowFlags.Odd))
        {
            return true;
        }

        var view = View(number);
        var distance = row->Has(RowFlags.OnePlace)
            ? Math.Exp(-need.Prepared.Nearness.AtLeastM(CompactRow.Degrees(row->LatE7), CompactRow.Degrees(row->LngE7)) / need.Prepared.DistanceScaleM)
            : 1;
        return normalised.Skill * SoftFactors.Skill(view, need.Prepared)
            + normalised.Distance * distance
            + normalised.Slack
            + Tuning.Lasting(normalised, SoftFactors.Reliability(view.Record), SoftFactors.Rating(view.RatingSum, view.RatingCount))
            + Rounding >= atLeast;
    }

    /// <summary>Whether every rule is kept.</summary>
    public bool Fits(uint row) => IsOdd(row)
        ? HardRules.FirstBroken(Plain(row), need.Prepared) is null
        : HardRules.FirstBroken(View(row), need.Prepared) is null;

    /// <summary>Every rule that is broken.</summary>
    public BrokenRules AllBroken(uint row) => IsOdd(row)
        ? HardRules.AllBroken(Plain(row), need.Prepared)
        : HardRules.AllBroken(View(row), need.Prepared);

    /// <summary>The first rule that somebody of the pool breaks, and whether it is the only one.</summary>
    public HardRule? FirstBrokenInPool(uint row, out bool isOnly) => IsOdd(row)
        ? HardRules.FirstBrokenInPool(Plain(row), need.Prepared, out isOnly)
        : HardRules.FirstBrokenInPool(View(row), need.Prepared, out isOnly);

    /// <summary>The score of somebody who keeps every rule.</summary>
    public double Score(uint row)
    {
        var metres = MetresTo(row);
        return Factors(row, metres).Score(normalised);
    }

    public Candidate Candidate(uint row, int rank)
    {
        var metres = MetresTo(row);
        var factors = Factors(row, metres);
        return new Candidate(rank, store[row]->Id, factors.Score(normalised), factors, metres);
    }

    private bool IsOdd(uint row) => store[row]->Has(RowFlags.Odd);

    private FactsView Plain(uint row) => new(store.Odd(row), need.Need);

    private CompactView View(uint row) => new(store, row, need);

    private double? MetresTo(uint row) => IsOdd(row)
        ? HardRules.MetresTo(Plain(row), need.Prepared.Target)
        : HardRules.MetresTo(View(row), need.Prepared.Target);

    private Factors Factors(uint row, double? metres) => IsOdd(row)
        ? SoftFactors.Of(Plain(row), need.Prepared, metres)
        : SoftFactors.Of(View(row), need.Prepared, metres);
}

/// <summary>The best so many of those seen so far: higher scores first, among equals the lower id.</summary>
internal sealed class BestRows(int most) : IComparer<(double Score, Id Id, uint Row)>
{
    // Sorted and cut when it has grown to twice what is wanted, so that many cost little more each than few.
    private readonly List<(double Score, Id Id, uint Row)> _rows = [];
    private double _least = double.NegativeInfinity;

    /// <summary>The best first.</summary>
    public ReadOnlySpan<(double Score, Id Id, uint Row)> Sorted()
    {
        Cut();
        return CollectionsMarshal.AsSpan(_rows);
    }

    public static bool IsBefore(double score, Id id, double otherScore, Id otherId)
    {
        // What is no number comes last.
        var order = score.CompareTo(otherScore);
        return order != 0 ? order > 0 : id < otherId;
    }

    public void Offer(double score, Id id, uint row)
    {
        if (score < _least)
        {
            return;
        }

        _rows.Add((score, id, row));
        if (_rows.Count >= 2L * most + 64)
        {
            Cut();
        }
    }

    public int Compare((double Score, Id Id, uint Row) left, (double Score, Id Id, uint Row) right) =>
        left.Row == right.Row ? 0 : IsBefore(left.Score, left.Id, right.Score, right.Id) ? -1 : 1;

    private void Cut()
    {
        _rows.Sort(this);
        if (_rows.Count >= most)
        {
            _rows.RemoveRange(most, _rows.Count - most);
            _least = _rows[^1].Score;
        }
    }
}
