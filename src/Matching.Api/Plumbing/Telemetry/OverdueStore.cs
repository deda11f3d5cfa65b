using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;

namespace Matching.Api.Plumbing.Telemetry;

/// <summary>How far behind the clock the work is: the oldest row of each kind that is due, and what the outbox holds.</summary>
public sealed class OverdueStore(Database.Database database, FieldClock field, MachineClock machine)
{
    private static readonly Sql<Nothing, OldestRow> Orders = new("SELECT MIN(due_at) AS oldest FROM orders WHERE due_at IS NOT NULL");

    private static readonly Sql<Nothing, OldestRow> Wishes = new("SELECT MIN(due_at) AS oldest FROM wishes WHERE due_at IS NOT NULL");

    private static readonly Sql<Nothing, OldestRow> Outbox = new("SELECT MIN(due_at) AS oldest FROM outbox WHERE due_at IS NOT NULL");

    private static readonly Sql<Nothing, WaitingRow> Waiting = new(
        "SELECT COUNT(*) AS waiting, MIN(created_at) AS oldest FROM outbox WHERE due_at IS NOT NULL");

    public async Task<Overdue> ReadAsync()
    {
        var (now, machineNow) = (field.GetUtcNow(), machine.Now);
        var orders = await database.FirstAsync(Orders, Nothing.It);
        var wishes = await database.FirstAsync(Wishes, Nothing.It);
        var outbox = await database.FirstAsync(Outbox, Nothing.It);
        var waiting = await database.FirstAsync(Waiting, Nothing.It);
        return new Overdue(
            Age(orders?.Oldest, now), Age(wishes?.Oldest, now), Age(outbox?.Oldest, machineNow), waiting?.Waiting ?? 0, Age(waiting?.Oldest, machineNow));
    }

    private static TimeSpan Age(DateTimeOffset? oldest, DateTimeOffset now) => oldest is { } at && at < now ? now - at : TimeSpan.Zero;

    private sealed record OldestRow
    {
        public DateTimeOffset? Oldest { get; init; }
    }

    private sealed record WaitingRow
    {
        public int Waiting { get; init; }

        public DateTimeOffset? Oldest { get; init; }
    }
}

/// <summary>How far behind the clock the work is.</summary>
/// <param name="Orders">Age of the oldest due order.</param>
/// <param name="Wishes">Age of the oldest due wish.</param>
/// <param name="Outbox">Age of the oldest due message.</param>
/// <param name="OutboxWaiting">Messages that are not delivered.</param>
/// <param name="OutboxLag">How long ago the oldest undelivered message was written.</param>
public sealed record Overdue(TimeSpan Orders, TimeSpan Wishes, TimeSpan Outbox, int OutboxWaiting, TimeSpan OutboxLag);
