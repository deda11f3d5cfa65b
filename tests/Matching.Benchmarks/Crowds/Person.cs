namespace Matching.Benchmarks.Crowds;

/// <summary>A made-up volunteer. Coordinates are ten-millionths of a degree, so that every peer computes from the very same numbers.</summary>
internal struct Person
{
    public const int MostSkills = 6;

    public int LatE7;
    public int LngE7;

    /// <summary>Up to six of ten bits each, from the low end: seven of skill, three of level; a level of zero is no skill.</summary>
    public ulong Skills;

    /// <summary>The 168 hours of the week from Monday 00:00, the first in the lowest bit.</summary>
    public ulong Hours0;
    public ulong Hours1;
    public ulong Hours2;
    public bool Active;
    public bool Female;
    public byte Load;
    public byte Reliability;

    public readonly double Lat => LatE7 * 1e-7;

    public readonly double Lng => LngE7 * 1e-7;

    public readonly bool IsFree(int hour) =>
        ((hour < 64 ? Hours0 >> hour : hour < 128 ? Hours1 >> (hour - 64) : Hours2 >> (hour - 128)) & 1) != 0;

    public readonly int LevelIn(int skill)
    {
        for (var bits = Skills; bits != 0; bits >>= 10)
        {
            if ((int)(bits & 127) == skill)
            {
                return (int)(bits >> 7) & 7;
            }
        }

        return 0;
    }
}
