using FsCheck;
using Matching.Engine;
using Matching.Engine.Compact;

namespace Matching.Tests.Engine.Compact;

public class CompactStoreTests
{
    [FsCheck.NUnit.Property(MaxTest = 100)]
    public void Whatever_is_put_in_comes_out_the_same_and_leaves_nothing_behind(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        using var store = new CompactStore();
        var kept = new Dictionary<uint, VolunteerFacts>();
        for (var round = 0; round < 3; round++)
        {
            foreach (var volunteer in A.Crowd(random, 40).Select(somebody => Wild.Volunteer(random, somebody)))
            {
                kept.Add(store.Add(volunteer, [7]), volunteer);
            }

            foreach (var row in kept.Keys.Where(_ => random.Next(3) == 0).ToArray())
            {
                store.Remove(row);
                kept.Remove(row);
            }

            foreach (var (row, volunteer) in kept)
            {
                Wild.AreTheSame(volunteer, store.Decode(row));
            }
        }

        foreach (var row in kept.Keys)
        {
            store.Remove(row);
        }

        Assert.That(store.Heap.UsedBytes, Is.Zero);
        Assert.That(store.DifferentWeeks, Is.Zero);
        Assert.That(store.OddOnes, Is.Zero);
    }

    [FsCheck.NUnit.Property(MaxTest = 200)]
    public unsafe void Rules_and_scores_over_rows_are_those_over_facts_to_the_last_bit(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        using var store = new CompactStore();
        var crowd = A.Crowd(random, 40).Select(somebody => random.Next(2) == 0 ? Wild.Volunteer(random, somebody) : somebody).ToArray();
        var rows = crowd.Select(volunteer => store.Add(volunteer, [0])).ToArray();
        store.Sites.Label();
        var weights = SoftFactorTests.SomeWeights(random).Normalised();
        for (var question = 0; question < 10; question++)
        {
            var need = A.SomeNeed(random);
            var prepared = new PreparedNeed(need);
            var compact = new CompactNeed(prepared, store, store.Sites.Now);
            for (var i = 0; i < crowd.Length; i++)
            {
                if (store[rows[i]]->Has(RowFlags.Odd))
                {
                    continue;
                }

                var plain = new FactsView(crowd[i], need);
                var view = new CompactView(store, rows[i], compact);
                foreach (var moment in Enum.GetValues<Moment>())
                {
                    AreEqual(HardRules.AllBroken(view, prepared, moment).Bits, HardRules.AllBroken(plain, prepared, moment).Bits);
                }

                var metres = HardRules.MetresTo(view, prepared.Target);
                AreEqual(metres, HardRules.MetresTo(plain, prepared.Target));
                var factors = SoftFactors.Of(view, prepared, metres);
                AreEqual(factors, SoftFactors.Of(plain, prepared, metres));
                AreEqual(factors.Score(weights), SoftFactors.Of(plain, prepared, metres).Score(weights));
            }
        }
    }

    [Test]
    public void Most_volunteers_fit_into_rows()
    {
        using var store = new CompactStore();
        foreach (var volunteer in A.Crowd(new Random(1), 1_000))
        {
            store.Add(volunteer, [0]);
        }

        Assert.That(store.OddOnes, Is.Zero);
    }

    [Test]
    public void Sites_that_come_later_find_room_in_the_order_of_the_paths()
    {
        var sites = new SiteTable();
        foreach (var path in new[] { "b/", "b/x/", "d/" })
        {
            sites.Number(path);
        }

        Assert.That(sites.Label(), Is.True);
        foreach (var path in new[] { "a/", "b/x/1/", "b/w/", "b/x/2/", "e/", "b-/" })
        {
            sites.Number(path);
        }

        Assert.That(sites.Label(), Is.True);
        foreach (var pool in new[] { "b/", "b/x/", "a/", "", "c/", "b" })
        {
            var (from, to) = sites.Now.Subtree(pool);
            var within = Enumerable.Range(0, sites.Count).Where(site => sites.Now.LabelOf[site] >= from && sites.Now.LabelOf[site] < to).Select(site => sites[site]);
            Assert.That(within, Is.EquivalentTo(Enumerable.Range(0, sites.Count).Select(site => sites[site]).Where(path => path.StartsWith(pool, StringComparison.Ordinal))), pool);
        }
    }

    [Test]
    public void When_there_is_no_room_between_two_sites_all_are_labelled_anew()
    {
        var sites = new SiteTable();
        sites.Number("a/");
        sites.Number("b/");
        sites.Label();
        var room = true;
        for (var i = 1; i < 60 && room; i++)
        {
            sites.Number("a/" + new string('a', i) + "/");
            sites.Number("a/" + new string('a', i) + "b/");
            room = sites.Label();
        }

        Assert.That(room, Is.False);
        var inOrder = Enumerable.Range(0, sites.Count).OrderBy(site => sites[site], StringComparer.Ordinal).Select(site => sites.Now.LabelOf[site]).ToArray();
        Assert.That(inOrder, Is.Ordered.And.Unique);
    }

    [FsCheck.NUnit.Property(MaxTest = 30)]
    public void The_map_of_rows_answers_as_a_list_does_and_what_was_published_stays(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        using var heap = new NativeHeap();
        var retired = new List<(uint, int)>();
        var hashOfRow = new Dictionary<uint, uint>();
        var keepsHashes = random.Next(2) == 0;
        var map = new RowMap(heap, (block, units) => retired.Add((block, units)), keepsHashes ? null : row => hashOfRow[row]);
        var pairs = new List<(uint Hash, uint Row)>();
        var published = new List<(uint Root, (uint Hash, uint Row)[] Pairs)>();
        var hashes = Enumerable.Range(0, 300).Select(_ => random.Next(3) == 0 ? (uint)random.Next(4) : (uint)random.NextInt64(uint.MaxValue)).ToArray();
        for (var change = 0; change < 2_000; change++)
        {
            if (pairs.Count > 0 && random.Next(5) < (change < 1_200 ? 1 : 4))
            {
                var at = random.Next(pairs.Count);
                map.Remove(pairs[at].Hash, pairs[at].Row);
                pairs.RemoveAt(at);
            }
            else
            {
                pairs.Add((hashes[random.Next(hashes.Length)], (uint)change));
                hashOfRow[pairs[^1].Row] = pairs[^1].Hash;
                map.Add(pairs[^1].Hash, pairs[^1].Row);
            }

            if (random.Next(100) == 0)
            {
                map.Publish();
                published.Add((map.Root, [.. pairs]));
            }
        }

        published.Add((map.Root, [.. pairs]));
        foreach (var (root, known) in published)
        {
            var byHash = known.ToLookup(pair => pair.Hash, pair => pair.Row);
            foreach (var hash in hashes.Distinct())
            {
                var found = new List<uint>();
                foreach (var row in map.Find(root, hash))
                {
                    found.Add(row);
                }

                found.RemoveAll(row => hashOfRow[row] != hash && !keepsHashes);

                AreEqual(string.Join(",", found.Order()), string.Join(",", byHash[hash].Order()));
            }
        }

        foreach (var (hash, row) in pairs)
        {
            map.Remove(hash, row);
        }

        retired.ForEach(block => heap.Free(block.Item1, block.Item2));
        Assert.That(map.Root, Is.Zero);
        Assert.That(heap.UsedBytes, Is.Zero);
    }

    // Assert.That is too slow for hundreds of thousands of comparisons.
    private static void AreEqual<T>(T actual, T expected)
    {
        if (!EqualityComparer<T>.Default.Equals(actual, expected))
        {
            Assert.That(actual, Is.EqualTo(expected));
            Assert.Fail($"{actual} is not {expected}");
        }
    }
}
