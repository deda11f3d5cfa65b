using Matching.Engine.Index;

namespace Matching.Engine.Compact;

// Filling an empty pool.
public sealed partial class VolunteerIndex
{
    /// <summary>A pool on its way to being filled.</summary>
    public sealed class Load
    {
        private readonly VolunteerIndex _index;
        private readonly List<uint> _beyond = [];

        internal Load(VolunteerIndex index) => _index = index;

        private CompactStore Store => _index._register.Store;

        /// <summary>How many were added.</summary>
        public int Count { get; private set; }

        /// <summary>Adds volunteers, each id once.</summary>
        public void Add(IEnumerable<VolunteerFacts> volunteers)
        {
            lock (_index._writing)
            {
                Span<uint> entries = stackalloc uint[Handle.MostPlaces];
                foreach (var volunteer in volunteers)
                {
                    var needed = EntriesOf(volunteer);
                    for (var i = 0; i < needed; i++)
                    {
                        entries[i] = _index._nextEntry++;
                    }

                    var row = Store.Add(volunteer, entries[..needed]);
                    Count++;
                    if (VolunteerProfile.IsBeyond(volunteer))
                    {
                        _beyond.Add(row);
                    }
                }
            }
        }

        /// <summary>Shows everybody under a version.</summary>
        /// <param name="version">The version of the volunteers' data.</param>
        /// <param name="progress">Told now and then how many the index has taken in.</param>
        public void Finish(long version, Action<long>? progress = null)
        {
            lock (_index._writing)
            {
                Store.Sites.Label();
                var moved = Store.Reorder(ByNeighbourhood());
                EnterAll([.. _beyond.Select(row => moved[row])]);
                var source = new Everybody(_index.Profile, Placed());
                _index._searching.Tree.Load(ref source, progress);
                _index.Publish(version);
            }
        }

        /// <summary>Rows in an order in which neighbours lie side by side, so that a search reads few stretches of memory.</summary>
        private uint[] ByNeighbourhood()
        {
            var rows = AllRows();
            var keys = new ulong[rows.Length];
            for (var i = 0; i < rows.Length; i++)
            {
                var handle = new Handle(rows[i], HasPlace(rows[i]) ? 0 : null);
                var partition = _index.Profile.Partition(handle);
                keys[i] = _index.Profile.Place(handle, out var lat, out var lng) ? Hilbert.Key(partition, lat, lng) : Hilbert.KeyOfNowhere(partition);
            }

            Array.Sort(keys, rows);
            return rows;
        }

        /// <summary>By hash, so that the map grows branch by branch and leaves no holes.</summary>
        private unsafe void EnterAll(HashSet<uint> beyond)
        {
            var rows = AllRows();
            var keys = Array.ConvertAll(rows, row => RowMap.OrderOf(RowMap.HashOf(Store[row]->Id)));
            Array.Sort(keys, rows);
            foreach (var row in rows)
            {
                _index._register.Enter(Store[row]->Id, row, beyond.Contains(row));
            }
        }

        private uint[] AllRows()
        {
            var rows = new uint[Count];
            var count = 0;
            for (var stretch = 0; stretch < Store.Rows.Stretches; stretch++)
            {
                for (var i = 0; i < Store.Rows.Taken(stretch); i++)
                {
                    rows[count++] = ((uint)stretch << Rows.Shift) + (uint)i;
                }
            }

            return rows;
        }

        private unsafe bool HasPlace(uint row) => Store[row]->Has(RowFlags.Odd)
            ? Store.Odd(row).Places.Length > 0
            : Store[row]->Has(RowFlags.OnePlace | RowFlags.HasPlaces);

        /// <summary>Row and place of each entry.</summary>
        private Handle[] Placed()
        {
            var handles = new Handle[_index._nextEntry];
            Span<uint> entries = stackalloc uint[Handle.MostPlaces];
            foreach (var row in AllRows())
            {
                var hasPlace = HasPlace(row);
                var count = Store.Entries(row, entries);
                for (var i = 0; i < count; i++)
                {
                    handles[entries[i]] = new Handle(row, hasPlace ? i : null);
                }
            }

            return handles;
        }
    }

    private readonly struct Everybody(VolunteerProfile profile, Handle[] handles) : IEntrySource<Handle>
    {
        public int Count => handles.Length;

        public bool Has(int ordinal) => true;

        public bool Place(int ordinal, out double lat, out double lng, out int partition)
        {
            partition = profile.Partition(handles[ordinal]);
            return profile.Place(handles[ordinal], out lat, out lng);
        }

        public void Read(int ordinal, out Entry<Handle> entry) => profile.Read(handles[ordinal].Row, handles[ordinal].Place, out entry);
    }

    /// <summary>Those who are in a tree, read anew.</summary>
    private readonly struct ThoseOf(SlicedTree<VolunteerProfile, Handle> tree, VolunteerProfile profile, int count) : IEntrySource<Handle>
    {
        public int Count => count;

        public bool Has(int ordinal) => tree.TryRead(ordinal, out Handle _);

        public bool Place(int ordinal, out double lat, out double lng, out int partition)
        {
            tree.TryRead(ordinal, out Handle handle);
            partition = profile.Partition(handle);
            return profile.Place(handle, out lat, out lng);
        }

        public void Read(int ordinal, out Entry<Handle> entry)
        {
            tree.TryRead(ordinal, out Handle handle);
            profile.Read(handle.Row, handle.Place, out entry);
        }
    }
}
