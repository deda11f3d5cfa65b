using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Matching.Engine.Index;

/// <summary>A bit for each of the 512 slots of a leaf, in two registers.</summary>
internal readonly unsafe struct Slice
{
    private readonly Vector256<ulong> _low;
    private readonly Vector256<ulong> _high;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Slice(Vector256<ulong> low, Vector256<ulong> high) => (_low, _high) = (low, high);

    public static Slice None => default;

    public bool IsEmpty
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (_low | _high) == Vector256<ulong>.Zero;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slice Load(ulong* from) => new(Vector256.Load(from), Vector256.Load(from + 4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(ulong* to)
    {
        _low.Store(to);
        _high.Store(to + 4);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slice operator &(Slice left, Slice right) => new(left._low & right._low, left._high & right._high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slice operator |(Slice left, Slice right) => new(left._low | right._low, left._high | right._high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Slice operator ^(Slice left, Slice right) => new(left._low ^ right._low, left._high ^ right._high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Slice AndNot(Slice other) => new(Vector256.AndNot(_low, other._low), Vector256.AndNot(_high, other._high));
}
