using System.Diagnostics.Metrics;
using Matching.Api.Plumbing.Nodes;

namespace Matching.Api.Plumbing.Telemetry;

/// <summary>How far behind the work is, as gauges: read again every quarter of a minute, and before each page of metrics.</summary>
public sealed partial class Gauges : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(15);

    private readonly OverdueStore _overdue;
    private readonly Followers _followers;
    private readonly ILogger<Gauges> _log;
    private readonly Meter _meter;
    private IReadOnlyDictionary<string, int> _behind = new Dictionary<string, int>();
    private Overdue _last = new(TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, 0, TimeSpan.Zero);

    public Gauges(OverdueStore overdue, Followers followers, ILogger<Gauges> log)
    {
        (_overdue, _followers, _log) = (overdue, followers, log);
        // This service's own, so that two of them in one process are told apart.
        _meter = new Meter(Meters.Name, null, null, this);
        _meter.CreateObservableGauge("matching.due.oldest", Oldest, "s", "Age of the oldest due row, by table.");
        _meter.CreateObservableGauge("matching.index.behind", Behind, description: "Changes of all nodes that this one has not read yet, by part.");
        _meter.CreateObservableGauge("matching.outbox.waiting", () => (long)_last.OutboxWaiting, description: "Messages that are not delivered.");
        _meter.CreateObservableGauge("matching.outbox.oldest", () => _last.OutboxLag.TotalSeconds, "s", "Age of the oldest message that is not delivered.");
    }

    public async Task RefreshAsync() => (_last, _behind) = (await _overdue.ReadAsync(), await _followers.BehindAsync());

    public override void Dispose()
    {
        _meter.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause);
        try
        {
            do
            {
                await TryRefreshAsync();
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to go.
        }
    }

    private async Task TryRefreshAsync()
    {
        try
        {
            await RefreshAsync();
        }
        catch (Exception problem)
        {
            // A gauge that stands still is no reason to stop the service.
            LogFailed(problem);
        }
    }

    private IEnumerable<Measurement<long>> Behind() => _behind.Select(part => new Measurement<long>(part.Value, new KeyValuePair<string, object?>("part", part.Key)));

    private Measurement<double>[] Oldest()
    {
        var last = _last;
        return
        [
            new(last.Orders.TotalSeconds, new KeyValuePair<string, object?>("table", "orders")),
            new(last.Wishes.TotalSeconds, new KeyValuePair<string, object?>("table", "wishes")),
            new(last.Outbox.TotalSeconds, new KeyValuePair<string, object?>("table", "outbox")),
        ];
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The gauges could not be read.")]
    private partial void LogFailed(Exception problem);
}
