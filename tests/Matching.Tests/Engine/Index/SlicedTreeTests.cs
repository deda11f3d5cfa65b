using Matching.Engine.Index;
using Matching.Geography;

namespace Matching.Tests.Engine.Index;

/// <summary>The index is held against a plain scan: the same people, the same order, the same scores to the last bit.</summary>
public class SlicedTreeTests
{
    // So small that leaves, nodes and their parents split within a test.
    private static readonly TreeShape Small = new(LeafSlots: 6, LeafFill: 4, Fan: 3, FanFill: 2);

    [FsCheck.NUnit.Property(MaxTest = 60)]
    public void A_loaded_tree_answers_as_a_plain_scan_does(FsCheck.DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        var people = Enumerable.Range(0, random.Next(0, 400)).Select(person => Some(random, person)).ToList();
        using var town = new Town(random.Next(2) == 0 ? Small : new TreeShape());
        town.Load(people);
        town.AskAll(random, 12);
    }

    [FsCheck.NUnit.Property(MaxTest = 60)]
    public void A_tree_that_people_come_into_change_move_and_leave_answers_as_a_plain_scan_does(FsCheck.DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        using var town = new Town(Small);
        for (var round = 0; round < 6; round++)
        {
            for (var i = 0; i < 80; i++)
            {
                town.ChangeSomebody(random, 300);
            }

            town.Publish();
            town.AskAll(random, 5);
            if (round % 2 == 1)
            {
                town.Sweep(1 + random.Next(40));
            }
        }
    }

    [Test]
    public void Leaves_nodes_and_their_parents_split_and_nobody_is_lost()
    {
        var random = new Random(11);
        using var town = new Town(Small);
        for (var person = 0; person < 3_000; person++)
        {
            town.Put(Some(random, person));
            if (person % 500 == 499)
            {
                town.Publish();
                town.AskAll(random, 8);
            }
        }

        Assert.That(town.Tree.Splits.Leaves, Is.GreaterThan(400));
        Assert.That(town.Tree.Splits.Nodes, Is.GreaterThan(100));
        Assert.That(town.Tree.Count, Is.EqualTo(3_000));
        Assert.That(town.Everybody().Order(), Is.EqualTo(Enumerable.Range(0, 3_000)));
    }

    [Test]
    public void Thousands_in_one_place_fill_leaf_after_leaf()
    {
        var random = new Random(5);
        using var town = new Town(Small);
        for (var person = 0; person < 200; person++)
        {
            town.Put(Some(random, person) with { Place = new Place(30, 110), Center = 0 });
        }

        town.Publish();
        town.AskAll(random, 20);
        for (var person = 0; person < 200; person += 3)
        {
            town.Put(Some(random, person) with { Place = new Place(30, 110), Center = 0 });
        }

        town.Publish();
        town.AskAll(random, 20);
    }

    [Test]
    public void Equal_scores_are_answered_in_the_order_of_the_tie_whatever_the_order_of_the_people()
    {
        var random = new Random(3);
        var twins = Enumerable.Range(0, 100).Select(person => new Neighbour { Person = person, Place = new Place(30, 110), Kindness = 2 }).ToArray();
        for (var shuffle = 0; shuffle < 5; shuffle++)
        {
            random.Shuffle(twins);
            using var town = new Town(Small);
            foreach (var twin in twins)
            {
                town.Put(twin);
            }

            town.Publish();
            Assert.That(town.Ask(new Favour { Place = new Place(30, 110), Count = 9 }).Select(found => found.Ordinal), Is.EqualTo(Enumerable.Range(0, 9)));
        }
    }

    [Test]
    public void Who_gave_no_place_is_found_only_without_a_radius()
    {
        using var town = new Town(Small);
        town.Put(new Neighbour { Person = 1 });
        town.Put(new Neighbour { Person = 2, Place = new Place(30, 110) });
        town.Publish();

        var favour = new Favour { Place = new Place(30, 110) };
        Assert.That(town.Ask(favour).Select(found => found.Ordinal), Is.EqualTo(new[] { 2, 1 }));
        Assert.That(town.Ask(favour with { RadiusM = 30_000_000 }).Select(found => found.Ordinal), Is.EqualTo(new[] { 2 }));
    }

    [Test]
    public void Somebody_with_two_places_is_found_once_and_by_the_nearer()
    {
        using var town = new Town(Small);
        town.Put(new Neighbour { Person = 1, Place = new Place(30, 110) });
        town.PutSecond(1, new Place(31, 110));
        town.Put(new Neighbour { Person = 2, Place = new Place(31.02, 110) });
        town.Publish();

        Assert.That(town.Ask(new Favour { Place = new Place(31, 110) }).Select(found => found.Ordinal % Favour.SecondPlaces), Is.EqualTo(new[] { 1, 2 }));
        town.AskAll(new Random(1), 10);
    }

    [TestCase(0, 179.99)]
    [TestCase(0, -179.99)]
    [TestCase(89.95, 10)]
    [TestCase(-89.95, -170)]
    [TestCase(90, 0)]
    public void At_the_poles_and_where_the_day_begins_distances_are_what_they_are(double lat, double lng)
    {
        var random = new Random(17);
        using var town = new Town(Small);
        for (var person = 0; person < 300; person++)
        {
            var at = new Place(Math.Clamp(lat + (random.NextDouble() - 0.5) * 0.2, -90, 90), Wrapped(lng + (random.NextDouble() - 0.5) * (Math.Abs(lat) > 80 ? 300 : 0.2)));
            town.Put(new Neighbour { Person = person, Place = at, Kindness = random.Next(2) });
        }

        town.Publish();
        foreach (var radius in new[] { 2_000, 8_000, double.PositiveInfinity })
        {
            for (var i = 0; i < 10; i++)
            {
                var from = new Place(Math.Clamp(lat + (random.NextDouble() - 0.5) * 0.1, -90, 90), Wrapped(lng + (random.NextDouble() - 0.5) * 0.1));
                town.AskAndCompare(new Favour { Place = from, RadiusM = radius, Count = 12 });
            }
        }
    }

    [Test]
    public void A_window_over_the_end_of_the_week_and_one_longer_than_a_week_count_every_hour()
    {
        var random = new Random(23);
        using var town = new Town(Small);
        for (var person = 0; person < 200; person++)
        {
            town.Put(Some(random, person) with { Hours = SomeHours(random, 0.9) });
        }

        town.Publish();
        foreach (var length in new[] { 1, 3, 7, 8, 30, 168, 200 })
        {
            var hours = Enumerable.Range(160, length).ToArray();
            town.AskAndCompare(new Favour { Place = new Place(30, 110), Counted = hours, LeastCounted = length * 8 / 10, Count = 30 });
            town.AskAndCompare(new Favour { Place = new Place(30, 110), Counted = hours, LeastCounted = length, Count = 30 });
            town.AskAndCompare(new Favour { Place = new Place(30, 110), Needed = hours, Count = 30 });
        }
    }

    [Test]
    public void More_than_six_skills_and_numbers_without_limit_are_found()
    {
        var random = new Random(29);
        using var town = new Town(new TreeShape(LeafSlots: 64, LeafFill: 50));
        for (var person = 0; person < 120; person++)
        {
            var skills = Enumerable.Range(0, 100 + person).Select(i => new SkillHeld((i * 37 + person) % 5_000, 1 + i % 4)).DistinctBy(held => held.Skill);
            town.Put(Some(random, person) with { Skills = [.. skills] });
        }

        town.Publish();
        for (var skill = 0; skill < 5_000; skill += 7)
        {
            town.AskAndCompare(new Favour { Place = new Place(30, 110), Skills = [([skill], 1 + skill % 4)], Count = 50 });
        }
    }

    [Test]
    public void Several_skills_at_once_and_any_of_a_set_are_found()
    {
        var random = new Random(31);
        using var town = new Town(Small);
        for (var person = 0; person < 600; person++)
        {
            town.Put(Some(random, person) with { Skills = [.. Enumerable.Range(0, 12).Where(_ => random.Next(2) == 0).Select(skill => new SkillHeld(skill, random.Next(1, 5)))] });
        }

        town.Publish();
        for (var i = 0; i < 60; i++)
        {
            var skills = Enumerable.Range(0, 1 + random.Next(6)).Select(_ => (SomeOf(random, 14), random.Next(1, 3))).ToArray();
            town.AskAndCompare(new Favour { Place = new Place(30 + random.NextDouble(), 110), Skills = skills, IsBoundLoose = i % 2 == 0 });
        }
    }

    [Test]
    public void Who_gave_up_a_skill_is_not_even_put_to_the_wish()
    {
        using var town = new Town(new TreeShape());
        for (var person = 0; person < 60; person++)
        {
            town.Put(new Neighbour { Person = person, Place = new Place(30, 110), Skills = [new SkillHeld(5, 2)] });
        }

        for (var person = 0; person < 50; person++)
        {
            town.Put(new Neighbour { Person = person, Place = new Place(30, 110), Skills = [new SkillHeld(6, 2)] });
        }

        Assert.That(town.Tree.Remove(59), Is.True);
        town.Put(new Neighbour { Person = 60, Place = new Place(30, 110) });
        town.Publish();
        Assert.That(town.Ask(new Favour { Place = new Place(30, 110), Skills = [([5], 1)], Count = 20 }), Has.Length.EqualTo(9));
        Assert.That(town.Reader.Last.Survivors, Is.EqualTo(9));
    }

    [Test]
    public void Those_scored_beforehand_take_their_rank_among_the_others()
    {
        using var town = new Town(Small);
        for (var person = 0; person < 50; person++)
        {
            town.Put(new Neighbour { Person = person, Place = new Place(30, 110), Kindness = person % 4 });
        }

        town.Publish();
        var found = town.Ask(new Favour { Place = new Place(30, 110), Count = 4 }, new Found(777, 0.1), new Found(778, 10));
        Assert.That(found.Select(one => one.Ordinal), Is.EqualTo(new[] { 778, 3, 7, 11 }));
    }

    [Test]
    public void A_search_sees_nothing_until_it_is_published()
    {
        using var town = new Town(Small);
        town.Put(new Neighbour { Person = 1, Place = new Place(30, 110) });
        var favour = new Favour { Place = new Place(30, 110) };
        Assert.That(town.Ask(favour), Is.Empty);
        town.Publish();
        Assert.That(town.Ask(favour), Has.Length.EqualTo(1));
        Assert.That(town.Tree.Remove(1), Is.True);
        Assert.That(town.Ask(favour), Has.Length.EqualTo(1));
        town.Publish();
        Assert.That(town.Ask(favour), Is.Empty);
        Assert.That(town.Tree.Remove(1), Is.False);
    }

    [Test]
    public void Sweeping_lets_a_search_look_into_fewer_leaves_and_changes_no_answer()
    {
        var random = new Random(41);
        using var town = new Town(new TreeShape(LeafSlots: 16, LeafFill: 12, Fan: 8, FanFill: 6));
        var people = Enumerable.Range(0, 1_500).Select(person => Some(random, person) with { Kindness = 3, Center = 0 }).ToList();
        town.Load(people);
        foreach (var person in people)
        {
            town.Put(person with { Kindness = person.Person % 100 == 0 ? 3 : 0 });
        }

        town.Publish();
        var favour = new Favour { Place = new Place(30, 110), Count = 5 };
        var before = town.Ask(favour);
        var looked = town.Reader.Last.Leaves;
        town.Sweep(town.Tree.LeafCount);
        Assert.That(town.Ask(favour), Is.EqualTo(before));
        Assert.That(town.Reader.Last.Leaves, Is.LessThan(looked));
    }

    [Test]
    public void What_changes_a_thousand_times_takes_no_more_memory_than_a_few_times()
    {
        var random = new Random(43);
        using var town = new Town(new TreeShape(LeafSlots: 64, LeafFill: 40));

        // Free at any hour, so that no leaf comes to know an hour later.
        town.Load([.. Enumerable.Range(0, 500).Select(person => Some(random, person) with { Hours = WeekHours.All })]);
        long after = 0;
        for (var round = 0; round < 1_000; round++)
        {
            town.Tree.TryRead(round % 500, out Entry<NeighbourRow> entry);
            town.Tree.PutHours(round % 500, SomeHours(random, 0.5));
            entry.Row.Kindness = (byte)random.Next(4);
            town.Tree.PutRow(round % 500, entry.Row);
            town.Tree.Publish(round);
            after = round == 20 ? town.Tree.Memory.UsedBytes : after;
        }

        Assert.That(town.Tree.Memory.UsedBytes, Is.LessThan(after + after / 50));
    }

    [Test]
    public void Readers_beside_a_writer_see_each_publication_whole()
    {
        // Every publication leaves everybody as they were: people go away and come back, change and change back, all between two publications. A
        // search that saw half of one, or memory used again too early, would answer otherwise.
        var random = new Random(47);
        using var town = new Town(new TreeShape(LeafSlots: 16, LeafFill: 12, Fan: 4, FanFill: 3));
        var people = Enumerable.Range(0, 800).Select(person => Some(random, person)).ToList();
        town.Load(people);
        var favours = Enumerable.Range(0, 24).Select(_ => SomeFavour(random)).ToArray();
        var answers = favours.Select(favour => town.Ask(favour)).ToArray();
        var writing = Task.Run(() =>
        {
            var dice = new Random(48);
            for (var batch = 0; batch < 1_500; batch++)
            {
                for (var i = 0; i < 4; i++)
                {
                    var ordinal = dice.Next(people.Count);
                    town.Tree.TryRead(ordinal, out Entry<NeighbourRow> entry);
                    var other = entry;
                    other.Row.Lat = 31 - entry.Row.Lat % 1;
                    other.Row.Kindness = 0;
                    other.Flags = ~entry.Flags & 63;
                    other.Hours = WeekHours.None;
                    town.Tree.Put(ordinal, other);
                    if (batch % 3 == 0)
                    {
                        town.Tree.Remove(ordinal);
                    }

                    town.Tree.Put(ordinal, entry);
                }

                if (batch % 50 == 0)
                {
                    town.Tree.Sweep(3);
                }

                town.Tree.Publish(2 + batch);
            }
        });

        using var reader = town.Tree.OpenReader();
        long seen = 0;
        try
        {
            for (var i = 0; !writing.IsCompleted || i < 500; i++)
            {
                Assert.That(town.Ask(favours[i % favours.Length], reader, out var version), Is.EqualTo(answers[i % answers.Length]));
                Assert.That(version, Is.GreaterThanOrEqualTo(seen));
                seen = version;
            }
        }
        finally
        {
            // The tree's memory may not go while somebody writes to it.
            writing.GetAwaiter().GetResult();
        }
    }

    internal static Neighbour Some(Random random, int person) => new()
    {
        Person = person,
        Place = random.Next(20) == 0 ? null : SomePlace(random),
        Site = random.Next(30),
        Center = random.Next(4) == 0 ? random.Next(3) : 0,
        Kindness = random.Next(4),
        Skills = [.. Enumerable.Range(0, 9).Where(_ => random.Next(4) == 0).Select(skill => new SkillHeld(skill * skill * 3, random.Next(1, 5)))],
        Hours = SomeHours(random, 0.7),
        Flags = (uint)random.Next(32) | (uint)random.Next(32) | (random.Next(10) == 0 ? NeighbourProfile.FreeAnyHourFlag : 0),
    };

    internal static Favour SomeFavour(Random random)
    {
        var from = random.Next(25);
        var start = random.Next(WeekHours.Count);
        var counted = Enumerable.Range(start, random.Next(0, 10)).ToArray();
        return new Favour
        {
            Place = SomePlace(random),
            RadiusM = random.Next(4) switch { 0 => double.PositiveInfinity, 1 => 3_000, 2 => 40_000, _ => 12_000_000 },
            Sites = random.Next(3) switch { 0 => [], 1 => [(from, from + 6)], _ => [(0, 2), (from + 2, from + 3)] },
            Skills = [.. Enumerable.Range(0, random.Next(4)).Select(_ => (SomeOf(random, 9).Select(skill => skill * skill * 3).ToArray(), random.Next(1, 3)))],
            Flags = random.Next(2) == 0 ? 0 : 1u << random.Next(5),
            Needed = random.Next(2) == 0 ? [] : [start, start + 1],
            Counted = counted,
            LeastCounted = random.Next(counted.Length + 1) * 3 / 4,
            Count = random.Next(1, 40),
            RefusedEvery = random.Next(3) == 0 ? 4 : int.MaxValue,
            IsBoundLoose = random.Next(3) == 0,
        };
    }

    private static int[] SomeOf(Random random, int limit) => [.. Enumerable.Range(0, 1 + random.Next(3)).Select(_ => random.Next(limit)).Distinct()];

    private static WeekHours SomeHours(Random random, double share)
    {
        var hours = WeekHours.None;
        for (var hour = 0; hour < WeekHours.Count; hour++)
        {
            // Hardly anybody is free at night, so that leaves have hours in which nobody is.
            hours = random.NextDouble() < (hour % 24 < 8 ? share / 40 : share) ? hours.With(hour) : hours;
        }

        return hours;
    }

    private static Place SomePlace(Random random) => random.Next(12) switch
    {
        0 => new Place(89.99 - random.NextDouble() / 10, random.NextDouble() * 360 - 180),
        1 => new Place(random.NextDouble() - 0.5, Wrapped(180 + (random.NextDouble() - 0.5) / 5)),
        2 => new Place(30, 110),
        _ => new Place(30 + random.NextDouble(), 110 + random.NextDouble()),
    };

    private static double Wrapped(double lng) => lng > 180 ? lng - 360 : lng < -180 ? lng + 360 : lng;
}

/// <summary>The same people in the tree and in a plain list.</summary>
internal sealed class Town : IDisposable
{
    private readonly Dictionary<int, Neighbour> _people = [];
    private readonly Dictionary<int, Place> _second = [];
    private readonly NeighbourProfile _profile = new([]);
    private readonly Found[] _best = new Found[64];
    private long _version;

    public Town(TreeShape shape)
    {
        Tree = new SlicedTree<NeighbourProfile, NeighbourRow>(_profile, shape);
        Reader = Tree.OpenReader();
    }

    public SlicedTree<NeighbourProfile, NeighbourRow> Tree { get; }

    public TreeReader<NeighbourProfile, NeighbourRow> Reader { get; }

    public void Load(List<Neighbour> people)
    {
        people.ForEach(neighbour => _people[neighbour.Person] = neighbour);
        var source = new Source([.. people.Select(_profile.EntryOf)], _profile);
        Tree.Load(ref source);
        Publish();
    }

    public void Put(Neighbour neighbour)
    {
        _people[neighbour.Person] = neighbour;
        Tree.Put(neighbour.Person, _profile.EntryOf(neighbour));
    }

    public void PutSecond(int person, Place place)
    {
        _second[person] = place;
        Tree.Put(person + Favour.SecondPlaces, _profile.EntryOf(_people[person] with { Place = place }));
    }

    public void ChangeSomebody(Random random, int people)
    {
        var person = random.Next(people);
        if (!_people.TryGetValue(person, out var now) || random.Next(4) == 0)
        {
            Put(SlicedTreeTests.Some(random, person));
            return;
        }

        var other = SlicedTreeTests.Some(random, person);
        switch (random.Next(6))
        {
            case 0:
                _people.Remove(person);
                Assert.That(Tree.Remove(person), Is.True);
                break;
            case 1:
                _people[person] = now with { Flags = other.Flags };
                Assert.That(Tree.PutFlags(person, other.Flags), Is.True);
                break;
            case 2:
                _people[person] = now with { Hours = other.Hours };
                Assert.That(Tree.PutHours(person, other.Hours), Is.True);
                break;
            case 3:
                _people[person] = now with { Skills = other.Skills, Kindness = other.Kindness, Site = other.Site };
                Assert.That(Tree.PutRow(person, _profile.EntryOf(_people[person]).Row), Is.True);
                break;
            default:
                _people[person] = now with { Place = other.Place, Center = other.Center };
                Assert.That(Tree.PutRow(person, _profile.EntryOf(_people[person]).Row), Is.True);
                break;
        }
    }

    public void Publish() => Tree.Publish(++_version);

    public void Sweep(int leaves)
    {
        Tree.Sweep(leaves);
        Publish();
    }

    public Found[] Ask(Favour favour, params Found[] scored)
    {
        var criteria = new Criteria();
        favour.Fill(criteria);
        var wish = new Favour.Wish(favour, _profile, PlacesOf);
        scored.CopyTo(_best, 0);
        var found = _best[..Reader.Search(criteria, ref wish, _best, out var version, scored.Length)];
        Assert.That(version, Is.EqualTo(_version));
        return found;
    }

    /// <summary>From another thread.</summary>
    public Found[] Ask(Favour favour, TreeReader<NeighbourProfile, NeighbourRow> reader, out long version)
    {
        var criteria = new Criteria();
        favour.Fill(criteria);
        var wish = new Favour.Wish(favour, _profile, PlacesOf);
        var best = new Found[64];
        return best[..reader.Search(criteria, ref wish, best, out version)];
    }

    public void AskAll(Random random, int times)
    {
        for (var i = 0; i < times; i++)
        {
            AskAndCompare(SlicedTreeTests.SomeFavour(random));
        }
    }

    public void AskAndCompare(Favour favour)
    {
        var expected = _people.Values
            .Select(neighbour => (neighbour.Person, Score: favour.Score(neighbour, PlacesOf(neighbour.Person))))
            .Where(pair => pair.Score is not null)
            .OrderByDescending(pair => pair.Score).ThenBy(pair => pair.Person)
            .Take(favour.Count)
            .Select(pair => new Found(pair.Person, pair.Score!.Value));
        Assert.That(Ask(favour).Select(found => found with { Ordinal = found.Ordinal % Favour.SecondPlaces }), Is.EqualTo(expected));
    }

    public IEnumerable<int> Everybody()
    {
        var visitor = new Visitor([]);
        Reader.Visit(int.MinValue, int.MaxValue, ref visitor);
        return visitor.Ordinals;
    }

    public void Dispose()
    {
        Reader.Dispose();
        Tree.Dispose();
    }

    private IEnumerable<Place?> PlacesOf(int person) =>
        _second.TryGetValue(person, out var second) ? [_people[person].Place, second] : [_people[person].Place];

    private readonly struct Visitor(List<int> ordinals) : IVisitor<NeighbourRow>
    {
        public List<int> Ordinals => ordinals;

        public void See(int ordinal, in NeighbourRow row) => ordinals.Add(ordinal);
    }

    private readonly struct Source(Entry<NeighbourRow>[] entries, NeighbourProfile profile) : IEntrySource<NeighbourRow>
    {
        public int Count => entries.Length;

        public bool Has(int ordinal) => true;

        public bool Place(int ordinal, out double lat, out double lng, out int partition)
        {
            partition = profile.Partition(entries[ordinal].Row);
            return profile.Place(entries[ordinal].Row, out lat, out lng);
        }

        public void Read(int ordinal, out Entry<NeighbourRow> entry) => entry = entries[ordinal];
    }
}
