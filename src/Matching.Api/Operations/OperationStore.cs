using Matching.Api.Plumbing.Database;

namespace Matching.Api.Operations;

/// <summary>What the jobs did.</summary>
public sealed class OperationStore(Database database)
{
    private static readonly Sql<RunQuery, JobRun> Runs = new(
        """
        SELECT id, job, node, started_at, took_ms, rows_done, error
        FROM job_runs
        WHERE id < @Before
        ORDER BY id DESC
        {page}
        """);

    private static readonly Sql<RunQuery, JobRun> RunsOf = new(
        """
        SELECT id, job, node, started_at, took_ms, rows_done, error
        FROM job_runs
        WHERE job = @Job AND id < @Before
        ORDER BY id DESC
        {page}
        """);

    // Greater than every id that is ever made.
    private static readonly Id Last = Id.From(UInt128.MaxValue);

    /// <summary>Runs that did something or failed, newest first; of one job, or of all.</summary>
    public Task<List<JobRun>> RunsAsync(string? job, Id? before, int take) =>
        database.ListAsync(job is null ? Runs : RunsOf, new RunQuery(job, before ?? Last, take));

    private sealed record RunQuery(string? Job, Id Before, int Take);
}

/// <summary>One run of a job that did something or failed.</summary>
public sealed record JobRun
{
    public Id Id { get; init; }

    public string Job { get; init; } = "";

    /// <summary>The machine that it ran on.</summary>
    public string Node { get; init; } = "";

    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Milliseconds.</summary>
    public int TookMs { get; init; }

    /// <summary>How many rows it did.</summary>
    public int RowsDone { get; init; }

    /// <summary>The type of what went wrong; null when nothing did.</summary>
    public string? Error { get; init; }
}
