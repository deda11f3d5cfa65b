using System.Collections.Concurrent;
using System.Threading.Channels;

namespace Matching.Api.Plumbing.Jobs;

/// <summary>Wakes a job in this process the moment that work is due. A lost signal costs a second: the sweep is the net under it.</summary>
public sealed class JobSignals
{
    private readonly Channel<Type> _awake = Channel.CreateUnbounded<Type>();
    private readonly ConcurrentDictionary<Type, byte> _waiting = new();

    public void Wake<TJob>()
        where TJob : IJob => Wake(typeof(TJob));

    public void Wake(Type job)
    {
        // Many wakes before the run are one run.
        if (_waiting.TryAdd(job, 0))
        {
            _awake.Writer.TryWrite(job);
        }
    }

    internal async IAsyncEnumerable<Type> AwakeAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var job in _awake.Reader.ReadAllAsync(ct))
        {
            _waiting.TryRemove(job, out _);
            yield return job;
        }
    }
}
