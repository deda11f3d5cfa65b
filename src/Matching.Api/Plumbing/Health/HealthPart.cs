using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Nodes;

namespace Matching.Api.Plumbing.Health;

/// <summary>What a load balancer asks: is the process alive, and should it be given requests; and what whoever runs it asks: does it do its part.</summary>
public static class HealthPart
{
    // Long enough for a request and for the row that a job is at.
    private static readonly TimeSpan Goodbye = TimeSpan.FromSeconds(30);

    public static void AddHealth(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<Readiness>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = Goodbye);
    }

    public static void MapHealth(this WebApplication app)
    {
        // Its age counts from the start, not from the first look.
        var readiness = app.Services.GetRequiredService<Readiness>();
        var (role, followers) = (app.Services.GetRequiredService<NodeSettings>().Role, app.Services.GetRequiredService<Followers>());
        app.MapGet("/health/live", (HttpContext context) => AnswerAsync(context, "alive", null));
        app.MapGet("/health/ready", async (HttpContext context) =>
        {
            var checks = await readiness.RequestChecksAsync(context.RequestAborted);
            await AnswerAsync(context, IsGood(checks) ? "ready" : "notReady", checks);
        });
        app.MapGet("/health/working", async (HttpContext context) =>
        {
            var checks = await readiness.ChecksAsync(context.RequestAborted);
            await AnswerAsync(context, IsGood(checks) ? "working" : "notWorking", checks);
        });

        async Task AnswerAsync(HttpContext context, string status, IReadOnlyDictionary<string, string>? checks)
        {
            var behind = checks is { } && checks["database"] == "ok" ? await followers.BehindAsync() : null;
            context.Response.StatusCode = checks is null || IsGood(checks) ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers.CacheControl = "no-store";
            await context.Response.WriteAsJsonAsync(new Health(status, role, Build.Version, Build.Commit, checks, behind), Wire.Json);
        }
    }

    private static bool IsGood(IReadOnlyDictionary<string, string> checks) => checks.Values.All(check => check == "ok");

    /// <param name="Behind">By part, how many changes of all nodes this one has not read yet.</param>
    private sealed record Health(
        string Status, NodeRole Role, string Version, string Commit, IReadOnlyDictionary<string, string>? Checks, IReadOnlyDictionary<string, int>? Behind);
}
