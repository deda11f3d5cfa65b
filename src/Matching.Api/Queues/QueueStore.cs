using Matching.Api.Plumbing.Database;
using Matching.Api.Sites;
using Matching.Orders;
using Matching.Sites;
using Matching.Wishes;

namespace Matching.Api.Queues;

/// <summary>Counts what waits in a subtree. Only unfinished rows are looked at.</summary>
public sealed class QueueStore(Database database, TimeProvider clock)
{
    private static readonly Sql<QueueQuery, OrderCount> Orders = new(
        """
        SELECT state, COUNT(*) AS number,
            COUNT(CASE WHEN owner_site_id = @SiteId THEN 1 END) AS mine,
            COUNT(CASE WHEN state IN ('Ready', 'Dispatching', 'ManualHold') AND window_start <= @Now THEN 1 END) AS overdue,
            COUNT(CASE WHEN state IN ('Ready', 'Dispatching', 'ManualHold') AND window_start > @Now AND window_start <= @Soon AND seats_filled < people_needed
                THEN 1 END) AS at_risk,
            MIN(state_since) AS oldest
        FROM orders
        WHERE center_id = @CenterId AND due_at IS NOT NULL
            AND ((home_path >= @From AND home_path < @To) OR (owner_path >= @From AND owner_path < @To))
        GROUP BY state
        """);

    private static readonly Sql<QueueQuery, WishCount> Wishes = new(
        """
        SELECT state, COUNT(*) AS number, MIN(submitted_at) AS oldest,
            COUNT(CASE WHEN window_start <= @Soon THEN 1 END) AS at_risk
        FROM wishes
        WHERE center_id = @CenterId AND state IN ('Submitted', 'Triaging', 'NeedsInfo') AND path >= @From AND path < @To
        GROUP BY state
        """);

    public Task<List<OrderCount>> OrdersAsync(Site site) => database.ListAsync(Orders, Query(site));

    public Task<List<WishCount>> WishesAsync(Site site) => database.ListAsync(Wishes, Query(site));

    private QueueQuery Query(Site site)
    {
        var reach = Reach.Of(site.Path);
        var now = clock.GetUtcNow();
        return new QueueQuery(site.CenterId, site.Id, reach.From, reach.To, now, now + TimeSpan.FromHours(24));
    }

    private sealed record QueueQuery(Id CenterId, Id SiteId, string From, string To, DateTimeOffset Now, DateTimeOffset Soon);
}

/// <summary>Unfinished orders in one state.</summary>
public sealed record OrderCount
{
    public OrderState State { get; init; }

    public int Number { get; init; }

    public int Mine { get; init; }

    public int Overdue { get; init; }

    public int AtRisk { get; init; }

    public DateTimeOffset? Oldest { get; init; }
}

/// <summary>Wishes in one state that wait for somebody.</summary>
public sealed record WishCount
{
    public WishState State { get; init; }

    public int Number { get; init; }

    public DateTimeOffset? Oldest { get; init; }

    public int AtRisk { get; init; }
}
