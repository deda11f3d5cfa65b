using System.Text.Json;
using Matching.Replay.City;
using Matching.Replay.Http;

namespace Matching.Replay.Playing;

/// <summary>
/// What those who work in districts and centers do every morning: see what waits, say yes or no to hours beyond a day's, look through the register, put a line
/// of it right, and have the chains of the ledger walked.
/// </summary>
public sealed class Desks(Stage stage)
{
    /// <summary>Nearly all that was asked for is over by then.</summary>
    private const int MorningsAfterTheLastRequest = 10;

    private static readonly TimeOnly Opens = new(8, 30);

    private readonly Dictionary<Area, string> _readTo = [];
    private readonly HashSet<string> _read = [];
    private readonly Lock _gate = new();

    /// <summary>From the first morning after the first request to some days after the last.</summary>
    public void Open(DateTimeOffset first, DateTimeOffset last)
    {
        var end = LocalTime.DayOf(last, CityRequest.Zone).AddDays(MorningsAfterTheLastRequest);
        foreach (var area in stage.Town.Areas.Centers.Concat(stage.Town.Areas.Institutes))
        {
            Plan(area, LocalTime.DayOf(first, CityRequest.Zone).AddDays(1), end);
        }
    }

    private void Plan(Area area, DateOnly day, DateOnly end)
    {
        if (day <= end)
        {
            stage.At(LocalTime.At(day, Opens, CityRequest.Zone), $"{area} in the morning", async () =>
            {
                await MorningAsync(area);
                Plan(area, day.AddDays(1), end);
            });
        }
    }

    private async Task MorningAsync(Area area)
    {
        await SeeWhatWaitsAsync(area);
        await DecideHoursAsync(area);
        if (area.Parent is null)
        {
            await LookThroughRegisterAsync(area);
            await WalkChainsAsync(area);
            await LookAtTheServiceAsync(area);
        }
    }

    private async Task SeeWhatWaitsAsync(Area area)
    {
        var (dispatcher, curator) = (stage.Town.Staff[area].Dispatcher!, stage.Town.Staff[area].Curator!);
        await stage.Web.GetAsync(dispatcher, "/queues");
        await stage.Web.GetAsync(curator, "/wishes?take=20");
        await stage.Web.GetAsync(dispatcher, "/teams?take=20");
        await stage.Web.GetAsync(dispatcher, "/volunteers?status=suspended&take=20");
        var held = await stage.Web.GetAsync(dispatcher, "/orders?state=manualHold&sort=due&take=20");
        if (held.IsYes && held.Json.GetProperty("items").EnumerateArray().FirstOrDefault() is { ValueKind: JsonValueKind.Object } oldest)
        {
            await stage.Web.GetAsync(dispatcher, "/orders/{}/timeline", oldest.GetProperty("id").GetString());
        }
    }

    private async Task DecideHoursAsync(Area area)
    {
        var admin = stage.Town.Staff[area].Admin!;
        var waiting = await stage.Web.GetAsync(admin, "/hours/approvals?take=100");
        if (!waiting.IsYes)
        {
            return;
        }

        foreach (var hours in waiting.Json.GetProperty("items").EnumerateArray())
        {
            // What needs the center's yes, the district leaves to it.
            if (area.Parent is not null && hours.GetProperty("needs").GetString() == "center")
            {
                continue;
            }

            var key = stage.Stories.KeyOfSeat(hours.GetProperty("assignmentId").GetString()!) + " served long";
            var no = stage.Chance.Is(key, stage.Options.RefuseHours);
            await stage.Web.PostAsync(
                admin, no ? "/hours/approvals/{}/refuse" : "/hours/approvals/{}/approve", hours.GetProperty("approvalId").GetString(),
                no ? new { reason = "Nobody saw her after five." } : new { reason = "The site manager was there." }, "hours_decided_already", "hours_in_dispute");
        }
    }

    private async Task LookThroughRegisterAsync(Area center)
    {
        var (admin, siteId) = (stage.Town.AdminOf(center), stage.Town.Sites[center]);
        await stage.Web.GetTextAsync(admin, $"/sites/{siteId}/hours?format=csv");
        while (true)
        {
            var cursor = _readTo.GetValueOrDefault(center);
            var page = await stage.Web.GetAsync(admin, $"/sites/{siteId}/hours?take=100{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}");
            if (!page.IsYes)
            {
                return;
            }

            foreach (var line in page.Json.GetProperty("items").EnumerateArray())
            {
                await ReadLineAsync(admin, line);
            }

            if (page.TextOrNull("next") is not { } next)
            {
                return;
            }

            lock (_gate)
            {
                _readTo[center] = next;
            }
        }
    }

    /// <summary>A few lines are wrong: half of it, or nothing of it, is right.</summary>
    private async Task ReadLineAsync(Person admin, JsonElement line)
    {
        var (entryId, assignmentId) = (line.GetProperty("entryId").GetString()!, line.GetProperty("assignmentId").GetString()!);
        lock (_gate)
        {
            // What was put right was right.
            if (!_read.Add(assignmentId))
            {
                return;
            }
        }

        var key = stage.Stories.KeyOfSeat(assignmentId) + " is in the register";
        var minutes = line.GetProperty("minutes").GetInt32();
        if (minutes > 1 && line.GetProperty("reversesId").ValueKind == JsonValueKind.Null && stage.Chance.Is(key, stage.Options.Correct))
        {
            await stage.Web.PostAsync(
                admin, "/hours/{}/reverse", entryId, new { reason = "The list on paper says less.", minutes = stage.Chance.Is(key + " in part", 0.6) ? minutes / 2 : (int?)null },
                "hours_reversed_already", "hours_in_dispute");
        }
    }

    private async Task WalkChainsAsync(Area center)
    {
        var verdict = await stage.Web.PostAsync(stage.Town.AdminOf(center), "/hours/verify", null, new { siteId = stage.Town.Sites[center] });
        if (verdict.IsYes && !verdict.Json.GetProperty("holds").GetBoolean())
        {
            stage.Broken.Add($"5  the service itself finds a ledger broken: {verdict.Json.GetRawText()}");
        }
    }

    private async Task LookAtTheServiceAsync(Area center)
    {
        var admin = stage.Town.AdminOf(center);
        await stage.Web.GetAsync(admin, "/operations/outbox");
        await stage.Web.GetAsync(admin, "/operations/jobs");
        await stage.Web.GetAsync(admin, "/operations/jobs/runs");
        await stage.Web.GetAsync(admin, "/centers/{}/policy", stage.Town.Sites[center]);
        await stage.Web.GetAsync(admin, "/sites/{}/tree", stage.Town.Sites[center]);
        // Harmless at any time.
        await stage.Web.PostAsync(admin, "/operations/jobs/AdvanceOrders/run", null, null);
    }
}
