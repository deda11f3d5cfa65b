using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;

namespace Matching.Api.Plumbing.Jobs;

/// <summary>
/// Jobs that somebody has stopped for a while, on all nodes. Asked before each run, so what was read is remembered for a second: another node's word is heard in time.
/// </summary>
public sealed class JobPauseStore(Database.Database database, MachineClock clock)
{
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(1);

    private static readonly Sql<Nothing, JobPause> List = new("SELECT job, paused_at, paused_by FROM job_pauses ORDER BY job");

    private static readonly Sql<JobPause> Insert = new(
        """
        INSERT INTO job_pauses (job, paused_at, paused_by)
        SELECT @Job, @PausedAt, @PausedBy WHERE NOT EXISTS (SELECT 1 FROM job_pauses WHERE job = @Job)
        """);

    private static readonly Sql<ByJob> Delete = new("DELETE FROM job_pauses WHERE job = @Job");

    private IReadOnlyList<JobPause> _remembered = [];
    private long? _readAt;

    public async Task<bool> IsPausedAsync(string job) => (await AllAsync()).Any(pause => pause.Job == job);

    public async Task<IReadOnlyList<JobPause>> AllAsync()
    {
        if (_readAt is not { } at || clock.Source.GetElapsedTime(at) >= Memory)
        {
            _remembered = await database.ListAsync(List, Nothing.It);
            _readAt = clock.Source.GetTimestamp();
        }

        return _remembered;
    }

    /// <summary>Stops a job; one that is stopped stays as it is.</summary>
    public async Task PauseAsync(Transaction tx, string job, Id accountId)
    {
        await tx.ExecuteAsync(Insert, new JobPause { Job = job, PausedAt = clock.Now, PausedBy = accountId });
        tx.AfterCommit(Forget);
    }

    /// <summary>Lets a job go on; one that was not stopped goes on too.</summary>
    public async Task ResumeAsync(Transaction tx, string job)
    {
        await tx.ExecuteAsync(Delete, new ByJob(job));
        tx.AfterCommit(Forget);
    }

    private void Forget() => _readAt = null;

    private sealed record ByJob(string Job);
}

/// <summary>A job that is stopped: since when, and by whom.</summary>
public sealed record JobPause
{
    public string Job { get; init; } = "";

    public DateTimeOffset PausedAt { get; init; }

    public Id PausedBy { get; init; }
}
