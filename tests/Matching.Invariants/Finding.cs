namespace Matching.Invariants;

/// <summary>What became of one sentence that must always be true.</summary>
/// <param name="Invariant">1 to 9 as the field's document counts them; 0 for what the rows promise besides.</param>
/// <param name="Sentence">What must be true.</param>
/// <param name="Looked">How many things were looked at; none means that nothing was shown.</param>
/// <param name="Breaches">Each thing for which it is not true, and how.</param>
public sealed record Finding(int Invariant, string Sentence, long Looked, IReadOnlyList<string> Breaches)
{
    public bool Holds => Breaches.Count == 0;

    public override string ToString() => Holds
        ? $"{Invariant}  {Sentence}: holds for {Looked}"
        : $"{Invariant}  {Sentence}: BROKEN {Breaches.Count} times of {Looked}, first: {string.Join(" | ", Breaches.Take(5))}";
}

/// <summary>All that was found in one database.</summary>
public sealed record Findings(IReadOnlyList<Finding> All)
{
    public bool Hold => All.All(finding => finding.Holds);

    public IEnumerable<Finding> Broken => All.Where(finding => !finding.Holds);

    public override string ToString() => string.Join('\n', All);
}
