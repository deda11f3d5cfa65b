using System.Net;
using Microsoft.AspNetCore.HttpOverrides;

namespace Matching.Api.Plumbing.Http;

/// <summary>What stands between us and the world: proxies that may speak for a caller, and pages of other origins that may ask.</summary>
public static class Edge
{
    public static void AddEdge(this WebApplicationBuilder builder)
    {
        builder.Services.Configure<ForwardedHeadersOptions>(options =>
        {
            options.ForwardedHeaders = ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto;
            // Nobody is believed but the proxies in the settings, not even the machine itself.
            options.KnownProxies.Clear();
            options.KnownIPNetworks.Clear();
            foreach (var proxy in List(builder.Configuration, "Proxies:Known"))
            {
                if (System.Net.IPNetwork.TryParse(proxy, out var network))
                {
                    options.KnownIPNetworks.Add(network);
                }
                else
                {
                    options.KnownProxies.Add(IPAddress.Parse(proxy));
                }
            }
        });
        Languages.AddTo(builder);
        Compression.AddTo(builder.Services);
        builder.Services.AddCors(cors => cors.AddDefaultPolicy(policy => policy
            .WithOrigins(List(builder.Configuration, "Cors:Origins"))
            .AllowAnyMethod()
            .WithHeaders(
                "Authorization", "Content-Type", "Accept-Language", "Idempotency-Key", "If-Match", "If-None-Match", "Last-Event-ID", "X-HTTP-Method-Override", "traceparent")
            .WithExposedHeaders("ETag", "Retry-After", "RateLimit", "RateLimit-Policy", "Idempotency-Replayed")));
    }

    public static void UseEdge(this WebApplication app)
    {
        if (List(app.Configuration, "Proxies:Known").Length > 0)
        {
            app.UseForwardedHeaders();
        }

        if (List(app.Configuration, "Cors:Origins").Length > 0)
        {
            app.UseCors();
        }

        app.UseResponseCompression();
        // Mini-programs cannot send PATCH: they POST and say what they mean.
        app.UseHttpMethodOverride();
    }

    private static string[] List(IConfiguration configuration, string setting) => configuration.GetSection(setting).Get<string[]>() ?? [];
}
