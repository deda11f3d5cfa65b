namespace Matching.Geography;

/// <summary>
/// How long somebody needs from one place to another, by a plain model: streets are 1.3 times the straight line; the first kilometre
/// goes at 4.5 km/h (on foot), the next four at 15 km/h (bicycle), the rest at 40 km/h (bus or car). Grows with distance, without jumps,
/// and never takes longer by the straight way than round about.
/// </summary>
public static class Travel
{
    public const double Detour = 1.3;

    private const double WalkM = 1_000;
    private const double RideM = 4_000;
    private const double WalkMPerS = 4.5 / 3.6;
    private const double RideMPerS = 15 / 3.6;
    private const double DriveMPerS = 40 / 3.6;

    public static TimeSpan Time(Place from, Place to) => Time(Distance.Metres(from, to));

    /// <summary>The time for so many metres of straight line.</summary>
    public static TimeSpan Time(double straightM)
    {
        var m = straightM * Detour;
        var walked = Math.Min(m, WalkM);
        var ridden = Math.Clamp(m - WalkM, 0, RideM);
        var driven = Math.Max(0, m - WalkM - RideM);
        return TimeSpan.FromSeconds(walked / WalkMPerS + ridden / RideMPerS + driven / DriveMPerS);
    }
}
