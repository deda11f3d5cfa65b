namespace Matching.Geography;

/// <summary>
/// Turns coordinates from one grid into another. GCJ-02 and BD-09 are reached by the formulas that have been public since 2013;
/// the way back is by iteration. A point outside the rectangle that those formulas call China is the same in all three.
/// </summary>
public static class Datums
{
    // The Krasovsky ellipsoid of 1940, on which the formulas stand.
    private const double SemiMajorM = 6_378_245.0;
    private const double EccentricitySquared = 0.00669342162296594323;
    private const double BaiduTurn = Math.PI * 3000 / 180;

    /// <summary>Reads <c>wgs84</c>, <c>gcj02</c> or <c>bd09</c>; capitals do not matter, anything else does.</summary>
    public static bool TryParse(string? name, out Datum datum)
    {
        datum = default;
        if (string.Equals(name, "wgs84", StringComparison.OrdinalIgnoreCase))
        {
            return true;
        }

        if (string.Equals(name, "gcj02", StringComparison.OrdinalIgnoreCase))
        {
            datum = Datum.Gcj02;
            return true;
        }

        datum = Datum.Bd09;
        return string.Equals(name, "bd09", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The name on the wire.</summary>
    public static string Name(Datum datum) => datum switch
    {
        Datum.Wgs84 => "wgs84",
        Datum.Gcj02 => "gcj02",
        Datum.Bd09 => "bd09",
        _ => throw new ArgumentOutOfRangeException(nameof(datum)),
    };

    public static (double Lat, double Lng) FromWgs84(double lat, double lng, Datum datum) => datum switch
    {
        Datum.Wgs84 => (lat, lng),
        Datum.Gcj02 => Wgs84ToGcj02(lat, lng),
        Datum.Bd09 => OutsideChina(lat, lng) ? (lat, lng) : Gcj02ToBd09(Wgs84ToGcj02(lat, lng)),
        _ => throw new ArgumentOutOfRangeException(nameof(datum)),
    };

    public static (double Lat, double Lng) ToWgs84(double lat, double lng, Datum datum)
    {
        if (datum == Datum.Wgs84 || OutsideChina(lat, lng))
        {
            return (lat, lng);
        }

        // The shift changes by a few millionths of its argument, so what is left of the error shrinks by a factor of a thousand or more
        // each time: four rounds end at the limit of a double.
        var guess = (Lat: lat, Lng: lng);
        for (var round = 0; round < 6; round++)
        {
            var there = FromWgs84(guess.Lat, guess.Lng, datum);
            guess = (guess.Lat - (there.Lat - lat), guess.Lng - (there.Lng - lng));
        }

        return guess;
    }

    /// <summary>A rectangle around the mainland, as the public formulas draw it; it takes in some of the neighbours.</summary>
    public static bool OutsideChina(double lat, double lng) => lng < 72.004 || lng > 137.8347 || lat < 0.8293 || lat > 55.8271;

    private static (double Lat, double Lng) Wgs84ToGcj02(double lat, double lng)
    {
        if (OutsideChina(lat, lng))
        {
            return (lat, lng);
        }

        var x = lng - 105;
        var y = lat - 35;
        var waves = 20 * Math.Sin(6 * x * Math.PI) + 20 * Math.Sin(2 * x * Math.PI);
        var northM = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * Math.Sqrt(Math.Abs(x))
            + (waves + 20 * Math.Sin(y * Math.PI) + 40 * Math.Sin(y / 3 * Math.PI)
                + 160 * Math.Sin(y / 12 * Math.PI) + 320 * Math.Sin(y * Math.PI / 30)) * 2 / 3;
        var eastM = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * Math.Sqrt(Math.Abs(x))
            + (waves + 20 * Math.Sin(x * Math.PI) + 40 * Math.Sin(x / 3 * Math.PI)
                + 150 * Math.Sin(x / 12 * Math.PI) + 300 * Math.Sin(x / 30 * Math.PI)) * 2 / 3;

        var phi = Distance.Radians(lat);
        var w = 1 - EccentricitySquared * Math.Sin(phi) * Math.Sin(phi);
        var metresPerLat = SemiMajorM * (1 - EccentricitySquared) / (w * Math.Sqrt(w)) * (Math.PI / 180);
        var metresPerLng = SemiMajorM / Math.Sqrt(w) * Math.Cos(phi) * (Math.PI / 180);
        return (lat + northM / metresPerLat, lng + eastM / metresPerLng);
    }

    private static (double Lat, double Lng) Gcj02ToBd09((double Lat, double Lng) gcj)
    {
        var radius = Math.Sqrt(gcj.Lng * gcj.Lng + gcj.Lat * gcj.Lat) + 0.00002 * Math.Sin(gcj.Lat * BaiduTurn);
        var angle = Math.Atan2(gcj.Lat, gcj.Lng) + 0.000003 * Math.Cos(gcj.Lng * BaiduTurn);
        return (radius * Math.Sin(angle) + 0.006, radius * Math.Cos(angle) + 0.0065);
    }
}
