using Matching.Geography;

namespace Matching.Benchmarks.Crowds;

/// <summary>Where people live: towns of different sizes, each a bell around its middle, and a few people anywhere.</summary>
internal sealed class World
{
    private const double MetresADegree = Distance.EarthRadiusM * Math.PI / 180;

    private readonly record struct Town(double Lat, double Lng, double SpreadM);

    private readonly Town[] _towns;
    private readonly double[] _upTo;
    private readonly double _uniform;
    private readonly (double South, double West, double North, double East) _bounds;

    private World((double, double, double, double) bounds, double uniform, IEnumerable<(Town Town, double Share)> towns)
    {
        (_bounds, _uniform) = (bounds, uniform);
        var list = towns.ToArray();
        _towns = [.. list.Select(entry => entry.Town)];
        _upTo = new double[list.Length];
        var all = list.Sum(entry => entry.Share);
        var sum = 0.0;
        for (var i = 0; i < list.Length; i++)
        {
            sum += list[i].Share / all;
            _upTo[i] = sum;
        }
    }

    /// <summary>The wide radius of a wish, in metres.</summary>
    public double WideM { get; private init; }

    public required string Name { get; init; }

    /// <summary>A city of 150 × 100 km: one city with six sub-centres, 11 county towns, 220 villages.</summary>
    public static World City()
    {
        var dice = new Dice(0xC17, 0);
        var bounds = Box(36.2, 113.1, 150_000, 100_000);
        var towns = new List<(Town, double)>
        {
            (new Town(36.19, 113.11, 2_500), 0.20),
            (new Town(36.21, 113.09, 6_000), 0.16),
        };
        Scatter(towns, ref dice, 6, 0.12, 1_200, Box(36.2, 113.1, 30_000, 24_000), 0);
        Scatter(towns, ref dice, 11, 0.27, 1_600, bounds, 0.4);
        Scatter(towns, ref dice, 220, 0.22, 450, bounds, 0.5);
        return new World(bounds, 0.03, towns) { Name = "city", WideM = 30_000 };
    }

    /// <summary>A province of 500 × 500 km: 14 cities by Zipf's law, 100 county towns, 1,500 townships.</summary>
    public static World Province()
    {
        var dice = new Dice(0x9107, 0);
        var bounds = Box(41.3, 123.0, 500_000, 500_000);
        var towns = new List<(Town, double)>();
        Cities(towns, ref dice, 14, 0.45, bounds);
        Scatter(towns, ref dice, 100, 0.27, 2_000, bounds, 0.4);
        Scatter(towns, ref dice, 1_500, 0.25, 700, bounds, 0.5);
        return new World(bounds, 0.03, towns) { Name = "province", WideM = 100_000 };
    }

    /// <summary>A nation: 31 × 14 cities, 2,800 county towns, 38,000 townships.</summary>
    public static World Nation()
    {
        var dice = new Dice(0x2A7104, 0);
        var bounds = (22.0, 98.0, 45.0, 125.0);
        var towns = new List<(Town, double)>();
        Cities(towns, ref dice, 434, 0.45, bounds);
        Scatter(towns, ref dice, 2_800, 0.27, 2_000, bounds, 0.4);
        Scatter(towns, ref dice, 38_000, 0.25, 700, bounds, 0.5);
        return new World(bounds, 0.03, towns) { Name = "nation", WideM = 100_000 };
    }

    /// <summary>The world that so many volunteers live in.</summary>
    public static World Of(int volunteers) => volunteers < 2_000_000 ? City() : volunteers < 50_000_000 ? Province() : Nation();

    /// <summary>A place where people live, in ten-millionths of a degree.</summary>
    public (int LatE7, int LngE7) Place(ref Dice dice)
    {
        double lat, lng;
        if (dice.Chance(_uniform))
        {
            lat = _bounds.South + dice.Share() * (_bounds.North - _bounds.South);
            lng = _bounds.West + dice.Share() * (_bounds.East - _bounds.West);
        }
        else
        {
            var at = Array.BinarySearch(_upTo, dice.Share());
            var town = _towns[Math.Min(_towns.Length - 1, at < 0 ? ~at : at)];
            lat = town.Lat + dice.Normal() * town.SpreadM / MetresADegree;
            lng = town.Lng + dice.Normal() * town.SpreadM / (MetresADegree * Math.Cos(town.Lat * Math.PI / 180));
        }

        return ((int)Math.Round(lat * 1e7), (int)Math.Round(lng * 1e7));
    }

    private static (double South, double West, double North, double East) Box(double lat, double lng, double eastWestM, double northSouthM)
    {
        var halfLat = northSouthM / 2 / MetresADegree;
        var halfLng = eastWestM / 2 / (MetresADegree * Math.Cos(lat * Math.PI / 180));
        return (lat - halfLat, lng - halfLng, lat + halfLat, lng + halfLng);
    }

    /// <summary>Cities of falling size (Zipf, 0.8), each a dense middle and a wide rim.</summary>
    private static void Cities(
        List<(Town, double)> towns, ref Dice dice, int count, double share, (double South, double West, double North, double East) bounds)
    {
        var all = Enumerable.Range(1, count).Sum(rank => Math.Pow(rank, -0.8));
        for (var rank = 1; rank <= count; rank++)
        {
            var lat = bounds.South + (0.05 + 0.9 * dice.Share()) * (bounds.North - bounds.South);
            var lng = bounds.West + (0.05 + 0.9 * dice.Share()) * (bounds.East - bounds.West);
            var own = share * Math.Pow(rank, -0.8) / all;
            towns.Add((new Town(lat, lng, 3_000), own * 0.55));
            towns.Add((new Town(lat + 0.01, lng - 0.01, 9_000), own * 0.45));
        }
    }

    private static void Scatter(
        List<(Town, double)> towns, ref Dice dice, int count, double share, double spreadM,
        (double South, double West, double North, double East) bounds, double unevenness)
    {
        for (var i = 0; i < count; i++)
        {
            var lat = bounds.South + dice.Share() * (bounds.North - bounds.South);
            var lng = bounds.West + dice.Share() * (bounds.East - bounds.West);
            var size = Math.Exp(unevenness * dice.Normal());
            towns.Add((new Town(lat, lng, spreadM * Math.Sqrt(size)), share / count * size));
        }
    }
}
