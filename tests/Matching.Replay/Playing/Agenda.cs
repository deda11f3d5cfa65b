namespace Matching.Replay.Playing;

/// <summary>What people are going to do, by the field clock, in an order that is the same in every run.</summary>
public sealed class Agenda
{
    private readonly PriorityQueue<Plan, (DateTimeOffset At, string Key)> _plans = new(Comparer<(DateTimeOffset At, string Key)>.Create(
        (a, b) => a.At != b.At ? a.At.CompareTo(b.At) : string.CompareOrdinal(a.Key, b.Key)));

    private static readonly TimeSpan Soon = TimeSpan.FromMinutes(30);

    private readonly Lock _gate = new();

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _plans.Count;
            }
        }
    }

    /// <summary>When somebody does something next.</summary>
    public DateTimeOffset? NextAt
    {
        get
        {
            lock (_gate)
            {
                return _plans.TryPeek(out _, out var next) ? next.At : null;
            }
        }
    }

    /// <summary>
    /// People do what is soon to the minute, and what lies further off to five; so several act at the same instant, and what they contend for is contended for.
    /// </summary>
    public void Add(DateTimeOffset now, DateTimeOffset at, string key, Func<Task> deed)
    {
        var grain = at - now < Soon ? TimeSpan.TicksPerMinute : 5 * TimeSpan.TicksPerMinute;
        var rounded = at.UtcTicks % grain is > 0 and var past ? at.AddTicks(grain - past) : at;
        lock (_gate)
        {
            _plans.Enqueue(new Plan(deed), (rounded, key));
        }
    }

    /// <summary>Takes out what is to be done by then, at most what one instant holds.</summary>
    public List<Func<Task>> TakeDue(DateTimeOffset now)
    {
        var due = new List<Func<Task>>();
        lock (_gate)
        {
            while (_plans.TryPeek(out var plan, out var at) && at.At <= now)
            {
                due.Add(plan.Deed);
                _plans.Dequeue();
            }
        }

        return due;
    }

    private sealed record Plan(Func<Task> Deed);
}
