using Matching.Accounts;

namespace Matching;

/// <summary>
/// The lines along which something may move: from a state, by a deed, to a state, and who may do it. Every other move is refused:
/// in the wrong state with the table's own code, by the wrong party with <c>role_not_allowed</c>.
/// </summary>
public sealed class StateTable<TState, TDeed>(Refusal stateWrong, params StateTable<TState, TDeed>.Line[] lines)
    where TState : struct, Enum
    where TDeed : struct, Enum
{
    /// <summary>One line of the table.</summary>
    public readonly record struct Line(TState From, TDeed Deed, TState To, Party By);

    private readonly Dictionary<(TState, TDeed), Line> _lines = lines.ToDictionary(line => (line.From, line.Deed));

    public IReadOnlyList<Line> Lines => lines;

    /// <summary>Where the deed leads, whoever does it.</summary>
    public Outcome<TState> Move(TState from, TDeed deed) => _lines.TryGetValue((from, deed), out var line) ? line.To : stateWrong;

    /// <summary>Where the deed leads when this party does it.</summary>
    public Outcome<TState> Move(TState from, TDeed deed, Party by)
    {
        if (!_lines.TryGetValue((from, deed), out var line))
        {
            return stateWrong;
        }

        return (line.By & by) == Party.None ? Refusals.RoleNotAllowed : line.To;
    }

    /// <summary>What this party can do now.</summary>
    public IEnumerable<TDeed> Open(TState from, Party by) =>
        lines.Where(line => EqualityComparer<TState>.Default.Equals(line.From, from) && (line.By & by) != Party.None).Select(line => line.Deed);
}
