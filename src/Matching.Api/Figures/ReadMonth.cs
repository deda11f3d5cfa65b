using System.Globalization;
using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;
using Matching.Api.Volunteers;
using Matching.Sites;

namespace Matching.Api.Figures;

/// <param name="SiteId">Of this site and all below it; left out: of my own site.</param>
/// <param name="Month">As 2026-05, on the center's clock; left out: the present one.</param>
/// <param name="Back">How many months before it are counted too.</param>
public sealed record ReadMonthRequest(Id? SiteId = null, string? Month = null, int Back = 5);

public sealed class ReadMonthValidator : AbstractValidator<ReadMonthRequest>
{
    public ReadMonthValidator()
    {
        RuleFor(r => r.Month).MaximumLength(7).Must(month => month is null || ReadMonth.TryParse(month, out _)).Refuse(Refusals.FieldWrongType);
        RuleFor(r => r.Back).InclusiveBetween(0, MonthStore.MostMonths - 1);
    }
}

/// <summary>A month of a subtree: of the whole, of each site directly below, and of the months before.</summary>
/// <param name="Volunteers">Active volunteers of the whole subtree now.</param>
/// <param name="Awake">Those among them who have served in the last 90 days; the others are asleep.</param>
/// <param name="MinutesToOffer">From an order's making to its first offer, the median; null without any.</param>
/// <param name="MinutesToAcceptance">From an order's making to the first yes, the median; null without any.</param>
/// <param name="Sampled">How many orders the two medians are of: all of the month, at most its newest 2,000.</param>
public sealed record MonthResponse(
    Id SiteId, string Month, DateTimeOffset Start, DateTimeOffset Before, FiguresOfSpan Whole, IReadOnlyList<FiguresOfSite> Sites, IReadOnlyList<FiguresOfMonth> Months,
    int Volunteers, int Awake, double? MinutesToOffer, double? MinutesToAcceptance, int Sampled);

/// <summary>What was made and what came of it.</summary>
/// <param name="Orders">Orders that were made then.</param>
/// <param name="Served">Those among them that were served until now.</param>
/// <param name="Closed">Those that are closed by now.</param>
/// <param name="Unfilled">Those for which nobody was found.</param>
/// <param name="Minutes">Verified minutes of service on those days.</param>
public sealed record FiguresOfSpan(int Orders, int Served, int Closed, int Unfilled, long Minutes);

/// <summary>A site directly below, with all below it; or the site itself without them.</summary>
public sealed record FiguresOfSite(Id SiteId, string Name, FiguresOfSpan Figures, int Volunteers, int Awake);

/// <summary>A month of the whole subtree.</summary>
public sealed record FiguresOfMonth(string Month, DateTimeOffset Start, DateTimeOffset Before, FiguresOfSpan Figures);

/// <summary>Orders, hours and volunteers of a month, by site, with the months before it.</summary>
public sealed class ReadMonth(MonthStore months, SiteStore sites, PolicyStore policies, SiteAccess access, Caller caller, TimeProvider clock)
    : Endpoint<ReadMonthRequest, MonthResponse>
{
    private const int MostSites = 5_000;
    private const int MostSampled = 2_000;

    public override void Configure()
    {
        Get("/figures/month");
        Allow(Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin, Role.PlatformAdmin);
        Refuses(Refusals.SiteUnknown);
    }

    internal static bool TryParse(string month, out DateOnly first) =>
        DateOnly.TryParseExact(month + "-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out first) && first.Year is > 2000 and < 2200;

    protected override async Task<Outcome<MonthResponse>> RunAsync(ReadMonthRequest request, CancellationToken ct)
    {
        var found = await access.WithinReachAsync(caller, request.SiteId);
        if (found.Refusal is { } unknown)
        {
            return unknown;
        }

        var site = found.Value;
        var zone = (await policies.CurrentAsync(site.CenterId)).TimeZone;
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(clock.GetUtcNow(), zone).Date);
        if (request.Month is null || !TryParse(request.Month, out var first))
        {
            first = new DateOnly(today.Year, today.Month, 1);
        }

        List<DateOnly> firsts = [.. Enumerable.Range(0, request.Back + 2).Select(month => first.AddMonths(month - request.Back))];
        List<DateTimeOffset> starts = [.. firsts.Select(day => Start(day, zone))];
        var orders = await months.OrdersAsync(site, starts);
        var minutes = await months.MinutesAsync(site, firsts);
        var counted = Enumerable.Range(0, request.Back + 1)
            .Select(month => new FiguresOfMonth(
                Name(firsts[month]), starts[month], starts[month + 1], Sum(orders.Where(row => row.Month == month), minutes.Where(row => row.Month == month))))
            .ToList();
        orders.RemoveAll(row => row.Month != request.Back);
        minutes.RemoveAll(row => row.Month != request.Back);

        var (start, before) = (starts[^2], starts[^1]);
        var volunteers = await months.VolunteersAsync(site, clock.GetUtcNow() - VolunteerStore.AwakeFor);
        var waits = await months.WaitsAsync(site, start, before, MostSampled);
        return new MonthResponse(
            site.Id, Name(first), start, before, counted[^1].Figures, await BySiteAsync(site, orders, minutes, volunteers), counted,
            volunteers.Sum(row => row.Registered), volunteers.Sum(row => row.Awake),
            Median(waits.Where(row => row.OfferedAt >= row.CreatedAt).Select(row => (row.OfferedAt!.Value - row.CreatedAt).TotalMinutes)),
            Median(waits.Where(row => row.AcceptedAt >= row.CreatedAt).Select(row => (row.AcceptedAt!.Value - row.CreatedAt).TotalMinutes)),
            waits.Count);
    }

    private async Task<IReadOnlyList<FiguresOfSite>> BySiteAsync(Site site, List<OrdersAtSite> orders, List<MinutesAtSite> minutes, List<AwakeAtSite> volunteers)
    {
        var below = (await sites.ListAsync(Reach.Of(site.Path), null, closed: true, after: "", MostSites)).Where(one => one.ParentId == site.Id).OrderBy(one => one.Path, StringComparer.Ordinal);
        return
        [
            .. below.Select(one => Line(one, path => path.StartsWith(one.Path, StringComparison.Ordinal))),
            Line(site, path => path == site.Path),
        ];

        FiguresOfSite Line(Site one, Func<string, bool> isOf) => new(
            one.Id, one.Name, Sum(orders.Where(row => isOf(row.Path)), minutes.Where(row => isOf(row.Path))),
            volunteers.Where(row => isOf(row.Path)).Sum(row => row.Registered), volunteers.Where(row => isOf(row.Path)).Sum(row => row.Awake));
    }

    private static FiguresOfSpan Sum(IEnumerable<OrdersAtSite> orders, IEnumerable<MinutesAtSite> minutes)
    {
        var all = orders.ToList();
        return new FiguresOfSpan(all.Sum(row => row.Made), all.Sum(row => row.Served), all.Sum(row => row.Closed), all.Sum(row => row.Unfilled), minutes.Sum(row => row.Minutes ?? 0));
    }

    private static DateTimeOffset Start(DateOnly day, TimeZoneInfo zone) => LocalTime.At(day, TimeOnly.MinValue, zone);

    private static string Name(DateOnly month) => month.ToString("yyyy-MM", CultureInfo.InvariantCulture);

    private static double? Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToList();
        return sorted.Count == 0 ? null : Math.Round((sorted[(sorted.Count - 1) / 2] + sorted[sorted.Count / 2]) / 2, 1);
    }
}
