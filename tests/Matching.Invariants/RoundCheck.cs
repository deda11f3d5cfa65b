using System.Globalization;
using Matching.Orders;
using Matching.Policies;
using Matching.Sites;
using Matching.Wishes;

namespace Matching.Invariants;

/// <summary>
/// Whether each round of the search went by the policy of its hour: how far it reached, and that it left people alone at night, where no emergency was on.
/// Centers that have put a policy of their own in force are left out, for rows alone do not tell which of them held when.
/// </summary>
internal static class RoundCheck
{
    /// <summary>A round that was decided before the switch may be written just after it.</summary>
    private static readonly TimeSpan Edge = TimeSpan.FromSeconds(10);

    public static IEnumerable<Finding> Check(Rows rows)
    {
        var rounds = Rounds(rows);
        yield return Each("A round reaches as far as its level and the policy of its hour say", [.. rounds.Where(round => !round.Policy.Emergency)], TooFar);
        yield return Each(
            "Nobody was asked at night but for what cannot wait, or in an emergency", [.. rounds.Where(round => round.Urgency is Urgency.Normal or Urgency.Scheduled)],
            round => round.Policy.QuietHoursOf(round.Urgency).IsQuiet(round.OpenedAt, round.Zone) ? $"for a {round.Urgency} order" : null);
        yield return Each("A round of an emergency reaches as far as one does then", [.. rounds.Where(round => round.Policy.Emergency)], TooFar);
    }

    private static Finding Each(string sentence, IReadOnlyList<Round> rounds, Func<Round, string?> problem) => new(
        0, sentence, rounds.Count, [.. rounds.Select(round => (round, Problem: problem(round))).Where(found => found.Problem is not null)
            .Select(found => $"{found.round.Id} of {found.round.OpenedAt:O} {found.Problem}")]);

    private static string? TooFar(Round round)
    {
        var wanted = WavePlan.RadiusM(round.Level, round.SiteRadiusM, round.Policy);
        return wanted == round.RadiusM ? null
            : string.Create(CultureInfo.InvariantCulture, $"reached {round.RadiusM:0} m from a {round.Level} instead of {wanted:0} m{(round.Policy.Emergency ? " in an emergency" : "")}");
    }

    private static List<Round> Rounds(Rows rows)
    {
        var switches = rows
            .List("SELECT center_id, path, starts_at, COALESCE(ended_at, ends_at) FROM mode_activations", row => (Center: row.Id(0), Path: row.Text(1), From: row.Time(2), To: row.Time(3)))
            .ToLookup(mode => mode.Center);
        var own = rows.List("SELECT DISTINCT center_id FROM policies", row => row.Id(0)).ToHashSet();
        var policies = rows
            .List("SELECT id, time_zone FROM sites WHERE kind = 'Center'", row => (Id: row.Id(0), Zone: row.TextOrNull(1)))
            .Where(center => !own.Contains(center.Id))
            .ToDictionary(center => center.Id, center => Policy.Default with { Zone = center.Zone ?? Policy.Default.Zone });
        var rounds = new List<Round>();
        foreach (var read in rows.List(
            """
            SELECT r.id, o.center_id, r.pool_path, r.level, r.radius_m, r.opened_at, o.urgency, s.radius_m
            FROM dispatch_rounds r JOIN orders o ON o.id = r.order_id JOIN sites s ON s.id = r.owner_site_id WHERE r.run_id IS NOT NULL
            """,
            row => (Id: row.Id(0), Center: row.Id(1), Path: row.Text(2), Level: row.Word<SiteKind>(3), RadiusM: row.DoubleOrNull(4), At: row.Time(5), Urgency: row.Word<Urgency>(6),
                SiteRadiusM: row.Double(7))))
        {
            var near = switches[read.Center].Where(mode => read.Path.StartsWith(mode.Path, StringComparison.Ordinal)).ToList();
            if (policies.TryGetValue(read.Center, out var policy) && !near.Any(mode => IsNear(read.At, mode.From) || IsNear(read.At, mode.To)))
            {
                var held = near.Any(mode => mode.From <= read.At && read.At < mode.To) ? policy.InEmergency() : policy;
                rounds.Add(new Round(read.Id, read.Level, read.RadiusM, read.SiteRadiusM, read.At, read.Urgency, held, policy.TimeZone));
            }
        }

        return rounds;
    }

    private static bool IsNear(DateTimeOffset one, DateTimeOffset other) => (one - other).Duration() <= Edge;

    private sealed record Round(
        Id Id, SiteKind Level, double? RadiusM, double SiteRadiusM, DateTimeOffset OpenedAt, Urgency Urgency, Policy Policy, TimeZoneInfo Zone);
}
