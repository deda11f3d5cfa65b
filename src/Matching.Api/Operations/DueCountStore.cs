using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;

namespace Matching.Api.Operations;

/// <summary>How many rows of each kind are due and not done yet, and how old the oldest is.</summary>
public sealed class DueCountStore(Database database, FieldClock field, MachineClock machine)
{
    private static readonly Sql<NowQuery, DueCount> Orders = new("SELECT COUNT(*) AS waiting, MIN(due_at) AS oldest FROM orders WHERE due_at <= @Now");

    private static readonly Sql<NowQuery, DueCount> Wishes = new("SELECT COUNT(*) AS waiting, MIN(due_at) AS oldest FROM wishes WHERE due_at <= @Now");

    private static readonly Sql<NowQuery, DueCount> Emergencies = new("SELECT COUNT(*) AS waiting, MIN(due_at) AS oldest FROM mode_activations WHERE due_at <= @Now");

    private static readonly Sql<NowQuery, DueCount> Suspensions = new(
        "SELECT COUNT(*) AS waiting, MIN(suspended_until) AS oldest FROM volunteers WHERE suspended_until <= @Now");

    private static readonly Sql<NowQuery, DueCount> Outbox = new("SELECT COUNT(*) AS waiting, MIN(due_at) AS oldest FROM outbox WHERE due_at <= @Now");

    // One line a webhook, as their index has them.
    private static readonly Sql<NowQuery, DueCount> Deliveries = new(
        """
        SELECT (SELECT COUNT(*) FROM deliveries d WHERE d.webhook_id = h.id AND d.due_at <= @Now) AS waiting,
            (SELECT MIN(d.due_at) FROM deliveries d WHERE d.webhook_id = h.id AND d.due_at <= @Now) AS oldest
        FROM webhooks h
        """);

    /// <summary>Each kind with the clock that its due-dates are of.</summary>
    public async Task<IReadOnlyList<(DueKind Kind, int Waiting, TimeSpan Oldest)>> ReadAsync()
    {
        var counts = new List<(DueKind, int, TimeSpan)>();
        foreach (var (kind, statement, now) in new[]
        {
            (DueKind.Orders, Orders, field.GetUtcNow()), (DueKind.Wishes, Wishes, field.GetUtcNow()), (DueKind.Emergencies, Emergencies, field.GetUtcNow()),
            (DueKind.Suspensions, Suspensions, field.GetUtcNow()), (DueKind.Outbox, Outbox, machine.Now), (DueKind.Deliveries, Deliveries, machine.Now),
        })
        {
            var lines = await database.ListAsync(statement, new NowQuery(now));
            counts.Add((kind, lines.Sum(line => line.Waiting), lines.Min(line => line.Oldest) is { } oldest ? now - oldest : TimeSpan.Zero));
        }

        return counts;
    }

    private sealed record NowQuery(DateTimeOffset Now);

    private sealed record DueCount
    {
        public int Waiting { get; init; }

        public DateTimeOffset? Oldest { get; init; }
    }
}

/// <summary>What can be due.</summary>
public enum DueKind
{
    /// <summary>订单</summary>
    Orders,

    /// <summary>心愿</summary>
    Wishes,

    /// <summary>应急状态的结束</summary>
    Emergencies,

    /// <summary>志愿者暂停期满</summary>
    Suspensions,

    /// <summary>待发消息</summary>
    Outbox,

    /// <summary>待推送的回调</summary>
    Deliveries,
}
