using System.Collections.Concurrent;
using Matching.Engine.Index;
using Matching.Volunteers;

namespace Matching.Engine.Compact;

/// <summary>A tree, and what searches in it work with, kept from one search to the next.</summary>
internal sealed class Searching(SlicedTree<VolunteerProfile, Handle> tree, Tuning tuning) : IDisposable
{
    private readonly ConcurrentBag<Searcher> _idle = [];

    public SlicedTree<VolunteerProfile, Handle> Tree => tree;

    /// <summary>The weights for which the tree was made.</summary>
    public Tuning Tuning => tuning;

    public Searcher Rent() => _idle.TryTake(out var searcher) ? searcher : new Searcher(tree.OpenReader());

    public void Return(Searcher searcher)
    {
        searcher.Rows.Clear();
        _idle.Add(searcher);
    }

    public void Dispose()
    {
        while (_idle.TryTake(out var searcher))
        {
            searcher.Reader.Dispose();
        }

        tree.Dispose();
    }
}

/// <summary>What one search works with.</summary>
internal sealed class Searcher(TreeReader<VolunteerProfile, Handle> reader)
{
    private Found[] _best = new Found[64];

    public TreeReader<VolunteerProfile, Handle> Reader => reader;

    public Criteria Criteria { get; } = new();

    public RowsOfEntries Rows { get; } = new();

    public Span<Found> Room(int count)
    {
        if (_best.Length < count)
        {
            _best = new Found[count];
        }

        return _best.AsSpan(0, count);
    }

    /// <summary>Says by what the search is narrowed; false when nobody can fit.</summary>
    public bool Narrow(CompactNeed compact, int count)
    {
        // Rounding to what the index keeps of places moves them by less.
        const double PlaceSlackM = 0.1;
        var need = compact.Need;
        Criteria.Clear().At(need.Place.Lat, need.Place.Lng);
        Criteria.Count = count;
        Criteria.RadiusM = need.RadiusM + PlaceSlackM ?? double.PositiveInfinity;
        Criteria.Flags = VolunteerProfile.MayBeAsked
            | need.Gender switch { Gender.Female => VolunteerProfile.IsFemale, Gender.Male => VolunteerProfile.IsMale, _ => 0 }
            | (need.Language is { } language ? VolunteerProfile.FlagOfLanguage(language) : 0);
        foreach (var qualification in need.Qualifications)
        {
            Criteria.Flags |= VolunteerProfile.FlagOfQualification(qualification);
        }

        foreach (var (from, to) in compact.Pools)
        {
            Criteria.InSites(from, to);
        }

        for (var required = 0; required < need.Skills.Length; required++)
        {
            var counting = compact.CountingAs(required);
            if (counting.Length == 0)
            {
                return false;
            }

            Criteria.Require(counting, Math.Clamp(need.Skills[required].Level, HeldSkill.LowestLevel, HeldSkill.HighestLevel));
        }

        foreach (var piece in compact.Prepared.Window.Pieces)
        {
            const long Hour = TimeSpan.TicksPerHour;
            var (first, last) = (piece.Wall.Start / Hour, (piece.Wall.End - 1) / Hour);
            for (var hour = first; hour <= last && hour < first + WeekHours.Count; hour++)
            {
                Criteria.NeedHour((int)(hour % WeekHours.Count));
            }
        }

        return compact.Pools.Length > 0 && compact.Prepared.Window.Ticks > 0;
    }
}
