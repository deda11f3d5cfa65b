using System.Diagnostics;
using Matching.Invariants;
using Matching.Replay.City;
using Matching.Replay.Http;
using Matching.Replay.People;
using Matching.Replay.Playing;
using Matching.Replay.Reporting;
using Microsoft.Data.Sqlite;

namespace Matching.Replay;

/// <summary>What a replay ended with.</summary>
/// <param name="Figures">Null where the rows could not be read.</param>
/// <param name="Findings">Null where the rows could not be read.</param>
/// <param name="NamesUnused">Whether to name the operations that nobody used.</param>
public sealed record Result(
    Figures? Figures, Traffic Traffic, Coverage Coverage, Findings? Findings, IReadOnlyCollection<string> Broken, string? Restless, int Kills, TimeSpan Took,
    bool NamesUnused)
{
    public bool IsGood => Findings is not { Hold: false } && Broken.Count == 0 && Restless is null && Traffic.Unexpected.Count == 0;

    public override string ToString() => Report.Of(this);
}

/// <summary>One replay from start to end: a server, a town, the requests, the check.</summary>
public static class Session
{
    /// <param name="examine">Is shown the database while it is still there.</param>
    public static async Task<Result> RunAsync(Options options, Action<string> say, Action<string>? examine = null)
    {
        var all = CityRequest.ReadAll(options.File);
        var areas = AreaTree.Of(all);
        var requests = all.Take(options.Limit).ToList();
        say($"{requests.Count} of {all.Count} requests; {areas.Centers.Count} centers, {areas.Institutes.Count()} institutes, {areas.Stations.Count()} stations");

        var servers = options.Url is null ? await Servers.StartAsync(options) : null;
        try
        {
            var began = Stopwatch.GetTimestamp();
            var traffic = new Traffic();
            var run = $"{options.Seed}-{TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds()}";
            using var web = new Web(options.Url is { } url ? [url] : servers!.Urls, traffic, run, servers is null ? null : servers.ReadyAsync);
            var stage = await StageAsync(options, web, areas, requests.Count, requests[0].At, say);
            say($"{stage.Town.Helpers.Count} volunteers, {stage.Town.Askers.Values.Sum(list => list.Count)} residents; {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s");

            var restless = await PlayAsync(stage, requests, traffic, servers);
            var took = Stopwatch.GetElapsedTime(began);
            var coverage = await Coverage.ReadAsync(options.Url ?? servers!.Urls[0], [.. traffic.Figures().Select(operation => operation.Name)]);
            var result = new Result(null, traffic, coverage, null, stage.Broken, restless, servers?.Kills ?? 0, took, options.Operations);
            if ((options.Database ?? servers?.DatabaseFile) is not { } database)
            {
                return result;
            }

            await HandedOnAsync(database);
            var findings = InvariantCheck.Run(database, web.Acknowledged, web.AcknowledgedStates, stage.Revealed);
            result = result with { Figures = Figures.Read(database), Findings = findings };
            examine?.Invoke(database);
            return result;
        }
        finally
        {
            if (servers is not null)
            {
                await servers.DisposeAsync();
            }
        }
    }

    // Whoever was killed may hold messages under a lease; the others hand them on when it has run out, by the machine's clock.
    private static async Task HandedOnAsync(string database)
    {
        var began = Stopwatch.GetTimestamp();
        using var connection = new SqliteConnection($"Data Source={database};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var waiting = new SqliteCommand("SELECT COUNT(*) FROM outbox WHERE due_at IS NOT NULL", connection);
        while ((long)waiting.ExecuteScalar()! > 0 && Stopwatch.GetElapsedTime(began) < TimeSpan.FromMinutes(2))
        {
            await Task.Delay(200);
        }
    }

    private static async Task<Stage> StageAsync(Options options, Web web, AreaTree areas, int rows, DateTimeOffset begins, Action<string> say)
    {
        var chance = new Chance(options.Seed);
        var time = new FieldTime(web, options.Speed);
        // The town is made a week before, so that nobody is newer than her first request.
        await time.SettleAtAsync(begins.AddDays(-7));
        var town = await new TownBuilder(web, options, options.VolunteersFor(rows), areas, chance, Names.Read(chance, options.File), say).BuildAsync();
        return new Stage(web, options, chance, new Agenda(), time, town, new Stories());
    }

    private static async Task<string?> PlayAsync(Stage stage, IReadOnlyList<CityRequest> requests, Traffic traffic, Servers? servers)
    {
        var crowd = new Crowd(stage);
        await crowd.SkipAsync();
        var replay = new Playing.Replay(stage, crowd, requests);
        using var bar = new ProgressBar(stage.Options.Quiet, requests.Count);
        using var over = new CancellationTokenSource();
        var killing = stage.Options.KillEvery is { } pause ? KillAsync(servers!, pause, over.Token) : Task.CompletedTask;
        await replay.RunAsync(() => bar.Show(replay.Asked, replay.Now, stage.Agenda.Count, traffic.Requests));
        await over.CancelAsync();
        await killing;
        return replay.Restless;
    }

    private static async Task KillAsync(Servers servers, TimeSpan pause, CancellationToken over)
    {
        try
        {
            while (true)
            {
                await Task.Delay(pause, over);
                await servers.KillNextAndStartAsync();
            }
        }
        catch (OperationCanceledException)
        {
            // The replay is over.
        }
    }
}
