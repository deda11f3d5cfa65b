using Matching.Replay.Playing;

namespace Matching.TestPartner.Lines;

/// <summary>What a bad line does to what passes, in shares. It depends on the seed, on what passes and for the how many-th time, and on nothing else.</summary>
public sealed record Mischief(Chance Chance, double Drop, double Duplicate, double Delay, double Reorder, double Tamper)
{
    public static Mischief Of(Options options, Chance chance, bool toThem) => new(
        chance, options.Drop, options.Duplicate, options.Delay, options.Reorder, toThem ? options.Tamper : 0);

    public Fate FateOf(string what, int time)
    {
        var name = $"{what} {time}";
        var lost = Chance.Of(name + " is lost");
        return new Fate
        {
            IsLost = lost < Drop / 2,
            AnswerIsLost = lost >= Drop / 2 && lost < Drop,
            ComesTwice = Chance.Is(name + " comes twice", Duplicate),
            SecondComesLate = Chance.Is(name + " comes late the second time", 0.5),
            IsOvertaken = Chance.Is(name + " is overtaken", Reorder),
            IsForged = Chance.Is(name + " is forged", Tamper),
            Late = Chance.Is(name + " is late", Delay) ? Chance.Time(name + " is so late", TimeSpan.FromMilliseconds(5), TimeSpan.FromMilliseconds(120)) : TimeSpan.Zero,
            // A stream is long: it breaks off somewhere, not at its beginning.
            StreamBreaksAfter = Drop > 0 ? Chance.Whole(name + " breaks off", 600, 12_000) : int.MaxValue,
        };
    }
}

/// <summary>What happens to one request or delivery.</summary>
public sealed record Fate
{
    public bool IsLost { get; init; }

    /// <summary>It arrived and was done, and nobody hears of it.</summary>
    public bool AnswerIsLost { get; init; }

    public bool ComesTwice { get; init; }

    public bool SecondComesLate { get; init; }

    public bool IsOvertaken { get; init; }

    public bool IsForged { get; init; }

    public TimeSpan Late { get; init; }

    /// <summary>Bytes.</summary>
    public int StreamBreaksAfter { get; init; }
}
