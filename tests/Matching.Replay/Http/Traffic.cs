using System.Collections.Concurrent;

namespace Matching.Replay.Http;

/// <summary>What was asked over HTTP: how often, how long it really took, how often the answer was no, and which answers nobody had reckoned with.</summary>
public sealed class Traffic
{
    private readonly ConcurrentDictionary<string, Operation> _operations = new();
    private readonly ConcurrentDictionary<string, int> _unexpected = new();
    private int _interrupted;
    private long _requests;

    /// <summary>Answers that the replay had not reckoned with: the operation, the status and the code, and how often.</summary>
    public IReadOnlyDictionary<string, int> Unexpected => _unexpected;

    /// <summary>Requests whose connection broke because the server was killed; each was sent again.</summary>
    public int Interrupted => _interrupted;

    public long Requests => Interlocked.Read(ref _requests);

    public IEnumerable<OperationFigures> Figures() => _operations.OrderBy(operation => operation.Key, StringComparer.Ordinal).Select(operation => operation.Value.Figures(operation.Key));

    public OperationFigures Total()
    {
        var all = new Operation();
        foreach (var operation in _operations.Values)
        {
            all.Add(operation);
        }

        return all.Figures("all");
    }

    internal void Note(string operation, TimeSpan took, string? refusal)
    {
        Interlocked.Increment(ref _requests);
        _operations.GetOrAdd(operation, _ => new Operation()).Note(took, refusal);
    }

    internal void NoteUnexpected(string what) => _unexpected.AddOrUpdate(what, 1, (_, times) => times + 1);

    internal void NoteInterrupted() => Interlocked.Increment(ref _interrupted);

    private sealed class Operation
    {
        private readonly Lock _gate = new();
        private readonly List<double> _milliseconds = [];
        private readonly SortedDictionary<string, int> _refusals = new(StringComparer.Ordinal);

        public void Note(TimeSpan took, string? refusal)
        {
            lock (_gate)
            {
                _milliseconds.Add(took.TotalMilliseconds);
                if (refusal is not null)
                {
                    _refusals[refusal] = _refusals.GetValueOrDefault(refusal) + 1;
                }
            }
        }

        public void Add(Operation other)
        {
            _milliseconds.AddRange(other._milliseconds);
            foreach (var (code, times) in other._refusals)
            {
                _refusals[code] = _refusals.GetValueOrDefault(code) + times;
            }
        }

        public OperationFigures Figures(string name)
        {
            lock (_gate)
            {
                var sorted = _milliseconds.Order().ToList();
                return new OperationFigures(name, sorted.Count, Percentile.Of(sorted, 0.50), Percentile.Of(sorted, 0.99), new Dictionary<string, int>(_refusals));
            }
        }
    }
}

/// <summary>One operation's share of the traffic; latencies in real milliseconds.</summary>
public sealed record OperationFigures(string Name, int Requests, double P50, double P99, IReadOnlyDictionary<string, int> Refusals);

/// <summary>The value below which a share of the sorted values lies; 0 of none.</summary>
public static class Percentile
{
    public static double Of(IReadOnlyList<double> sorted, double share) => sorted.Count == 0 ? 0 : sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * share))];
}
