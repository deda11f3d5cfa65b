using Matching.Assignments;
using Matching.Offers;
using Matching.Orders;
using Matching.Wishes;

namespace Matching.Invariants;

/// <summary>
/// Invariant 6: the changes of each thing begin with its birth, follow one another along the lines of its table, each say who did it, and end where the
/// thing stands now.
/// </summary>
internal static class TransitionCheck
{
    public static IEnumerable<Finding> Check(Rows rows)
    {
        var changes = rows.List(
                "SELECT subject_id, from_state, to_state, deed, role, account_id FROM transitions ORDER BY subject_id, id",
                row => new Change(row.Id(0), row.TextOrNull(1), row.Text(2), row.Text(3), row.Text(4), row.Id(5)))
            .GroupBy(change => change.Subject)
            .ToDictionary(group => group.Key, group => group.ToList());

        yield return Of(rows, changes, "wish", "wishes", nameof(WishState.Submitted), Lines(WishStates.Table));
        yield return Of(rows, changes, "order", "orders", nameof(OrderState.Draft), Lines(OrderStates.Table));
        yield return Of(rows, changes, "offer", "offers", nameof(OfferState.Pending), Lines(OfferStates.Table));
        yield return Of(rows, changes, "assignment", "assignments", nameof(AssignmentState.Confirmed), Lines(AssignmentStates.Table));
        yield return new Finding(
            6, "Every change says who: a person under a role, the clock or the system", changes.Values.Sum(list => (long)list.Count),
            [.. changes.Values.SelectMany(list => list)
                .Where(change => change.Role.Length == 0 || change.Deed.Length == 0 || (change.Role is "Clock" or "System") != change.Account.IsNone)
                .Select(change => $"{change.Subject} {change.To} by {change.Role}")]);
    }

    private static HashSet<(string, string)> Lines<TState, TDeed>(StateTable<TState, TDeed> table)
        where TState : struct, Enum
        where TDeed : struct, Enum => [.. table.Lines.Select(line => (line.From.ToString(), line.To.ToString()))];

    private static Finding Of(
        Rows rows, Dictionary<Id, List<Change>> changes, string thing, string table, string birth, HashSet<(string From, string To)> lines)
    {
        var things = rows.List($"SELECT id, state FROM {table}", row => (Id: row.Id(0), State: row.Text(1)));
        var breaches = new List<string>();
        foreach (var (id, state) in things)
        {
            if (!changes.TryGetValue(id, out var path))
            {
                breaches.Add($"{id} is {state} and has no change");
                continue;
            }

            if (path[0].From is not null || path[0].To != birth)
            {
                breaches.Add($"{id} began as {path[0].From} → {path[0].To}");
            }

            for (var i = 1; i < path.Count; i++)
            {
                var change = path[i];
                if (change.From != path[i - 1].To)
                {
                    breaches.Add($"{id} went from {change.From} after it came to {path[i - 1].To}");
                }
                else if (change.From != change.To && !lines.Contains((change.From, change.To)))
                {
                    breaches.Add($"{id} went {change.From} → {change.To}, which is no line");
                }
            }

            if (path[^1].To != state)
            {
                breaches.Add($"{id} is {state}, its last change says {path[^1].To}");
            }
        }

        return new Finding(6, $"The changes of {(thing[0] is 'a' or 'o' ? "an" : "a")} {thing} are a path of its table and end where it stands", things.Count, breaches);
    }

    private sealed record Change(Id Subject, string? From, string To, string Deed, string Role, Id Account);
}
