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
