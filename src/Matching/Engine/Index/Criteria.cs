namespace Matching.Engine.Index;

/// <summary>
/// What the index narrows a search by. Everything here may let too many through, for the wish decides about each; nothing may keep out
/// somebody whom the wish would take. Meant to be filled again for the next search: nothing is allocated then.
/// </summary>
public sealed class Criteria
{
    private readonly List<(int From, int To)> _sites = [];
    private readonly List<int> _skills = [];
    private readonly List<(int UpTo, int Level)> _required = [];
    private readonly List<int> _needed = [];
    private readonly List<int> _counted = [];

    /// <summary>Where the wish is, in degrees.</summary>
    public double Lat { get; private set; }

    public double Lng { get; private set; }

    /// <summary>Metres on the sphere, or infinity: then those without a place are found too.</summary>
    public double RadiusM { get; set; } = double.PositiveInfinity;

    /// <summary>Flags that all must be set.</summary>
    public uint Flags { get; set; }

    /// <summary>How many of <see cref="CountedHours"/> must be free.</summary>
    public int LeastCounted { get; set; }

    /// <summary>How many to find.</summary>
    public int Count { get; set; } = 20;

    /// <summary>Stretches of site numbers, from and up to but not including; none means every site.</summary>
    public ReadOnlySpan<(int From, int To)> Sites => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_sites);

    /// <summary>Hours of the week that must all be free.</summary>
    public ReadOnlySpan<int> NeededHours => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_needed);

    /// <summary>Hours of the week of which <see cref="LeastCounted"/> must be free; how many are is told to the wish.</summary>
    public ReadOnlySpan<int> CountedHours => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_counted);

    public int RequiredSkills => _required.Count;

    /// <summary>Begins anew: everybody, everywhere.</summary>
    public Criteria Clear()
    {
        _sites.Clear();
        _skills.Clear();
        _required.Clear();
        _needed.Clear();
        _counted.Clear();
        (Lat, Lng, RadiusM, Flags, LeastCounted, Count) = (0, 0, double.PositiveInfinity, 0, 0, 20);
        return this;
    }

    public void At(double lat, double lng) => (Lat, Lng) = (lat, lng);

    /// <summary>Adds a stretch of sites. Stretches may not overlap.</summary>
    public void InSites(int from, int to) => _sites.Add((from, to));

    /// <summary>Asks for a skill, or for any of several that count as it, held at the level or above.</summary>
    public void Require(ReadOnlySpan<int> anyOf, int level)
    {
        _skills.AddRange(anyOf);
        _required.Add((_skills.Count, level));
    }

    /// <summary>Asks for an hour, counted from Monday 00:00; those beyond the week's end begin the week again.</summary>
    public void NeedHour(int hour)
    {
        if (!_needed.Contains(hour % WeekHours.Count))
        {
            _needed.Add(hour % WeekHours.Count);
        }
    }

    /// <summary>Counts an hour in; the same hour of two weeks counts twice.</summary>
    public void CountHour(int hour) => _counted.Add(hour % WeekHours.Count);

    /// <summary>The skills that satisfy requirement number <paramref name="required"/>, and the level.</summary>
    public ReadOnlySpan<int> AnyOf(int required, out int level)
    {
        var from = required == 0 ? 0 : _required[required - 1].UpTo;
        level = _required[required].Level;
        return System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_skills)[from.._required[required].UpTo];
    }
}
