using System.Diagnostics;
using Matching.Replay.Http;

namespace Matching.Replay.Playing;

/// <summary>The service's field clock, which the replay moves from one thing that happens to the next.</summary>
public sealed class FieldTime(Web web, double? speed)
{
    private long _began = Stopwatch.GetTimestamp();
    private DateTimeOffset _beganAt;

    public DateTimeOffset Now { get; private set; }

    /// <summary>When something happens by itself next; null when nothing does.</summary>
    public DateTimeOffset? NextDueAt { get; private set; }

    public int Moves { get; private set; }

    /// <summary>Puts the clock somewhere and waits until nothing is due there.</summary>
    public async Task SettleAtAsync(DateTimeOffset instant)
    {
        await PaceAsync(instant);
        await SetAsync(instant, settle: true);
    }

    /// <summary>Moves on; true when something was due there, and is done.</summary>
    public async Task<bool> MoveToAsync(DateTimeOffset instant)
    {
        await PaceAsync(instant);
        var due = NextDueAt <= instant;
        await SetAsync(instant, settle: due);
        return due;
    }

    private async Task SetAsync(DateTimeOffset instant, bool settle)
    {
        var answer = await web.PostAsync(null, "/development/clock", null, new { at = instant, settle });
        if (!answer.IsYes)
        {
            throw new StuckException($"The field clock does not move: {answer.Code}. The server must run in Development.");
        }

        Now = instant;
        NextDueAt = answer.TextOrNull("nextDueAt") is not null ? answer.Time("nextDueAt") : null;
        Moves++;
    }

    private async Task PaceAsync(DateTimeOffset instant)
    {
        if (speed is not { } most || Now == default)
        {
            (_began, _beganAt) = (Stopwatch.GetTimestamp(), instant);
            return;
        }

        var ahead = (instant - _beganAt) / most - Stopwatch.GetElapsedTime(_began);
        if (ahead > TimeSpan.Zero)
        {
            await Task.Delay(ahead);
        }
    }
}
