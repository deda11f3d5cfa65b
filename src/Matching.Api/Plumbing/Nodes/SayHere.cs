using System.Reflection;
using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Jobs;

namespace Matching.Api.Plumbing.Nodes;

/// <summary>Writes down every quarter of a minute that this process is there and how far it has followed the others. A row of its own: twice or late is no harm.</summary>
public sealed class SayHere(NodeStore nodes, Followers followers, MachineClock clock) : IJob
{
    public static TimeSpan Every => TimeSpan.FromSeconds(15);

    public static bool OnEveryNode => true;

    public async Task<int> RunAsync(CancellationToken ct)
    {
        // Tests and Development run all jobs again and again.
        if (followers.SaidAt is not { } said || clock.Now - said >= Every - TimeSpan.FromSeconds(1))
        {
            followers.SaidAt = clock.Now;
            await nodes.SeenAsync(followers.Place, ct);
        }

        return 0;
    }
}

/// <summary>The parts of this process that follow what all nodes change.</summary>
[Shared]
public sealed class Followers(IServiceProvider services)
{
    private static readonly List<Type> Parts = [.. Assembly.GetExecutingAssembly().GetTypes().Where(type => type.IsClass && type.IsAssignableTo(typeof(IKeepsUp)))];

    internal DateTimeOffset? SaidAt { get; set; }

    /// <summary>How far the slowest of them has read; null while one still loads.</summary>
    public long? Place => All.Select(part => part.Keeps.Place).DefaultIfEmpty(-1).Min() is var place and >= 0 ? place : null;

    /// <summary>By name, how many changes each has not read yet; those that still load are left out.</summary>
    public async Task<IReadOnlyDictionary<string, int>> BehindAsync()
    {
        var behind = new SortedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var (name, part) in All.Where(part => part.Keeps.Place >= 0))
        {
            behind[name] = await part.BehindAsync();
        }

        return behind;
    }

    private IEnumerable<(string Name, IKeepsUp Keeps)> All =>
        from part in Parts
        where services.GetService(part) is IKeepsUp
        select (part.Name, (IKeepsUp)services.GetRequiredService(part));
}
