using Matching.Replay.City;

namespace Matching.Replay.Playing;

/// <summary>The play itself: the field clock goes from one thing that happens to the next, and whoever has something to do then does it.</summary>
public sealed class Replay(Stage stage, Crowd crowd, IReadOnlyList<CityRequest> requests)
{
    /// <summary>So many act at the same instant; what they contend for, the service settles.</summary>
    private const int AtOnce = 8;

    /// <summary>Whatever is not over by then never will be.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(60);

    private int _next;

    public int Asked => _next;

    public DateTimeOffset Now => stage.Now;

    /// <summary>Why it did not come to rest; null when it did.</summary>
    public string? Restless { get; private set; }

    /// <param name="show">Is called after each step.</param>
    public async Task RunAsync(Action show)
    {
        var last = requests[^1].At + Longest;
        crowd.Desks.Open(requests[0].At, requests[^1].At);
        while (NextAt() is { } next)
        {
            if (next > last)
            {
                Restless = $"Something is still due at {next:u}, long after the last request.";
                return;
            }

            await StepAsync(next > stage.Now ? next : stage.Now);
            show();
        }
    }

    private DateTimeOffset? NextAt() =>
        new[] { _next < requests.Count ? requests[_next].At : (DateTimeOffset?)null, stage.Agenda.NextAt, stage.Time.NextDueAt }.Min();

    private async Task StepAsync(DateTimeOffset instant)
    {
        if (await stage.Time.MoveToAsync(instant))
        {
            await crowd.ListenAsync();
        }

        while (Due(instant) is { Count: > 0 } deeds)
        {
            await Parallel.ForEachAsync(deeds, new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (deed, _) => await deed());
            await stage.Time.SettleAtAsync(instant);
            await crowd.ListenAsync();
        }
    }

    private List<Func<Task>> Due(DateTimeOffset instant)
    {
        var deeds = stage.Agenda.TakeDue(instant);
        for (; _next < requests.Count && requests[_next].At <= instant; _next++)
        {
            var request = requests[_next];
            deeds.Add(() => crowd.AskAsync(request));
        }

        return deeds;
    }
}
