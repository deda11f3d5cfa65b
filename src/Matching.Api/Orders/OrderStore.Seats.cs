using Matching.Api.Plumbing.Database;

namespace Matching.Api.Orders;

/// <summary>The part that knows the seats: a seat is taken by setting its assignment where there is none, and the row count settles who was first.</summary>
public sealed partial class OrderStore
{
    private static readonly Sql<SeatRow> InsertSeat = new("INSERT INTO seats (order_id, number) VALUES (@OrderId, @Number)");

    private static readonly Sql<SeatRow> DeleteOpenSeat = new(
        "DELETE FROM seats WHERE order_id = @OrderId AND number = @Number AND assignment_id IS NULL");

    private static readonly Sql<ById, SeatNumber> OpenSeats = new(
        "SELECT number FROM seats WHERE order_id = @Id AND assignment_id IS NULL ORDER BY number");

    private static readonly Sql<ById, SeatNumber> AllSeats = new("SELECT number FROM seats WHERE order_id = @Id ORDER BY number");

    private static readonly Sql<TakeSeatRow> TakeSeat = new(
        "UPDATE seats SET assignment_id = @AssignmentId WHERE order_id = @OrderId AND number = @Number AND assignment_id IS NULL");

    private static readonly Sql<FreeSeatRow> FreeSeat = new(
        "UPDATE seats SET assignment_id = NULL WHERE order_id = @OrderId AND assignment_id = @AssignmentId");

    private static readonly Sql<PeopleRow> SetPeople = new("UPDATE orders SET people_wanted = @Wanted, people_needed = @Needed WHERE id = @Id");

    /// <summary>Takes the first open seat for an assignment; null when none is open any more.</summary>
    public async Task<int?> TakeSeatAsync(Transaction tx, Id orderId, Id assignmentId)
    {
        foreach (var seat in await tx.ListAsync(OpenSeats, new ById(orderId)))
        {
            if (await tx.ExecuteAsync(TakeSeat, new TakeSeatRow(orderId, seat.Number, assignmentId)) == 1)
            {
                return seat.Number;
            }
        }

        return null;
    }

    public Task FreeSeatAsync(Transaction tx, Id orderId, Id assignmentId) => tx.ExecuteAsync(FreeSeat, new FreeSeatRow(orderId, assignmentId));

    public async Task<int> OpenSeatCountAsync(IRows rows, Id orderId) => (await rows.ListAsync(OpenSeats, new ById(orderId))).Count;

    /// <summary>More seats or fewer; never fewer than are filled, which the caller has checked.</summary>
    public async Task SetPeopleAsync(Transaction tx, OrderRow order, int wanted, int needed)
    {
        var seats = await tx.ListAsync(AllSeats, new ById(order.Id));
        for (var number = (seats.Count == 0 ? 0 : seats[^1].Number) + 1; seats.Count < wanted; number++)
        {
            await tx.ExecuteAsync(InsertSeat, new SeatRow(order.Id, number));
            seats.Add(new SeatNumber { Number = number });
        }

        for (var i = seats.Count - 1; i >= 0 && seats.Count > wanted; i--)
        {
            if (await tx.ExecuteAsync(DeleteOpenSeat, new SeatRow(order.Id, seats[i].Number)) == 1)
            {
                seats.RemoveAt(i);
            }
        }

        await tx.ExecuteAsync(SetPeople, new PeopleRow(order.Id, wanted, needed));
    }

    private sealed record SeatRow(Id OrderId, int Number);

    private sealed record SeatNumber
    {
        public int Number { get; init; }
    }

    private sealed record TakeSeatRow(Id OrderId, int Number, Id AssignmentId);

    private sealed record FreeSeatRow(Id OrderId, Id AssignmentId);

    private sealed record PeopleRow(Id Id, int Wanted, int Needed);
}
