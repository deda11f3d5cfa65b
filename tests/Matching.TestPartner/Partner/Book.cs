namespace Matching.TestPartner.Partner;

/// <summary>What the hotline knows by one way of hearing: where each wish and order stands, step by step.</summary>
public sealed class Book(string name, bool isCareless)
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _taken = [];
    private readonly Dictionary<string, string> _states = [];
    private readonly List<string> _outOfOrder = [];

    public string Name => name;

    /// <summary>Changes that were taken, each once.</summary>
    public int Taken { get; private set; }

    /// <summary>Heard again, and passed over.</summary>
    public int Again { get; private set; }

    /// <summary>What did not follow on what was known.</summary>
    public IReadOnlyList<string> OutOfOrder => Locked<IReadOnlyList<string>>(() => [.. _outOfOrder]);

    public IReadOnlyDictionary<string, string> States => Locked(() => new Dictionary<string, string>(_states));

    public bool Has(string eventId) => Locked(() => !isCareless && _taken.Contains(eventId));

    /// <summary>True when it was new.</summary>
    public bool Take(Event heard)
    {
        lock (_gate)
        {
            if (!_taken.Add(heard.Id) && !isCareless)
            {
                Again++;
                return false;
            }

            if (_states.GetValueOrDefault(heard.Subject) != heard.From)
            {
                _outOfOrder.Add($"{heard.Type} of {heard.Subject} says from {heard.From ?? "nothing"}, known was {_states.GetValueOrDefault(heard.Subject) ?? "nothing"}");
            }

            _states[heard.Subject] = heard.To;
            Taken++;
            return true;
        }
    }

    private T Locked<T>(Func<T> read)
    {
        lock (_gate)
        {
            return read();
        }
    }
}
