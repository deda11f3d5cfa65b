using Matching.Invariants;
using Matching.Replay.Http;

namespace Matching.Replay.Reporting;

/// <summary>What a replay came to, counted from the rows.</summary>
public sealed record Figures(
    IReadOnlyDictionary<string, int> Wishes,
    IReadOnlyDictionary<string, int> Orders,
    IReadOnlyDictionary<string, int> Offers,
    int Waves,
    IReadOnlyDictionary<string, int> Escalations,
    int Held,
    int Accepted,
    int NoShows,
    int Released,
    int Served,
    int Confirmed,
    int ConfirmedBySilence,
    int Disputed,
    int RatedByResident,
    int RatedByVolunteer,
    int RatingsSilent,
    int Minutes,
    IReadOnlyList<Waits> FirstOffer,
    IReadOnlyList<Waits> FirstYes,
    double Gini,
    int ActiveVolunteers,
    double MedianStationHours,
    double SlowestStationHours,
    string SlowestStation,
    Besides Besides)
{
    /// <summary>Of ten thousand, what a whole province fulfils: 600,000 of 900,000 wishes.</summary>
    public const double Liaoning = 66.7;

    public int AllWishes => Wishes.Values.Sum();

    public int AllOrders => Orders.Values.Sum();

    public int AllOffers => Offers.Values.Sum();

    public double FulfilledPercent => AllWishes == 0 ? 0 : 100.0 * Wishes.GetValueOrDefault("Fulfilled") / AllWishes;

    public double OffersPerYes => Accepted == 0 ? 0 : (double)AllOffers / Accepted;

    public static Figures Read(string databaseFile)
    {
        using var rows = new Rows(databaseFile);
        Dictionary<string, int> By(string sql) => rows.List(sql, row => (row.Text(0), row.Int(1))).ToDictionary(pair => pair.Item1, pair => pair.Item2);
        int Count(string sql) => (int)rows.Count(sql);
        var stations = rows
            .List(
                """
                SELECT s.name, w.submitted_at, MIN(a.accepted_at) FROM wishes w JOIN sites s ON s.id = w.site_id AND s.kind = 'Station'
                JOIN wish_orders x ON x.wish_id = w.id JOIN assignments a ON a.order_id = x.order_id GROUP BY w.id
                """,
                row => (Name: row.Text(0), Hours: (row.Time(2) - row.Time(1)).TotalHours))
            .GroupBy(wish => wish.Name)
            .Select(station => (station.Key, Hours: Percentile.Of([.. station.Select(wish => wish.Hours).Order()], 0.5)))
            .OrderBy(station => station.Hours).ThenBy(station => station.Key, StringComparer.Ordinal)
            .ToList();
        var perVolunteer = rows.List(
            "SELECT (SELECT COUNT(*) FROM assignments a WHERE a.volunteer_id = v.id AND a.holds = 1) FROM volunteers v WHERE v.status = 'Active'", row => row.Int(0));
        return new Figures(
            By("SELECT state, COUNT(*) FROM wishes GROUP BY state"),
            By("SELECT state, COUNT(*) FROM orders GROUP BY state"),
            By("SELECT state, COUNT(*) FROM offers GROUP BY state"),
            Count("SELECT COUNT(*) FROM dispatch_rounds"),
            By("SELECT s.kind, COUNT(*) FROM escalations e JOIN sites s ON s.id = e.to_site_id GROUP BY s.kind"),
            Count("SELECT COUNT(DISTINCT subject_id) FROM transitions WHERE to_state = 'ManualHold'"),
            Count("SELECT COUNT(*) FROM assignments"),
            Count("SELECT COUNT(*) FROM assignments WHERE state = 'NoShow'"),
            Count("SELECT COUNT(*) FROM assignments WHERE state = 'Released'"),
            Count("SELECT COUNT(*) FROM assignments WHERE checked_out_at IS NOT NULL"),
            Count("SELECT COUNT(DISTINCT subject_id) FROM transitions WHERE deed = 'Confirm'"),
            Count("SELECT COUNT(DISTINCT subject_id) FROM transitions WHERE deed = 'PassConfirmation'"),
            Count("SELECT COUNT(DISTINCT subject_id) FROM transitions WHERE to_state = 'Disputed'"),
            Count("SELECT COUNT(*) FROM ratings WHERE silent = 0 AND direction = 'OfVolunteer'"),
            Count("SELECT COUNT(*) FROM ratings WHERE silent = 0 AND direction = 'OfResident'"),
            Count("SELECT COUNT(*) FROM ratings WHERE silent = 1"),
            Count("SELECT COALESCE(SUM(minutes), 0) FROM hours_entries"),
            Waiting(rows, "SELECT w.urgency, w.submitted_at, MIN(f.sent_at) FROM wishes w JOIN wish_orders x ON x.wish_id = w.id JOIN offers f ON f.order_id = x.order_id GROUP BY w.id"),
            Waiting(rows, "SELECT w.urgency, w.submitted_at, MIN(a.accepted_at) FROM wishes w JOIN wish_orders x ON x.wish_id = w.id JOIN assignments a ON a.order_id = x.order_id GROUP BY w.id"),
            GiniOf(perVolunteer),
            perVolunteer.Count,
            Percentile.Of([.. stations.Select(station => station.Hours)], 0.5),
            stations.Count == 0 ? 0 : stations[^1].Hours,
            stations.Count == 0 ? "none" : stations[^1].Key,
            Besides.Read(rows));
    }

    /// <summary>0: all the same; near 1: one has everything. Half the mean difference of any two, by the mean.</summary>
    public static double GiniOf(IReadOnlyCollection<int> counts)
    {
        var sorted = counts.Order().ToList();
        var sum = sorted.Sum(count => (double)count);
        return sum == 0 ? 0 : sorted.Select((count, i) => (2.0 * (i + 1) - sorted.Count - 1) * count).Sum() / (sorted.Count * sum);
    }

    private static List<Waits> Waiting(Rows rows, string sql)
    {
        var all = rows.List(sql, row => (Urgency: row.Text(0), Minutes: (row.Time(2) - row.Time(1)).TotalMinutes));
        return [Waits.Of("all", all.Select(wait => wait.Minutes)), .. all.GroupBy(wait => wait.Urgency).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => Waits.Of(group.Key, group.Select(wait => wait.Minutes)))];
    }
}

/// <summary>How long wishes waited, in minutes of the field.</summary>
public sealed record Waits(string What, int Count, double P50, double P99)
{
    public static Waits Of(string what, IEnumerable<double> minutes)
    {
        var sorted = minutes.Order().ToList();
        return new Waits(what, sorted.Count, Percentile.Of(sorted, 0.50), Percentile.Of(sorted, 0.99));
    }
}
