using Matching.Api.Plumbing.Database;
using Matching.Api.Sites;
using Matching.Api.Volunteers;
using Matching.Sites;

namespace Matching.Api.Figures;

/// <summary>Counts what came of a span of time, by the site that it came from.</summary>
public sealed class MonthStore(Database database)
{
    private static readonly Sql<SpanQuery, OrdersAtSite> Orders = new(
        """
        SELECT home_path AS path, COUNT(*) AS made,
            COUNT(CASE WHEN served_at IS NOT NULL THEN 1 END) AS served,
            COUNT(CASE WHEN state = 'Closed' THEN 1 END) AS closed,
            COUNT(CASE WHEN state = 'Unfilled' THEN 1 END) AS unfilled
        FROM orders
        WHERE center_id = @CenterId AND created_at >= @Start AND created_at < @Before AND home_path >= @From AND home_path < @To
        GROUP BY home_path
        """);

    private static readonly Sql<DaysQuery, MinutesAtSite> Minutes = new(
        """
        SELECT path, SUM(minutes) AS minutes
        FROM hours_entries
        WHERE center_id = @CenterId AND service_day >= @FirstDay AND service_day < @DayBefore AND path >= @From AND path < @To
        GROUP BY path
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

    public Task<List<OrdersAtSite>> OrdersAsync(Site site, DateTimeOffset start, DateTimeOffset before)
    {
        var reach = Reach.Of(site.Path);
        return database.ListAsync(Orders, new SpanQuery(site.CenterId, start, before, reach.From, reach.To));
    }

    /// <summary>Verified minutes of the days from the first up to, without, the last.</summary>
    public Task<List<MinutesAtSite>> MinutesAsync(Site site, DateOnly first, DateOnly before)
    {
        var reach = Reach.Of(site.Path);
        return database.ListAsync(Minutes, new DaysQuery(site.CenterId, Days.Write(first), Days.Write(before), reach.From, reach.To));
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

    private sealed record SpanQuery(Id CenterId, DateTimeOffset Start, DateTimeOffset Before, string From, string To);

    private sealed record DaysQuery(Id CenterId, string FirstDay, string DayBefore, string From, string To);

    private sealed record AwakeQuery(Id CenterId, DateTimeOffset Since, string From, string To);

    private sealed record SampleQuery(Id CenterId, DateTimeOffset Start, DateTimeOffset Before, string From, string To, int Take);
}

/// <summary>Orders that were made in a span, by how far they came.</summary>
public sealed record OrdersAtSite
{
    public string Path { get; init; } = "";

    public int Made { get; init; }

    public int Served { get; init; }

    public int Closed { get; init; }

    public int Unfilled { get; init; }
}

/// <summary>Verified minutes of a site.</summary>
public sealed record MinutesAtSite
{
    public string Path { get; init; } = "";

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
