namespace Matching.Engine.Index;

/// <summary>
/// What an index must know of the people in it, read from their rows. A struct without state or with references only, so that the compiler
/// makes one index for each profile and nothing is called through a table.
/// </summary>
/// <typeparam name="TRow">What the profile keeps of a person, of fixed size; the index copies it and looks in only through the profile.</typeparam>
public interface IProfile<TRow>
    where TRow : unmanaged
{
    /// <summary>How many yes-or-no properties the index slices: 0 to 32.</summary>
    static abstract int Flags { get; }

    /// <summary>How many bytes of <see cref="Qualities"/> a person has: 1 to 8.</summary>
    static abstract int QualityCount { get; }

    /// <summary>Flags that say of somebody that they may be free in any hour, whatever their hours say; 0: none does.</summary>
    static virtual uint FreeAnyHour => 0;

    /// <summary>No skill is held at a higher level; at most 255.</summary>
    static abstract int HighestLevel { get; }

    /// <summary>Where the person sets out from, in degrees. False for who gave no place: found only by a search without a radius.</summary>
    bool Place(in TRow row, out double lat, out double lng);

    /// <summary>The home site's number. Sites are numbered so that every subtree is one stretch of numbers.</summary>
    int Site(in TRow row);

    /// <summary>The center's number, 0 to 32,766: whoever shares a branch of the tree shares the center.</summary>
    int Partition(in TRow row);

    /// <summary>
    /// Writes the skills that the person holds and returns how many they are; when that is more than there is room for nothing need be
    /// written, and the index asks again with more room.
    /// </summary>
    int Skills(in TRow row, Span<SkillHeld> into);

    /// <summary>
    /// Properties of the person that no wish changes, each as a byte that is never too low. The index keeps their greatest over the people
    /// of a leaf, as <see cref="Bound.Quality"/> refers to them.
    /// </summary>
    void Qualities(in TRow row, Span<byte> into);

    /// <summary>
    /// The same for a skill they hold: one byte, never too low, that may mix the level with the person's other properties. The index keeps its
    /// greatest over the leaf's holders of the skill, and the greatest level beside it.
    /// </summary>
    byte SkillQuality(in TRow row, int level);
}

/// <summary>A skill's number and the level at which it is held, 1 to 255. Numbers are dense, from 0.</summary>
public readonly record struct SkillHeld(int Skill, int Level);

/// <summary>The hours of a week, from Monday 00:00 on the center's clock: those in which somebody may be free for at least a minute.</summary>
public readonly record struct WeekHours(ulong Low, ulong Middle, ulong High)
{
    public const int Count = 168;

    public static readonly WeekHours None;

    public static readonly WeekHours All = new(ulong.MaxValue, ulong.MaxValue, (1ul << (Count - 128)) - 1);

    public bool this[int hour] => ((hour < 64 ? Low >> hour : hour < 128 ? Middle >> (hour - 64) : High >> (hour - 128)) & 1) != 0;

    public WeekHours With(int hour) => hour switch
    {
        < 64 => this with { Low = Low | (1ul << hour) },
        < 128 => this with { Middle = Middle | (1ul << (hour - 64)) },
        _ => this with { High = High | (1ul << (hour - 128)) },
    };
}

/// <summary>A person as the index takes them in: the profile's row, and what is sliced and not read from the row again.</summary>
public struct Entry<TRow>
    where TRow : unmanaged
{
    public TRow Row;

    public WeekHours Hours;

    /// <summary>Bit f for flag f.</summary>
    public uint Flags;
}

/// <summary>
/// A wish as the index asks it. The index narrows by <see cref="Criteria"/>; whoever is left is put to the wish, which decides and scores. A
/// struct, for the same reason as <see cref="IProfile{TRow}"/>.
/// </summary>
public interface IWish<TRow>
    where TRow : unmanaged
{
    /// <summary>
    /// How high a score may be in the branches of a center; -1 for a branch with several, where it must hold in each. Asked once a branch.
    /// </summary>
    void BoundIn(int partition, ref Bound bound);

    /// <summary>
    /// The exact score, 0 or more, or NaN when the person may not be asked. Whoever cannot reach <paramref name="atLeast"/> may be answered with NaN
    /// too; a score equal to it counts. Somebody who is in with two places scores the same by each.
    /// </summary>
    /// <param name="ordinal">The person's number in the index.</param>
    /// <param name="free">How many of <see cref="Criteria.CountedHours"/> are free; all needed hours are.</param>
    double Score(in TRow row, int ordinal, int free, double atLeast);

    /// <summary>Which of two people with equal scores comes first: below zero for the left one. Zero only when both are the same person.</summary>
    int Tie(int left, int right);
}

/// <summary>
/// An upper bound of the score for the people of a branch:
/// <c>Base + Σ Quality[i] × (greatest quality i) + SkillQuality × Σ (greatest skill quality) + SkillLevel × Σ (greatest level)
/// + DistanceWeight × exp(−metres ÷ DistanceScaleM)</c>, the sums over the wish's skills. Bytes count as 0 to 255. No person's score may lie above what
/// this gives for their own bytes and distance; a little more (1e-5) is added for rounding.
/// </summary>
public struct Bound
{
    public const int MostQualities = 8;

    public double Base;
    public double SkillQuality;
    public double SkillLevel;
    public double DistanceWeight;
    public double DistanceScaleM;
    private Weights _quality;

    /// <summary>The weight of the quality with that number.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public Span<double> Quality => _quality;

    [System.Runtime.CompilerServices.InlineArray(MostQualities)]
    private struct Weights
    {
        private double _first;
    }
}

/// <summary>Somebody found, best first.</summary>
public readonly record struct Found(int Ordinal, double Score);
