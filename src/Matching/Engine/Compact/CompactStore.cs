using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Matching.Geography;
using Matching.Volunteers;

namespace Matching.Engine.Compact;

/// <summary>
/// Volunteers in little memory, out of the collector's sight, and nothing of them lost: what is put in comes out the same. A row, once written, does
/// not change until it is given back. One writer; anybody reads rows that are not given back.
/// </summary>
internal sealed unsafe class CompactStore : IDisposable
{
    /// <summary>So many places of somebody are entered in the index.</summary>
    public const int MostEntries = 15;

    private readonly ConcurrentDictionary<uint, VolunteerFacts> _odd = new();
    private readonly Weeks _weeks;
    private readonly DetailsWriter _writer = new();

    public CompactStore() => _weeks = new Weeks(Heap);

    public NativeHeap Heap { get; } = new();

    public Rows Rows { get; private set; } = new();

    public SiteTable Sites { get; } = new();

    public Vocabulary<Id> Skills { get; } = new();

    public Vocabulary<Id> Qualifications { get; } = new();

    public Vocabulary<Limits> Limits { get; } = new();

    public Vocabulary<Words> Languages { get; } = new();

    /// <summary>Bytes taken from the system for rows, details, weeks and what else lies in the heap.</summary>
    public long TakenBytes => Rows.TakenBytes + Heap.TakenBytes + _weeks.TableBytes;

    public int DifferentWeeks => _weeks.Count;

    public int OddOnes => _odd.Count;

    public CompactRow* this[uint row] => Rows[row];

    public byte* DetailsOf(CompactRow* row) => row->Details == 0 ? null : Heap[row->Details];

    /// <summary>The facts of a row that fits into no row.</summary>
    public VolunteerFacts Odd(uint row) => _odd[row];

    /// <summary>Puts somebody in.</summary>
    /// <param name="facts">The volunteer.</param>
    /// <param name="entries">The numbers of their entries in the index; at least one.</param>
    public uint Add(VolunteerFacts facts, ReadOnlySpan<uint> entries)
    {
        var site = Sites.Number(facts.HomePath);
        var number = Rows.Take(Sites.CenterOf(site));
        var row = Rows[number];
        *row = default;
        var id = facts.Id.ToBits();
        (row->IdHigh, row->IdLow) = ((ulong)(id >> 64), (ulong)id);
        row->Site = site;
        row->Entry = entries[0];

        _writer.Clear();
        if (!TryEncode(facts, row))
        {
            _writer.Clear();
            row->Flags = RowFlags.Odd;
            _odd[number] = facts;
        }

        _writer.Write(Part.Entries, MemoryMarshal.AsBytes(entries[1..]));
        if (_writer.Units > 0)
        {
            row->Details = Heap.Allocate(_writer.Units);
            _writer.CopyTo(Heap[row->Details]);
        }

        row->Week = row->Has(RowFlags.Odd) ? 0 : _weeks.Acquire(facts.Availability.Week.AsSpan());
        return number;
    }

    /// <summary>Takes somebody out. Nobody reads the row any more.</summary>
    public void Remove(uint number)
    {
        var row = Rows[number];
        if (row->Details != 0)
        {
            Heap.Free(row->Details, Details.Units(Heap[row->Details]));
        }

        _weeks.Release(row->Week);
        if (row->Has(RowFlags.Odd))
        {
            _odd.TryRemove(number, out _);
        }

        Rows.GiveBack(number);
    }

    /// <summary>
    /// Moves all rows, so that those who come one after the other lie so; where each is now, by where it was. While nobody reads.
    /// </summary>
    public uint[] Reorder(ReadOnlySpan<uint> order)
    {
        var before = Rows;
        var ordered = new Rows();
        var moved = new uint[before.Stretches * (long)Compact.Rows.AStretch];
        foreach (var number in order)
        {
            moved[number] = ordered.Take(Sites.CenterOf(before[number]->Site));
            *ordered[moved[number]] = *before[number];
        }

        var odd = _odd.ToArray();
        _odd.Clear();
        foreach (var (number, facts) in odd)
        {
            _odd[moved[number]] = facts;
        }

        Rows = ordered;
        before.Dispose();
        return moved;
    }

    /// <summary>The entries in the index: how many were written.</summary>
    public int Entries(uint number, Span<uint> into)
    {
        var row = Rows[number];
        into[0] = row->Entry;
        var more = Details.Find(DetailsOf(row), Part.Entries, out var length);
        new ReadOnlySpan<byte>(more, length).CopyTo(MemoryMarshal.AsBytes(into[1..]));
        return 1 + length / sizeof(uint);
    }

    /// <summary>Everybody whom the volunteer is paired with or has served; and how often, 0 for the paired.</summary>
    public IEnumerable<Id> ResidentsOf(uint number)
    {
        if (Rows[number]->Has(RowFlags.Odd))
        {
            var facts = _odd[number];
            return facts.PairedWith.Concat(facts.Served.Select(served => served.Resident)).Distinct();
        }

        return Rows[number]->Has(RowFlags.HasResidents) ? [.. new CompactView(this, number, null!).Residents()] : [];
    }

    /// <summary>What was put in.</summary>
    public VolunteerFacts Decode(uint number)
    {
        var row = Rows[number];
        if (row->Has(RowFlags.Odd))
        {
            return _odd[number];
        }

        var view = new CompactView(this, number, null!);
        return new VolunteerFacts
        {
            Id = row->Id,
            HomePath = Sites[row->Site],
            Status = view.Status,
            RealName = view.RealName,
            BirthDate = view.BirthDate,
            Accompanied = view.Accompanied,
            Gender = view.Gender,
            Languages = view.Languages(),
            InsuredUntil = view.InsuredUntil,
            Skills = [.. Enumerable.Range(0, view.SkillCount).Select(view.Skill)],
            Qualifications = [.. Enumerable.Range(0, view.QualificationCount).Select(view.Qualification)],
            Places = [.. Enumerable.Range(0, view.PlaceCount).Select(view.Place)],
            RadiusM = view.RadiusM,
            Availability = view.Availability(),
            Limits = view.Limits,
            Bookings = [.. Enumerable.Range(0, view.BookingCount).Select(view.Booking)],
            Record = view.Record,
            RatingSum = view.RatingSum,
            RatingCount = view.RatingCount,
            LastServedAt = view.LastServedAt,
            PairedWith = [.. Enumerable.Range(0, view.PairedCount).Select(view.Paired)],
            Served = [.. Enumerable.Range(0, view.ServedCount).Select(view.Served)],
            Blocked = [.. Enumerable.Range(0, view.BlockedCount).Select(view.Blocked)],
        };
    }

    public void Dispose()
    {
        _weeks.Dispose();
        Rows.Dispose();
        Heap.Dispose();
    }

    /// <summary>Writes everything but the entries and the week; false when something fits nowhere.</summary>
    private bool TryEncode(VolunteerFacts facts, CompactRow* row)
    {
        if (!Enum.IsDefined(facts.Status) || (facts.Gender is { } gender && !Enum.IsDefined(gender)))
        {
            return false;
        }

        row->Flags = (RowFlags)facts.Status
            | (facts.RealName ? RowFlags.RealName : 0)
            | (facts.Accompanied ? RowFlags.Accompanied : 0)
            | (RowFlags)(facts.Gender is { } known ? ((int)known + 1) << 4 : 0);
        return TryDay(facts.BirthDate, CompactRow.FirstBirth, out row->Birth)
            && TryDay(facts.InsuredUntil, CompactRow.FirstInsured, out row->Insured)
            && TryLimits(facts.Limits, row)
            && TryHistory(facts, row)
            && TryExceptions(facts.Availability, row)
            && TryBookings(facts.Bookings, row)
            && TrySkills(facts.Skills, row)
            && TryQualifications(facts.Qualifications, row)
            && TryResidents(facts, row)
            && TryPlaces(facts.Places, row)
            && TryRadius(facts.RadiusM, row)
            && TryLanguages(facts.Languages);
    }

    private static bool TryDay(DateOnly? day, int first, out ushort days)
    {
        days = CompactRow.Nothing;
        if (day is not { } known)
        {
            return true;
        }

        var since = known.DayNumber - first;
        days = known == DateOnly.MaxValue ? CompactRow.Elsewhere : (ushort)since;
        return known == DateOnly.MaxValue || since is >= 0 and < CompactRow.Elsewhere;
    }

    private static bool TryShort(int? number, out ushort written)
    {
        written = number is { } known ? (ushort)known : ushort.MaxValue;
        return number is null or (>= 0 and < ushort.MaxValue);
    }

    private bool TryLimits(Limits limits, CompactRow* row)
    {
        var number = limits == default ? 0 : 1 + Limits.Number(limits);
        row->Limits = number < CompactRow.MostLimits ? number : 0;
        return number < CompactRow.MostLimits;
    }

    private bool TryHistory(VolunteerFacts facts, CompactRow* row)
    {
        if (facts.Record == default && facts.RatingSum == 0 && facts.RatingCount == 0 && facts.LastServedAt is null)
        {
            return true;
        }

        row->Flags |= RowFlags.HasHistory;
        var record = facts.Record;
        HistoryPart history;
        if (!TryShort(record.Asked, out history.Asked) || !TryShort(record.Accepted, out history.Accepted) || !TryShort(record.Came, out history.Came)
            || !TryShort(record.NoShows, out history.NoShows) || !TryShort(record.OnTime, out history.OnTime)
            || !TryShort(facts.RatingSum, out history.RatingSum) || !TryShort(facts.RatingCount, out history.RatingCount))
        {
            return false;
        }

        history.LastServed = facts.LastServedAt?.UtcTicks ?? -1;
        if (Math.Max(Math.Max(history.Asked, history.Accepted), Math.Max(history.Came, history.NoShows)) <= byte.MaxValue
            && Math.Max(history.OnTime, history.RatingCount) <= byte.MaxValue)
        {
            var small = new ShortHistoryPart
            {
                Asked = (byte)history.Asked,
                Accepted = (byte)history.Accepted,
                Came = (byte)history.Came,
                NoShows = (byte)history.NoShows,
                OnTime = (byte)history.OnTime,
                RatingCount = (byte)history.RatingCount,
                RatingSum = history.RatingSum,
                LastServed = history.LastServed,
            };
            return _writer.Write(Part.ShortHistory, MemoryMarshal.AsBytes(new ReadOnlySpan<ShortHistoryPart>(in small)));
        }

        return _writer.Write(Part.History, MemoryMarshal.AsBytes(new ReadOnlySpan<HistoryPart>(in history)));
    }

    private bool TryExceptions(Availability availability, CompactRow* row)
    {
        if (availability.Extra.IsEmpty && availability.Away.IsEmpty)
        {
            return true;
        }

        row->Flags |= RowFlags.HasExceptions;
        return TryShort(availability.Extra.Length, out var extra)
            && _writer.Write(Part.Exceptions, MemoryMarshal.AsBytes<ushort>([extra]), MemoryMarshal.AsBytes(availability.Extra), MemoryMarshal.AsBytes(availability.Away));
    }

    private bool TryBookings(ImmutableArray<Booking> bookings, CompactRow* row)
    {
        if (bookings.IsEmpty)
        {
            return true;
        }

        row->Flags |= RowFlags.HasBookings;
        var parts = new BookingPart[bookings.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            var order = bookings[i].OrderId.ToBits();
            parts[i] = new BookingPart
            {
                OrderHigh = (ulong)(order >> 64),
                OrderLow = (ulong)order,
                Start = bookings[i].Window.Start.UtcTicks,
                End = bookings[i].Window.End.UtcTicks,
                Lat = bookings[i].Place.Lat,
                Lng = bookings[i].Place.Lng,
                AccuracyM = bookings[i].Place.AccuracyM,
                Minutes = bookings[i].Minutes,
            };
        }

        var small = new ShortBookingPart[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!ShortBookingPart.TryOf(parts[i], out small[i]))
            {
                return _writer.Write(Part.Bookings, MemoryMarshal.AsBytes<BookingPart>(parts));
            }
        }

        return _writer.Write(Part.ShortBookings, MemoryMarshal.AsBytes<ShortBookingPart>(small));
    }

    private bool TrySkills(ImmutableArray<HeldSkill> skills, CompactRow* row)
    {
        for (var i = 0; i < CompactRow.OwnSkills; i++)
        {
            row->Skill[i] = CompactRow.NoSkill;
        }

        Span<ushort> more = skills.Length > CompactRow.OwnSkills ? new ushort[skills.Length - CompactRow.OwnSkills] : [];
        for (var i = 0; i < skills.Length; i++)
        {
            var number = Skills.Number(skills[i].Skill);
            if (number >= CompactRow.MostSkills || HeldSkill.CheckLevel(skills[i].Level) is not null)
            {
                return false;
            }

            var held = CompactRow.SkillOf(number, skills[i].Level);
            if (i < CompactRow.OwnSkills)
            {
                row->Skill[i] = held;
            }
            else
            {
                more[i - CompactRow.OwnSkills] = held;
            }
        }

        row->Flags |= more.IsEmpty ? 0 : RowFlags.MoreSkills;
        return _writer.Write(Part.Skills, MemoryMarshal.AsBytes(more));
    }

    private bool TryQualifications(ImmutableArray<HeldQualification> qualifications, CompactRow* row)
    {
        if (qualifications.IsEmpty)
        {
            return true;
        }

        row->Flags |= RowFlags.HasQualifications;
        var parts = new QualificationPart[qualifications.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            var held = qualifications[i];
            parts[i] = new QualificationPart
            {
                Number = Qualifications.Number(held.Qualification),
                ValidFrom = held.ValidFrom.DayNumber,
                ValidTo = held.ValidTo?.DayNumber ?? QualificationPart.NoEnd,
                Verified = held.Verified,
            };
        }

        return _writer.Write(Part.Qualifications, MemoryMarshal.AsBytes<QualificationPart>(parts));
    }

    private bool TryResidents(VolunteerFacts facts, CompactRow* row)
    {
        if (facts.PairedWith.IsEmpty && facts.Served.IsEmpty && facts.Blocked.IsEmpty)
        {
            return true;
        }

        row->Flags |= RowFlags.HasResidents;
        var ids = new List<byte>();
        foreach (var paired in facts.PairedWith)
        {
            ids.AddRange(paired.ToBytes());
        }

        foreach (var served in facts.Served)
        {
            ids.AddRange(served.Resident.ToBytes());
            ids.AddRange(BitConverter.GetBytes(served.Times));
        }

        foreach (var blocked in facts.Blocked)
        {
            ids.AddRange(blocked.ToBytes());
        }

        return TryShort(facts.PairedWith.Length, out var pairedCount)
            && TryShort(facts.Served.Length, out var servedCount)
            && _writer.Write(Part.Residents, MemoryMarshal.AsBytes<ushort>([pairedCount, servedCount]), CollectionsMarshal.AsSpan(ids));
    }

    private bool TryPlaces(ImmutableArray<Place> places, CompactRow* row)
    {
        if (places.IsEmpty)
        {
            return true;
        }

        var small = new int[places.Length * 2];
        var fits = true;
        for (var i = 0; i < places.Length && fits; i++)
        {
            fits = BitConverter.DoubleToInt64Bits(places[i].AccuracyM) == 0
                && CompactRow.TryE7(places[i].Lat, out small[2 * i]) && CompactRow.TryE7(places[i].Lng, out small[2 * i + 1]);
        }

        if (fits && places.Length == 1)
        {
            row->Flags |= RowFlags.OnePlace;
            (row->LatE7, row->LngE7) = (small[0], small[1]);
            return true;
        }

        row->Flags |= RowFlags.HasPlaces;
        if (fits)
        {
            return _writer.Write(Part.ShortPlaces, MemoryMarshal.AsBytes<int>(small));
        }

        var parts = new double[places.Length * 3];
        for (var i = 0; i < places.Length; i++)
        {
            (parts[3 * i], parts[3 * i + 1], parts[3 * i + 2]) = (places[i].Lat, places[i].Lng, places[i].AccuracyM);
        }

        return _writer.Write(Part.Places, MemoryMarshal.AsBytes<double>(parts));
    }

    private bool TryRadius(double? radiusM, CompactRow* row)
    {
        row->Radius = CompactRow.Nothing;
        if (radiusM is not { } radius)
        {
            return true;
        }

        if (radius is >= 0 and < CompactRow.Elsewhere && BitConverter.DoubleToInt64Bits((ushort)radius) == BitConverter.DoubleToInt64Bits(radius))
        {
            row->Radius = (ushort)radius;
            return true;
        }

        row->Radius = CompactRow.Elsewhere;
        return _writer.Write(Part.Radius, MemoryMarshal.AsBytes<double>([radius]));
    }

    private bool TryLanguages(ImmutableArray<string> languages)
    {
        if (languages.IsEmpty)
        {
            return true;
        }

        var number = Languages.Number(new Words(languages));
        return number < ushort.MaxValue && _writer.Write(Part.Languages, MemoryMarshal.AsBytes<ushort>([(ushort)number]));
    }

    /// <summary>Several words in their order, equal when they are the same.</summary>
    internal sealed record Words(ImmutableArray<string> Items)
    {
        public bool Equals(Words? other) => other is not null && Items.SequenceEqual(other.Items, StringComparer.Ordinal);

        public override int GetHashCode() => Items.Aggregate(17, (hash, word) => HashCode.Combine(hash, word));
    }

    /// <summary>Puts the details of one volunteer together. Parts come in their order.</summary>
    private sealed class DetailsWriter
    {
        private readonly List<byte> _bytes = [];
        private readonly List<ushort> _lengths = [];
        private uint _parts;

        /// <summary>0: there is nothing to keep.</summary>
        public int Units => _parts == 0 ? 0 : (4 + 2 * _lengths.Count + _bytes.Count + NativeHeap.UnitBytes - 1) / NativeHeap.UnitBytes;

        public void Clear()
        {
            _bytes.Clear();
            _lengths.Clear();
            _parts = 0;
        }

        public bool Write(Part part, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default, ReadOnlySpan<byte> third = default)
        {
            var length = first.Length + second.Length + third.Length;
            if (length == 0)
            {
                return true;
            }

            // Room for the entries of whoever turns out odd later is left by the total.
            if (length > Details.MostBytes || _bytes.Count + length > 4 * Details.MostBytes)
            {
                return false;
            }

            _bytes.AddRange(first);
            _bytes.AddRange(second);
            _bytes.AddRange(third);
            _lengths.Add((ushort)length);
            _parts |= 1u << (int)part;
            return true;
        }

        public void CopyTo(byte* block)
        {
            *(ushort*)block = (ushort)Units;
            *(ushort*)(block + 2) = (ushort)_parts;
            for (var i = 0; i < _lengths.Count; i++)
            {
                *(ushort*)(block + 4 + 2 * i) = _lengths[i];
            }

            CollectionsMarshal.AsSpan(_bytes).CopyTo(new Span<byte>(block + 4 + 2 * _lengths.Count, _bytes.Count));
        }
    }
}
