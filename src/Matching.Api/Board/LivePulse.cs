using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;

namespace Matching.Api.Board;

/// <summary>
/// Tells open pages that something changed, so that they fetch themselves anew. One look a second at the newest change of state, whichever process made it,
/// and only while somebody watches.
/// </summary>
public sealed class LivePulse(Database database, MachineClock clock) : IDisposable
{
    private static readonly Sql<Nothing, Newest> FindNewest = new("SELECT MAX(id) AS id FROM transitions");

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _end = new();
    private TaskCompletionSource<Id> _next = New();
    private Id _newest;
    private int _watchers;
    private bool _looking;

    /// <summary>The stream of one page: an event for each change since the page was made, a comment now and then so that proxies keep it open.</summary>
    public static async Task ServeAsync(HttpContext context, LivePulse pulse, IHostApplicationLifetime lifetime)
    {
        context.Response.ContentType = "text/event-stream";
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        // After a break the browser says what it heard last; at first the page says how new it is.
        var seen = Id.ParseOrNone(context.Request.Headers["Last-Event-ID"].FirstOrDefault() ?? context.Request.Query["after"]);
        try
        {
            await context.Response.WriteAsync("retry: 2000\n\n", stop.Token);
            await context.Response.Body.FlushAsync(stop.Token);
            while (true)
            {
                var newest = await pulse.NextAsync(seen, stop.Token);
                await context.Response.WriteAsync(newest is { } id ? $"id: {id}\ndata: changed\n\n" : ": still here\n\n", stop.Token);
                await context.Response.Body.FlushAsync(stop.Token);
                seen = newest ?? seen;
            }
        }
        catch (OperationCanceledException)
        {
            // The page was closed, or the service stops.
        }
    }

    /// <summary>The newest change of all.</summary>
    public async Task<Id> NewestAsync() => (await database.FirstAsync(FindNewest, Nothing.It))?.Id ?? Id.None;

    public void Dispose()
    {
        _end.Cancel();
        _end.Dispose();
    }

    /// <summary>The newest change once there is one after the last that was seen; null when a while went by without.</summary>
    public async Task<Id?> NextAsync(Id seen, CancellationToken ct)
    {
        Task<Id> next;
        lock (_gate)
        {
            if (_looking && _newest.CompareTo(seen) > 0)
            {
                return _newest;
            }

            _watchers++;
            next = _next.Task;
            if (!_looking)
            {
                _looking = true;
                _newest = seen;
                _ = Task.Run(LookAsync, CancellationToken.None);
            }
        }

        try
        {
            return await next.WaitAsync(Heartbeat, clock.Source, ct);
        }
        catch (TimeoutException)
        {
            return null;
        }
        finally
        {
            lock (_gate)
            {
                _watchers--;
            }
        }
    }

    private async Task LookAsync()
    {
        var idle = 0;
        try
        {
            // A watcher between two waits is not gone: a few idle rounds before the look-out goes home.
            while (true)
            {
                var newest = await NewestAsync();
                lock (_gate)
                {
                    if (newest.CompareTo(_newest) > 0)
                    {
                        _newest = newest;
                        var told = _next;
                        _next = New();
                        told.TrySetResult(newest);
                    }

                    idle = _watchers == 0 ? idle + 1 : 0;
                    if (idle == 5)
                    {
                        _looking = false;
                        return;
                    }
                }

                await Task.Delay(Every, clock.Source, _end.Token);
            }
        }
        catch
        {
            // The service stops, or the database does not answer: whoever waits on asks again after the heartbeat.
            lock (_gate)
            {
                _looking = false;
            }
        }
    }

    private static TaskCompletionSource<Id> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed record Newest
    {
        public Id? Id { get; init; }
    }
}
