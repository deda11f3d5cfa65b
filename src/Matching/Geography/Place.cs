namespace Matching.Geography;

/// <summary>The grid that a pair of coordinates is meant in.</summary>
public enum Datum
{
    /// <summary>GPS and the rest of the world.</summary>
    Wgs84,

    /// <summary>China's obfuscated grid: Amap, Tencent, WeChat.</summary>
    Gcj02,

    /// <summary>Baidu's grid on top of GCJ-02.</summary>
    Bd09,
}

/// <summary>A point on Earth in WGS-84 degrees, and how far off it may be, in metres.</summary>
public readonly record struct Place(double Lat, double Lng, double AccuracyM = 0);
