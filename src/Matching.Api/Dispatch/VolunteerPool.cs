using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Health;
using Matching.Api.Plumbing.Jobs;
using Matching.Api.Plumbing.Nodes;
using Matching.Api.Volunteers;
using Matching.Engine;

namespace Matching.Api.Dispatch;

/// <summary>
/// Everybody who might be asked, in memory, kept in step with the database by the feed of changes: by a job every second, and once more before each question,
/// so that what was committed a moment ago, here or in another process, is seen.
/// </summary>
[Shared]
public sealed class VolunteerPool(VolunteerStore volunteers) : IGetsReady, IKeepsUp
{
    private readonly IVolunteerPool _pool = new VolunteerScan();
    private readonly SemaphoreSlim _catchingUp = new(1, 1);
    private long _sequence = -1;

    /// <summary>False until the first load is done; matching is not ready before.</summary>
    public bool IsReady => Interlocked.Read(ref _sequence) >= 0;

    public int Count => _pool.Count;

    public long Place => Interlocked.Read(ref _sequence);

    public Task<int> BehindAsync() => volunteers.CountChangesAfterAsync(Place);

    /// <summary>The pool as of now.</summary>
    public async Task<IVolunteerPool> CurrentAsync(CancellationToken ct)
    {
        await CatchUpAsync(ct);
        return _pool;
    }

    /// <summary>Reads what changed since the last time; says how many volunteers that were.</summary>
    public async Task<int> CatchUpAsync(CancellationToken ct)
    {
        await _catchingUp.WaitAsync(ct);
        try
        {
            return IsReady ? await FollowAsync() : await LoadAsync();
        }
        finally
        {
            _catchingUp.Release();
        }
    }

    // The sequence first: a change that comes while we load is then read once more, which does no harm.
    private async Task<int> LoadAsync()
    {
        var sequence = await volunteers.LastChangeAsync();
        var all = new List<VolunteerFacts>();
        await foreach (var page in volunteers.AllFactsAsync())
        {
            all.AddRange(page);
        }

        _pool.Apply(all, [], sequence);
        Interlocked.Exchange(ref _sequence, sequence);
        return 0;
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
        return 0;
    }
}
