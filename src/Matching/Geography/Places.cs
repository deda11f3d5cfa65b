namespace Matching.Geography;

/// <summary>Reads places that people and apps hand in, and blurs those that must not be shown exactly.</summary>
public static class Places
{
    /// <summary>The widest that a place may be off, in metres; beyond it the place says nothing.</summary>
    public const double WidestAccuracyM = 100_000;

    /// <summary>The side of a square of the blur, in metres.</summary>
    public const double BlurM = 500;

    /// <summary>A ten-millionth of a degree is about a centimetre: what is finer is noise, and costs the matching engine its room.</summary>
    public const int Decimals = 7;

    private const double MetresPerDegree = Math.PI / 180 * Distance.EarthRadiusM;

    /// <summary>A place in WGS-84 from coordinates in a named datum. Refuses what is off Earth, too vague, or in no known datum.</summary>
    public static Outcome<Place> Read(double lat, double lng, string? datum, double accuracyM = 0)
    {
        if (!Datums.TryParse(datum, out var known))
        {
            return Refusals.DatumUnknown;
        }

        return Read(lat, lng, known, accuracyM);
    }

    /// <summary>A place in WGS-84 from coordinates in a datum. Refuses what is off Earth or too vague.</summary>
    public static Outcome<Place> Read(double lat, double lng, Datum datum, double accuracyM = 0)
    {
        var (wgsLat, wgsLng) = IsOnEarth(lat, lng) ? Datums.ToWgs84(lat, lng, datum) : (lat, lng);
        var place = new Place(Math.Round(wgsLat, Decimals), Math.Round(wgsLng, Decimals), accuracyM);
        return Check(place) is { } refusal ? refusal : place;
    }

    /// <summary>Null when the place is on Earth and its accuracy says something; otherwise why not.</summary>
    public static Refusal? Check(Place place)
    {
        if (!IsOnEarth(place.Lat, place.Lng))
        {
            return Refusals.PlaceOffEarth;
        }

        // Written so that what is not a number is refused.
        return place.AccuracyM is >= 0 and <= WidestAccuracyM ? null : Refusals.AccuracyOutOfRange;
    }

    /// <summary>
    /// What is shown before acceptance: the middle of the square of about 500 m that the place lies in. The grid is fixed, so asking
    /// often tells no more than asking once. The true place lies within the accuracy given.
    /// </summary>
    public static Place Blur(Place place)
    {
        var rows = (int)Math.Ceiling(180 * MetresPerDegree / BlurM);
        var rowHeight = 180.0 / rows;
        var row = Math.Clamp((int)Math.Floor((place.Lat + 90) / rowHeight), 0, rows - 1);
        var lat = -90 + (row + 0.5) * rowHeight;

        // Squares grow wider in degrees towards the poles; a whole number of them goes round.
        var columns = Math.Max(1, (int)Math.Round(360 * MetresPerDegree * Math.Cos(Distance.Radians(lat)) / BlurM));
        var columnWidth = 360.0 / columns;
        var column = Math.Clamp((int)Math.Floor((place.Lng + 180) / columnWidth), 0, columns - 1);
        var lng = -180 + (column + 0.5) * columnWidth;

        // Half the diagonal is 354 m; the rest is for squares that are not quite square.
        return new Place(lat, lng, Math.Min(WidestAccuracyM, 400 + place.AccuracyM));
    }

    private static bool IsOnEarth(double lat, double lng) => lat is >= -90 and <= 90 && lng is >= -180 and <= 180;
}
