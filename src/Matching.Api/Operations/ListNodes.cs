using Matching.Accounts;
using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Nodes;

namespace Matching.Api.Operations;

public sealed record ListNodesRequest;

/// <summary>The processes on this database that said within the last hour that they are there.</summary>
/// <param name="Behind">Of the process that answers: how many changes each of its followers has not read yet, by name.</param>
public sealed record ListNodesResponse(IReadOnlyList<NodeLine> Items, IReadOnlyDictionary<string, int> Behind);

/// <summary>A process.</summary>
/// <param name="Alive">It said so within the last minute.</param>
/// <param name="IndexLag">How far its index is behind the foremost, in places of the feed of changes; null while it loads.</param>
public sealed record NodeLine(
    string Name, int ProcessId, string Role, string Build, DateTimeOffset StartedAt, DateTimeOffset SeenAt, bool Alive, long? IndexLag);

/// <summary>Shows which processes run on this database, and how far each has followed the changes of the others.</summary>
public sealed class ListNodes(NodeStore nodes, Followers followers, MachineClock clock) : Endpoint<ListNodesRequest, ListNodesResponse>
{
    public override void Configure()
    {
        Get("/operations/nodes");
        Allow(Role.CenterAdmin, Role.PlatformAdmin);
    }

    protected override async Task<Outcome<ListNodesResponse>> RunAsync(ListNodesRequest request, CancellationToken ct)
    {
        var seen = await nodes.SeenSinceAsync(clock.Now.AddHours(-1));
        var foremost = seen.Max(node => node.IndexPlace);
        return new ListNodesResponse(
            [.. seen.OrderByDescending(node => node.StartedAt).Select(node => new NodeLine(
                node.Name, node.ProcessId, node.Role, node.Build, node.StartedAt, node.SeenAt, clock.Now - node.SeenAt < TimeSpan.FromMinutes(1), foremost - node.IndexPlace))],
            await followers.BehindAsync());
    }
}
