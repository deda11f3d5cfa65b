namespace Matching.Geography;

/// <summary>Where somebody stands, as seen from the fence.</summary>
public enum GeofenceAnswer
{
    Inside,

    Outside,

    /// <summary>The reported place may be so far off that it proves nothing.</summary>
    TooVague,
}

/// <summary>
/// Whether a reported place may lie within a circle around a known one. What the known place may be off is allowed in full (we know it),
/// what the reported one may be off only up to a limit, or a phone that claims 50 km would be inside everywhere.
/// </summary>
public static class Geofence
{
    /// <summary>Most that is allowed for a reported place being off, in metres.</summary>
    public const double MostAllowanceM = 100;

    /// <summary>A reported place that may be further off than this, in metres, proves nothing.</summary>
    public const double VagueBeyondM = 1_000;

    public static GeofenceAnswer Check(Place centre, double radiusM, Place reported)
    {
        if (reported.AccuracyM > VagueBeyondM)
        {
            return GeofenceAnswer.TooVague;
        }

        var reach = radiusM + centre.AccuracyM + Math.Min(reported.AccuracyM, MostAllowanceM);
        return Distance.Metres(centre, reported) <= reach ? GeofenceAnswer.Inside : GeofenceAnswer.Outside;
    }
}
