namespace Matching.Api.Plumbing.Nodes;

/// <summary>What a process does for the others on the same database. Settings under <c>Nodes:</c>.</summary>
public sealed record NodeSettings
{
    /// <summary>api, jobs or both.</summary>
    public NodeRole Role { get; init; } = NodeRole.Both;

    /// <summary>How long it goes on as before once it was told to stop, so that the load balancer hears of it first.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.Zero;

    public bool TakesRequests => Role != NodeRole.Jobs;
}

/// <summary>Takes requests, runs jobs, or both.</summary>
public enum NodeRole
{
    Both,
    Api,
    Jobs,
}
