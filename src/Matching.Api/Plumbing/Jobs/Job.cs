namespace Matching.Api.Plumbing.Jobs;

/// <summary>A deed with a clock: takes due rows, one row one transaction, and says how many it did. It may run twice, late, or on two machines at once.</summary>
public interface IJob
{
    /// <summary>How often the net is cast; whoever makes work due wakes the job at once.</summary>
    static abstract TimeSpan Every { get; }

    /// <summary>True for what every process does for itself: it touches no due row, so a node that takes requests and runs no jobs does it too.</summary>
    static virtual bool OnEveryNode => false;

    /// <summary>Does what is due now, at most a page of rows, and returns how many rows it did.</summary>
    Task<int> RunAsync(CancellationToken ct);
}

/// <summary>A job as the hosts know it.</summary>
public sealed record JobKind(Type Type, TimeSpan Every, bool OnEveryNode = false)
{
    public string Name => Type.Name;

    public static JobKind Of<TJob>()
        where TJob : IJob => new(typeof(TJob), TJob.Every, TJob.OnEveryNode);
}
