using Matching.Api.Plumbing.Database;

namespace Matching.Api.Development;

/// <summary>When something happens by the field clock next, over all tables that have due-dates on it.</summary>
public sealed class DueStore(Database database)
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

    public async Task<DateTimeOffset?> NextAsync() => (await database.FirstAsync(Next, Nothing.It))?.DueAt;

    private sealed record NextRow
    {
        public DateTimeOffset? DueAt { get; init; }
    }
}
