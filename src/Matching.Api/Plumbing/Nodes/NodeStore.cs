using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;

namespace Matching.Api.Plumbing.Nodes;

/// <summary>Which processes are on this database: one row a start, renewed while it runs. Only for people to look at; nothing is decided by it.</summary>
public sealed class NodeStore(Database.Database database, NodeSettings settings, ThisNode node, MachineClock clock)
{
    private static readonly Sql<NodeRow> Insert = new(
        """
        INSERT INTO nodes (id, name, process_id, role, build, started_at, seen_at, index_place)
        VALUES (@Id, @Name, @ProcessId, @Role, @Build, @StartedAt, @SeenAt, @IndexPlace)
        """);

    private static readonly Sql<SeenRow> Renew = new("UPDATE nodes SET seen_at = @SeenAt, index_place = @IndexPlace WHERE id = @Id");

    private static readonly Sql<SinceQuery, NodeSeen> ListSeen = new(
        """
        SELECT id, name, process_id, role, build, started_at, seen_at, index_place
        FROM nodes WHERE seen_at >= @Since ORDER BY seen_at, id
        """);

    private readonly DateTimeOffset _startedAt = clock.Now;

    public Task SeenAsync(long? indexPlace, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            var now = clock.Now;
            if (await tx.ExecuteAsync(Renew, new SeenRow(node.Id, now, indexPlace)) == 0)
            {
                var name = Environment.MachineName;
                await tx.ExecuteAsync(Insert, new NodeRow(
                    node.Id, name[..Math.Min(name.Length, 100)], Environment.ProcessId, settings.Role.ToString(), Health.Build.Version, _startedAt, now, indexPlace));
            }
        },
        ct);

    /// <summary>The processes that were there since an instant.</summary>
    public Task<List<NodeSeen>> SeenSinceAsync(DateTimeOffset since) => database.ListAsync(ListSeen, new SinceQuery(since));

    private sealed record SinceQuery(DateTimeOffset Since);

    private sealed record SeenRow(Id Id, DateTimeOffset SeenAt, long? IndexPlace);

    private sealed record NodeRow(
        Id Id, string Name, int ProcessId, string Role, string Build, DateTimeOffset StartedAt, DateTimeOffset SeenAt, long? IndexPlace);
}

/// <summary>This process among those on the database: another one each time it starts.</summary>
[Shared]
public sealed class ThisNode(Ids ids)
{
    public Id Id { get; } = ids.Next(IdKind.Node);
}

/// <summary>A process as it last said that it is there.</summary>
public sealed record NodeSeen
{
    public Id Id { get; init; }

    /// <summary>The machine.</summary>
    public string Name { get; init; } = "";

    public int ProcessId { get; init; }

    public string Role { get; init; } = "";

    public string Build { get; init; } = "";

    public DateTimeOffset StartedAt { get; init; }

    public DateTimeOffset SeenAt { get; init; }

    /// <summary>The place in the feed of changes that its index has read up to; null while it loads.</summary>
    public long? IndexPlace { get; init; }
}
