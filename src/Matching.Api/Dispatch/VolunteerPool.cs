using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Health;
using Matching.Api.Plumbing.Jobs;
using Matching.Api.Plumbing.Nodes;
using Matching.Api.Sites;
using Matching.Api.Volunteers;
using Matching.Engine;
using Matching.Engine.Compact;

namespace Matching.Api.Dispatch;

/// <summary>
/// Everybody who might be asked, in memory, kept in step with the database by the feed of changes: by a job every second, and once more before each question,
/// so that what was committed a moment ago, here or in another process, is seen. Loaded when first asked for, beside everything else that the service does.
/// </summary>
[Shared]
public sealed partial class VolunteerPool(VolunteerStore volunteers, PolicyStore policies, ILogger<VolunteerPool> log) : IGetsReady, IKeepsUp, IDisposable
{
    /// <summary>A question waits so long for the first load; a county is there by then. After that the caller is told to come again.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // Told in the log each time so many more have been read.
    private const int Milestone = 50_000;

    private readonly Lock _starting = new();
    private readonly SemaphoreSlim _catchingUp = new(1, 1);
    private VolunteerIndex _pool = new();
    private Task? _loading;
    private long _sequence = -1;
    private int _policies;
    private long _total;
    private long _read;

    /// <summary>False until the first load is done; matching is not ready before.</summary>
    public bool IsReady => Interlocked.Read(ref _sequence) >= 0;

    public string Progress => Interlocked.Read(ref _total) is > 0 and var total ? $"loading {Interlocked.Read(ref _read)} of {total}" : "loading";

    public int Count => _pool.Count;

    public long Place => Interlocked.Read(ref _sequence);

    public Task<int> BehindAsync() => volunteers.CountChangesAfterAsync(Place);

    /// <summary>The pool as of now.</summary>
    /// <exception cref="NotReadyException">The first load takes its time.</exception>
    public async Task<IVolunteerPool> CurrentAsync(CancellationToken ct)
    {
        try
        {
            await LoadedAsync().WaitAsync(Patience, ct);
        }
        catch (TimeoutException)
        {
            throw new NotReadyException(Refusals.MatchingNotReady);
        }

        await CatchUpAsync(ct);
        return _pool;
    }

    /// <summary>Reads what changed since the last time; says how many volunteers that were.</summary>
    public async Task<int> CatchUpAsync(CancellationToken ct)
    {
        await LoadedAsync().WaitAsync(ct);
        await _catchingUp.WaitAsync(ct);
        try
        {
            return await FollowAsync();
        }
        finally
        {
            _catchingUp.Release();
        }
    }

    /// <summary>
    /// Tunes the pool to the weights that centers go by now, if some center has put another policy in force, here or in another process. A search by weights
    /// that it is not tuned to is as exact and takes longer, so this need not happen at once.
    /// </summary>
    public async Task FollowWeightsAsync(CancellationToken ct)
    {
        await LoadedAsync().WaitAsync(ct);

        // The number first: a policy that comes while we read is then read once more.
        if (await policies.HowManyAsync() is var number && number != _policies)
        {
            _pool.Weigh(await policies.WeightsAsync());
            _policies = number;
        }
    }

    // The memory goes with the last of those who may still be reading.
    public void Dispose() => _catchingUp.Dispose();

    /// <summary>The first load, begun by whoever asks first; begun again after it failed.</summary>
    private Task LoadedAsync()
    {
        if (IsReady)
        {
            return Task.CompletedTask;
        }

        lock (_starting)
        {
            return _loading = _loading is null or { IsFaulted: true } ? Task.Run(LoadAsync) : _loading;
        }
    }

    // The sequence first: a change that comes while we load is then read once more, which does no harm.
    private async Task LoadAsync()
    {
        var sequence = await volunteers.LastChangeAsync();
        Interlocked.Exchange(ref _total, await volunteers.HowManyAsync());
        Interlocked.Exchange(ref _read, 0);
        _policies = await policies.HowManyAsync();
        _pool = new VolunteerIndex(await policies.WeightsAsync());
        var load = _pool.BeginLoad();
        await foreach (var page in volunteers.AllFactsAsync())
        {
            load.Add(page);
            if (load.Count / Milestone > Interlocked.Exchange(ref _read, load.Count) / Milestone)
            {
                LogProgress(load.Count, _total);
            }
        }

        load.Finish(sequence);
        LogLoaded(load.Count, _pool.Bytes / (1 << 20));
        Interlocked.Exchange(ref _sequence, sequence);
    }

    private async Task<int> FollowAsync()
    {
        var total = 0;
        while (true)
        {
            var changes = await volunteers.ChangesAfterAsync(_sequence, 1_000);
            if (changes.Count == 0)
            {
                return total;
            }

            var changed = changes.Select(change => change.VolunteerId).Distinct().ToList();
            var facts = await volunteers.FactsAsync(changed);
            var sequence = changes[^1].Sequence;
            _pool.Apply(facts, [.. changed.Except(facts.Select(volunteer => volunteer.Id))], sequence);
            Interlocked.Exchange(ref _sequence, sequence);
            total += changed.Count;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "Loading volunteers: {Read} of {Total}.")]
    private partial void LogProgress(int read, long total);

    [LoggerMessage(Level = LogLevel.Information, Message = "Loaded {Volunteers} volunteers into {Mebibytes} MiB.")]
    private partial void LogLoaded(int volunteers, long mebibytes);
}

/// <summary>The net under <see cref="VolunteerPool"/>: nothing is written, so it may run anywhere, any number of times.</summary>
public sealed class FollowVolunteers(VolunteerPool pool) : IJob
{
    public static TimeSpan Every => TimeSpan.FromSeconds(1);

    // Also where requests are taken: each process has a pool of its own.
    public static bool OnEveryNode => true;

    public async Task<int> RunAsync(CancellationToken ct)
    {
        await pool.CatchUpAsync(ct);
        await pool.FollowWeightsAsync(ct);
        return 0;
    }
}
