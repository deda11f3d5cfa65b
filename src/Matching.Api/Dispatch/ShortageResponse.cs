using Matching.Engine;

namespace Matching.Api.Dispatch;

/// <summary>Why so few could be asked: how many each rule removed first, and how many would come in if it alone gave way.</summary>
/// <param name="Considered">Volunteers in the owner's subtree.</param>
/// <param name="Fit">Of these, those who break no rule.</param>
/// <param name="Rules">The rules in the order in which they are asked.</param>
public sealed record ShortageResponse(int Considered, int Fit, IReadOnlyList<RuleCount> Rules)
{
    public static ShortageResponse From(Explanation explanation) => new(
        explanation.Considered,
        explanation.Fit,
        [.. explanation.Removed.Select(pair => new RuleCount(
            pair.Key.Code(), pair.Key.Zh(), pair.Key.En(), pair.Value, explanation.Shortage.GetValueOrDefault(pair.Key)))]);
}

/// <summary>What one rule did.</summary>
/// <param name="Rule">Its stable code.</param>
/// <param name="Zh">Its name in Chinese.</param>
/// <param name="En">Its name in English.</param>
/// <param name="Removed">Volunteers whom it removed first.</param>
/// <param name="WouldComeIn">Volunteers who break it and no other.</param>
public sealed record RuleCount(string Rule, string Zh, string En, int Removed, int WouldComeIn);
