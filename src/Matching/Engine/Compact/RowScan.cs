using System.Numerics;

namespace Matching.Engine.Compact;

/// <summary>Sees the rows of a pool, some of them on each of several threads.</summary>
internal interface IRowVisitor<TSelf>
    where TSelf : IRowVisitor<TSelf>
{
    void See(uint row);

    /// <summary>Takes over what another saw.</summary>
    void Join(in TSelf other);
}

/// <summary>Goes through everybody of a need's pools in the order of memory, on as many threads as there are processors.</summary>
internal static class RowScan
{
    // So many stretches make a thread worth starting.
    private const int AThread = 16;

    /// <param name="make">Makes an empty visitor.</param>
    public static unsafe TVisitor Visit<TVisitor>(CompactStore store, RegisterVersion version, CompactNeed need, Func<TVisitor> make)
        where TVisitor : struct, IRowVisitor<TVisitor>
    {
        var centers = CentersOf(store, version.Sites, need);
        var stretches = new List<int>();
        for (var stretch = 0; stretch < LiveRows.Count(version.Live); stretch++)
        {
            if (LiveRows.Of(version.Live, stretch) is not null && centers.ContainsKey(store.Rows.CenterOf(stretch)))
            {
                stretches.Add(stretch);
            }
        }

        var all = make();
        if (stretches.Count < 2 * AThread)
        {
            Walk(store, version, need, centers, stretches, ref all);
            return all;
        }

        var joining = new Lock();
        var next = -1;
        Parallel.For(0, Math.Min(Environment.ProcessorCount, stretches.Count / AThread), _ =>
        {
            var own = make();
            for (var i = Interlocked.Increment(ref next); i < stretches.Count; i = Interlocked.Increment(ref next))
            {
                Walk(store, version, need, centers, [stretches[i]], ref own);
            }

            lock (joining)
            {
                all.Join(own);
            }
        });
        return all;
    }

    private static unsafe void Walk<TVisitor>(
        CompactStore store, RegisterVersion version, CompactNeed need, Dictionary<int, bool> centers, List<int> stretches, ref TVisitor visitor)
        where TVisitor : struct, IRowVisitor<TVisitor>
    {
        foreach (var stretch in stretches)
        {
            var live = LiveRows.Of(version.Live, stretch)!;
            var isWhole = centers[store.Rows.CenterOf(stretch)];
            for (var word = 0; word < live.Length; word++)
            {
                for (var bits = live[word]; bits != 0; bits &= bits - 1)
                {
                    var row = ((uint)stretch << Rows.Shift) + (uint)(word * 64 + BitOperations.TrailingZeroCount(bits));
                    if (isWhole || need.IsInPool(store[row]->Site))
                    {
                        visitor.See(row);
                    }
                }
            }
        }
    }

    /// <summary>The centers that have sites in the pools, and whether all of theirs are.</summary>
    private static Dictionary<int, bool> CentersOf(CompactStore store, SiteTable.Order sites, CompactNeed need)
    {
        var centers = new Dictionary<int, bool>();
        var partly = new HashSet<int>();
        foreach (var site in sites.Sites)
        {
            var center = store.Sites.CenterOf(site);
            if (need.IsInPool(site))
            {
                centers[center] = true;
            }
            else
            {
                partly.Add(center);
            }
        }

        foreach (var center in partly.Where(centers.ContainsKey))
        {
            centers[center] = false;
        }

        return centers;
    }
}
