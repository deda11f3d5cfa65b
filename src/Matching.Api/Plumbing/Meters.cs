using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Matching.Api.Plumbing;

/// <summary>What is measured, under names that stay.</summary>
public static class Meters
{
    public const string Name = "Matching";

    public static readonly ActivitySource Traces = new(Name);

    private static readonly Meter Meter = new(Name);

    public static readonly Histogram<double> WriterWait = Meter.CreateHistogram<double>("matching.writer.wait", "ms", "How long a write waited for its turn.");

    public static readonly Counter<long> Refusals = Meter.CreateCounter<long>("matching.refusals", description: "Refusals by code.");

    public static readonly Counter<long> OffersSent = Meter.CreateCounter<long>("matching.offers.sent", description: "Offers sent, by mode.");

    public static readonly Histogram<double> OutboxLag = Meter.CreateHistogram<double>("matching.outbox.lag", "ms", "From a row's writing to its delivery.");

    public static readonly Counter<long> JobRows = Meter.CreateCounter<long>("matching.job.rows", description: "Rows done, by job.");

    public static readonly Counter<long> WebhookTries = Meter.CreateCounter<long>("matching.webhooks.tries", description: "Deliveries tried, by outcome.");
}
