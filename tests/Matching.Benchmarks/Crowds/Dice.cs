namespace Matching.Benchmarks.Crowds;

/// <summary>
/// Random numbers that depend on a seed and a number alone, so that volunteer 5 is the same whoever else was made before and nothing need be
/// kept (SplitMix64: Steele, Lea and Flood, 2014).
/// </summary>
internal struct Dice(ulong seed, ulong number)
{
    private ulong _state = Mixed(seed * 0x9E3779B97F4A7C15 + Mixed(number + 0x632BE59BD9B4E019));

    public ulong Next() => Mixed(_state += 0x9E3779B97F4A7C15);

    /// <summary>From 0 up to but not including 1.</summary>
    public double Share() => (Next() >> 11) * (1.0 / (1ul << 53));

    public int Below(int limit) => (int)(Share() * limit);

    public bool Chance(double probability) => Share() < probability;

    /// <summary>A normal deviate (Box and Muller, 1958).</summary>
    public double Normal() => Math.Sqrt(-2 * Math.Log(1 - Share())) * Math.Cos(2 * Math.PI * Share());

    private static ulong Mixed(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
