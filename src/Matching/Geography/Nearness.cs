namespace Matching.Geography;

/// <summary>A distance that is never too long, for little work: on a plane, drawn in where the meridians are closest.</summary>
public sealed class Nearness
{
    // The sphere's half angles shrink a little in the sine; within these degrees by less than a thousandth.
    private const double MostDegrees = 3;
    private const double Shrunk = 0.999;
    private const double MetresADegree = Distance.EarthRadiusM * Math.PI / 180;

    private readonly double _lat;
    private readonly double _lng;
    private readonly double _metresALng;

    public Nearness(Place place, double? radiusM)
    {
        (_lat, _lng) = (place.Lat, place.Lng);
        var degrees = Math.Min(MostDegrees, (radiusM ?? double.PositiveInfinity) / MetresADegree + 0.01);
        _metresALng = MetresADegree * Math.Cos(Math.Min(90, Math.Abs(place.Lat) + degrees) * Math.PI / 180);
        Degrees = degrees;
    }

    /// <summary>As far as this meridians are taken into account, in degrees of latitude.</summary>
    private double Degrees { get; }

    /// <summary>Metres from a place, or less; 0 where that takes more than a quick look.</summary>
    public double AtLeastM(double lat, double lng)
    {
        var (north, east) = (lat - _lat, lng - _lng);
        if (Math.Abs(north) > Degrees)
        {
            // No way is shorter than that due north.
            return Shrunk * MetresADegree * Math.Abs(north);
        }

        if (!(Math.Abs(north) <= Degrees && Math.Abs(east) <= MostDegrees))
        {
            return 0;
        }

        north *= MetresADegree;
        east *= _metresALng;
        return Shrunk * Math.Sqrt(north * north + east * east);
    }
}
