using System.Collections.Frozen;

namespace Matching.Volunteers;

/// <summary>A skill and the broader one it belongs to, if any.</summary>
public readonly record struct SkillNode(Id Id, Id? Parent = null);

/// <summary>A skill that somebody has, from 1 (has done it) to 4 (teaches it).</summary>
public readonly record struct HeldSkill(Id Skill, int Level)
{
    public const int LowestLevel = 1;
    public const int HighestLevel = 4;

    /// <summary>Null when the level is one; otherwise why not.</summary>
    public static Refusal? CheckLevel(int level) => level is >= LowestLevel and <= HighestLevel ? null : Refusals.SkillLevelOutOfRange;
}

/// <summary>
/// A skill that an order asks for at some level, and every skill that counts as it: itself and its descendants, each with the number of
/// steps it lies below. Made by <see cref="SkillTree.Require"/>.
/// </summary>
public sealed record RequiredSkill(Id Skill, int Level, FrozenDictionary<Id, int> CountsAs);

/// <summary>The skills, broad to narrow. A descendant of a required skill counts as the skill: who wires houses can change a bulb.</summary>
public sealed class SkillTree
{
    public static readonly SkillTree Empty = new(FrozenDictionary<Id, FrozenDictionary<Id, int>>.Empty);

    private readonly FrozenDictionary<Id, FrozenDictionary<Id, int>> _countsAs;

    private SkillTree(FrozenDictionary<Id, FrozenDictionary<Id, int>> countsAs) => _countsAs = countsAs;

    public int Count => _countsAs.Count;

    /// <summary>Refuses a skill named twice, a parent that is not among them, and a circle.</summary>
    public static Outcome<SkillTree> Of(IEnumerable<SkillNode> skills)
    {
        var parents = new Dictionary<Id, Id?>();
        foreach (var skill in skills)
        {
            if (!parents.TryAdd(skill.Id, skill.Parent))
            {
                return Refusals.SkillTwice;
            }
        }

        var countsAs = parents.Keys.ToDictionary(id => id, _ => new Dictionary<Id, int>());
        foreach (var id in parents.Keys)
        {
            var steps = 0;
            for (Id? above = id; above is { } ancestor; above = parents[ancestor])
            {
                if (!parents.ContainsKey(ancestor))
                {
                    return Refusals.SkillUnknown;
                }

                if (!countsAs[ancestor].TryAdd(id, steps++))
                {
                    return Refusals.SkillCircle;
                }
            }
        }

        return new SkillTree(countsAs.ToFrozenDictionary(pair => pair.Key, pair => pair.Value.ToFrozenDictionary()));
    }

    public bool Knows(Id skill) => _countsAs.ContainsKey(skill);

    /// <summary>Whether who holds the one may be sent for the other.</summary>
    public bool Counts(Id held, Id required) => StepsBelow(held, required) is not null;

    /// <summary>How far below the required skill the held one lies: 0 for itself, null when it does not count as it.</summary>
    public int? StepsBelow(Id held, Id required) =>
        _countsAs.TryGetValue(required, out var countsAs) && countsAs.TryGetValue(held, out var steps) ? steps : null;

    /// <summary>What an order asks for. Refuses a skill that is not in the tree and a level that is none.</summary>
    public Outcome<RequiredSkill> Require(Id skill, int level = HeldSkill.LowestLevel)
    {
        if (!_countsAs.TryGetValue(skill, out var countsAs))
        {
            return Refusals.SkillUnknown;
        }

        return HeldSkill.CheckLevel(level) is { } refusal ? refusal : new RequiredSkill(skill, level, countsAs);
    }
}
