namespace Matching.Api.Plumbing;

/// <summary>Beats after every commit that changed a state in this process. A hint for those who follow the feed; they look by themselves for what other processes did.</summary>
public sealed class ChangePulse
{
    private volatile TaskCompletionSource _next = New();

    /// <summary>Done at the next beat after it was asked for.</summary>
    public Task NextAsync() => _next.Task;

    public void Beat() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
