using Matching.Api.Plumbing.Database;
using Matching.Orders;
using Matching.Wishes;

namespace Matching.Api.Wishes;

/// <summary>A wish's orders as those see them who asked: read only.</summary>
public sealed class WishOrderStore(Database database)
{
    private static readonly Sql<ById, OrderOfWishRow> Of = new(
        """
        SELECT o.id, o.state, o.window_start, o.window_end, o.urgency, o.people_wanted, o.seats_filled
        FROM wish_orders l INNER JOIN orders o ON o.id = l.order_id
        WHERE l.wish_id = @Id
        ORDER BY l.order_id
        """);

    // From acceptance until the service is confirmed.
    private static readonly Sql<ById, ComingRow> Coming = new(
        """
        SELECT a.order_id, v.id AS volunteer_id, v.name, v.phone_sealed
        FROM wish_orders l
            INNER JOIN orders o ON o.id = l.order_id
            INNER JOIN assignments a ON a.order_id = o.id
            INNER JOIN volunteers v ON v.id = a.volunteer_id
        WHERE l.wish_id = @Id AND a.holds = 1 AND o.state IN ('Dispatching', 'Accepted', 'InService', 'AwaitingConfirmation')
        ORDER BY a.order_id, a.id
        """);

    public Task<List<OrderOfWishRow>> OfAsync(Id wishId) => database.ListAsync(Of, new ById(wishId));

    /// <summary>Who has said yes to a wish's orders that are not over.</summary>
    public Task<List<ComingRow>> ComingAsync(Id wishId) => database.ListAsync(Coming, new ById(wishId));
}

public sealed record OrderOfWishRow
{
    public Id Id { get; init; }

    public OrderState State { get; init; }

    public DateTimeOffset WindowStart { get; init; }

    public DateTimeOffset WindowEnd { get; init; }

    public Urgency Urgency { get; init; }

    public int PeopleWanted { get; init; }

    public int SeatsFilled { get; init; }
}

public sealed record ComingRow
{
    public Id OrderId { get; init; }

    public Id VolunteerId { get; init; }

    public string Name { get; init; } = "";

    public string? PhoneSealed { get; init; }
}
