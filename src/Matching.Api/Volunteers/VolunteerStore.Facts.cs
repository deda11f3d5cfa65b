using System.Collections.Immutable;
using Matching.Api.Plumbing.Database;
using Matching.Engine;
using Matching.Geography;
using Matching.Volunteers;

namespace Matching.Api.Volunteers;

/// <summary>The half that tells matching what it must know: some ten statements for up to 500 volunteers, whoever they are.</summary>
public sealed partial class VolunteerStore
{
    private static readonly Sql<IdPage, IdRow> IdsAfter = new("SELECT id FROM volunteers WHERE id > @After ORDER BY id {page}");

    private static readonly Sql<Nothing, HowManyRow> HowMany = new("SELECT COUNT(id) AS number FROM volunteers");

    private static readonly Sql<ByIds, Volunteer> FactRows = new(
        """
        SELECT id, version, center_id, site_id, path, status, gender, born_on, real_name, languages, insured_until, companion_id, radius_m,
            max_orders_a_week, max_minutes_a_day, asked, accepted, came, on_time, no_shows, rating_sum, rating_count, served, last_served_at
        FROM volunteers WHERE id IN @Ids
        ORDER BY id
        """);

    private static readonly Sql<ByIds, SkillRow> SkillFacts = new(
        "SELECT volunteer_id, skill_id, level FROM volunteer_skills WHERE volunteer_id IN @Ids ORDER BY volunteer_id, skill_id");

    private static readonly Sql<ByIds, HeldRow> QualificationFacts = new(
        """
        SELECT volunteer_id, qualification_id, valid_from, valid_to, CASE WHEN verified_at IS NULL THEN 0 ELSE 1 END AS verified
        FROM volunteer_qualifications WHERE volunteer_id IN @Ids
        ORDER BY volunteer_id, id
        """);

    private static readonly Sql<ByIds, PlaceRow> PlaceFacts = new(
        "SELECT volunteer_id, label, lat, lng, accuracy_m FROM volunteer_places WHERE volunteer_id IN @Ids ORDER BY volunteer_id, number");

    private static readonly Sql<ByIds, SlotRow> SlotFacts = new(
        "SELECT volunteer_id, from_minute, to_minute FROM volunteer_slots WHERE volunteer_id IN @Ids ORDER BY volunteer_id, from_minute");

    private static readonly Sql<ByIds, ExceptionRow> ExceptionFacts = new(
        "SELECT volunteer_id, starts_at, ends_at, free FROM volunteer_exceptions WHERE volunteer_id IN @Ids ORDER BY volunteer_id, number");

    private static readonly Sql<ByIdsSince, BookingRow> BookingFacts = new(
        """
        SELECT a.volunteer_id, a.order_id, a.window_start, a.window_end, a.lat, a.lng, COALESCE(a.minutes, o.minutes) AS minutes
        FROM assignments a JOIN orders o ON o.id = a.order_id
        WHERE a.volunteer_id IN @Ids AND a.window_start >= @Since AND a.holds = 1
        ORDER BY a.volunteer_id, a.window_start
        """);

    private static readonly Sql<ByIds, ServedRow> ServedFacts = new(
        """
        SELECT a.volunteer_id, o.resident_id, COUNT(a.id) AS times
        FROM assignments a JOIN orders o ON o.id = a.order_id
        WHERE a.volunteer_id IN @Ids AND a.state = 'Verified' AND o.resident_id IS NOT NULL
        GROUP BY a.volunteer_id, o.resident_id
        ORDER BY a.volunteer_id, o.resident_id
        """);

    private static readonly Sql<ByIds, BlockRow> BlockFacts = new(
        "SELECT DISTINCT volunteer_id, resident_id FROM blocks WHERE volunteer_id IN @Ids ORDER BY volunteer_id, resident_id");

    public async Task<long> HowManyAsync() => (await database.FirstAsync(HowMany, Nothing.It))?.Number ?? 0;

    /// <summary>Everybody, 500 at a time. Read the feed's end first: what changes meanwhile comes again with it.</summary>
    public async IAsyncEnumerable<List<VolunteerFacts>> AllFactsAsync()
    {
        var after = Id.None;
        while (await database.ListAsync(IdsAfter, new IdPage(after, ByIds.Most)) is { Count: > 0 } page)
        {
            yield return await FactsAsync(database, page.ConvertAll(row => row.Id));
            after = page[^1].Id;
        }
    }

    /// <summary>These volunteers; those who are not there are left out.</summary>
    public Task<List<VolunteerFacts>> FactsAsync(IReadOnlyCollection<Id> volunteerIds) => FactsAsync(database, volunteerIds);

    public async Task<List<VolunteerFacts>> FactsAsync(IRows rows, IReadOnlyCollection<Id> volunteerIds)
    {
        var facts = new List<VolunteerFacts>(volunteerIds.Count);
        foreach (var chunk in ByIds.Chunks(volunteerIds))
        {
            facts.AddRange(await ChunkAsync(rows, chunk));
        }

        return facts;
    }

    /// <summary>One volunteer within a transaction, to ask the hard rules again before it is written; null when there is none.</summary>
    public async Task<VolunteerFacts?> FactsInAsync(IRows rows, Id volunteerId) => (await FactsAsync(rows, [volunteerId])).FirstOrDefault();

    private async Task<List<VolunteerFacts>> ChunkAsync(IRows rows, ByIds ids)
    {
        // A booking that began before the recent days and still runs would be one of several days; a day more covers it.
        var since = clock.GetUtcNow().AddDays(-SoftFactors.RecentDays - 1);
        var volunteers = await rows.ListAsync(FactRows, ids);
        var skills = (await rows.ListAsync(SkillFacts, ids)).ToLookup(row => row.VolunteerId, row => new HeldSkill(row.SkillId, row.Level));
        var held = (await rows.ListAsync(QualificationFacts, ids)).ToLookup(row => row.VolunteerId, row => new HeldQualification(
            row.QualificationId, Days.ReadIfAny(row.ValidFrom) ?? DateOnly.MinValue, Days.ReadIfAny(row.ValidTo), row.Verified));
        var places = (await rows.ListAsync(PlaceFacts, ids)).ToLookup(row => row.VolunteerId, row => new Place(row.Lat, row.Lng));
        var slots = (await rows.ListAsync(SlotFacts, ids)).ToLookup(row => row.VolunteerId, row => new WeeklySlot(row.FromMinute, row.ToMinute - row.FromMinute));
        var exceptions = (await rows.ListAsync(ExceptionFacts, ids)).ToLookup(row => (row.VolunteerId, row.Free), row => new Window(row.StartsAt, row.EndsAt));
        var bookings = (await rows.ListAsync(BookingFacts, new ByIdsSince(ids.Ids, since))).ToLookup(row => row.VolunteerId, row => new Booking(
            row.OrderId, new Window(row.WindowStart, row.WindowEnd), new Place(row.Lat, row.Lng), row.Minutes));
        var served = (await rows.ListAsync(ServedFacts, ids)).ToLookup(row => row.VolunteerId, row => new ServedResident(row.ResidentId, row.Times));
        var blocked = (await rows.ListAsync(BlockFacts, ids)).ToLookup(row => row.VolunteerId, row => row.ResidentId);

        return volunteers.ConvertAll(row => new VolunteerFacts
        {
            Id = row.Id,
            HomePath = row.Path,
            Status = row.Status,
            RealName = row.RealName,
            BirthDate = Days.ReadIfAny(row.BornOn),
            Accompanied = row.CompanionId is not null,
            Gender = row.Gender,
            Languages = [.. row.Languages.Split(',', StringSplitOptions.RemoveEmptyEntries)],
            InsuredUntil = Days.ReadIfAny(row.InsuredUntil),
            Skills = [.. skills[row.Id]],
            Qualifications = [.. held[row.Id]],
            Places = [.. places[row.Id]],
            RadiusM = row.RadiusM,
            Availability = Availability.Of(slots[row.Id], exceptions[(row.Id, true)], exceptions[(row.Id, false)]).Value,
            Limits = new Limits(row.MaxOrdersAWeek, row.MaxMinutesADay),
            Bookings = [.. bookings[row.Id]],
            Record = new TrackRecord(row.Asked, row.Accepted, row.Came, row.NoShows, row.OnTime),
            RatingSum = row.RatingSum,
            RatingCount = row.RatingCount,
            LastServedAt = row.LastServedAt,
            Served = [.. served[row.Id]],
            Blocked = [.. blocked[row.Id]],
        });
    }

    private sealed record IdPage(Id After, int Take);

    private sealed record ByIdsSince(IReadOnlyList<byte[]> Ids, DateTimeOffset Since);

    private sealed record HowManyRow
    {
        public long Number { get; init; }
    }

    private sealed record IdRow
    {
        public Id Id { get; init; }
    }

    private sealed record SkillRow
    {
        public Id VolunteerId { get; init; }

        public Id SkillId { get; init; }

        public int Level { get; init; }
    }

    private sealed record HeldRow
    {
        public Id VolunteerId { get; init; }

        public Id QualificationId { get; init; }

        public string? ValidFrom { get; init; }

        public string? ValidTo { get; init; }

        public bool Verified { get; init; }
    }

    private sealed record PlaceRow
    {
        public Id VolunteerId { get; init; }

        public string? Label { get; init; }

        public double Lat { get; init; }

        public double Lng { get; init; }

        public double AccuracyM { get; init; }
    }

    private sealed record SlotRow
    {
        public Id VolunteerId { get; init; }

        public int FromMinute { get; init; }

        public int ToMinute { get; init; }
    }

    private sealed record ExceptionRow
    {
        public Id VolunteerId { get; init; }

        public DateTimeOffset StartsAt { get; init; }

        public DateTimeOffset EndsAt { get; init; }

        public bool Free { get; init; }
    }

    private sealed record BookingRow
    {
        public Id VolunteerId { get; init; }

        public Id OrderId { get; init; }

        public DateTimeOffset WindowStart { get; init; }

        public DateTimeOffset WindowEnd { get; init; }

        public double Lat { get; init; }

        public double Lng { get; init; }

        public int Minutes { get; init; }
    }

    private sealed record ServedRow
    {
        public Id VolunteerId { get; init; }

        public Id ResidentId { get; init; }

        public int Times { get; init; }
    }

    private sealed record BlockRow
    {
        public Id VolunteerId { get; init; }

        public Id ResidentId { get; init; }
    }
}
