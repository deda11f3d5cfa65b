namespace Matching.Benchmarks.Crowds;

/// <summary>How common the skills and how wide the search.</summary>
internal enum AskClass
{
    CommonShort,
    CommonWide,
    RareShort,
    RareWide,
}

/// <summary>A made-up wish as the benchmark knows it: one or two skills, a radius, a window of whole hours of which some suffice.</summary>
internal sealed record Ask
{
    public const int ShortM = 3_000;

    public required int Number { get; init; }

    public required AskClass Class { get; init; }

    public required double Lat { get; init; }

    public required double Lng { get; init; }

    public required double RadiusM { get; init; }

    /// <summary>One or two.</summary>
    public required (int Skill, int Level)[] Skills { get; init; }

    /// <summary>Hour of the week, from Monday 00:00, in which the window starts.</summary>
    public required int FirstHour { get; init; }

    /// <summary>Hours in the window; it may run over the end of the week.</summary>
    public required int Hours { get; init; }

    /// <summary>How many of them must be free.</summary>
    public required int NeededHours { get; init; }

    public bool? Female { get; init; }

    /// <summary>0 to 1.</summary>
    public required double Urgency { get; init; }

    public double WeightDistance => 0.25 + 0.15 * Urgency;

    public double DistanceScaleM => Urgency > 0.8 ? 2_500 : 5_000;

    public static string NameOf(AskClass kind, World world) => kind switch
    {
        AskClass.CommonShort => "common/3 km",
        AskClass.CommonWide => $"common/{world.WideM / 1000:0} km",
        AskClass.RareShort => "rare/3 km",
        _ => $"rare/{world.WideM / 1000:0} km",
    };

    public static Ask Draw(World world, AskClass kind, int number, ulong seed = 77)
    {
        var dice = new Dice(seed + (ulong)kind * 1_000_003, (ulong)number);
        var (latE7, lngE7) = world.Place(ref dice);
        var isCommon = kind is AskClass.CommonShort or AskClass.CommonWide;
        var skills = new List<(int, int)> { (isCommon ? dice.Below(8) : 96 + dice.Below(32), DrawLevel(ref dice)) };
        if (dice.Chance(0.3))
        {
            skills.Add((isCommon ? 8 + dice.Below(8) : dice.Below(4), DrawLevel(ref dice)));
        }

        var hours = 2 + dice.Below(3);
        return new Ask
        {
            Number = number,
            Class = kind,
            Lat = latE7 * 1e-7,
            Lng = lngE7 * 1e-7,
            RadiusM = kind is AskClass.CommonShort or AskClass.RareShort ? ShortM : world.WideM,
            Skills = [.. skills],
            FirstHour = dice.Below(7) * 24 + 8 + dice.Below(12),
            Hours = hours,
            NeededHours = 1 + dice.Below(hours),
            Female = dice.Chance(0.05) ? dice.Chance(0.5) : null,
            Urgency = dice.Share(),
        };
    }

    private static int DrawLevel(ref Dice dice) => dice.Share() switch
    {
        < 0.6 => 1,
        < 0.85 => 2,
        < 0.97 => 3,
        _ => 4,
    };
}
