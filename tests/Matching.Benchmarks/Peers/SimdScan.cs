using System.Numerics;
using System.Runtime.Intrinsics;
using Matching.Benchmarks.Crowds;
using Matching.Engine.Index;
using Matching.Geography;

namespace Matching.Benchmarks.Peers;

/// <summary>
/// No index at all, but every register used: columns read from end to end, eight people at a time; who stands in the box around the wish and has the skills is
/// then looked at alone. What an index must be measured against, and nearly as fast as memory can be read.
/// </summary>
internal sealed class SimdScan
{
    private readonly int[] _lat;
    private readonly int[] _lng;
    private readonly ulong[][] _skills;
    private readonly Person[] _people;

    public SimdScan(Person[] people)
    {
        _people = people;
        var padded = (people.Length + 7) & ~7;
        (_lat, _lng) = (new int[padded], new int[padded]);
        _skills = [new ulong[padded], new ulong[padded]];
        Array.Fill(_lat, int.MaxValue);
        for (var i = 0; i < people.Length; i++)
        {
            (_lat[i], _lng[i]) = (people[i].LatE7, people[i].LngE7);
            for (var bits = people[i].Skills; people[i].Active && bits != 0; bits >>= 10)
            {
                _skills[(int)(bits & 127) >> 6][i] |= 1ul << (int)(bits & 63);
            }
        }
    }

    /// <summary>Reads one column and adds it up: as fast as anything could go that reads a column.</summary>
    public ulong ReadSkillsOnce()
    {
        var sum = Vector256<ulong>.Zero;
        var column = _skills[0].AsSpan();
        for (; column.Length >= 4; column = column[4..])
        {
            sum += Vector256.Create<ulong>(column);
        }

        return sum[0] + sum[1] + sum[2] + sum[3];
    }

    public long BytesOfPlaces => 2L * sizeof(int) * _lat.Length;

    public Hit[] Best(Ask ask)
    {
        // A box that holds the circle: along a parallel a degree is shorter the nearer the pole.
        var halfLat = ask.RadiusM / (Distance.EarthRadiusM * Math.PI / 180) * 1.001;
        var halfLng = halfLat / Math.Cos((Math.Abs(ask.Lat) + halfLat) * Math.PI / 180);
        var (south, north) = (Vector256.Create((int)((ask.Lat - halfLat) * 1e7)), Vector256.Create((int)((ask.Lat + halfLat) * 1e7)));
        var (west, east) = (Vector256.Create((int)((ask.Lng - halfLng) * 1e7)), Vector256.Create((int)((ask.Lng + halfLng) * 1e7)));
        ulong low = 0, high = 0;
        foreach (var (skill, _) in ask.Skills)
        {
            low |= skill < 64 ? 1ul << skill : 0;
            high |= skill < 64 ? 0 : 1ul << (skill - 64);
        }

        var wish = new BenchProfile.Wish(ask);
        var best = new TopHits(Scoring.K);
        ReadOnlySpan<int> lats = _lat, lngs = _lng;
        for (var i = 0; i < lats.Length; i += 8)
        {
            var lat = Vector256.Create(lats[i..]);
            var lng = Vector256.Create(lngs[i..]);
            var inside = (Vector256.GreaterThanOrEqual(lat, south) & Vector256.LessThanOrEqual(lat, north)
                & Vector256.GreaterThanOrEqual(lng, west) & Vector256.LessThanOrEqual(lng, east)).ExtractMostSignificantBits();
            if (inside != 0 && (inside &= Holding(0, i, low) & Holding(1, i, high)) != 0)
            {
                for (; inside != 0; inside &= inside - 1)
                {
                    Offer(i + BitOperations.TrailingZeroCount(inside), ask, ref wish, best);
                }
            }
        }

        return best.Sorted();
    }

    private uint Holding(int column, int from, ulong required)
    {
        if (required == 0)
        {
            return 255;
        }

        var all = Vector256.Create(required);
        var skills = _skills[column].AsSpan(from);
        var first = Vector256.Equals(Vector256.Create<ulong>(skills) & all, all).ExtractMostSignificantBits();
        var second = Vector256.Equals(Vector256.Create<ulong>(skills[4..]) & all, all).ExtractMostSignificantBits();
        return first | (second << 4);
    }

    private void Offer(int number, Ask ask, ref BenchProfile.Wish wish, TopHits best)
    {
        ref readonly var person = ref _people[number];
        if (ask.Female is { } female && person.Female != female)
        {
            return;
        }

        var free = 0;
        for (var i = 0; i < ask.Hours; i++)
        {
            free += person.IsFree((ask.FirstHour + i) % 168) ? 1 : 0;
        }

        if (free < ask.NeededHours)
        {
            return;
        }

        var score = wish.Score(BenchProfile.RowOf(person), number, free, best.Worst);
        if (!double.IsNaN(score))
        {
            best.Offer(new Hit(number, score));
        }
    }
}
