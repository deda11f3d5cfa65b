namespace Matching.Geography;

/// <summary>
/// Great-circle distance in metres on a sphere of the Earth's mean radius (IUGG, 6,371,008.8 m), by the haversine formula
/// (R. W. Sinnott, 1984), which stays exact at small distances. The sphere is within 0.6 % of the ellipsoid.
/// </summary>
public static class Distance
{
    public const double EarthRadiusM = 6_371_008.8;

    public static double Metres(Place from, Place to) => Metres(from.Lat, from.Lng, to.Lat, to.Lng);

    public static double Metres(double fromLat, double fromLng, double toLat, double toLng) =>
        Metres(fromLat, fromLng, toLat, toLng, Math.Cos(Radians(toLat)));

    internal static double Metres(double fromLat, double fromLng, double toLat, double toLng, double cosToLat)
    {
        var halfLat = Math.Sin(Radians(toLat - fromLat) / 2);
        var halfLng = Math.Sin(Radians(toLng - fromLng) / 2);
        var h = halfLat * halfLat + Math.Cos(Radians(fromLat)) * cosToLat * halfLng * halfLng;

        // At opposite ends of the Earth rounding can carry h past 1.
        return 2 * EarthRadiusM * Math.Asin(Math.Sqrt(Math.Min(1, h)));
    }

    internal static double Radians(double degrees) => degrees * (Math.PI / 180);
}
