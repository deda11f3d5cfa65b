using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Matching.Geography;

namespace Matching.Engine.Index;

/// <summary>
/// Lower bounds of great-circle distances from one place, without a sine: <see cref="Distance"/> with sin y replaced by y − y³÷6, the arc by its
/// chord, and the cosine of the other latitude by one that is not greater. Within a millionth at neighbourhood distances, never too far.
/// </summary>
public readonly struct Vicinity
{
    // Covers single precision at ±π on a sphere of this size (two roundings of 0.8 m) with room to spare.
    private const float SlackM = 4;
    private const double Shrink = 1 - 1e-6;

    private readonly float _lat;
    private readonly float _lng;
    private readonly float _cos;
    private readonly double _latRadians;
    private readonly double _lngRadians;
    private readonly double _cosLat;

    public Vicinity(double lat, double lng)
    {
        (_latRadians, _lngRadians) = (Distance.Radians(lat), Distance.Radians(lng));
        _cosLat = Math.Max(0, Math.Cos(_latRadians));
        (_lat, _lng, _cos) = ((float)_latRadians, (float)_lngRadians, (float)_cosLat);
    }

    /// <summary>Metres that the place in degrees is away at least.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double AtLeast(double lat, double lng)
    {
        var dLat = Math.Abs(lat * (Math.PI / 180) - _latRadians);
        var dLng = Math.Abs(lng * (Math.PI / 180) - _lngRadians);
        dLng = Math.Min(dLng, 2 * Math.PI - dLng);
        var halfLat = dLat / 2;
        var halfLng = dLng / 2;
        halfLat -= halfLat * halfLat * halfLat / 6;
        halfLng -= halfLng * halfLng * halfLng / 6;

        // The cosine changes by no more than the angle does.
        var h = halfLat * halfLat + _cosLat * Math.Max(0, _cosLat - dLat) * halfLng * halfLng;
        return 2 * Distance.EarthRadiusM * Shrink * Math.Sqrt(h) - 1e-3;
    }

    /// <summary>The same for eight boxes in radians, given the least cosine of their latitudes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Vector256<float> AtLeast(
        Vector256<float> latLo, Vector256<float> latHi, Vector256<float> lngLo, Vector256<float> lngHi, Vector256<float> cosMin)
    {
        var zero = Vector256<float>.Zero;
        var circle = Vector256.Create(MathF.Tau);
        var half = Vector256.Create(0.5f);
        var quarter = Vector256.Create(MathF.PI / 2);
        var sixth = Vector256.Create(1 / 6f);
        var lat = Vector256.Create(_lat);
        var lng = Vector256.Create(_lng);
        var y = Vector256.Max(Vector256.Max(latLo - lat, lat - latHi), zero);
        var eastwards = lngLo - lng;
        var westwards = lng - lngHi;
        var isBetween = Vector256.LessThanOrEqual(Vector256.Max(eastwards, westwards), zero);
        eastwards += Vector256.ConditionalSelect(Vector256.LessThan(eastwards, zero), circle, zero);
        westwards += Vector256.ConditionalSelect(Vector256.LessThan(westwards, zero), circle, zero);
        var x = Vector256.AndNot(Vector256.Min(eastwards, westwards), isBetween);
        y = Vector256.Min(y * half, quarter);
        x = Vector256.Min(x * half, quarter);
        y -= y * y * y * sixth;
        x -= x * x * x * sixth;
        var h = y * y + Vector256.Create(_cos) * cosMin * x * x;
        return Vector256.Max(Vector256.Sqrt(h) * (float)(2 * Distance.EarthRadiusM * Shrink) - Vector256.Create(SlackM), zero);
    }
}
