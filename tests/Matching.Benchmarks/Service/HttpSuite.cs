using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Matching.Replay;

namespace Matching.Benchmarks.Service;

/// <summary>
/// What is promised to front ends and partners: how soon many open streams hear of a change, and what it costs to keep a wish and the answer to it safe, beside a
/// request that passes the same sign-in, binding and validation and stores nothing.
/// </summary>
internal sealed class HttpSuite : ISuite
{
    private const double GoalShare = 0.3;
    private const double GoalMs = 250;

    public string Name => "http";

    public string Purpose => "streams and keyed POSTs, over HTTP: [--streams 200] [--events 2000] [--seconds 20] [--posts 64] [--rounds 5]";

    public bool Run(Options options, Report report) => RunAsync(options, report).GetAwaiter().GetResult();

    private static async Task<bool> RunAsync(Options options, Report report)
    {
        var folder = Directory.CreateTempSubdirectory("matching-http-").FullName;
        try
        {
            await using var server = new ServerProcess(folder, 1, new Dictionary<string, string> { ["Demonstration__Seed"] = "true" });
            await server.StartAsync();
            var isRight = await PostsAsync(server, options, report);
            return await StreamsAsync(server.Url, options, report) && isRight;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>In turns, so that what else the machine does meets both alike.</summary>
    private static async Task<bool> PostsAsync(ServerProcess server, Options options, Report report)
    {
        var (atOnce, rounds) = (options.Number("posts", 64), options.Number("rounds", 5));
        var turn = TimeSpan.FromSeconds(options.Number("seconds", 20) / 4.0);
        using var client = await WriterAsync(server.Url, atOnce);
        // Until the compiler has made its best of both.
        await PostForAsync(server, client, atOnce, turn, onlyChecked: true);
        await PostForAsync(server, client, atOnce, turn, onlyChecked: false);
        var (checkedOnly, stored) = (new List<Posted>(), new List<Posted>());
        var progress = new Progress("posting", rounds);
        for (var round = 0; round < rounds; round++)
        {
            checkedOnly.Add(await PostForAsync(server, client, atOnce, turn, onlyChecked: true));
            stored.Add(await PostForAsync(server, client, atOnce, turn, onlyChecked: false));
            progress.Report(round + 1);
        }

        var (nothing, kept) = (Middle(checkedOnly), Middle(stored));
        var share = kept.PerSecond / nothing.PerSecond;
        foreach (var (what, posted) in new[] { ("checked, nothing stored", nothing), ("stored under a key, synchronous=FULL", kept) })
        {
            report.Add($"POST /wishes, {atOnce} at once", ("request", what), ("a second", posted.PerSecond), ("p50 ms", posted.P50Ms), ("p99 ms", posted.P99Ms), ("service CPU µs", posted.WorkUs),
                ("share", posted.PerSecond / nothing.PerSecond), ("goal", posted == kept ? GoalShare : 1.0), ("all answered", posted.Failed == 0));
        }

        report.Flush();
        Console.WriteLine(share >= GoalShare ? "" : $"The goal of {GoalShare} is missed.");
        return checkedOnly.Concat(stored).All(posted => posted.Failed == 0);
    }

    private static Posted Middle(List<Posted> all) => all.OrderBy(posted => posted.PerSecond).ElementAt(all.Count / 2);

    private static async Task<Posted> PostForAsync(ServerProcess server, HttpClient client, int atOnce, TimeSpan time, bool onlyChecked)
    {
        var body = Wish();
        var (began, worked) = (Stopwatch.GetTimestamp(), server.ProcessorTime);
        var (done, failed) = (0, 0);
        var took = new List<long>[atOnce];
        await Task.WhenAll(Enumerable.Range(0, atOnce).Select(number => Task.Run(async () =>
        {
            var mine = took[number] = [];
            while (Stopwatch.GetElapsedTime(began) < time)
            {
                var start = Stopwatch.GetTimestamp();
                using var request = new HttpRequestMessage(HttpMethod.Post, "wishes") { Content = new ByteArrayContent(body) { Headers = { ContentType = new("application/json") } } };
                request.Headers.Add(onlyChecked ? "X-Only-Check" : "Idempotency-Key", string.Create(CultureInfo.InvariantCulture, $"{number}-{start}"));
                using var answer = await client.SendAsync(request);
                Interlocked.Add(ref failed, answer.StatusCode == (onlyChecked ? HttpStatusCode.NoContent : HttpStatusCode.Created) ? 0 : 1);
                Interlocked.Increment(ref done);
                mine.Add(Stopwatch.GetTimestamp() - start);
            }
        })));
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        worked = server.ProcessorTime - worked;
        var timings = new Timings(done);
        foreach (var ticks in took.SelectMany(one => one))
        {
            timings.Add(ticks);
        }

        return new Posted(done / seconds, timings.Percentile(0.5) / 1_000, timings.Percentile(0.99) / 1_000, worked.TotalMicroseconds / done, failed);
    }

    private static async Task<bool> StreamsAsync(Uri service, Options options, Report report)
    {
        var (streams, eventsASecond, seconds) = (options.Number("streams", 200), options.Number("events", 2_000), options.Number("seconds", 20));
        using var writer = await WriterAsync(service, 8);
        using var over = new CancellationTokenSource();
        var token = await TokenAsync(service, "centeradmin");
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = streams }) { BaseAddress = new Uri(service, "/api/v1/"), Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var listeners = new Listener[streams];
        for (var i = 0; i < streams; i++)
        {
            listeners[i] = await Listener.OpenAsync(client, over.Token);
        }

        // Each change goes to every stream.
        var pause = TimeSpan.FromSeconds((double)streams / eventsASecond);
        var warm = (int)(2 / pause.TotalSeconds);
        var changes = (int)(seconds / pause.TotalSeconds);
        var written = await WriteAsync(writer, pause, warm + changes);
        var wanted = written.Skip(warm).ToHashSet();
        var heardAll = await Task.WhenAny(Task.WhenAll(listeners.Select(listener => listener.HasHeardAsync(wanted))), Task.Delay(TimeSpan.FromSeconds(20)));
        await over.CancelAsync();
        await Task.WhenAll(listeners.Select(listener => listener.Over));

        var timings = new Timings(streams * wanted.Count);
        var (missing, twice) = (0, 0);
        foreach (var listener in listeners)
        {
            var (ticks, lacks, again) = listener.Of(wanted);
            ticks.ForEach(timings.Add);
            missing += lacks;
            twice += again;
        }

        var isRight = missing == 0 && twice == 0 && heardAll.IsCompletedSuccessfully;
        report.Add("changes to open streams, from the change's own time to the client, loopback", ("streams", streams), ("changes/s", 1 / pause.TotalSeconds),
            ("events/s", streams / pause.TotalSeconds), ("events", timings.Count), ("p50 ms", timings.Percentile(0.5) / 1_000), ("p99 ms", timings.Percentile(0.99) / 1_000),
            ("longest ms", timings.LongestUs / 1_000), ("goal p99 ms", GoalMs), ("missing", missing), ("twice", twice));
        report.Flush();
        return isRight;
    }

    /// <summary>A wish at each beat, whether the one before has been answered or not; their ids.</summary>
    private static async Task<List<string>> WriteAsync(HttpClient client, TimeSpan pause, int count)
    {
        var progress = new Progress("telling the streams", count);
        var asked = new List<Task<string>>();
        using var beat = new PeriodicTimer(pause);
        for (var i = 0; i < count; i++)
        {
            await beat.WaitForNextTickAsync();
            asked.Add(SubmitAsync(client));
            progress.Report(i + 1);
        }

        return [.. await Task.WhenAll(asked)];
    }

    private static async Task<string> SubmitAsync(HttpClient client)
    {
        using var content = new ByteArrayContent(Wish()) { Headers = { ContentType = new("application/json") } };
        using var answer = await client.PostAsync("wishes", content);
        return JsonSerializer.Deserialize<JsonElement>(await answer.EnsureSuccessStatusCode().Content.ReadAsByteArrayAsync()).GetProperty("id").GetString()!;
    }

    private static byte[] Wish()
    {
        var start = DateTimeOffset.FromUnixTimeSeconds((TimeProvider.System.GetUtcNow().ToUnixTimeSeconds() / 86_400 + 2) * 86_400).AddHours(2);
        return JsonSerializer.SerializeToUtf8Bytes(new { words = "客厅的灯坏了，够不着，请人来换。", window = new { start, end = start.AddHours(2) } });
    }

    private static async Task<HttpClient> WriterAsync(Uri service, int atOnce)
    {
        var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = atOnce }) { BaseAddress = new Uri(service, "/api/v1/") };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", await TokenAsync(service, "resident"));
        return client;
    }

    private static async Task<string> TokenAsync(Uri service, string username)
    {
        using var client = new ServiceClient(service);
        return await client.SignInAsync(username);
    }

    /// <param name="WorkUs">Processor time of the service for one of them.</param>
    private sealed record Posted(double PerSecond, double P50Ms, double P99Ms, double WorkUs, int Failed);

    /// <summary>One open stream: which wishes it heard of, and how long after they were submitted.</summary>
    private sealed class Listener
    {
        private const string Event = "event: wish.submitted";

        private readonly Dictionary<string, (long Ticks, int Times)> _heard = [];
        private readonly Lock _gate = new();

        public required Task Over { get; init; }

        public static async Task<Listener> OpenAsync(HttpClient client, CancellationToken over)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "changes");
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
            var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, over);
            var reader = new StreamReader(await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync(over), Encoding.UTF8);
            // It says at once that it listens.
            await reader.ReadLineAsync(over);
            var begun = new TaskCompletionSource();
            var listener = new Listener { Over = begun.Task };
            _ = Task.Run(() => listener.ReadAsync(response, reader, begun, over), CancellationToken.None);
            return listener;
        }

        public async Task HasHeardAsync(IReadOnlySet<string> wanted)
        {
            while (!Over.IsCompleted && Of(wanted).Missing > 0)
            {
                await Task.Delay(100);
            }
        }

        public (List<long> Ticks, int Missing, int Twice) Of(IReadOnlySet<string> wanted)
        {
            lock (_gate)
            {
                var heard = wanted.Where(_heard.ContainsKey).Select(id => _heard[id]).ToList();
                return ([.. heard.Select(one => one.Ticks)], wanted.Count - heard.Count, heard.Count(one => one.Times > 1));
            }
        }

        private async Task ReadAsync(HttpResponseMessage response, StreamReader reader, TaskCompletionSource ended, CancellationToken over)
        {
            try
            {
                var isWish = false;
                while (await reader.ReadLineAsync(over) is { } line)
                {
                    var now = TimeProvider.System.GetUtcNow();
                    if (isWish && line.StartsWith("data: ", StringComparison.Ordinal))
                    {
                        Take(line, now);
                    }

                    isWish = line == Event;
                }
            }
            catch (Exception problem) when (problem is OperationCanceledException or IOException)
            {
                // The measurement is over.
            }
            finally
            {
                reader.Dispose();
                response.Dispose();
                ended.SetResult();
            }
        }

        private void Take(string line, DateTimeOffset now)
        {
            using var change = JsonDocument.Parse(line.AsMemory("data: ".Length));
            var ticks = (long)((now - change.RootElement.GetProperty("at").GetDateTimeOffset()).TotalSeconds * Stopwatch.Frequency);
            lock (_gate)
            {
                var id = change.RootElement.GetProperty("subjectId").GetString()!;
                _heard[id] = _heard.TryGetValue(id, out var before) ? (before.Ticks, before.Times + 1) : (ticks, 1);
            }
        }
    }
}
