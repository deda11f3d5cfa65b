using System.Collections.Immutable;

namespace Matching.Engine.Compact;

/// <summary>Everybody as of one version. Nothing of it changes while somebody reads under an epoch in which it was current.</summary>
/// <param name="Number">The version of the volunteers' data.</param>
/// <param name="Count">How many there are.</param>
/// <param name="ById">The root of the map from ids.</param>
/// <param name="ByResident">The root of the map from residents to those who are paired with them or have served them.</param>
/// <param name="Live">Which rows hold somebody.</param>
/// <param name="Sites">The order of the sites.</param>
/// <param name="Beyond">The rows of those for whom the index's bounds do not hold.</param>
/// <param name="Edition">What the index calls this state.</param>
/// <param name="Searching">The index.</param>
internal sealed record RegisterVersion(
    long Number, int Count, uint ById, uint ByResident, LiveRows.Stretch[][] Live, SiteTable.Order Sites, ImmutableHashSet<uint> Beyond, long Edition,
    Searching Searching);

/// <summary>
/// Volunteers by id, in versions. One writer puts in, takes out and publishes; what it takes out of use is used again when the last reader who may
/// see it has left.
/// </summary>
internal sealed class Register : IDisposable
{
    private readonly RowMap _byId;
    private readonly RowMap _byResident;
    private readonly LiveRows _live = new();
    private readonly Retired<uint> _rows;
    private readonly Retired<(uint Block, int Units)> _blocks;
    private ImmutableHashSet<uint> _beyond = [];
    private volatile RegisterVersion? _now;

    public Register()
    {
        _byId = new RowMap(Store.Heap, (block, units) => _blocks!.Add((block, units)), HashOf);
        _byResident = new RowMap(Store.Heap, (block, units) => _blocks!.Add((block, units)));
        _rows = new Retired<uint>(Store.Remove);
        _blocks = new Retired<(uint Block, int Units)>(block => Store.Heap.Free(block.Block, block.Units));
    }

    public CompactStore Store { get; } = new();

    public Epochs Epochs { get; } = new();

    /// <summary>What readers see, once they have entered the epochs.</summary>
    public RegisterVersion Now => _now!;

    /// <summary>How many there will be once the writer publishes.</summary>
    public int Count { get; private set; }

    /// <summary>The row of an id as of a version; null when nobody has it.</summary>
    public uint? Find(RegisterVersion version, Id id) => Find(version.ById, id);

    /// <summary>The rows of those who are paired with a resident or have served them, as of a version; some others may be among them.</summary>
    public RowMap.Rows FindByResident(RegisterVersion version, Id resident) => _byResident.Find(version.ByResident, RowMap.HashOf(resident));

    /// <summary>The row of an id as the writer has it now.</summary>
    public uint? Find(Id id) => Find(_byId.Root, id);

    /// <summary>Puts somebody in, in the place of who had the id before, if anybody. By the writer.</summary>
    public uint Put(VolunteerFacts facts, ReadOnlySpan<uint> entries, uint? before)
    {
        if (before is { } old)
        {
            TakeOut(facts.Id, old);
        }

        var row = Store.Add(facts, entries);
        Enter(facts.Id, row, VolunteerProfile.IsBeyond(facts));
        return row;
    }

    /// <summary>Lets a row be found that the store has already. By the writer.</summary>
    public void Enter(Id id, uint row, bool isBeyond)
    {
        _byId.Add(RowMap.HashOf(id), row);
        foreach (var resident in Store.ResidentsOf(row))
        {
            _byResident.Add(RowMap.HashOf(resident), row);
        }

        if (isBeyond)
        {
            _beyond = _beyond.Add(row);
        }

        _live.Set(row, true);
        Count++;
    }

    /// <summary>Takes somebody out. By the writer.</summary>
    public void TakeOut(Id id, uint row)
    {
        _byId.Remove(RowMap.HashOf(id), row);
        foreach (var resident in Store.ResidentsOf(row))
        {
            _byResident.Remove(RowMap.HashOf(resident), row);
        }

        _beyond = _beyond.Remove(row);
        _live.Set(row, false);
        _rows.Add(row);
        Count--;
    }

    /// <summary>Shows all that was done, at once. By the writer, once the sites are labelled.</summary>
    public void Publish(long version, long edition, Searching searching)
    {
        _now = new RegisterVersion(version, Count, _byId.Root, _byResident.Root, _live.Now, Store.Sites.Now, _beyond, edition, searching);
        _byId.Publish();
        _byResident.Publish();
        _live.Publish();
        var epoch = Epochs.Advance();
        _rows.Close(epoch);
        _blocks.Close(epoch);
        var oldest = Epochs.Oldest();
        _rows.Release(oldest);
        _blocks.Release(oldest);
    }

    public void Dispose() => Store.Dispose();

    private unsafe uint HashOf(uint row) => RowMap.HashOf(Store[row]->Id);

    private unsafe uint? Find(uint root, Id id)
    {
        foreach (var row in _byId.Find(root, RowMap.HashOf(id)))
        {
            if (Store[row]->Id == id)
            {
                return row;
            }
        }

        return null;
    }

    /// <summary>What was taken out of use, in the order in which that happened.</summary>
    private sealed class Retired<T>(Action<T> release)
    {
        private readonly Queue<(T What, long Epoch)> _waiting = new();
        private readonly List<T> _fresh = [];

        public void Add(T what) => _fresh.Add(what);

        /// <summary>Readers who enter in this epoch or later do not see what was added.</summary>
        public void Close(long epoch)
        {
            foreach (var what in _fresh)
            {
                _waiting.Enqueue((what, epoch));
            }

            _fresh.Clear();
        }

        public void Release(long oldest)
        {
            while (_waiting.TryPeek(out var first) && first.Epoch <= oldest)
            {
                release(_waiting.Dequeue().What);
            }
        }
    }
}
