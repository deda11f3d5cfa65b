using Matching.Api.Plumbing.Database;
using Matching.Api.Sites;
using Matching.Api.Volunteers;
using Matching.Sites;

namespace Matching.Api.Figures;

/// <summary>Counts what came of a span of time, by the site that it came from.</summary>
public sealed class MonthStore(Database database)
{
    /// <summary>So many months can be counted at once.</summary>
    public const int MostMonths = 12;

    // All months in one pass over the rows, whose number grows with the years: each falls into the first month that ends after it.
    private static readonly Sql<MonthsQuery, OrdersAtSite> Orders = new(
        """
        SELECT path, month, COUNT(*) AS made,
            COUNT(CASE WHEN served_at IS NOT NULL THEN 1 END) AS served,
            COUNT(CASE WHEN state = 'Closed' THEN 1 END) AS closed,
            COUNT(CASE WHEN state = 'Unfilled' THEN 1 END) AS unfilled
        FROM (
            SELECT home_path AS path, served_at, state, CASE
                WHEN created_at < @Month1 THEN 0 WHEN created_at < @Month2 THEN 1 WHEN created_at < @Month3 THEN 2 WHEN created_at < @Month4 THEN 3
                WHEN created_at < @Month5 THEN 4 WHEN created_at < @Month6 THEN 5 WHEN created_at < @Month7 THEN 6 WHEN created_at < @Month8 THEN 7
                WHEN created_at < @Month9 THEN 8 WHEN created_at < @Month10 THEN 9 WHEN created_at < @Month11 THEN 10
                ELSE 11 END AS month
            FROM orders
            WHERE center_id = @CenterId AND created_at >= @Start AND created_at < @Before AND home_path >= @From AND home_path < @To
        ) made_then
        GROUP BY path, month
        """);

    private static readonly Sql<DaysQuery, MinutesAtSite> Minutes = new(
        """
        SELECT path, month, SUM(minutes) AS minutes
        FROM (
            SELECT path, minutes, CASE
                WHEN service_day < @Month1 THEN 0 WHEN service_day < @Month2 THEN 1 WHEN service_day < @Month3 THEN 2 WHEN service_day < @Month4 THEN 3
                WHEN service_day < @Month5 THEN 4 WHEN service_day < @Month6 THEN 5 WHEN service_day < @Month7 THEN 6 WHEN service_day < @Month8 THEN 7
                WHEN service_day < @Month9 THEN 8 WHEN service_day < @Month10 THEN 9 WHEN service_day < @Month11 THEN 10
                ELSE 11 END AS month
            FROM hours_entries
            WHERE center_id = @CenterId AND service_day >= @FirstDay AND service_day < @DayBefore AND path >= @From AND path < @To
        ) served_then
        GROUP BY path, month
        """);

    private static readonly Sql<AwakeQuery, AwakeAtSite> Volunteers = new(
        """
        SELECT path, COUNT(*) AS registered, COUNT(CASE WHEN last_served_at >= @Since THEN 1 END) AS awake
        FROM volunteers
        WHERE center_id = @CenterId AND status = 'Active' AND path >= @From AND path < @To
        GROUP BY path
        """);

    private static readonly Sql<SampleQuery, Waits> Sample = new(
        """
        SELECT o.id, o.created_at,
            (SELECT MIN(f.sent_at) FROM offers f WHERE f.order_id = o.id) AS offered_at,
            (SELECT MIN(a.accepted_at) FROM assignments a WHERE a.order_id = o.id) AS accepted_at
        FROM orders o
        WHERE o.center_id = @CenterId AND o.created_at >= @Start AND o.created_at < @Before AND o.home_path >= @From AND o.home_path < @To
        ORDER BY o.id DESC
        {page}
        """);

    /// <summary>Orders that were made in each of the months between these instants, by the site that they came from.</summary>
    public Task<List<OrdersAtSite>> OrdersAsync(Site site, IReadOnlyList<DateTimeOffset> ends)
    {
        var reach = Reach.Of(site.Path);
        return database.ListAsync(Orders, new MonthsQuery(
            site.CenterId, ends[0], ends[^1], reach.From, reach.To,
            End(ends, 1), End(ends, 2), End(ends, 3), End(ends, 4), End(ends, 5), End(ends, 6), End(ends, 7), End(ends, 8), End(ends, 9), End(ends, 10), End(ends, 11)));
    }

    /// <summary>Verified minutes of each of the months between these days.</summary>
    public Task<List<MinutesAtSite>> MinutesAsync(Site site, IReadOnlyList<DateOnly> ends)
    {
        var reach = Reach.Of(site.Path);
        List<string> days = [.. ends.Select(Days.Write)];
        return database.ListAsync(Minutes, new DaysQuery(
            site.CenterId, days[0], days[^1], reach.From, reach.To,
            End(days, 1), End(days, 2), End(days, 3), End(days, 4), End(days, 5), End(days, 6), End(days, 7), End(days, 8), End(days, 9), End(days, 10), End(days, 11)));
    }

    /// <summary>Active volunteers, and those among them who have served since.</summary>
    public Task<List<AwakeAtSite>> VolunteersAsync(Site site, DateTimeOffset since)
    {
        var reach = Reach.Of(site.Path);
        return database.ListAsync(Volunteers, new AwakeQuery(site.CenterId, since, reach.From, reach.To));
    }

    /// <summary>When the newest so many orders of a span were made, first offered and first accepted.</summary>
    public Task<List<Waits>> WaitsAsync(Site site, DateTimeOffset start, DateTimeOffset before, int take)
    {
        var reach = Reach.Of(site.Path);
        return database.ListAsync(Sample, new SampleQuery(site.CenterId, start, before, reach.From, reach.To, take));
    }

    // Where there are fewer months, the last one's end stands for those that are missing.
    private static T End<T>(IReadOnlyList<T> ends, int month) => ends[Math.Min(month, ends.Count - 1)];

    private sealed record MonthsQuery(
        Id CenterId, DateTimeOffset Start, DateTimeOffset Before, string From, string To, DateTimeOffset Month1, DateTimeOffset Month2, DateTimeOffset Month3, DateTimeOffset Month4,
        DateTimeOffset Month5, DateTimeOffset Month6, DateTimeOffset Month7, DateTimeOffset Month8, DateTimeOffset Month9, DateTimeOffset Month10, DateTimeOffset Month11);

    private sealed record DaysQuery(
        Id CenterId, string FirstDay, string DayBefore, string From, string To, string Month1, string Month2, string Month3, string Month4, string Month5, string Month6, string Month7,
        string Month8, string Month9, string Month10, string Month11);

    private sealed record AwakeQuery(Id CenterId, DateTimeOffset Since, string From, string To);

    private sealed record SampleQuery(Id CenterId, DateTimeOffset Start, DateTimeOffset Before, string From, string To, int Take);
}

/// <summary>Orders that were made in a month, by how far they came.</summary>
public sealed record OrdersAtSite
{
    public string Path { get; init; } = "";

    /// <summary>From 0 on.</summary>
    public int Month { get; init; }

    public int Made { get; init; }

    public int Served { get; init; }

    public int Closed { get; init; }

    public int Unfilled { get; init; }
}

/// <summary>Verified minutes of a site in a month.</summary>
public sealed record MinutesAtSite
{
    public string Path { get; init; } = "";

    /// <summary>From 0 on.</summary>
    public int Month { get; init; }

    public long? Minutes { get; init; }
}

/// <summary>Volunteers of a site, and those who have served of late.</summary>
public sealed record AwakeAtSite
{
    public string Path { get; init; } = "";

    public int Registered { get; init; }

    public int Awake { get; init; }
}

/// <summary>When an order was made, first offered and first accepted.</summary>
public sealed record Waits
{
    public Id Id { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? OfferedAt { get; init; }

    public DateTimeOffset? AcceptedAt { get; init; }
}
