using System.Globalization;
using Matching.Invariants;
using Matching.Replay.Http;

namespace Matching.Replay.Reporting;

/// <summary>The table at the end.</summary>
public static class Report
{
    public static string Of(Result result)
    {
        var lines = new List<string>();
        if (result.Figures is { } figures)
        {
            lines.AddRange(Loop(figures));
            lines.AddRange(Besides(figures.Besides));
        }

        lines.AddRange(Http(result.Traffic, result.Kills, result.Took));
        lines.AddRange(Used(result.Coverage, result.NamesUnused));
        lines.AddRange(Truth(result.Findings, result.Broken, result.Restless));
        return string.Join('\n', lines);
    }

    private static IEnumerable<string> Besides(Besides b) =>
    [
        "",
        "── Besides ─────────────────────────────────────────────────────────────────────────────",
        Line("teams", b.TeamOffers, $"said yes {b.TeamYeses}, filled {b.TeamSeats} seats, checked in by the captain {b.ByOrganiser}"),
        Line("by hand", b.RoundsByHand, $"rounds; asked one by one {b.RoundsOneByOne}, everybody at once {b.RoundsToAll}, handed down {b.HandedDown}, reassigned {b.Reassigned}"),
        Line("split", b.Split, $"wishes with more than one order; orders for more than one wish {b.Together}; merged {b.Merged}, referred {b.Referred}, appealed {b.Appealed}"),
        Line("meetings", b.Meetings, $"with {b.MeetingWishes} wishes"),
        Line("emergencies", b.Emergencies, $"ended by hand {b.EmergenciesByHand}; rounds in them {b.EmergencyRounds}, critical wishes in them {b.EmergencyWishes}"),
        Line("long days", b.Approvals, $"approvals of hours; approved {b.ApprovalsYes}, refused {b.ApprovalsNo}; lines put right {b.Reversals}"),
    ];

    private static IEnumerable<string> Used(Coverage coverage, bool names)
    {
        yield return $"  {coverage.Used} of {coverage.All} operations were used{(names ? "; nobody used" : "")}";
        foreach (var operation in names ? coverage.Unused : [])
        {
            yield return $"    {operation}";
        }
    }

    private static IEnumerable<string> Loop(Figures f) =>
    [
        "",
        "── The loop ────────────────────────────────────────────────────────────────────────────",
        Line("wishes", f.AllWishes, Words(f.Wishes)),
        Line("orders", f.AllOrders, Words(f.Orders)),
        Line("offers", f.AllOffers, Words(f.Offers)),
        Line("waves", f.Waves, ""),
        Line("escalations", f.Escalations.Values.Sum(), $"to institutes {f.Escalations.GetValueOrDefault("Institute")}, to centers {f.Escalations.GetValueOrDefault("Center")}, to a person {f.Held}"),
        Line("accepted", f.Accepted, $"given back {f.Released}, no-shows {f.NoShows}"),
        Line("served", f.Served, Text($"{f.Minutes / 60.0:0.0} h in the ledger")),
        Line("confirmed", f.Confirmed, $"by silence {f.ConfirmedBySilence}, disputed {f.Disputed}"),
        Line("rated", f.RatedByResident + f.RatedByVolunteer, $"by residents {f.RatedByResident}, by volunteers {f.RatedByVolunteer}, silent {f.RatingsSilent}"),
        Line("closed", f.Orders.GetValueOrDefault("Closed"), ""),
        Line("unfilled", f.Orders.GetValueOrDefault("Unfilled"), $"cancelled {f.Orders.GetValueOrDefault("Cancelled")}, failed {f.Orders.GetValueOrDefault("Failed")}"),
        "",
        Text($"  fulfilment              {f.FulfilledPercent,8:0.0} %   (Liaoning, a province: {Figures.Liaoning} %)"),
        Text($"  offers per acceptance   {f.OffersPerYes,8:0.0}"),
        .. f.FirstOffer.Select(waits => Wait("wish → first offer", waits)),
        .. f.FirstYes.Select(waits => Wait("wish → accepted", waits)),
        Text($"  Gini of orders          {f.Gini,8:0.00}     over {f.ActiveVolunteers} active volunteers"),
        Text($"  slowest station         {f.SlowestStationHours,8:0.0} h   to a yes, {f.SlowestStation}; the median station {f.MedianStationHours:0.0} h"),
    ];

    private static IEnumerable<string> Http(Traffic traffic, int kills, TimeSpan took)
    {
        var all = traffic.Total();
        yield return "";
        yield return "── HTTP ────────────────────────────────────────────────────────────────────────────────";
        yield return Text($"  {"operation",-46} {"requests",8} {"p50 ms",8} {"p99 ms",8}  refusals");
        foreach (var operation in traffic.Figures())
        {
            yield return Text($"  {operation.Name,-46} {operation.Requests,8} {operation.P50,8:0.0} {operation.P99,8:0.0}  {Words(operation.Refusals)}");
        }

        yield return Text($"  {"all",-46} {all.Requests,8} {all.P50,8:0.0} {all.P99,8:0.0}  {all.Requests / Math.Max(0.001, took.TotalSeconds):0} a second, {took.TotalSeconds:0} s");
        if (kills > 0)
        {
            yield return $"  killed {kills} times; {traffic.Interrupted} requests were sent again";
        }

        foreach (var (what, times) in traffic.Unexpected.OrderByDescending(pair => pair.Value))
        {
            yield return $"  UNEXPECTED {times} × {what}";
        }
    }

    private static IEnumerable<string> Truth(Findings? findings, IReadOnlyCollection<string> broken, string? restless)
    {
        yield return "";
        yield return "── What must always be true ────────────────────────────────────────────────────────────";
        if (findings is null)
        {
            yield return "  not checked: without --database there are no rows to look at";
        }

        foreach (var group in (findings?.All ?? []).GroupBy(finding => finding.Invariant))
        {
            yield return $"  {(group.Key == 0 ? "–" : group.Key)}  {(group.All(finding => finding.Holds) ? "holds" : "BROKEN")}: {group.Count()} sentences on {group.Sum(finding => finding.Looked)} rows";
        }

        foreach (var finding in findings?.Broken ?? [])
        {
            yield return $"  BROKEN {finding}";
        }

        foreach (var seen in broken)
        {
            yield return $"  BROKEN {seen}";
        }

        if (restless is not null)
        {
            yield return $"  BROKEN {restless}";
        }
    }

    private static string Line(string what, int count, string more) => Text($"  {what,-14} {count,8}   {more}").TrimEnd();

    private static string Wait(string what, Waits waits) =>
        Text($"  {what + ", " + waits.What.ToLowerInvariant(),-32} p50 {Time(waits.P50),8}   p99 {Time(waits.P99),8}   ({waits.Count})");

    private static string Time(double minutes) => minutes switch
    {
        < 1 => Text($"{minutes * 60:0} s"),
        < 120 => Text($"{minutes:0} min"),
        < 48 * 60 => Text($"{minutes / 60:0.0} h"),
        _ => Text($"{minutes / 1440:0.0} d"),
    };

    private static string Words(IReadOnlyDictionary<string, int> counts) =>
        string.Join(", ", counts.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key} {pair.Value}"));

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
