namespace Matching.Engine.Index;

/// <summary>
/// The order in which people lie in the index: along D. Hilbert's curve (1891) over latitude and longitude, 24 bits each, so that neighbours in
/// the order are neighbours on the map. Before it stand the center, and whether there is a place at all.
/// </summary>
internal static class Hilbert
{
    public const int MostPartitions = 1 << 15;

    private const int Bits = 24;
    private const ulong NoPlace = 1ul << 63;

    public static ulong Key(int partition, double lat, double lng) => ((ulong)(uint)partition << (2 * Bits)) | Along(Cell(lat, 180), Cell(lng, 360));

    /// <summary>Those without a place come after everybody else.</summary>
    public static ulong KeyOfNowhere(int partition) => NoPlace | ((ulong)(uint)partition << (2 * Bits));

    /// <summary>Partition and "no place": who differs in it shares no branch.</summary>
    public static ulong Family(ulong key) => key >> (2 * Bits);

    public static int PartitionOf(ulong key) => (int)(key >> (2 * Bits)) & (MostPartitions - 1);

    private static uint Cell(double degrees, double span)
    {
        const double Last = (1 << Bits) - 1;
        return (uint)Math.Clamp((degrees / span + 0.5) * (1 << Bits), 0, Last);
    }

    private static ulong Along(uint y, uint x)
    {
        // Turning and mirroring the square at each halving (J. Skilling's loop for two dimensions).
        var along = 0ul;
        for (var s = 1u << (Bits - 1); s > 0; s >>= 1)
        {
            var right = (x & s) != 0 ? 1u : 0;
            var upper = (y & s) != 0 ? 1u : 0;
            along = (along << 2) | ((3 * right) ^ upper);
            if (upper == 0)
            {
                if (right == 1)
                {
                    x = ~x;
                    y = ~y;
                }

                (x, y) = (y, x);
            }
        }

        return along;
    }
}
