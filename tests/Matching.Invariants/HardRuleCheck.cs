using System.Globalization;
using Matching.Engine;
using Matching.Geography;
using Matching.Volunteers;

namespace Matching.Invariants;

/// <summary>
/// Invariant 4, as far as rows can still tell: what an assignment's volunteer was then is taken to be what she is now, which a replay sees to. Status is
/// taken from her changes.
/// </summary>
internal static class HardRuleCheck
{
    public static IEnumerable<Finding> Check(Rows rows)
    {
        var zones = rows
            .List("SELECT id, time_zone FROM sites WHERE kind = 'Center'", row => (row.Id(0), row.TextOrNull(1)))
            .ToDictionary(center => center.Item1, center => TimeZoneInfo.FindSystemTimeZoneById(center.Item2 ?? "Asia/Shanghai"));
        var volunteers = Volunteers(rows);
        var assignments = Assignments(rows);

        yield return Each("Who took an order is of age, or comes with an adult where minors may", assignments, taken =>
            IsOfAge(volunteers[taken.Volunteer], taken, zones) ? null : "is a minor");
        yield return Each("Who took an order is insured over its window where it asks for that", [.. assignments.Where(taken => taken.InsuranceNeeded)], taken =>
            volunteers[taken.Volunteer].InsuredUntil >= Days(taken, zones).Last ? null : "is not insured");
        yield return Qualifications(rows, assignments, zones);
        yield return Each("Who took an order was active then", assignments, taken => WasActive(volunteers[taken.Volunteer], taken.AcceptedAt) ? null : "was not active");
        yield return Each("Who took an order was free over all of its window", assignments, taken =>
            volunteers[taken.Volunteer].Availability.Covers(taken.Window, zones[taken.Center]) ? null : $"was not free at {taken.Window.Start:O}");
        yield return Each("Who took an order lives within her own radius of it and the round's", assignments, taken => TooFar(volunteers[taken.Volunteer], taken));
        yield return Travel(assignments);
        yield return WeeklyLimits(assignments, volunteers, zones);
    }

    private static Finding Each(string sentence, IReadOnlyList<Taken> assignments, Func<Taken, string?> problem) => new(
        4, sentence, assignments.Count, [.. assignments.Select(taken => (taken.Id, Problem: problem(taken))).Where(found => found.Problem is not null).Select(found => $"{found.Id} {found.Problem}")]);

    private static (DateOnly First, DateOnly Last) Days(Taken taken, Dictionary<Id, TimeZoneInfo> zones) =>
        (LocalTime.DayOf(taken.Window.Start, zones[taken.Center]), LocalTime.DayOf(taken.Window.End.AddTicks(-1), zones[taken.Center]));

    private static bool IsOfAge(Person volunteer, Taken taken, Dictionary<Id, TimeZoneInfo> zones) =>
        volunteer.BornOn?.AddYears(18) <= Days(taken, zones).First || (taken.MinorsAllowed && volunteer.HasCompanion);

    private static bool WasActive(Person volunteer, DateTimeOffset then) =>
        volunteer.Statuses.LastOrDefault(change => change.At <= then).To is null or nameof(VolunteerStatus.Active);

    private static string? TooFar(Person volunteer, Taken taken)
    {
        var radiusM = Math.Min(volunteer.RadiusM, taken.RoundRadiusM ?? double.PositiveInfinity);
        var nearestM = volunteer.Places.Select(place => Distance.Metres(place, taken.Place)).DefaultIfEmpty(double.PositiveInfinity).Min();
        return nearestM <= radiusM ? null : string.Create(CultureInfo.InvariantCulture, $"is {nearestM:0} m away, radius {radiusM:0} m");
    }

    private static Finding Qualifications(Rows rows, List<Taken> assignments, Dictionary<Id, TimeZoneInfo> zones)
    {
        var needed = rows.List("SELECT order_id, qualification_id FROM order_qualifications", row => (Order: row.Id(0), Qualification: row.Id(1)))
            .ToLookup(line => line.Order, line => line.Qualification);
        var held = rows.List(
                "SELECT volunteer_id, qualification_id, valid_from, valid_to, verified_at FROM volunteer_qualifications",
                row => (Volunteer: row.Id(0), Qualification: row.Id(1), From: row.DayOrNull(2), To: row.DayOrNull(3), VerifiedAt: row.TimeOrNull(4)))
            .ToLookup(line => line.Volunteer);
        var asked = assignments.Where(taken => needed[taken.Order].Any()).ToList();
        return Each("Who took an order has each qualification that it asks for, verified and valid over its window", asked, taken =>
        {
            var (first, last) = Days(taken, zones);
            var lacks = needed[taken.Order].Any(qualification => !held[taken.Volunteer].Any(line =>
                line.Qualification == qualification && line.VerifiedAt is not null && (line.From is null || line.From <= first) && (line.To is null || last <= line.To)));
            return lacks ? "lacks a qualification" : null;
        });
    }

    private static Finding Travel(List<Taken> assignments)
    {
        var breaches = new List<string>();
        foreach (var of in assignments.Where(taken => taken.Holds).GroupBy(taken => taken.Volunteer))
        {
            var inOrder = of.OrderBy(taken => taken.Window.Start).ToList();
            for (var i = 1; i < inOrder.Count; i++)
            {
                var (one, next) = (inOrder[i - 1], inOrder[i]);
                if (Booking.Collide(one.Window, one.Place, next.Window, next.Place))
                {
                    breaches.Add($"{next.Id} {next.Window.Start - one.Window.End} after {one.Id}");
                }
            }
        }

        return new Finding(4, "Who holds two assignments has the time to go from one to the other", assignments.Count, breaches);
    }

    private static Finding WeeklyLimits(List<Taken> assignments, Dictionary<Id, Person> volunteers, Dictionary<Id, TimeZoneInfo> zones)
    {
        var weeks = assignments.Where(taken => taken.Holds)
            .GroupBy(taken => (taken.Volunteer, Monday: Matching.Volunteers.Limits.MondayOf(Days(taken, zones).First)))
            .Select(week => (week.Key.Volunteer, week.Key.Monday, Orders: week.Count()))
            .ToList();
        return new Finding(4, "Nobody holds more orders in a week than she wants", weeks.Count, [.. weeks
            .Where(week => week.Orders > volunteers[week.Volunteer].OrdersAWeek)
            .Select(week => $"{week.Volunteer} {week.Orders} in the week of {week.Monday:yyyy-MM-dd}")]);
    }

    private static List<Taken> Assignments(Rows rows) => rows.List(
        """
        SELECT a.id, a.volunteer_id, a.order_id, a.center_id, a.window_start, a.window_end, a.lat, a.lng, a.accepted_at, a.holds, o.minors_allowed,
            o.insurance_needed, r.radius_m
        FROM assignments a JOIN orders o ON o.id = a.order_id LEFT JOIN offers f ON f.id = a.offer_id LEFT JOIN dispatch_rounds r ON r.id = f.round_id
        """,
        row => new Taken(
            row.Id(0), row.Id(1), row.Id(2), row.Id(3), new Window(row.Time(4), row.Time(5)), new Place(row.Double(6), row.Double(7), 0), row.Time(8), row.Yes(9),
            row.Yes(10), row.Yes(11), row.DoubleOrNull(12)));

    private static Dictionary<Id, Person> Volunteers(Rows rows)
    {
        var slots = rows.List("SELECT volunteer_id, from_minute, to_minute FROM volunteer_slots", row => (Id: row.Id(0), From: row.Int(1), To: row.Int(2)))
            .ToLookup(slot => slot.Id);
        var exceptions = rows.List(
                "SELECT volunteer_id, starts_at, ends_at, free FROM volunteer_exceptions",
                row => (Id: row.Id(0), Window: new Window(row.Time(1), row.Time(2)), Free: row.Yes(3)))
            .ToLookup(exception => exception.Id);
        var places = rows.List("SELECT volunteer_id, lat, lng FROM volunteer_places", row => (Id: row.Id(0), Place: new Place(row.Double(1), row.Double(2), 0)))
            .ToLookup(place => place.Id, place => place.Place);
        var statuses = rows.List(
                "SELECT t.subject_id, t.happened_at, t.to_state FROM transitions t JOIN volunteers v ON v.id = t.subject_id ORDER BY t.id",
                row => (Id: row.Id(0), At: row.Time(1), To: row.Text(2)))
            .ToLookup(change => change.Id, change => (change.At, (string?)change.To));
        return rows.List(
            "SELECT id, born_on, companion_id, insured_until, radius_m, max_orders_a_week FROM volunteers",
            row =>
            {
                var id = row.Id(0);
                return new Person(
                    id, row.DayOrNull(1), !row.Id(2).IsNone, row.DayOrNull(3), row.Int(4), row.Int(5),
                    Availability.Of(
                        slots[id].Select(slot => new WeeklySlot(slot.From, slot.To - slot.From)),
                        exceptions[id].Where(exception => exception.Free).Select(exception => exception.Window),
                        exceptions[id].Where(exception => !exception.Free).Select(exception => exception.Window)).Value,
                    [.. places[id]],
                    [.. statuses[id]]);
            }).ToDictionary(person => person.Id);
    }

    private sealed record Taken(
        Id Id, Id Volunteer, Id Order, Id Center, Window Window, Place Place, DateTimeOffset AcceptedAt, bool Holds, bool MinorsAllowed, bool InsuranceNeeded,
        double? RoundRadiusM);

    private sealed record Person(
        Id Id, DateOnly? BornOn, bool HasCompanion, DateOnly? InsuredUntil, int RadiusM, int OrdersAWeek, Availability Availability,
        IReadOnlyList<Place> Places, IReadOnlyList<(DateTimeOffset At, string? To)> Statuses);
}
