using System.Collections.Concurrent;
using System.Collections.Immutable;
using Matching.Engine.Index;
using Matching.Geography;

namespace Matching.Engine.Compact;

/// <summary>
/// Everybody who might be asked: their facts in compact rows, found through an index of bit-sliced leaves, all of it out of the collector's sight.
/// Answers as a plain scan of the facts would, ids and scores to the last bit. One writer; readers never wait, and each answer is of one version
/// throughout.
/// </summary>
public sealed partial class VolunteerIndex : IVolunteerPool, IDisposable
{
    // So often a search is begun anew because the writer published between its two halves; then everybody is looked at in one version.
    private const int Tries = 4;

    // Whoever wants more than so many gets them by looking at everybody.
    private const int Many = 512;

    private const int ChangesASweep = 64;

    // Fuller leaves than the tree's own habit: volunteers come slowly, and room costs memory.
    private static readonly TreeShape Usual = new(LeafFill: 496);

    private readonly Lock _writing = new();
    private readonly Register _register = new();
    private Tuning _tuning;
    private readonly TreeShape? _shape;
    private readonly Stack<uint> _freeEntries = new();
    private Searching _searching;
    private uint _nextEntry;
    private long _edition;
    private int _unswept;

    /// <param name="weightsOfCenters">The weights that centers go by, by the first part of their paths; others go by the default.</param>
    public VolunteerIndex(IReadOnlyDictionary<string, ScoreWeights>? weightsOfCenters = null)
        : this(weightsOfCenters, null)
    {
    }

    internal VolunteerIndex(IReadOnlyDictionary<string, ScoreWeights>? weightsOfCenters, TreeShape? shape)
    {
        _tuning = new Tuning(weightsOfCenters ?? ImmutableDictionary<string, ScoreWeights>.Empty);
        _shape = shape;
        _searching = new Searching(NewTree(), _tuning);
        Publish(0);
    }

    public long Version => _register.Now.Number;

    public int Count => _register.Now.Count;

    /// <summary>All the memory that is held outside of the collector's sight.</summary>
    public long Bytes => _register.Store.TakenBytes + _searching.Tree.Bytes;

    internal CompactStore Store => _register.Store;

    internal Searching Searching => _searching;

    /// <summary>The weights that the part of a center is made for, normalised.</summary>
    /// <param name="center">The first part of its paths.</param>
    public ScoreWeights WeightsOf(string center) => _tuning.Of(center);

    /// <summary>What is known about one volunteer; null when nobody has that id.</summary>
    public VolunteerFacts? Find(Id volunteer)
    {
        using var reading = new Reading(_register);
        return _register.Find(reading.Version, volunteer) is { } row ? _register.Store.Decode(row) : null;
    }

    public Ranking Best(Need need, ScoreWeights weights, int count)
    {
        if (count <= 0)
        {
            return new Ranking(Version, []);
        }

        for (var tries = 0; tries < Tries && count <= Many; tries++)
        {
            using var reading = new Reading(_register);
            if (Search(reading.Version, reading.Evaluation(need, weights), count) is { } found)
            {
                return found;
            }
        }

        return BestOfAll(need, weights, count);
    }

    public Explanation Explain(Need need)
    {
        using var reading = new Reading(_register);
        var evaluation = reading.Evaluation(need, ScoreWeights.Default);
        var tally = RowScan.Visit(_register.Store, reading.Version, evaluation.Need, () => new TallyVisitor(evaluation));
        return new Explanation(reading.Version.Number, tally.Considered, tally.Fit, ByRule(tally.Removed), ByRule(tally.Shortage));
    }

    public Verdict? WhyNot(Need need, ScoreWeights weights, Id volunteer)
    {
        using var reading = new Reading(_register);
        if (_register.Find(reading.Version, volunteer) is not { } row)
        {
            return null;
        }

        var evaluation = reading.Evaluation(need, weights);
        var broken = evaluation.AllBroken(row);
        if (!broken.IsEmpty)
        {
            return new Verdict(reading.Version.Number, broken, null);
        }

        var candidate = evaluation.Candidate(row, 0);
        var ahead = RowScan.Visit(
            _register.Store, reading.Version, evaluation.Need, () => new AheadVisitor(_register.Store, evaluation, candidate.Score, volunteer)).Ahead;
        return new Verdict(reading.Version.Number, broken, candidate with { Rank = ahead + 1 });
    }

    public void Apply(IReadOnlyCollection<VolunteerFacts> changed, IReadOnlyCollection<Id> gone, long version)
    {
        lock (_writing)
        {
            // Labels before entries: an entry is told its site's.
            foreach (var volunteer in changed)
            {
                _register.Store.Sites.Number(volunteer.HomePath);
            }

            var hasRoom = _register.Store.Sites.Label();
            foreach (var id in gone)
            {
                if (_register.Find(id) is { } row)
                {
                    TakeOut(id, row);
                }
            }

            foreach (var volunteer in changed)
            {
                Put(volunteer);
            }

            if (!hasRoom)
            {
                Rebuild();
            }

            Sweep(gone.Count + changed.Count);

            Publish(version);
        }
    }

    /// <summary>
    /// From now on centers go by these weights, by the first part of their paths; others go by the default. No answer changes, only what it costs to find.
    /// Where people stand under other weights their part of the index is made anew, while searches go on in the old one.
    /// </summary>
    public void Weigh(IReadOnlyDictionary<string, ScoreWeights> weightsOfCenters)
    {
        lock (_writing)
        {
            var tuning = new Tuning(weightsOfCenters);
            if (Store.Sites.Centers.Concat(weightsOfCenters.Keys).Any(center => _tuning.Of(center) != tuning.Of(center)))
            {
                _tuning = tuning;
                Rebuild();
                Publish(Version);
            }
        }
    }

    /// <summary>
    /// Begins to fill the pool, which must be empty: far quicker, and in less memory, than applying everybody. Nothing is seen before
    /// <see cref="Load.Finish"/>, and nothing may be applied meanwhile.
    /// </summary>
    public Load BeginLoad() => Count == 0 && _nextEntry == 0 ? new Load(this) : throw new InvalidOperationException("Only an empty pool is loaded.");

    /// <summary>Gives the memory back. Nobody may be reading.</summary>
    public void Dispose()
    {
        _searching.Dispose();
        _register.Dispose();
    }

    private static ImmutableSortedDictionary<HardRule, int> ByRule(int[] counts) =>
        HardRules.InOrder.Where(rule => rule != HardRule.InPool).ToImmutableSortedDictionary(rule => rule, rule => counts[(int)rule]);

    /// <summary>The best by the index; null when the index has gone on to another version meanwhile.</summary>
    private unsafe Ranking? Search(RegisterVersion version, Evaluation evaluation, int count)
    {
        var need = evaluation.Need;
        var searcher = version.Searching.Rent();
        try
        {
            if (!searcher.Narrow(need, count))
            {
                return new Ranking(version.Number, []);
            }

            var best = searcher.Room(count);
            var before = ScoreBefore(version, evaluation, best, searcher, out var scored);
            if (before < 0)
            {
                return BestOfAll(version, evaluation, count);
            }

            var wish = new BestWish(_register.Store, evaluation, version.Searching.Tuning, scored, searcher.Rows);
            var found = searcher.Reader.Search(searcher.Criteria, ref wish, best, out var edition, before);
            if (edition != version.Edition)
            {
                return null;
            }

            var candidates = ImmutableArray.CreateBuilder<Candidate>(found);
            foreach (var (entry, _) in best[..found])
            {
                candidates.Add(evaluation.Candidate(searcher.Rows[entry], candidates.Count + 1));
            }

            return new Ranking(version.Number, candidates.MoveToImmutable());
        }
        finally
        {
            version.Searching.Return(searcher);
        }
    }

    /// <summary>
    /// Scores those for whom the index's bounds do not hold: who knows a resident, said "pick me", or is beyond the bounds. Says how many of them are
    /// among the best so many; -1 when one has a score that the index cannot compare.
    /// </summary>
    private unsafe int ScoreBefore(RegisterVersion version, Evaluation evaluation, Span<Found> best, Searcher searcher, out HashSet<uint>? scored)
    {
        scored = null;
        var need = evaluation.Need.Need;
        if (version.Beyond.Count > 0)
        {
            scored = [.. version.Beyond];
        }

        foreach (var id in need.PickMe)
        {
            if (_register.Find(version, id) is { } row)
            {
                (scored ??= []).Add(row);
            }
        }

        foreach (var resident in need.Residents)
        {
            foreach (var row in _register.FindByResident(version, resident))
            {
                (scored ??= []).Add(row);
            }
        }

        if (scored is null)
        {
            return 0;
        }

        var first = new BestRows(best.Length);
        foreach (var row in scored)
        {
            if (evaluation.Fits(row))
            {
                var score = evaluation.Score(row);
                if (!(score >= 0))
                {
                    return -1;
                }

                first.Offer(score, _register.Store[row]->Id, row);
            }
        }

        var sorted = first.Sorted();
        for (var i = 0; i < sorted.Length; i++)
        {
            var (score, _, row) = sorted[i];
            var entry = (int)_register.Store[row]->Entry;
            searcher.Rows.Add(entry, row);
            best[i] = new Found(entry, score);
        }

        return sorted.Length;
    }

    private Ranking BestOfAll(Need need, ScoreWeights weights, int count)
    {
        using var reading = new Reading(_register);
        return BestOfAll(reading.Version, reading.Evaluation(need, weights), count);
    }

    /// <summary>The best by looking at everybody of the pool.</summary>
    private Ranking BestOfAll(RegisterVersion version, Evaluation evaluation, int count)
    {
        var best = RowScan.Visit(_register.Store, version, evaluation.Need, () => new BestVisitor(_register.Store, evaluation, count)).Best;
        var sorted = best.Sorted();
        var candidates = ImmutableArray.CreateBuilder<Candidate>(sorted.Length);
        foreach (var (_, _, row) in sorted)
        {
            candidates.Add(evaluation.Candidate(row, candidates.Count + 1));
        }

        return new Ranking(version.Number, candidates.MoveToImmutable());
    }

    private VolunteerProfile Profile => new(_register.Store, _tuning);

    private SlicedTree<VolunteerProfile, Handle> NewTree() => new(Profile, _shape ?? Usual);

    private void Put(VolunteerFacts volunteer)
    {
        var places = Math.Min(volunteer.Places.Length, Handle.MostPlaces);
        Span<uint> entries = stackalloc uint[Handle.MostPlaces];
        var before = _register.Find(volunteer.Id);
        var kept = before is { } old ? _register.Store.Entries(old, entries) : 0;
        var needed = EntriesOf(volunteer);
        for (; kept > needed; kept--)
        {
            RemoveEntry(entries[kept - 1]);
        }

        for (; kept < needed; kept++)
        {
            entries[kept] = _freeEntries.TryPop(out var free) ? free : _nextEntry++;
        }

        var row = _register.Put(volunteer, entries[..needed], before);
        for (var i = 0; i < needed; i++)
        {
            Profile.Read(row, places == 0 ? null : i, out var entry);
            _searching.Tree.Put((int)entries[i], entry);
        }
    }

    /// <summary>One for each place; one for who has none.</summary>
    private static int EntriesOf(VolunteerFacts volunteer) => Math.Clamp(volunteer.Places.Length, 1, Handle.MostPlaces);

    private void TakeOut(Id id, uint row)
    {
        Span<uint> entries = stackalloc uint[Handle.MostPlaces];
        foreach (var entry in entries[.._register.Store.Entries(row, entries)])
        {
            RemoveEntry(entry);
        }

        _register.TakeOut(id, row);
    }

    private void RemoveEntry(uint entry)
    {
        _searching.Tree.Remove((int)entry);
        _freeEntries.Push(entry);
    }

    /// <summary>Bounds only widen while people change; every so many changes a leaf's are drawn in again.</summary>
    private void Sweep(int changes)
    {
        _unswept += changes;
        _searching.Tree.Sweep(_unswept / ChangesASweep);
        _unswept %= ChangesASweep;
    }

    /// <summary>A new tree, for labels or weights that are others now. The old one goes when its last reader has.</summary>
    private void Rebuild()
    {
        var tree = NewTree();
        var source = new ThoseOf(_searching.Tree, Profile, (int)_nextEntry);
        tree.Load(ref source);
        _searching = new Searching(tree, _tuning);
    }

    // The index first: whoever sees the register's edition finds the index at it or beyond.
    private void Publish(long version)
    {
        _searching.Tree.Publish(++_edition);
        _register.Publish(version, _edition, _searching);
    }

    /// <summary>While it lasts, nothing of the version is used again.</summary>
    private readonly ref struct Reading
    {
        private readonly Register _register;
        private readonly Epochs.Ticket _ticket;

        public Reading(Register register)
        {
            _register = register;
            _ticket = register.Epochs.Enter();
            Version = register.Now;
        }

        public RegisterVersion Version { get; }

        public Evaluation Evaluation(Need need, ScoreWeights weights) =>
            new(_register.Store, new CompactNeed(new PreparedNeed(need), _register.Store, Version.Sites), weights.Normalised());

        public void Dispose()
        {
            Epochs.Leave(_ticket);

            // The memory goes with the register.
            GC.KeepAlive(_register);
        }
    }

    private struct BestVisitor(CompactStore store, Evaluation evaluation, int most) : IRowVisitor<BestVisitor>
    {
        public readonly BestRows Best = new(most);

        public readonly unsafe void See(uint row)
        {
            if (evaluation.Fits(row))
            {
                Best.Offer(evaluation.Score(row), store[row]->Id, row);
            }
        }

        public readonly void Join(in BestVisitor other)
        {
            foreach (var (score, id, row) in other.Best.Sorted())
            {
                Best.Offer(score, id, row);
            }
        }
    }

    private struct TallyVisitor(Evaluation evaluation) : IRowVisitor<TallyVisitor>
    {
        public readonly int[] Removed = new int[HardRules.InOrder.Count];
        public readonly int[] Shortage = new int[HardRules.InOrder.Count];
        public int Considered;
        public int Fit;

        public void See(uint row)
        {
            Considered++;
            if (evaluation.FirstBrokenInPool(row, out var isOnly) is not { } first)
            {
                Fit++;
                return;
            }

            Removed[(int)first]++;
            Shortage[(int)first] += isOnly ? 1 : 0;
        }

        public void Join(in TallyVisitor other)
        {
            Considered += other.Considered;
            Fit += other.Fit;
            for (var rule = 0; rule < Removed.Length; rule++)
            {
                Removed[rule] += other.Removed[rule];
                Shortage[rule] += other.Shortage[rule];
            }
        }
    }

    private struct AheadVisitor(CompactStore store, Evaluation evaluation, double score, Id volunteer) : IRowVisitor<AheadVisitor>
    {
        public int Ahead;

        public unsafe void See(uint row)
        {
            if (evaluation.Fits(row) && BestRows.IsBefore(evaluation.Score(row), store[row]->Id, score, volunteer))
            {
                Ahead++;
            }
        }

        public void Join(in AheadVisitor other) => Ahead += other.Ahead;
    }
}
