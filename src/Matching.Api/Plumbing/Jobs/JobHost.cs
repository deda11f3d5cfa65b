using Matching.Api.Plumbing.Nodes;

namespace Matching.Api.Plumbing.Jobs;

/// <summary>Which jobs this process runs.</summary>
public sealed record JobSettings
{
    /// <summary>False in tests, which run them when they want.</summary>
    public bool Run { get; init; } = true;

    /// <summary>From <c>Nodes:Role</c>.</summary>
    public NodeRole Role { get; init; }

    public bool Runs(JobKind kind) => Run && (Role != NodeRole.Api || kind.OnEveryNode);
}

/// <summary>Registers jobs; the other half of this class casts the net with whatever the package set brings.</summary>
public static partial class JobHost
{
    public static void AddJob<TJob>(this IServiceCollection services)
        where TJob : class, IJob
    {
        services.AddScoped<TJob>();
        services.AddSingleton(JobKind.Of<TJob>());
    }
}
