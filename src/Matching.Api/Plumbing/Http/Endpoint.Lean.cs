using System.Diagnostics.CodeAnalysis;

namespace Matching.Api.Plumbing.Http;

/// <summary>The half of a deed that maps itself as a minimal API.</summary>
public abstract partial class Endpoint<TRequest, TResponse> : LeanEndpoint
{
    /// <inheritdoc/>
    public abstract void Configure();

    protected void Get([StringSyntax("Route")] string route) => At("GET", route);

    protected void Post([StringSyntax("Route")] string route) => At("POST", route);

    protected void Put([StringSyntax("Route")] string route) => At("PUT", route);

    protected void Patch([StringSyntax("Route")] string route) => At("PATCH", route);

    protected void Delete([StringSyntax("Route")] string route) => At("DELETE", route);

    internal override Task HandleAsync(Pipeline pipeline, Deed deed) =>
        pipeline.RunAsync<TRequest, TResponse>(HttpContext, deed, DoAsync);

    private void At(string verb, string route) => (Deed.Verb, Deed.Route) = (verb, route);
}

/// <summary>What the host of the lean set needs to know of a deed.</summary>
public abstract class LeanEndpoint
{
    protected HttpContext HttpContext { get; private set; } = null!;

    internal void Serve(HttpContext context) => HttpContext = context;

    internal abstract Task HandleAsync(Pipeline pipeline, Deed deed);
}

/// <summary>Finds the deeds, and serves each at its address.</summary>
public static class EndpointHost
{
    public static void AddDeeds(this IServiceCollection services)
    {
        foreach (var deed in Deeds.All)
        {
            services.AddTransient(deed.Type);
        }
    }

    public static void MapDeeds(this WebApplication app, string prefix)
    {
        foreach (var deed in Deeds.All)
        {
            Deeds.Check(deed);
            if (deed.DevelopmentOnly && !app.Environment.IsDevelopment())
            {
                continue;
            }

            app.MapMethods(prefix + deed.Route, [deed.Verb], async (HttpContext context) =>
            {
                var endpoint = (LeanEndpoint)context.RequestServices.GetRequiredService(deed.Type);
                endpoint.Serve(context);
                await endpoint.HandleAsync(context.RequestServices.GetRequiredService<Pipeline>(), deed);
            }).WithMetadata(deed).WithName(deed.Name);
        }
    }
}
