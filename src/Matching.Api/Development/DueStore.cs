using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;

namespace Matching.Api.Development;

/// <summary>When something happens by the field clock next, over all tables that have due-dates on it.</summary>
public sealed class DueStore(Database database, FieldClock field, MachineClock machine)
{
    private static readonly Sql<Nothing, NextRow> Next = new(
        """
        SELECT MIN(d.due_at) AS due_at FROM (
            SELECT MIN(due_at) AS due_at FROM orders WHERE due_at IS NOT NULL
            UNION ALL SELECT MIN(due_at) AS due_at FROM wishes WHERE due_at IS NOT NULL
            UNION ALL SELECT MIN(due_at) AS due_at FROM mode_activations WHERE due_at IS NOT NULL
            UNION ALL SELECT MIN(suspended_until) AS due_at FROM volunteers WHERE suspended_until IS NOT NULL
        ) d
        """);

    private static readonly Sql<HeldQuery, HeldRow> Held = new(
        """
        SELECT COUNT(*) AS held FROM (
            SELECT id FROM orders WHERE due_at <= @Now AND leased_until > @MachineNow
            UNION ALL SELECT id FROM wishes WHERE due_at <= @Now AND swept_until > @MachineNow
            UNION ALL SELECT id FROM mode_activations WHERE due_at <= @Now AND leased_until > @MachineNow
            UNION ALL SELECT id FROM volunteers WHERE suspended_until <= @Now AND leased_until > @MachineNow
        ) d
        """);

    /// <summary>Whether a node has taken something that is due and not done it yet.</summary>
    public async Task<bool> IsHeldAsync() => (await database.FirstAsync(Held, new HeldQuery(field.GetUtcNow(), machine.Now)))!.Held > 0;

    public async Task<DateTimeOffset?> NextAsync() => (await database.FirstAsync(Next, Nothing.It))?.DueAt;

    private sealed record HeldQuery(DateTimeOffset Now, DateTimeOffset MachineNow);

    private sealed record HeldRow
    {
        public int Held { get; init; }
    }

    private sealed record NextRow
    {
        public DateTimeOffset? DueAt { get; init; }
    }
}
