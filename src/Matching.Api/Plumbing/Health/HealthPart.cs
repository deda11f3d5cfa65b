using Matching.Api.Plumbing.Http;

namespace Matching.Api.Plumbing.Health;

/// <summary>What a load balancer asks: is the process alive, and should it be given requests.</summary>
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
        app.MapGet("/health/live", (HttpContext context) =>
            context.Response.WriteAsJsonAsync(new Health("alive", Build.Version, Build.Commit, null), Wire.Json));
        app.MapGet("/health/ready", async (HttpContext context) =>
        {
            var checks = await readiness.ChecksAsync(context.RequestAborted);
            var ready = checks.Values.All(check => check == "ok");
            context.Response.StatusCode = ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers.CacheControl = "no-store";
            await context.Response.WriteAsJsonAsync(new Health(ready ? "ready" : "notReady", Build.Version, Build.Commit, checks), Wire.Json);
        });
    }

    private sealed record Health(string Status, string Version, string Commit, IReadOnlyDictionary<string, string>? Checks);
}
