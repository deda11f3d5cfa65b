using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Matching.Geography;
using Matching.Volunteers;

namespace Matching.Engine.Compact;

/// <summary>
/// The view of a volunteer who is kept in a row, without making an object of them. The row may not be odd. Without a need, what depends on one
/// cannot be asked.
/// </summary>
internal readonly unsafe struct CompactView : IVolunteerView
{
    private const int ResidentBytes = 16;
    private const int ServedBytes = ResidentBytes + sizeof(int);
    private const int PlaceBytes = 3 * sizeof(double);
    private const int ShortPlaceBytes = 2 * sizeof(int);

    private readonly CompactRow* _row;
    private readonly CompactStore _store;
    private readonly CompactNeed _need;

    public CompactView(CompactStore store, uint row, CompactNeed need)
        : this(store, store[row], need)
    {
    }

    public CompactView(CompactStore store, CompactRow* row, CompactNeed need)
    {
        _row = row;
        (_store, _need) = (store, need);
    }

    public bool IsInPool => _need.IsInPool(_row->Site);

    public VolunteerStatus Status => (VolunteerStatus)(_row->Flags & RowFlags.Status);

    public bool RealName => _row->Has(RowFlags.RealName);

    public DateOnly? BirthDate => Day(_row->Birth, CompactRow.FirstBirth);

    public bool Accompanied => _row->Has(RowFlags.Accompanied);

    public Gender? Gender => ((int)(_row->Flags & RowFlags.Gender) >> 4) switch
    {
        0 => null,
        var known => (Gender)(known - 1),
    };

    public DateOnly? InsuredUntil => Day(_row->Insured, CompactRow.FirstInsured);

    public bool SpeaksTheLanguage => Part(Compact.Part.Languages, out var length) is var list && length > 0 && _need.Speaks(Read<ushort>(list));

    public int SkillCount
    {
        get
        {
            if (_row->Has(RowFlags.MoreSkills))
            {
                Part(Compact.Part.Skills, out var length);
                return CompactRow.OwnSkills + length / sizeof(ushort);
            }

            var count = 0;
            while (count < CompactRow.OwnSkills && _row->Skill[count] != CompactRow.NoSkill)
            {
                count++;
            }

            return count;
        }
    }

    public int QualificationCount => _row->Has(RowFlags.HasQualifications) ? Count<QualificationPart>(Compact.Part.Qualifications) : 0;

    public int PlaceCount => _row->Has(RowFlags.OnePlace) ? 1 : _row->Has(RowFlags.HasPlaces)
        ? LengthOf(Compact.Part.Places) / PlaceBytes + LengthOf(Compact.Part.ShortPlaces) / ShortPlaceBytes
        : 0;

    public double? RadiusM => _row->Radius switch
    {
        CompactRow.Nothing => null,
        CompactRow.Elsewhere => Read<double>(Part(Compact.Part.Radius, out _)),
        var metres => metres,
    };

    public Limits Limits => _row->Limits is > 0 and var number ? _store.Limits[number - 1] : default;

    public int BookingCount => _row->Has(RowFlags.HasBookings)
        ? Count<ShortBookingPart>(Compact.Part.ShortBookings) + Count<BookingPart>(Compact.Part.Bookings)
        : 0;

    public TrackRecord Record
    {
        get
        {
            var history = History;
            return new TrackRecord(history.Asked, history.Accepted, history.Came, history.NoShows, history.OnTime);
        }
    }

    public int RatingSum => History.RatingSum;

    public int RatingCount => History.RatingCount;

    public DateTimeOffset? LastServedAt => History.LastServed is >= 0 and var ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;

    public int PairedCount => _row->Has(RowFlags.HasResidents) ? Read<ushort>(Part(Compact.Part.Residents, out _)) : 0;

    public int ServedCount => _row->Has(RowFlags.HasResidents) ? Read<ushort>(Part(Compact.Part.Residents, out _) + 2) : 0;

    public int BlockedCount => _row->Has(RowFlags.HasResidents)
        ? (LengthOf(Compact.Part.Residents) - 4 - PairedCount * ResidentBytes - ServedCount * ServedBytes) / ResidentBytes
        : 0;

    public bool IsBlocked => _need.IsBlocked(_row->Id);

    public bool WasAsked => _need.WasAsked(_row->Id);

    public bool SaidPickMe => _need.SaidPickMe(_row->Id);

    /// <summary>Who has none has this one: all zero, and never served.</summary>
    private HistoryPart History
    {
        get
        {
            if (!_row->Has(RowFlags.HasHistory))
            {
                return new HistoryPart { LastServed = -1 };
            }

            if (Part(Compact.Part.ShortHistory, out var length) is var part && length == 0)
            {
                return Read<HistoryPart>(Part(Compact.Part.History, out _));
            }

            var small = Read<ShortHistoryPart>(part);
            return new HistoryPart
            {
                Asked = small.Asked,
                Accepted = small.Accepted,
                Came = small.Came,
                NoShows = small.NoShows,
                OnTime = small.OnTime,
                RatingSum = small.RatingSum,
                RatingCount = small.RatingCount,
                LastServed = small.LastServed,
            };
        }
    }

    public int SkillLevel(int skill) => CompactRow.SkillLevel(Held(skill));

    public int StepsBelow(int skill, int required) => _need.StepsBelow(SkillNumber(skill), required);

    public HeldQualification Qualification(int index)
    {
        var part = Read<QualificationPart>(Part(Compact.Part.Qualifications, out _) + index * sizeof(QualificationPart));
        return new HeldQualification(
            _store.Qualifications[part.Number], DateOnly.FromDayNumber(part.ValidFrom),
            part.ValidTo == QualificationPart.NoEnd ? null : DateOnly.FromDayNumber(part.ValidTo), part.Verified);
    }

    public long FreeTicks(WallWindow window)
    {
        var week = Weeks.Stretches(_store.Heap, _row->Week);
        if (!_row->Has(RowFlags.HasExceptions))
        {
            return FreeTime.Ticks(week, [], [], window);
        }

        Exceptions(out var extra, out var away);
        return FreeTime.Ticks(week, extra, away, window);
    }

    public Booking Booking(int index)
    {
        var part = Part(Compact.Part.ShortBookings, out var length) is var small && length > 0
            ? Read<ShortBookingPart>(small + index * sizeof(ShortBookingPart)).ToLong()
            : Read<BookingPart>(Part(Compact.Part.Bookings, out _) + index * sizeof(BookingPart));
        return new Booking(
            Id.From(new UInt128(part.OrderHigh, part.OrderLow)), new Stretch(part.Start, part.End).ToWindow(),
            new Place(part.Lat, part.Lng, part.AccuracyM), part.Minutes);
    }

    public Id Paired(int index) => IdAt(Part(Compact.Part.Residents, out _) + 4 + index * ResidentBytes);

    public ServedResident Served(int index)
    {
        var served = Part(Compact.Part.Residents, out _) + 4 + PairedCount * ResidentBytes + index * ServedBytes;
        return new ServedResident(IdAt(served), Read<int>(served + ResidentBytes));
    }

    public Id Blocked(int index) => IdAt(
        Part(Compact.Part.Residents, out _) + 4 + PairedCount * ResidentBytes + ServedCount * ServedBytes + index * ResidentBytes);

    public int SkillNumber(int skill) => CompactRow.SkillNumber(Held(skill));

    public HeldSkill Skill(int index) => new(_store.Skills[SkillNumber(index)], SkillLevel(index));

    public Place Place(int index)
    {
        if (_row->Has(RowFlags.OnePlace))
        {
            return new Place(CompactRow.Degrees(_row->LatE7), CompactRow.Degrees(_row->LngE7));
        }

        if (Part(Compact.Part.ShortPlaces, out var length) is var small && length > 0)
        {
            small += index * ShortPlaceBytes;
            return new Place(CompactRow.Degrees(Read<int>(small)), CompactRow.Degrees(Read<int>(small + sizeof(int))));
        }

        var place = Part(Compact.Part.Places, out _) + index * PlaceBytes;
        return new Place(Read<double>(place), Read<double>(place + 8), Read<double>(place + 16));
    }

    /// <summary>Whether there are periods in which they are free besides the week.</summary>
    public bool HasExtra => _row->Has(RowFlags.HasExceptions) && Read<ushort>(Part(Compact.Part.Exceptions, out _)) > 0;

    public ImmutableArray<string> Languages() =>
        Part(Compact.Part.Languages, out var length) is var list && length > 0 ? _store.Languages[Read<ushort>(list)].Items : [];

    public Availability Availability()
    {
        ReadOnlySpan<Stretch> extra = [], away = [];
        if (_row->Has(RowFlags.HasExceptions))
        {
            Exceptions(out extra, out away);
        }

        return Volunteers.Availability.From(Weeks.Stretches(_store.Heap, _row->Week), extra, away);
    }

    /// <summary>Everybody whom they are paired with or have served, each once.</summary>
    public Id[] Residents()
    {
        var residents = new HashSet<Id>();
        for (var i = 0; i < PairedCount; i++)
        {
            residents.Add(Paired(i));
        }

        for (var i = 0; i < ServedCount; i++)
        {
            residents.Add(Served(i).Resident);
        }

        return [.. residents];
    }

    private static T Read<T>(byte* at)
        where T : unmanaged => Unsafe.ReadUnaligned<T>(at);

    private static DateOnly? Day(ushort days, int first) => days switch
    {
        CompactRow.Nothing => null,
        CompactRow.Elsewhere => DateOnly.MaxValue,
        _ => DateOnly.FromDayNumber(first + days),
    };

    private static Id IdAt(byte* at) => Id.FromBytes(new ReadOnlySpan<byte>(at, ResidentBytes));

    private byte* Part(Part part, out int length) => Details.Find(_store.DetailsOf(_row), part, out length);

    private int LengthOf(Part part)
    {
        Part(part, out var length);
        return length;
    }

    private int Count<T>(Part part)
        where T : unmanaged => LengthOf(part) / sizeof(T);

    private ushort Held(int skill) => skill < CompactRow.OwnSkills
        ? _row->Skill[skill]
        : Read<ushort>(Part(Compact.Part.Skills, out _) + (skill - CompactRow.OwnSkills) * sizeof(ushort));

    // The periods are written as they lie in memory, unaligned, which the processors that run .NET read as well.
    private void Exceptions(out ReadOnlySpan<Stretch> extra, out ReadOnlySpan<Stretch> away)
    {
        var part = Part(Compact.Part.Exceptions, out var length);
        int extras = Read<ushort>(part);
        extra = new ReadOnlySpan<Stretch>(part + 2, extras);
        away = new ReadOnlySpan<Stretch>(part + 2 + extras * sizeof(Stretch), (length - 2) / sizeof(Stretch) - extras);
    }
}
