namespace Matching.Geography;

/// <summary>A place that distances are measured to again and again: what depends on it alone is worked out once.</summary>
public sealed class DistanceTo(Place place)
{
    private readonly double _cosLat = Math.Cos(Distance.Radians(place.Lat));

    public Place Place => place;

    /// <summary>To the last bit what <see cref="Distance.Metres(double, double, double, double)"/> says.</summary>
    public double MetresFrom(double lat, double lng) => Distance.Metres(lat, lng, place.Lat, place.Lng, _cosLat);
}
