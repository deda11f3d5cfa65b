using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Matching.Api.Plumbing.Telemetry;

/// <summary>Everything that was measured since the start, added up as Prometheus reads it (text format 0.0.4).</summary>
public sealed class Measurements : IDisposable
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    // A label with free values would grow without end; what comes after these is left out.
    private const int MostSeries = 2_000;

    private static readonly double[] Milliseconds = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000];
    private static readonly double[] Seconds = [.. Milliseconds.Select(ms => ms / 1_000)];

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, ConcurrentDictionary<string, Series>> _all = new();

    /// <summary>Listens to the instruments that <paramref name="wanted"/> names.</summary>
    public Measurements(Func<Instrument, bool> wanted)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (wanted(instrument))
            {
                _all.TryAdd(instrument, new ConcurrentDictionary<string, Series>());
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<int>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    public string Write()
    {
        _listener.RecordObservableInstruments();
        var page = new StringBuilder();
        foreach (var (instrument, series) in _all.OrderBy(pair => pair.Key.Name, StringComparer.Ordinal))
        {
            var name = NameOf(instrument);
            if (instrument.Description is { Length: > 0 } description)
            {
                page.Append("# HELP ").Append(name).Append(' ').Append(description.Replace('\n', ' ')).Append('\n');
            }

            page.Append("# TYPE ").Append(name).Append(' ').Append(KindOf(instrument)).Append('\n');
            foreach (var (labels, one) in series.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                one.Write(page, name, labels);
            }
        }

        return page.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = _all[instrument];
        var labels = Labels(tags);
        if (!series.TryGetValue(labels, out var one))
        {
            if (series.Count >= MostSeries)
            {
                return;
            }

            one = series.GetOrAdd(labels, _ => KindOf(instrument) switch
            {
                "histogram" => new Series(instrument.Unit == "s" ? Seconds : Milliseconds),
                _ => new Series(null),
            });
        }

        one.Add(value, last: KindOf(instrument) == "gauge");
    }

    private static string KindOf(Instrument instrument) => instrument.GetType().Name.Split('`')[0] switch
    {
        "Counter" or "ObservableCounter" => "counter",
        "Histogram" => "histogram",
        _ => "gauge",
    };

    private static string NameOf(Instrument instrument)
    {
        var unit = instrument.Unit switch { "ms" => "_milliseconds", "s" => "_seconds", _ => "" };
        return instrument.Name.Replace('.', '_') + unit + (KindOf(instrument) == "counter" ? "_total" : "");
    }

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
        {
            return "";
        }

        var labels = new List<string>(tags.Length);
        foreach (var (key, value) in tags)
        {
            var text = Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
            labels.Add($"{key.Replace('.', '_')}=\"{text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\n", "\\n")}\"");
        }

        labels.Sort(StringComparer.Ordinal);
        return string.Join(',', labels);
    }

    /// <summary>One instrument under one set of labels.</summary>
    private sealed class Series(double[]? bounds)
    {
        private readonly Lock _gate = new();
        private readonly long[] _buckets = new long[(bounds?.Length ?? 0) + 1];
        private double _sum;
        private long _count;

        public void Add(double value, bool last)
        {
            lock (_gate)
            {
                _sum = last ? value : _sum + value;
                _count++;
                if (bounds is not null)
                {
                    var at = Array.BinarySearch(bounds, value);
                    _buckets[at < 0 ? ~at : at]++;
                }
            }
        }

        public void Write(StringBuilder page, string name, string labels)
        {
            lock (_gate)
            {
                if (bounds is null)
                {
                    Line(page, name, labels, _sum);
                    return;
                }

                long below = 0;
                for (var i = 0; i <= bounds.Length; i++)
                {
                    below += _buckets[i];
                    var bound = i < bounds.Length ? bounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
                    Line(page, name + "_bucket", (labels.Length > 0 ? labels + "," : "") + $"le=\"{bound}\"", below);
                }

                Line(page, name + "_sum", labels, _sum);
                Line(page, name + "_count", labels, _count);
            }
        }

        private static void Line(StringBuilder page, string name, string labels, double value) => page
            .Append(name).Append(labels.Length > 0 ? $"{{{labels}}}" : "").Append(' ')
            .Append(value.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }
}
