namespace Matching.Api.Plumbing.Jobs;

/// <summary>Whether this process runs jobs; tests and pure API nodes say no.</summary>
public sealed record JobSettings
{
    public bool Run { get; init; } = true;
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
