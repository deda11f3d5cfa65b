using Matching.Api.Plumbing.Http;

namespace Matching.Api.Plumbing.Nodes;

/// <summary>Several processes on one database, each with its part.</summary>
public static class NodesPart
{
    public static void AddNodes(this WebApplicationBuilder builder)
    {
        var settings = builder.Configuration.GetSection("Nodes").Get<NodeSettings>() ?? new NodeSettings();
        builder.Services.AddSingleton(settings);
        builder.Services.AddHostedService<Drain>();
        builder.Services.PostConfigure<HostOptions>(host => host.ShutdownTimeout += settings.Drain);
    }

    /// <summary>A node that only runs jobs says so to whoever asks it for more.</summary>
    public static void UseNodeRole(this WebApplication app)
    {
        if (!app.Services.GetRequiredService<NodeSettings>().TakesRequests)
        {
            app.UseWhen(
                context => !context.Request.Path.StartsWithSegments("/health") && !context.Request.Path.StartsWithSegments("/metrics"),
                others => others.Run(context => Problem.WriteAsync(context, Refusals.NodeTakesNoRequests)));
        }
    }

    /// <summary>Told to stop, a node says that it is no longer ready and goes on until the load balancer has seen it; then the server finishes what it has begun.</summary>
    private sealed class Drain(NodeSettings settings) : IHostedLifecycleService
    {
        public Task StoppingAsync(CancellationToken cancellationToken) => Task.Delay(settings.Drain, cancellationToken);

        public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
