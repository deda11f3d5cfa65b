using System.Collections.Concurrent;
using System.Diagnostics;
using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;

namespace Matching.Api.Plumbing.Jobs;

/// <summary>Runs a job until nothing is due, and leaves a row that operators can read. Runs that found nothing are counted, not written: they come every second.</summary>
public sealed partial class JobRunner(
    IServiceScopeFactory scopes, IEnumerable<JobKind> kinds, Database.Database database, JobPauseStore pauses, Ids ids, MachineClock clock, ILogger<JobRunner> log)
{
    private static readonly Sql<RunRow> Insert = new(
        """
        INSERT INTO job_runs (id, job, node, started_at, took_ms, rows_done, error)
        VALUES (@Id, @Job, @Node, @StartedAt, @TookMs, @RowsDone, @Error)
        """);

    private readonly ConcurrentDictionary<Type, SemaphoreSlim> _gates = new();
    private readonly ConcurrentDictionary<Type, JobState> _states = new();

    public IReadOnlyList<JobKind> Kinds { get; } = kinds.ToList();

    /// <summary>When each job ran last in this process, and how often it found nothing.</summary>
    public JobState StateOf(JobKind kind) => _states.GetValueOrDefault(kind.Type) ?? new JobState(null, 0, null);

    /// <summary>Runs one job, unless it is paused; one that runs in this process already is waited for, and its next page will find what is due.</summary>
    /// <param name="byHand">Somebody wants it now, paused or not.</param>
    public async Task<int> RunAsync(Type job, CancellationToken ct, bool byHand = false)
    {
        var gate = _gates.GetOrAdd(job, _ => new SemaphoreSlim(1, 1));
        await gate.WaitAsync(ct);
        try
        {
            return await RunOnceAsync(job, byHand, ct);
        }
        finally
        {
            gate.Release();
        }
    }

    /// <summary>Runs all jobs until none of them finds anything due. For Development and tests, where the clock stands still.</summary>
    public async Task<int> RunAllUntilQuietAsync(CancellationToken ct)
    {
        var total = 0;
        int done;
        do
        {
            done = 0;
            foreach (var kind in Kinds)
            {
                done += await RunAsync(kind.Type, ct);
            }

            total += done;
        }
        while (done > 0);

        return total;
    }

    private async Task<int> RunOnceAsync(Type job, bool byHand, CancellationToken ct)
    {
        var started = clock.Now;
        var watch = Stopwatch.GetTimestamp();
        var total = 0;
        string? error = null;
        try
        {
            if (!byHand && await pauses.IsPausedAsync(job.Name))
            {
                return 0;
            }

            int rows;
            do
            {
                await using var scope = scopes.CreateAsyncScope();
                using var activity = Meters.Traces.StartActivity(job.Name);
                rows = await ((IJob)scope.ServiceProvider.GetRequiredService(job)).RunAsync(ct);
                total += rows;
            }
            while (rows > 0 && !ct.IsCancellationRequested);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Shutting down; what is due stays due.
        }
        catch (Exception problem)
        {
            // The next run tries again; operators see the row.
            error = problem.GetType().Name;
            LogFailed(problem, job.Name);
        }

        var state = StateOf(new JobKind(job, TimeSpan.Zero));
        _states[job] = new JobState(started, total == 0 && error is null ? state.IdleRuns + 1 : state.IdleRuns, error);
        if (total > 0 || error is not null)
        {
            Meters.JobRows.Add(total, new KeyValuePair<string, object?>("job", job.Name));
            var row = new RunRow(
                ids.Next(IdKind.JobRun), job.Name, Environment.MachineName, started, (int)Stopwatch.GetElapsedTime(watch).TotalMilliseconds, total, error);
            await database.WriteAsync(tx => tx.ExecuteAsync(Insert, row), CancellationToken.None);
        }

        return total;
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The job {Job} failed.")]
    private partial void LogFailed(Exception problem, string job);

    private sealed record RunRow(Id Id, string Job, string Node, DateTimeOffset StartedAt, int TookMs, int RowsDone, string? Error);
}

/// <summary>What a job did lately in this process.</summary>
public sealed record JobState(DateTimeOffset? LastStartedAt, long IdleRuns, string? LastError);
