using System.Collections.Immutable;

namespace Matching.Engine.Compact;

/// <summary>
/// The paths of sites, numbered as they come. Each has a label besides, in the order of the paths, so that a subtree is one stretch of labels;
/// there is room between labels for sites to come.
/// </summary>
internal sealed class SiteTable
{
    private readonly Vocabulary<string> _paths = new();
    private readonly Vocabulary<string> _centers = new();
    private volatile int[] _centerOf = [];
    private volatile Order _order = new([], [], []);

    public int Count => _paths.Count;

    /// <summary>The first parts of the paths.</summary>
    public IEnumerable<string> Centers => Enumerable.Range(0, _centers.Count).Select(center => _centers[center]);

    public string this[int site] => _paths[site];

    /// <summary>The order of those labelled so far. What readers use is handed to them with a version.</summary>
    public Order Now => _order;

    /// <summary>Centers beyond so many share the last part of the index.</summary>
    public const int MostPartitions = 32_767;

    /// <summary>The part of the index in which a center's volunteers stand.</summary>
    public int PartitionOf(int site) => Math.Min(CenterOf(site), MostPartitions - 1);

    /// <summary>The first part of the path of a part's sites; of the last part it is one of several.</summary>
    public string Center(int partition) => _centers[partition];

    /// <summary>The number of the first part of the path: the center, by which the index is divided.</summary>
    public int CenterOf(int site) => _centerOf[site];

    public int Number(string path)
    {
        var site = _paths.Number(path);
        if (site >= CompactRow.MostSites)
        {
            throw new InsufficientMemoryException("More sites than rows can number.");
        }

        if (site >= _centerOf.Length)
        {
            var more = new int[Math.Max(16, site * 2)];
            _centerOf.CopyTo(more, 0);
            _centerOf = more;
        }

        _centerOf[site] = _centers.Number(path[..(path.IndexOf('/', StringComparison.Ordinal) + 1)]);
        return site;
    }

    /// <summary>Labels the sites that came since. False when there was no room between two, and all have new labels.</summary>
    public bool Label()
    {
        var old = _order;
        if (old.LabelOf.Length == _paths.Count)
        {
            return true;
        }

        var sites = Enumerable.Range(0, _paths.Count).ToArray();
        Array.Sort(Array.ConvertAll(sites, site => _paths[site]), sites, StringComparer.Ordinal);
        var labels = new int[sites.Length];
        old.LabelOf.CopyTo(labels, 0);
        var fits = old.LabelOf.Length > 0;
        for (var i = 0; i < sites.Length && fits; i++)
        {
            if (sites[i] >= old.LabelOf.Length)
            {
                // A run of new ones shares the room between its neighbours.
                var next = i;
                while (next < sites.Length && sites[next] >= old.LabelOf.Length)
                {
                    next++;
                }

                long low = i == 0 ? 0 : labels[sites[i - 1]];
                long high = next == sites.Length ? int.MaxValue : labels[sites[next]];
                fits = high - low > next - i;
                for (var k = i; k < next; k++)
                {
                    labels[sites[k]] = (int)(low + (high - low) * (k - i + 1) / (next - i + 1));
                }

                i = next;
            }
        }

        for (var i = 0; i < sites.Length && !fits; i++)
        {
            labels[sites[i]] = (int)((long)int.MaxValue * (i + 1) / (sites.Length + 1));
        }

        _order = new Order(labels, Array.ConvertAll(sites, site => _paths[site]), sites);
        return fits || old.LabelOf.Length == 0;
    }

    /// <summary>Labels by number, and the paths and numbers in the order of the paths. Never changed once made.</summary>
    internal sealed record Order(int[] LabelOf, string[] Paths, int[] Sites)
    {
        /// <summary>The sites of a subtree as a stretch of labels, the end not included; empty when there are none.</summary>
        public (int From, int To) Subtree(string path)
        {
            var from = FirstNot(0, path, isWithin: false);
            var to = FirstNot(from, path, isWithin: true);
            return from == to ? (0, 0) : (LabelOf[Sites[from]], LabelOf[Sites[to - 1]] + 1);
        }

        /// <summary>The stretches of several subtrees, apart and in order: a pool within another adds nobody.</summary>
        public (int From, int To)[] Subtrees(ImmutableArray<string> paths)
        {
            if (paths is [var only])
            {
                return Subtree(only) is var (from, to) && from < to ? [(from, to)] : [];
            }

            var stretches = paths.Select(Subtree).Where(stretch => stretch.From < stretch.To).Distinct().Order().ToList();
            return [.. stretches.Where(stretch => !stretches.Any(wider => wider != stretch && wider.From <= stretch.From && stretch.To <= wider.To))];
        }

        /// <summary>The first path, from one on, that does not come before a path, or that is not within it.</summary>
        private int FirstNot(int low, string path, bool isWithin)
        {
            var high = Paths.Length;
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (isWithin ? Paths[middle].StartsWith(path, StringComparison.Ordinal) : string.CompareOrdinal(Paths[middle], path) < 0)
                {
                    low = middle + 1;
                }
                else
                {
                    high = middle;
                }
            }

            return low;
        }
    }
}
