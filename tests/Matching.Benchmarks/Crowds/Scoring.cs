using Matching.Geography;

namespace Matching.Benchmarks.Crowds;

/// <summary>Somebody for an ask, with the score.</summary>
internal readonly record struct Hit(int Number, double Score);

/// <summary>
/// The plain rules and the plain score of the benchmark, one person at a time: what every faster way must reproduce to the last bit.
/// wS·Σlevel÷(4·skills) + wD·exp(−d÷d0) + wA·free÷hours + wF·1÷(1+load÷3) + wR·reliability÷255.
/// </summary>
internal static class Scoring
{
    public const int K = 20;

    /// <summary>What the weights other than distance are shares of.</summary>
    public const double SkillShare = 0.4, FreeShare = 0.2, FairShare = 0.15, ReliabilityShare = 0.25;

    private static readonly double[] FairOf = [.. Enumerable.Range(0, 256).Select(load => 1 / (1 + load / 3.0))];

    public static double Fair(byte load) => FairOf[load];

    /// <summary>The score; NaN for who breaks a rule.</summary>
    public static double Score(in Person person, Ask ask)
    {
        if (!person.Active || (ask.Female is { } female && person.Female != female))
        {
            return double.NaN;
        }

        var levels = 0;
        foreach (var (skill, level) in ask.Skills)
        {
            var held = person.LevelIn(skill);
            if (held < level)
            {
                return double.NaN;
            }

            levels += held;
        }

        var free = 0;
        for (var i = 0; i < ask.Hours; i++)
        {
            free += person.IsFree((ask.FirstHour + i) % 168) ? 1 : 0;
        }

        if (free < ask.NeededHours)
        {
            return double.NaN;
        }

        var metres = Distance.Metres(person.Lat, person.Lng, ask.Lat, ask.Lng);
        return metres <= ask.RadiusM ? Total(ask, levels, free, metres, person.Load, person.Reliability) : double.NaN;
    }

    public static double Total(Ask ask, int levels, int free, double metres, byte load, byte reliability)
    {
        var rest = 1 - ask.WeightDistance;
        return rest * SkillShare * levels / (4 * ask.Skills.Length)
            + ask.WeightDistance * Math.Exp(-metres / ask.DistanceScaleM)
            + rest * FreeShare * free / ask.Hours
            + rest * FairShare * Fair(load)
            + rest * ReliabilityShare * (reliability / 255.0);
    }

    /// <summary>Better first: the higher score, then the lower number.</summary>
    public static int Compare(Hit left, Hit right)
    {
        var order = right.Score.CompareTo(left.Score);
        return order != 0 ? order : left.Number.CompareTo(right.Number);
    }

    /// <summary>The plain scan, which is the oracle.</summary>
    public static Hit[] Best(ReadOnlySpan<Person> people, Ask ask, int k = K)
    {
        var best = new TopHits(k);
        for (var i = 0; i < people.Length; i++)
        {
            var score = Score(people[i], ask);
            if (!double.IsNaN(score))
            {
                best.Offer(new Hit(i, score));
            }
        }

        return best.Sorted();
    }
}

/// <summary>The best so many, kept while scanning.</summary>
internal sealed class TopHits(int k)
{
    private readonly List<Hit> _hits = new(k + 1);

    public double Worst => _hits.Count < k ? double.NegativeInfinity : _hits[^1].Score;

    public void Offer(Hit hit)
    {
        if (_hits.Count == k && Scoring.Compare(hit, _hits[^1]) >= 0)
        {
            return;
        }

        var at = _hits.BinarySearch(hit, Comparer<Hit>.Create(Scoring.Compare));
        _hits.Insert(~at, hit);
        if (_hits.Count > k)
        {
            _hits.RemoveAt(k);
        }
    }

    public Hit[] Sorted() => [.. _hits];
}
