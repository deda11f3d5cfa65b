using System.Collections.Immutable;
using Matching.Engine.Index;
using Matching.Volunteers;

namespace Matching.Engine.Compact;

/// <summary>What the index must know of volunteers, read from their rows.</summary>
internal readonly unsafe struct VolunteerProfile(CompactStore store, Tuning tuning) : IProfile<Handle>
{
    /// <summary>Active, with a real name, not suspended.</summary>
    public const uint MayBeAsked = 1 << 0;
    public const uint IsFemale = 1 << 1;
    public const uint IsMale = 1 << 2;

    // Four flags for languages and four for qualifications, by the rest of their numbers: a flag says that one of several is there.
    private const int FirstLanguage = 3;
    private const int FirstQualification = 7;
    private const int Kinds = 4;

    /// <summary>Has periods of free time besides the week, which may lie at any hour.</summary>
    public const uint HasExtra = 1 << 11;

    // Qualities.
    public const int Lasting = 0;
    public const int Reliability = 1;
    public const int Rating = 2;

    public static int Flags => FirstQualification + Kinds + 1;

    public static uint FreeAnyHour => HasExtra;

    public static int QualityCount => 3;

    public static int HighestLevel => HeldSkill.HighestLevel;

    public static uint FlagOfLanguage(string language) => 1u << (FirstLanguage + (int)(Hash(language) % Kinds));

    public static uint FlagOfQualification(Id qualification) => 1u << (FirstQualification + (int)(RowMap.HashOf(qualification) % Kinds));

    /// <summary>Whether the bounds hold for somebody. Who is beyond them is looked at in every search.</summary>
    public static bool IsBeyond(VolunteerFacts facts)
    {
        var reliability = SoftFactors.Reliability(facts.Record);
        return facts.Places.Length > Handle.MostPlaces
            || facts.Places.Any(place => Geography.Places.Check(place with { AccuracyM = 0 }) is not null)
            || facts.Skills.Any(skill => skill.Level > HeldSkill.HighestLevel)
            || !(reliability is >= 0 and <= 1)
            || !(SoftFactors.Rating(facts.RatingSum, facts.RatingCount) is >= 0 and <= 1);
    }

    /// <summary>The volunteer as the index takes them in, by one of their places; null: they gave none.</summary>
    public void Read(uint number, int? place, out Entry<Handle> entry)
    {
        entry.Row = new Handle(number, place);
        var row = store[number];
        if (row->Has(RowFlags.Odd))
        {
            var odd = store.Odd(number);
            entry.Flags = FlagsOf(new FactsView(odd, null!), odd.Languages, !odd.Availability.Extra.IsEmpty);
            entry.Hours = HoursOf(odd.Availability.Week.AsSpan());
            return;
        }

        var view = new CompactView(store, row, null!);
        entry.Flags = FlagsOf(view, view.Languages(), view.HasExtra);
        entry.Hours = HoursOf(Weeks.Stretches(store.Heap, row->Week));
    }

    private static uint FlagsOf<T>(T volunteer, ImmutableArray<string> languages, bool hasExtra)
        where T : struct, IVolunteerView
    {
        var flags = volunteer is { Status: VolunteerStatus.Active, RealName: true } ? MayBeAsked : 0;
        flags |= hasExtra ? HasExtra : 0;
        flags |= volunteer.Gender switch { Gender.Female => IsFemale, Gender.Male => IsMale, _ => 0 };
        foreach (var language in languages)
        {
            flags |= FlagOfLanguage(language);
        }

        for (var i = 0; i < volunteer.QualificationCount; i++)
        {
            flags |= FlagOfQualification(volunteer.Qualification(i).Qualification);
        }

        return flags;
    }

    /// <summary>The hours of the week in which somebody is free for a minute or more.</summary>
    private static WeekHours HoursOf(ReadOnlySpan<WeekStretch> week)
    {
        Span<ulong> words = [0, 0, 0];
        foreach (var stretch in week)
        {
            for (var hour = stretch.Start / 60; hour * 60 < stretch.End; hour++)
            {
                words[hour / 64] |= 1ul << (hour % 64);
            }
        }

        return new WeekHours(words[0], words[1], words[2]);
    }

    public bool Place(in Handle handle, out double lat, out double lng)
    {
        (lat, lng) = (0, 0);
        if (handle.Place is not { } place)
        {
            return false;
        }

        var row = store[handle.Row];
        var at = row->Has(RowFlags.Odd) ? store.Odd(handle.Row).Places[place] : new CompactView(store, row, null!).Place(place);
        (lat, lng) = (at.Lat, at.Lng);
        return Geography.Places.Check(at with { AccuracyM = 0 }) is null;
    }

    public int Site(in Handle handle) => store.Sites.Now.LabelOf[store[handle.Row]->Site];

    public int Partition(in Handle handle) => store.Sites.PartitionOf(store[handle.Row]->Site);

    public int Skills(in Handle handle, Span<SkillHeld> into)
    {
        var row = store[handle.Row];
        var odd = row->Has(RowFlags.Odd) ? store.Odd(handle.Row) : null;
        var view = new CompactView(store, row, null!);
        var held = odd?.Skills.Length ?? view.SkillCount;
        if (held > into.Length)
        {
            return held;
        }

        // A skill that is named twice counts once, at the higher level.
        var count = 0;
        for (var i = 0; i < held; i++)
        {
            var number = odd is null ? view.SkillNumber(i) : store.Skills.Number(odd.Skills[i].Skill);
            var level = Math.Clamp(odd?.Skills[i].Level ?? view.SkillLevel(i), HeldSkill.LowestLevel, HeldSkill.HighestLevel);
            var at = 0;
            while (at < count && into[at].Skill != number)
            {
                at++;
            }

            into[at] = new SkillHeld(number, at < count ? Math.Max(level, into[at].Level) : level);
            count = Math.Max(count, at + 1);
        }

        return count;
    }

    public void Qualities(in Handle handle, Span<byte> into)
    {
        Standing(handle, out var reliability, out var rating);
        var weights = WeightsOf(handle);
        into[Lasting] = Share(Tuning.Lasting(weights, reliability, rating), Tuning.MostLasting(weights));
        into[Reliability] = Share(reliability, 1);
        into[Rating] = Share(rating, 1);
    }

    public byte SkillQuality(in Handle handle, int level)
    {
        Standing(handle, out var reliability, out var rating);
        var weights = WeightsOf(handle);
        return Share(
            weights.Skill * SoftFactors.SkillWorth(level, 0) + Tuning.Lasting(weights, reliability, rating), weights.Skill + Tuning.MostLasting(weights));
    }

    private static uint Hash(string word)
    {
        var hash = 2166136261u;
        foreach (var c in word)
        {
            hash = (hash ^ c) * 16777619;
        }

        return hash ^ (hash >> 15);
    }

    /// <summary>A share of the most as a byte that is not too low.</summary>
    private static byte Share(double worth, double most) => most > 0 ? (byte)Math.Clamp(Math.Ceiling(255 * worth / most), 0, 255) : (byte)255;

    private ScoreWeights WeightsOf(in Handle handle) => tuning.Of(store.Sites.Center(Partition(handle)));

    private void Standing(in Handle handle, out double reliability, out double rating)
    {
        var row = store[handle.Row];
        if (row->Has(RowFlags.Odd))
        {
            var odd = store.Odd(handle.Row);
            (reliability, rating) = (SoftFactors.Reliability(odd.Record), SoftFactors.Rating(odd.RatingSum, odd.RatingCount));
            return;
        }

        var view = new CompactView(store, row, null!);
        (reliability, rating) = (SoftFactors.Reliability(view.Record), SoftFactors.Rating(view.RatingSum, view.RatingCount));
    }
}
