using System.Diagnostics;
using System.Text.Json;
using Matching.Replay;

namespace Matching.Benchmarks.Service;

/// <summary>
/// What is promised of the product over HTTP: a process of its own on an empty SQLite database takes in volunteers as a file, then says who could be asked
/// for orders, and how many each rule removed.
/// </summary>
internal sealed class ServiceSuite : ISuite
{
    public string Name => "service";

    public string Purpose => "the service itself, over HTTP: [--volunteers 566000] [--asks 400] [--counts 60]: import, candidates, counts";

    public bool Run(Options options, Report report) => RunAsync(options, report).GetAwaiter().GetResult();

    private static async Task<bool> RunAsync(Options options, Report report)
    {
        var folder = Directory.CreateTempSubdirectory("matching-service-").FullName;
        try
        {
            // The demonstration's county: its sites, skills and logins are what volunteers and orders are made for.
            var settings = new Dictionary<string, string> { ["Demonstration__Seed"] = "true" };
            await using var server = new ServerProcess(folder, 1, settings);
            await server.StartAsync();
            using var admin = new ServiceClient(server.Url);
            await admin.SignInAsync("centeradmin");
            var volunteers = options.Number("volunteers", 566_000);
            var isRight = await ImportAsync(admin, Path.Combine(folder, "volunteers.csv"), volunteers, report);
            await CaughtUpAsync(server.Url);
            await admin.SignInAsync("centeradmin");
            var orders = await OrdersAsync(admin);
            isRight &= await AskAsync(admin, orders, "who could be asked", "", options.Number("asks", 400), 5, report);
            isRight &= await AskAsync(admin, orders, "and how many each rule removed", "?explain=counts", options.Number("counts", 60), 40, report);
            return isRight;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<bool> ImportAsync(ServiceClient admin, string file, int volunteers, Report report)
    {
        var sites = (await admin.ListAsync("sites?kind=station")).ConvertAll(site => new VolunteerFile.Site(
            site.GetProperty("id").GetString()!, site.GetProperty("place").GetProperty("lat").GetDouble(), site.GetProperty("place").GetProperty("lng").GetDouble()));
        var skills = (await admin.ReadAsync("skills")).GetProperty("items").EnumerateArray().Select(skill => skill.GetProperty("code").GetString()!).ToArray();
        VolunteerFile.Write(file, volunteers, [.. sites], skills);
        var id = (await admin.PostAsync("imports", new { fileName = "volunteers.csv" })).GetProperty("id").GetString();

        var progress = new Progress("importing", volunteers);
        var began = Stopwatch.GetTimestamp();
        var taking = admin.PutFileAsync($"imports/{id}/file", file);
        while (await Task.WhenAny(taking, Task.Delay(TimeSpan.FromMilliseconds(500))) != taking)
        {
            progress.Report((await admin.ReadAsync($"imports/{id}")).GetProperty("rowsDone").GetInt32());
        }

        var import = await taking;
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        progress.Done();
        var taken = import.GetProperty("taken").GetInt32();
        var isRight = taken == volunteers && import.GetProperty("refused").GetInt32() == 0;
        report.Add("import of volunteers, CSV over HTTP into SQLite", ("volunteers", volunteers), ("MB", new FileInfo(file).Length / 1e6), ("seconds", seconds),
            ("volunteers/s", volunteers / seconds), ("goal s", 120), ("taken", taken), ("all taken", isRight));
        report.Flush();
        return isRight;
    }

    /// <summary>Until the index has seen everybody who was imported.</summary>
    private static async Task CaughtUpAsync(Uri service)
    {
        using var http = new HttpClient { BaseAddress = service };
        while (true)
        {
            using var answer = await http.GetAsync("health/ready");
            var health = JsonSerializer.Deserialize<JsonElement>(await answer.Content.ReadAsByteArrayAsync());
            if (answer.IsSuccessStatusCode && health.GetProperty("behind").EnumerateObject().All(part => part.Value.GetInt32() == 0))
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(200));
        }
    }

    /// <summary>
    /// Wishes for things that need no curator, each for another hour, made orders by themselves. They are the center's own: everybody in the county may be
    /// asked, the most that there is to look at.
    /// </summary>
    private static async Task<string[]> OrdersAsync(ServiceClient admin)
    {
        var siteId = (await admin.ListAsync("sites?kind=center"))[0].GetProperty("id").GetString();
        var residentId = (await admin.ReadAsync("residents?take=1")).GetProperty("items")[0].GetProperty("id").GetString();
        var orders = new List<string>();
        var day = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 86_400 * 86_400).AddDays(2);
        foreach (var item in (await admin.ListAsync("menu-items")).Where(item => !item.GetProperty("needsCuration").GetBoolean()).Take(6))
        {
            var start = day.AddHours(2 + orders.Count % 3);
            var wish = await admin.PostAsync("wishes", new
            {
                residentId,
                siteId,
                words = "请人帮忙",
                menuItemId = item.GetProperty("id").GetString(),
                window = new { start, end = start.AddHours(1) },
            });
            var made = await admin.ReadAsync($"wishes/{wish.GetProperty("id").GetString()}");
            orders.AddRange(made.GetProperty("orders").EnumerateArray().Select(order => order.GetProperty("id").GetString()!));
        }

        return orders.Count > 0 ? [.. orders] : throw new InvalidOperationException("The demonstration's menu has nothing that becomes an order by itself.");
    }

    private static async Task<bool> AskAsync(ServiceClient admin, string[] orders, string what, string query, int asks, double goalMs, Report report)
    {
        // Until the compiler has made its best of it, in the service and here.
        var (found, considered) = (0, 0);
        for (var i = 0; i < Math.Max(orders.Length, asks / 2); i++)
        {
            var answer = await admin.ReadAsync($"orders/{orders[i % orders.Length]}/candidates{query}");
            found += answer.GetProperty("candidates").GetArrayLength();
            considered = answer.GetProperty("explanation") is { ValueKind: JsonValueKind.Object } counts ? counts.GetProperty("considered").GetInt32() : 0;
        }

        var timings = new Timings(asks);
        for (var i = 0; i < asks; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await admin.ReadAsync($"orders/{orders[i % orders.Length]}/candidates{query}");
            timings.Add(Stopwatch.GetTimestamp() - start);
        }

        report.Add("an order's candidates over HTTP, one after the other", ("question", what), ("orders", orders.Length), ("asked", asks),
            ("p50 ms", timings.Percentile(0.5) / 1_000), ("p99 ms", timings.Percentile(0.99) / 1_000), ("goal p50 ms", goalMs), ("counted", considered), ("found", found > 0));
        report.Flush();
        return found > 0;
    }
}
