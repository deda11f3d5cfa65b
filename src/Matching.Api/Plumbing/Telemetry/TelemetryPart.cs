using System.Diagnostics;
using System.Diagnostics.Metrics;
using Matching.Api.Plumbing.Health;
using Microsoft.Extensions.Logging.Console;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Matching.Api.Plumbing.Telemetry;

/// <summary>Logs, traces and metrics, and where they go.</summary>
public static class TelemetryPart
{
    private const string HttpMeter = "Microsoft.AspNetCore.Hosting";
    private const string HttpDuration = "http.server.request.duration";

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        if (builder.Environment.IsDevelopment())
        {
            builder.Logging.AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.TimestampFormat = "HH:mm:ss.fff ";
            });
        }
        else
        {
            builder.Logging.AddConsole(console => console.FormatterName = JsonLines.Named).AddConsoleFormatter<JsonLines, ConsoleFormatterOptions>();
        }

        builder.Services.AddSingleton<Gauges>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Gauges>());
        builder.Services.AddSingleton(services => Listen(services.GetRequiredService<Gauges>(), services.GetRequiredService<IMeterFactory>()));
        builder.Services.AddHostedService<Exports>();
    }

    public static void UseTelemetry(this WebApplication app)
    {
        // Listening begins with the service, not with the first look.
        var measurements = app.Services.GetRequiredService<Measurements>();
        app.UseMiddleware<RequestLog>();
        app.MapGet("/metrics", async (HttpContext context) =>
        {
            await context.RequestServices.GetRequiredService<Gauges>().RefreshAsync();
            context.Response.ContentType = Measurements.ContentType;
            await context.Response.WriteAsync(measurements.Write());
        });
    }

    // Of this service only: another one in the process has gauges and a factory of its own.
    private static Measurements Listen(Gauges gauges, IMeterFactory factory) => new(instrument => instrument.Meter.Name switch
    {
        Meters.Name => instrument.Meter.Scope is null || instrument.Meter.Scope == gauges,
        HttpMeter => instrument.Name == HttpDuration && instrument.Meter.Scope == factory,
        _ => false,
    });

    /// <summary>Traces and metrics by OTLP where Otlp:Endpoint says so; without it traces still run through requests, messages and jobs, for the logs.</summary>
    private sealed class Exports(IConfiguration configuration) : IHostedService, IDisposable
    {
        private ActivityListener? _listener;
        private TracerProvider? _traces;
        private MeterProvider? _metrics;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            if (configuration["Otlp:Endpoint"] is not { Length: > 0 } endpoint)
            {
                _listener = new ActivityListener
                {
                    ShouldListenTo = source => source.Name == Meters.Name,
                    Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.PropagationData,
                };
                ActivitySource.AddActivityListener(_listener);
                return Task.CompletedTask;
            }

            var resource = ResourceBuilder.CreateDefault().AddService("matching", serviceVersion: Build.Version, serviceInstanceId: Environment.MachineName);
            _traces = Sdk.CreateTracerProviderBuilder()
                .SetResourceBuilder(resource)
                .AddSource(Meters.Name, "Microsoft.AspNetCore")
                .AddOtlpExporter(otlp => To(otlp, endpoint, "v1/traces"))
                .Build();
            _metrics = Sdk.CreateMeterProviderBuilder()
                .SetResourceBuilder(resource)
                .AddMeter(Meters.Name, HttpMeter)
                .AddOtlpExporter(otlp => To(otlp, endpoint, "v1/metrics"))
                .Build();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken)
        {
            _traces?.ForceFlush(5_000);
            _metrics?.ForceFlush(5_000);
            return Task.CompletedTask;
        }

        public void Dispose()
        {
            _listener?.Dispose();
            _traces?.Dispose();
            _metrics?.Dispose();
        }

        // Port 4317 speaks gRPC, anything else HTTP, whose addresses differ by signal.
        private static void To(OtlpExporterOptions otlp, string endpoint, string signal)
        {
            var address = new Uri(endpoint);
            otlp.Protocol = address.Port == 4317 ? OtlpExportProtocol.Grpc : OtlpExportProtocol.HttpProtobuf;
            otlp.Endpoint = otlp.Protocol == OtlpExportProtocol.Grpc ? address : new Uri(address, signal);
        }
    }
}
