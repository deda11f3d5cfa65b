using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Matching.Api.Plumbing;
using Matching.Changes;

namespace Matching.Api.Changes;

/// <summary>
/// Lets many follow the feed of changes while one reads it. As long as anybody follows, this process reads what is new at every beat of its own and ten times a
/// second for what others did, and hands each change to those whom it concerns. Who begins in the past, or falls behind, reads for itself until it is abreast.
/// </summary>
[Shared]
public sealed partial class ChangeFeed(ChangeStore changes, ChangePulse pulse, IHostApplicationLifetime lifetime, ILogger<ChangeFeed> log)
{
    /// <summary>How long a change that another process made may lie unread.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan AfterTrouble = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly List<Follower> _followers = [];
    private Task<long>? _begun;

    /// <summary>How many follow, for the figures and tests.</summary>
    public int Following
    {
        get
        {
            lock (_gate)
            {
                return _followers.Count;
            }
        }
    }

    /// <summary>
    /// What a viewer sees after a place, as it comes, without end. A batch may hold nothing: then the place alone has moved on, and whoever begins there again
    /// misses nothing. One comes at the latest after <paramref name="idle"/>.
    /// </summary>
    public async IAsyncEnumerable<ChangeBatch> FollowAsync(Viewer viewer, long place, TimeSpan idle, [EnumeratorCancellation] CancellationToken ct)
    {
        while (true)
        {
            var follower = await JoinAsync(viewer, ct);
            try
            {
                ReadChanges read;
                do
                {
                    read = await changes.AfterAsync(place);
                    if (read.Place > place)
                    {
                        place = read.Place;
                        yield return new ChangeBatch([.. read.Changes.Where(viewer.Sees)], place);
                    }
                }
                while (read.More);

                // From here on from hand to hand; what was read above is passed over.
                while (await follower.WaitAsync(idle, ct))
                {
                    var batch = follower.Take();
                    var fresh = batch.Changes.Where(change => change.Sequence > place).ToList();
                    place = Math.Max(place, batch.Place);
                    yield return new ChangeBatch(fresh, place);
                }
            }
            finally
            {
                Leave(follower);
            }
        }
    }

    // Returns once this process reads the feed from a place on: whatever comes after it is handed over, whatever stands before it can be read.
    private async Task<Follower> JoinAsync(Viewer viewer, CancellationToken ct)
    {
        var follower = new Follower(viewer);
        Task<long> begun;
        lock (_gate)
        {
            _followers.Add(follower);
            begun = _begun ??= Task.Run(BeginAsync, CancellationToken.None);
        }

        try
        {
            await begun.WaitAsync(ct);
            return follower;
        }
        catch
        {
            Leave(follower);
            lock (_gate)
            {
                _begun = begun.IsFaulted && _begun == begun ? null : _begun;
            }

            throw;
        }
    }

    private void Leave(Follower follower)
    {
        lock (_gate)
        {
            _followers.Remove(follower);
        }
    }

    private async Task<long> BeginAsync()
    {
        var place = await changes.NewestAsync();
        _ = Task.Run(() => ReadAsync(place), CancellationToken.None);
        return place;
    }

    private async Task ReadAsync(long place)
    {
        while (!lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // Asked for before reading: a beat while we read is not lost.
            var beat = pulse.NextAsync();
            try
            {
                var read = await changes.AfterAsync(place);
                if (read.Place > place)
                {
                    place = read.Place;
                    Hand(read);
                }

                if (!read.More)
                {
                    await Task.WhenAny(beat, Task.Delay(Look, lifetime.ApplicationStopping));
                }
            }
            catch (Exception problem)
            {
                LogTrouble(problem);
                await Task.WhenAny(Task.Delay(AfterTrouble, lifetime.ApplicationStopping));
            }

            lock (_gate)
            {
                if (_followers.Count == 0)
                {
                    // Whoever comes next begins anew.
                    _begun = null;
                    return;
                }
            }
        }
    }

    private void Hand(ReadChanges read)
    {
        // Who joins from now on reads these from the rows.
        Follower[] followers;
        lock (_gate)
        {
            followers = [.. _followers];
        }

        foreach (var follower in followers)
        {
            follower.Hand(read);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not read the feed of changes; trying again.")]
    private partial void LogTrouble(Exception problem);

    /// <summary>Somebody who follows, and what has been handed over and not been taken yet.</summary>
    private sealed class Follower(Viewer viewer)
    {
        // Who lets more than this lie is slower than the feed, and goes on by reading for itself.
        private const int MostWaiting = 5_000;

        private readonly Channel<Change> _waiting = Channel.CreateBounded<Change>(new BoundedChannelOptions(MostWaiting) { SingleReader = true, SingleWriter = true });
        private long _place;

        public void Hand(ReadChanges read)
        {
            foreach (var change in read.Changes)
            {
                if (viewer.Sees(change) && !_waiting.Writer.TryWrite(change))
                {
                    _waiting.Writer.TryComplete();
                    return;
                }
            }

            Volatile.Write(ref _place, read.Place);
        }

        /// <summary>True when there is something to take or the time is up; false when it fell behind.</summary>
        public async Task<bool> WaitAsync(TimeSpan idle, CancellationToken ct)
        {
            try
            {
                return await _waiting.Reader.WaitToReadAsync(ct).AsTask().WaitAsync(idle, ct);
            }
            catch (TimeoutException)
            {
                return true;
            }
        }

        /// <summary>All that waits, at most a page, and the place after it.</summary>
        public ChangeBatch Take()
        {
            // Read before the rest: what was handed over up to it is waiting by now.
            var place = Volatile.Read(ref _place);
            var taken = new List<Change>();
            while (taken.Count < ChangeStore.Page && _waiting.Reader.TryRead(out var change))
            {
                taken.Add(change);
            }

            return new ChangeBatch(taken, taken.Count == ChangeStore.Page ? taken[^1].Sequence : Math.Max(place, taken.Count > 0 ? taken[^1].Sequence : 0));
        }
    }
}

/// <summary>What a viewer sees of a stretch of the feed, and where the next begins.</summary>
public sealed record ChangeBatch(IReadOnlyList<Change> Changes, long Place);
