using Matching.Accounts;

namespace Matching.Tests;

/// <summary>
/// A table of states as somebody typed it from the field's rules, one line a move: <c>From Deed To by Party, Party</c>. Every pair of state and
/// deed, and every party, is compared with the table in the code, so that a move too many shows as well as one too few.
/// </summary>
internal sealed class TypedTable<TState, TDeed>
    where TState : struct, Enum
    where TDeed : struct, Enum
{
    private readonly Dictionary<(TState, TDeed), (TState To, Party By)> _lines = [];

    public TypedTable(string text)
    {
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var (words, by) = (line.Split(" by ")[0].Split(' ', StringSplitOptions.RemoveEmptyEntries), line.Split(" by ")[1]);
            _lines.Add((Enum.Parse<TState>(words[0]), Enum.Parse<TDeed>(words[1])), (Enum.Parse<TState>(words[2]), Enum.Parse<Party>(by)));
        }
    }

    /// <summary>One case for each pair of state and deed.</summary>
    public static IEnumerable<TestCaseData> EveryPair() =>
        from state in Enum.GetValues<TState>() from deed in Enum.GetValues<TDeed>() select new TestCaseData(state, deed);

    public void Compare(TState from, TDeed deed, Refusal wrong, Func<TState, TDeed, Outcome<TState>> move, StateTable<TState, TDeed> table)
    {
        var allowed = _lines.TryGetValue((from, deed), out var line);
        var anyone = move(from, deed);
        if (allowed)
        {
            Assert.That(anyone.Refusal, Is.Null, $"{from} {deed} should be allowed");
            Assert.That(anyone.Value, Is.EqualTo(line.To));
        }
        else
        {
            Assert.That(anyone.Refusal, Is.EqualTo(wrong), $"{from} {deed} should be refused");
        }

        foreach (var party in Enum.GetValues<Party>().Where(party => party is not (Party.None or Party.Staff)))
        {
            var moved = table.Move(from, deed, party);
            if (allowed && (line.By & party) != Party.None)
            {
                Assert.That(moved.Refusal, Is.Null, $"{from} {deed} should be open to {party}");
                Assert.That(moved.Value, Is.EqualTo(line.To));
                Assert.That(table.Open(from, party), Does.Contain(deed));
            }
            else
            {
                Assert.That(moved.Refused, $"{from} {deed} should be refused to {party}");
                Assert.That(moved.Refusal == Refusals.RoleNotAllowed, Is.EqualTo(allowed));
                Assert.That(table.Open(from, party), Does.Not.Contain(deed));
            }
        }
    }
}
