using System.Reflection;
using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Jobs;
using Matching.Api.Plumbing.Nodes;

namespace Matching.Api.Plumbing.Health;

/// <summary>Whether this process should be given requests, and whether it does its part: each reason why not, by name.</summary>
public sealed class Readiness(
    DatabaseEngine engine, Migrations migrations, JobRunner jobs, JobSettings settings, NodeSettings node, IHostApplicationLifetime lifetime, MachineClock clock,
    IServiceProvider services)
{
    // A sweep that is late by more than this is stuck.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static readonly List<Type> Parts = [.. Assembly.GetExecutingAssembly().GetTypes().Where(type => type.IsClass && type.IsAssignableTo(typeof(IGetsReady)))];

    private readonly DateTimeOffset _startedAt = clock.Now;

    /// <summary>What a load balancer asks. A node that only runs jobs is never ready for requests.</summary>
    public async Task<IReadOnlyDictionary<string, string>> RequestChecksAsync(CancellationToken ct) => new SortedDictionary<string, string>(
        (await ChecksAsync(ct)).ToDictionary(), StringComparer.Ordinal)
    {
        ["requests"] = node.TakesRequests ? "ok" : "this node only runs jobs",
    };

    /// <summary>What whoever runs the node asks: does it do its part, whatever that is.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ChecksAsync(CancellationToken ct)
    {
        var checks = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["database"] = await DatabaseAsync(ct),
            ["jobs"] = Jobs(),
            ["running"] = lifetime.ApplicationStopping.IsCancellationRequested ? "stopping" : "ok",
        };
        // Jobs load them; a process that runs none loads what it is asked for.
        foreach (var part in settings.Run ? Parts : [])
        {
            if (services.GetService(part) is IGetsReady getsReady)
            {
                checks[part.Name] = getsReady.IsReady ? "ok" : getsReady.Progress;
            }
        }

        return checks;
    }

    private async Task<string> DatabaseAsync(CancellationToken ct)
    {
        try
        {
            return await migrations.AreAppliedAsync(engine, ct) ? "ok" : "not migrated";
        }
        catch (Exception problem) when (problem is not OperationCanceledException)
        {
            return "does not answer";
        }
    }

    private string Jobs()
    {
        var late = jobs.Kinds.Where(settings.Runs).FirstOrDefault(kind => clock.Now - (jobs.StateOf(kind).LastStartedAt ?? _startedAt) > kind.Every + Patience);
        return late is null ? "ok" : $"{late.Name} is late";
    }
}
