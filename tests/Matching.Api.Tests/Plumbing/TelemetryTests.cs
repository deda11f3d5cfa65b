using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Matching.Accounts;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Outbox;
using Matching.Api.Plumbing.Telemetry;
using Microsoft.Extensions.DependencyInjection;

namespace Matching.Api.Tests.Plumbing;

/// <summary>What those who run the service can see, and what they must not.</summary>
public partial class TelemetryTests
{
    private const string Marker = "陶小满桂花路";
    private const string Phone = "13912345678";

    private KeptLog _log = null!;
    private Service _service = null!;
    private World _world = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _log = new KeptLog();
        _service = new Service(("Logging:LogLevel:Matching", "Trace")) { Log = _log };
        await _service.AtAsync(Service.Friday);
        _world = await World.CreateAsync(_service);
    }

    [OneTimeTearDown]
    public async Task Stop() => await _service.DisposeAsync();

    [Test]
    public async Task The_metrics_have_the_names_that_dashboards_rely_on()
    {
        await _service.AsNobody().ReadAsync("/development/clock");
        await _service.AsNobody().ReadAsync("/nowhere");

        var page = await _service.AsNobody().GetStringAsync("/metrics");

        Assert.That(page, Does.Contain("matching_refusals_total{code=\"route_unknown\"}"));
        Assert.That(page, Does.Match("http_server_request_duration_seconds_bucket\\{.*http_route=\"/api/v1/development/clock\".*le=\"\\+Inf\"\\} [1-9]"));
        Assert.That(page, Does.Contain("matching_due_oldest_seconds{table=\"orders\"} 0"));
        Assert.That(page, Does.Contain("matching_due_oldest_seconds{table=\"wishes\"} 0"));
        Assert.That(page, Does.Contain("matching_due_oldest_seconds{table=\"outbox\"}"));
        Assert.That(page, Does.Contain("matching_outbox_waiting "));
        Assert.That(page, Does.Contain("# TYPE matching_writer_wait_milliseconds histogram"));
        Assert.That(page, Does.Contain("# TYPE matching_offers_sent_total counter"));
        Assert.That(page, Does.Contain("# TYPE matching_outbox_lag_milliseconds histogram"));
    }

    [Test]
    public async Task Every_line_of_the_metrics_can_be_read_by_a_scraper()
    {
        foreach (var line in (await _service.AsNobody().GetStringAsync("/metrics")).TrimEnd('\n').Split('\n'))
        {
            Assert.That(line, Does.Match("^(# (HELP|TYPE) [a-z_]+ .+|[a-z_]+(\\{([a-z_]+=\"[^\"]*\",?)+\\})? -?[0-9.E+-]+)$"));
        }
    }

    [Test]
    public async Task A_message_that_waits_shows_in_the_gauges()
    {
        var outbox = _service.Services.GetRequiredService<OutboxStore>();
        await _service.Database.WriteAsync(tx => outbox.AddAsync(tx, "test", _service.Ids.Next(IdKind.Order), null, null, new { }), CancellationToken.None);
        _service.Machine.Move(TimeSpan.FromSeconds(90));

        var page = await _service.AsNobody().GetStringAsync("/metrics");
        var age = double.Parse(Oldest().Match(page).Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture);

        Assert.That(age, Is.InRange(90, 120));
        await _service.SettleAsync();
        Assert.That(await _service.AsNobody().GetStringAsync("/metrics"), Does.Contain("matching_outbox_waiting 0"));
    }

    [Test]
    public async Task A_trace_runs_from_the_request_through_the_message_to_the_job()
    {
        var outbox = _service.Services.GetRequiredService<OutboxStore>();
        using var request = new Activity("request").Start();
        await _service.Database.WriteAsync(tx => outbox.AddAsync(tx, "traced", _service.Ids.Next(IdKind.Order), null, null, new { }), CancellationToken.None);
        var trace = request.TraceId.ToHexString();
        request.Stop();

        await _service.SettleAsync();

        var told = _log.Lines.Select(line => JsonNode.Parse(line)!).Single(line => (string?)line["topic"] == "traced");
        Assert.That((string?)told["traceId"], Is.EqualTo(trace));
    }

    [Test]
    public async Task A_request_leaves_one_line_with_its_route_and_its_trace_and_not_its_address()
    {
        var id = _service.Ids.Next(IdKind.Site);
        var answer = await _service.As(await _world.HatAsync(Role.CenterAdmin, _world.Center)).ReadAsync($"/sites/{id}?secret={Marker}");

        var line = _log.Lines.Select(line => JsonNode.Parse(line)!)
            .Single(line => (string?)line["category"] == typeof(RequestLog).FullName && (string?)line["trace"] == (string?)answer["traceId"]);
        Assert.That((string?)line["method"], Is.EqualTo("GET"));
        Assert.That((int?)line["status"], Is.EqualTo(answer.Status));
        Assert.That((string?)line["route"], Does.Not.Contain(id.ToString()));
        Assert.That((double?)line["milliseconds"], Is.GreaterThanOrEqualTo(0));
        Assert.That(line.ToJsonString(), Does.Not.Contain(Marker));
    }

    [Test]
    public async Task No_name_phone_place_or_text_ever_reaches_the_log()
    {
        var document = JsonNode.Parse(await _service.AsNobody().GetStringAsync("/swagger/v1/swagger.json"))!;
        var clients = new List<HttpClient> { _service.AsNobody() };
        foreach (var role in Enum.GetValues<Role>())
        {
            clients.Add(_service.As(await _world.HatAsync(role, _world.NorthStation)));
        }

        foreach (var operation in Operation.All(document).Where(operation => operation.Name != "SetClock"))
        {
            foreach (var client in clients)
            {
                var body = operation.Body?.DeepClone();
                await client.AskAsync(HttpMethod.Parse(operation.Verb), operation.Address(), Marked(body), ifMatch: operation.NeedsIfMatch ? 1 : null);
            }

            // In the address and as a body that nobody can read, too.
            await clients[^1].AskAsync(HttpMethod.Parse(operation.Verb), operation.Address(operation.PathExamples.Keys.ToDictionary(name => name, _ => Marker)) + "?q=" + Phone,
                operation.Verb == "GET" ? null : new StringContent($"{{\"{Marker}\": \"{Phone}\"}}", System.Text.Encoding.UTF8, "application/json"));
        }

        await _service.SettleAsync();
        var lines = _log.Lines.Where(line => line.Contains(Marker, StringComparison.Ordinal) || line.Contains(Phone, StringComparison.Ordinal)
            || line.Contains(Uri.EscapeDataString(Marker), StringComparison.OrdinalIgnoreCase) || line.Contains("29.87654", StringComparison.Ordinal))
            // What the framework says below Warning is not written outside of tests.
            .Where(line => !Regex.IsMatch(line, "\"level\":\"(Trace|Debug|Information)\",\"category\":\"(Microsoft|System)"));
        Assert.That(lines, Is.Empty);
    }

    [Test]
    public void An_exception_s_words_stay_out_of_the_log()
    {
        var log = new KeptLog();
        var problem = new InvalidOperationException($"Could not store {Marker}.", new FormatException(Phone));
        Microsoft.Extensions.Logging.LoggerExtensions.LogError(log.CreateLogger("x"), problem, "Broken: {Route}", "/wishes");

        Assert.That(log.Text, Does.Not.Contain(Marker).And.Not.Contain(Phone));
        Assert.That(log.Text, Does.Contain("System.InvalidOperationException").And.Contain("System.FormatException").And.Contain("/wishes"));
    }

    // Texts that nothing else reads become the marker; so do phones and coordinates.
    private static JsonNode? Marked(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject fields:
                foreach (var (name, value) in fields.ToList())
                {
                    fields[name] = name switch
                    {
                        "phone" => Phone,
                        "lat" => 29.87654,
                        _ when value is JsonValue text && text.GetValueKind() == System.Text.Json.JsonValueKind.String && Regex.IsMatch((string)text!, "[\u4e00-\u9fff]|^…$") => Marker,
                        _ => Marked(value?.DeepClone()),
                    };
                }

                return fields;
            case JsonArray items:
                return new JsonArray([.. items.Select(item => Marked(item?.DeepClone()))]);
            default:
                return node;
        }
    }

    [GeneratedRegex("matching_outbox_oldest_seconds ([0-9.]+)")]
    private static partial Regex Oldest();
}
