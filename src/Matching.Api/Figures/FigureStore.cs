using Matching.Api.Plumbing.Database;
using Matching.Api.Sites;
using Matching.Sites;

namespace Matching.Api.Figures;

/// <summary>Counts what came of wishes and orders in a subtree.</summary>
public sealed class FigureStore(Database database)
{
    private static readonly Sql<SinceQuery, WishFigures> Wishes = new(
        """
        SELECT COUNT(*) AS submitted,
            COUNT(CASE WHEN state IN ('Ordered', 'Fulfilled', 'Unfulfilled') THEN 1 END) AS ordered,
            COUNT(CASE WHEN state = 'Fulfilled' THEN 1 END) AS fulfilled,
            COUNT(CASE WHEN state IN ('Fulfilled', 'Unfulfilled') THEN 1 END) AS finished
        FROM wishes
        WHERE center_id = @CenterId AND submitted_at >= @Since AND path >= @From AND path < @To
        """);

    private static readonly Sql<SinceQuery, OrderFigures> Orders = new(
        """
        SELECT COUNT(*) AS made,
            COUNT(CASE WHEN EXISTS (SELECT 1 FROM dispatch_rounds r WHERE r.order_id = o.id) THEN 1 END) AS offered,
            COUNT(CASE WHEN seats_filled > 0 OR served_at IS NOT NULL THEN 1 END) AS accepted,
            COUNT(CASE WHEN served_at IS NOT NULL THEN 1 END) AS served,
            COUNT(CASE WHEN state = 'Closed' THEN 1 END) AS closed
        FROM orders o
        WHERE center_id = @CenterId AND created_at >= @Since AND home_path >= @From AND home_path < @To
        """);

    public async Task<WishFigures> WishesAsync(Site site, DateTimeOffset since) => (await database.FirstAsync(Wishes, Query(site, since)))!;

    public async Task<OrderFigures> OrdersAsync(Site site, DateTimeOffset since) => (await database.FirstAsync(Orders, Query(site, since)))!;

    private static SinceQuery Query(Site site, DateTimeOffset since)
    {
        var reach = Reach.Of(site.Path);
        return new SinceQuery(site.CenterId, since, reach.From, reach.To);
    }

    private sealed record SinceQuery(Id CenterId, DateTimeOffset Since, string From, string To);
}

/// <summary>Wishes that were made since an instant, by how far they came.</summary>
public sealed record WishFigures
{
    public int Submitted { get; init; }

    public int Ordered { get; init; }

    public int Fulfilled { get; init; }

    /// <summary>Fulfilled or unfulfilled.</summary>
    public int Finished { get; init; }
}

/// <summary>Orders that were made since an instant, by how far they came.</summary>
public sealed record OrderFigures
{
    public int Made { get; init; }

    public int Offered { get; init; }

    public int Accepted { get; init; }

    public int Served { get; init; }

    public int Closed { get; init; }
}
