namespace Matching.Engine.Compact;

/// <summary>
/// Which rows hold somebody, a bit each, by stretches. What was published stays as it is: a stretch's bits are copied when they first change after
/// that.
/// </summary>
internal sealed class LiveRows
{
    public const int Words = Rows.AStretch / 64;

    // Two steps, so that a change copies a few hundred bytes however many stretches there are.
    private const int Branch = 64;

    private Stretch[][] _now = [];
    private int _stamp = 1;

    /// <summary>The bits as they are now; <see cref="Publish"/> keeps them so.</summary>
    public Stretch[][] Now => _now;

    public void Publish() => _stamp++;

    public static int Count(Stretch[][] version) => version.Length * Branch;

    /// <summary>The bits of a stretch; null when nobody lives there.</summary>
    public static ulong[]? Of(Stretch[][] version, int stretch) => version[stretch / Branch][stretch % Branch]?.Bits;

    public void Set(uint row, bool lives)
    {
        var number = (int)(row >> Rows.Shift);
        if (number / Branch >= _now.Length)
        {
            _now = [.. _now, .. Enumerable.Range(_now.Length, number / Branch + 1 - _now.Length).Select(_ => new Stretch[Branch])];
        }

        var branch = _now[number / Branch];
        var stretch = branch[number % Branch];
        if (stretch is null || stretch.Stamp != _stamp)
        {
            stretch = new Stretch(_stamp, stretch is null ? new ulong[Words] : [.. stretch.Bits]);
            var own = (Stretch[])branch.Clone();
            own[number % Branch] = stretch;
            _now = (Stretch[][])_now.Clone();
            _now[number / Branch] = own;
        }

        ref var word = ref stretch.Bits[(row & (Rows.AStretch - 1)) / 64];
        word = lives ? word | (1ul << (int)(row & 63)) : word & ~(1ul << (int)(row & 63));
    }

    internal sealed record Stretch(int Stamp, ulong[] Bits);
}
