using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Jobs;

namespace Matching.Api.Operations;

public sealed record ListJobsRequest;

/// <summary>The jobs of the process that answers.</summary>
public sealed record ListJobsResponse(IReadOnlyList<JobLine> Items);

/// <summary>A job, and what it did lately.</summary>
/// <param name="Job">Its name.</param>
/// <param name="EverySeconds">How often the net is cast; whoever makes work due wakes it at once.</param>
/// <param name="LastStartedAt">By the machine's clock; null when it has not run since the start.</param>
/// <param name="IdleRuns">Runs in a row that found nothing to do.</param>
/// <param name="LastError">The type of what went wrong in the last run; null when nothing did.</param>
/// <param name="PausedAt">Since when it is stopped on all nodes; null while it runs.</param>
public sealed record JobLine(string Job, double EverySeconds, DateTimeOffset? LastStartedAt, long IdleRuns, string? LastError, DateTimeOffset? PausedAt);

/// <summary>Shows every kind of job and what it did lately in the process that answers.</summary>
public sealed class ListJobs(JobRunner jobs, JobPauseStore pauses) : Endpoint<ListJobsRequest, ListJobsResponse>
{
    public override void Configure()
    {
        Get("/operations/jobs");
        Allow(Role.CenterAdmin, Role.PlatformAdmin);
    }

    protected override async Task<Outcome<ListJobsResponse>> RunAsync(ListJobsRequest request, CancellationToken ct)
    {
        var paused = (await pauses.AllAsync()).ToDictionary(pause => pause.Job, pause => pause.PausedAt);
        return new ListJobsResponse([.. jobs.Kinds.OrderBy(kind => kind.Name, StringComparer.Ordinal).Select(kind => Show(kind, paused))]);
    }

    private JobLine Show(JobKind kind, Dictionary<string, DateTimeOffset> paused)
    {
        var state = jobs.StateOf(kind);
        return new JobLine(
            kind.Name, kind.Every.TotalSeconds, state.LastStartedAt, state.IdleRuns, state.LastError, paused.TryGetValue(kind.Name, out var at) ? at : null);
    }
}
