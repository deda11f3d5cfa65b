using System.Globalization;
using System.Text.RegularExpressions;

namespace Matching.Invariants;

/// <summary>
/// Checks what must always be true of a service's embedded database, from its rows alone and with statements of its own, so that a mistake in the
/// service's statements does not hide itself.
/// </summary>
public static partial class InvariantCheck
{
    /// <summary>Everything that rows can show.</summary>
    /// <param name="databaseFile">The service may run meanwhile; one picture of its rows is looked at.</param>
    /// <param name="acknowledged">What was answered with a yes: all of it must be there (invariant 9).</param>
    /// <param name="states">What was said with a yes to have come to a state: its changes must tell of it (invariant 9).</param>
    /// <param name="revealed">Orders whose resident somebody was shown by name or address, once for each look: each look must be in the log (invariant 8).</param>
    public static Findings Run(
        string databaseFile, IReadOnlyCollection<Id>? acknowledged = null, IReadOnlyCollection<(Id Thing, string State)>? states = null,
        IReadOnlyCollection<Id>? revealed = null)
    {
        using var rows = new Rows(databaseFile);
        var now = rows.List("SELECT stands_at FROM field_clocks WHERE stands_at IS NOT NULL", row => row.Text(0)).FirstOrDefault()
            ?? TimeProvider.System.GetUtcNow().UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture);

        var findings = PlainRules.All.Select(rule => (rule with { Breaches = rule.Breaches.Replace("{now}", now, StringComparison.Ordinal) }).Check(rows)).ToList();
        findings.AddRange(HardRuleCheck.Check(rows));
        findings.AddRange(RoundCheck.Check(rows));
        findings.Add(LedgerCheck.Check(rows));
        findings.AddRange(TransitionCheck.Check(rows));
        findings.Add(NoNumbers(rows));
        if (acknowledged is not null)
        {
            findings.Add(Acknowledged(rows, acknowledged));
        }

        if (states is not null)
        {
            var told = rows.List("SELECT subject_id, to_state FROM transitions", row => (row.Id(0), row.Text(1))).ToHashSet();
            findings.Add(new Finding(9, "Whatever was said to have happened has happened", states.Count,
                [.. states.Where(state => !told.Contains(state)).Select(state => $"{state.Thing} was said to be {state.State}")]));
        }

        if (revealed is not null)
        {
            var logged = rows.List("SELECT context_id, COUNT(*) FROM reveals WHERE context_id IS NOT NULL GROUP BY context_id", row => (Order: row.Id(0), Looks: row.Int(1)))
                .ToDictionary(order => order.Order, order => order.Looks);
            findings.Add(new Finding(8, "Every look at a name or an address is in the log", revealed.Count, [.. revealed
                .GroupBy(order => order)
                .Where(order => logged.GetValueOrDefault(order.Key) < order.Count())
                .Select(order => $"{order.Key} was looked at {order.Count()} times")]));
        }

        return new Findings([.. findings.OrderBy(finding => finding.Invariant == 0 ? 10 : finding.Invariant)]);
    }

    /// <summary>Invariant 8: a phone or id number is a long run of digits, which no message has once its ids are taken out.</summary>
    private static Finding NoNumbers(Rows rows)
    {
        var bodies = rows.List("SELECT id, body FROM outbox UNION ALL SELECT id, body FROM notices", row => (Id: row.Id(0), Body: row.Text(1)));
        return new Finding(8, "No message or notice holds the number of a phone or a person", bodies.Count, [.. bodies
            .Where(message => LongNumber().IsMatch(AnyId().Replace(message.Body, "")))
            .Select(message => message.Id.ToString())]);
    }

    private static Finding Acknowledged(Rows rows, IReadOnlyCollection<Id> acknowledged)
    {
        var missing = new List<string>();
        foreach (var kind in acknowledged.GroupBy(id => id.Kind))
        {
            if (Tables.TryGetValue(kind.Key, out var table))
            {
                var there = rows.List($"SELECT id FROM {table}", row => row.Id(0)).ToHashSet();
                missing.AddRange(kind.Where(id => !there.Contains(id)).Select(id => id.ToString()));
            }
        }

        return new Finding(9, "Whatever was answered with a yes is there", acknowledged.Count, missing);
    }

    private static readonly Dictionary<IdKind, string> Tables = new()
    {
        [IdKind.Account] = "accounts",
        [IdKind.Hat] = "hats",
        [IdKind.Site] = "sites",
        [IdKind.Volunteer] = "volunteers",
        [IdKind.Team] = "teams",
        [IdKind.Resident] = "residents",
        [IdKind.Skill] = "skills",
        [IdKind.Qualification] = "qualifications",
        [IdKind.MenuItem] = "menu_items",
        [IdKind.Wish] = "wishes",
        [IdKind.Meeting] = "meetings",
        [IdKind.Order] = "orders",
        [IdKind.Round] = "dispatch_rounds",
        [IdKind.Offer] = "offers",
        [IdKind.Assignment] = "assignments",
        [IdKind.Attendance] = "attendances",
        [IdKind.HoursEntry] = "hours_entries",
        [IdKind.Rating] = "ratings",
    };

    [GeneratedRegex("[a-z]{3}_[0-9A-HJKMNP-TV-Z]{26}")]
    private static partial Regex AnyId();

    [GeneratedRegex("[0-9]{11}")]
    private static partial Regex LongNumber();
}
