using System.Collections.Immutable;

namespace Matching.Engine;

/// <summary>Somebody who may be asked, how good a choice they are, and why.</summary>
/// <param name="Rank">1 is the best.</param>
/// <param name="VolunteerId">Who.</param>
/// <param name="Score">0 to 1.</param>
/// <param name="Factors">What the score is made of, before weighting.</param>
/// <param name="DistanceM">Metres from the nearest of their places; null when they gave none.</param>
public sealed record Candidate(int Rank, Id VolunteerId, double Score, Factors Factors, double? DistanceM);

/// <summary>The best for a need, best first. Equal scores: the lower id first.</summary>
/// <param name="Version">The version of the volunteers' data that was seen.</param>
public sealed record Ranking(long Version, ImmutableArray<Candidate> Candidates);

/// <summary>Why so few: over the volunteers of the pool, what stood in the way.</summary>
/// <param name="Version">The version of the volunteers' data that was seen.</param>
/// <param name="Considered">Volunteers in the pool.</param>
/// <param name="Fit">Of these, those who break no rule.</param>
/// <param name="Removed">How many each rule but <see cref="HardRule.InPool"/> removed first; with <paramref name="Fit"/> they add up.</param>
/// <param name="Shortage">How many would come in if the rule alone gave way: those who break it and no other.</param>
public sealed record Explanation(
    long Version, int Considered, int Fit, ImmutableSortedDictionary<HardRule, int> Removed, ImmutableSortedDictionary<HardRule, int> Shortage);

/// <summary>Why, or why not, one volunteer.</summary>
/// <param name="Version">The version of the volunteers' data that was seen.</param>
/// <param name="Broken">Every rule they break; empty when they may be asked.</param>
/// <param name="Candidate">Where they stand when they may be asked.</param>
public sealed record Verdict(long Version, BrokenRules Broken, Candidate? Candidate);

/// <summary>
/// Everybody who might be asked, kept in step with the database, and the questions that dispatch puts. Answers are exact and deterministic.
/// One writer; readers never wait, and each answer is of one version throughout.
/// </summary>
public interface IVolunteerPool
{
    /// <summary>The version of the data that the next question will see.</summary>
    long Version { get; }

    int Count { get; }

    /// <summary>The best so many.</summary>
    Ranking Best(Need need, ScoreWeights weights, int count);

    /// <summary>How many each rule removed, and the shortage. Looks at everybody in the pool.</summary>
    Explanation Explain(Need need);

    /// <summary>Why not this one; null when nobody has that id.</summary>
    Verdict? WhyNot(Need need, ScoreWeights weights, Id volunteer);

    /// <summary>Puts in those who are new or changed, takes out those who are gone, and shows it all at once under the new version.</summary>
    void Apply(IReadOnlyCollection<VolunteerFacts> changed, IReadOnlyCollection<Id> gone, long version);
}
