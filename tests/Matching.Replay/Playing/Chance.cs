using System.Security.Cryptography;
using System.Text;

namespace Matching.Replay.Playing;

/// <summary>
/// Made-up luck that depends on nothing but the seed and on what is asked about whom. So a volunteer answers an offer in the same way in every run, in
/// whatever order things happen on the machine.
/// </summary>
public sealed class Chance(int seed)
{
    /// <summary>From 0 up to but not including 1.</summary>
    public double Of(string about)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{seed}\n{about}"), hash);
        return (BitConverter.ToUInt64(hash) >> 11) * (1.0 / (1UL << 53));
    }

    public bool Is(string about, double share) => Of(about) < share;

    /// <summary>A whole number from the first up to but not including the second.</summary>
    public int Whole(string about, int from, int to) => from + (int)(Of(about) * (to - from));

    public T One<T>(string about, IReadOnlyList<T> of) => of[Whole(about, 0, of.Count)];

    public TimeSpan Time(string about, TimeSpan from, TimeSpan to) => from + (to - from) * Of(about);

    /// <summary>Around 0, mostly between -1 and 1.</summary>
    public double Bell(string about) => (Of(about + " a") + Of(about + " b") + Of(about + " c") + Of(about + " d") - 2) / 1.15;

    /// <summary>In an order that luck decides.</summary>
    public List<T> Shuffled<T>(string about, IEnumerable<T> things) => [.. things.Select((thing, i) => (thing, luck: Of($"{about} {i}"))).OrderBy(pair => pair.luck).Select(pair => pair.thing)];
}
