using System.Diagnostics.CodeAnalysis;

namespace Matching.Api.Plumbing.Http;

/// <summary>
/// The half of a deed that FastEndpoints hosts. It finds, makes and routes the deed; reading, rights and answers stay with <see cref="Pipeline"/>, so that
/// both package sets say the same.
/// </summary>
public abstract partial class Endpoint<TRequest, TResponse> : FastEndpoints.Endpoint<TRequest, TResponse>
{
    /// <inheritdoc/>
    public abstract override void Configure();

    public sealed override Task HandleAsync(TRequest req, CancellationToken ct) => Send.ResultAsync(new Served(this));

    protected void Get([StringSyntax("Route")] string route) => At("GET", route, base.Get);

    protected void Post([StringSyntax("Route")] string route) => At("POST", route, base.Post);

    protected void Put([StringSyntax("Route")] string route) => At("PUT", route, base.Put);

    protected void Patch([StringSyntax("Route")] string route) => At("PATCH", route, base.Patch);

    protected void Delete([StringSyntax("Route")] string route) => At("DELETE", route, base.Delete);

    private void At(string verb, string route, Action<string[]> host)
    {
        (Deed.Verb, Deed.Route) = (verb, route);
        if (Definition is null)
        {
            // Only asked to describe itself.
            return;
        }

        host([route]);
        // The pipeline checks the right and reads the request.
        AllowAnonymous();
        RequestBinder(Unread.It);
    }

    /// <summary>Reads nothing.</summary>
    private sealed class Unread : FastEndpoints.IRequestBinder<TRequest>
    {
        public static readonly Unread It = new();

        public ValueTask<TRequest> BindAsync(FastEndpoints.BinderContext ctx, CancellationToken ct) => new(default(TRequest)!);
    }

    /// <summary>The whole way of a request, as a result, so that nothing is sent after it.</summary>
    private sealed class Served(Endpoint<TRequest, TResponse> deed) : IResult
    {
        // This deed was made for one request and never asked to describe itself; the endpoint carries what was said at the start.
        public Task ExecuteAsync(HttpContext httpContext) => httpContext.RequestServices.GetRequiredService<Pipeline>().RunAsync<TRequest, TResponse>(
            httpContext, httpContext.GetEndpoint()!.Metadata.GetRequiredMetadata<Deed>(), deed.DoAsync);
    }
}

/// <summary>Lets FastEndpoints find the deeds, and puts what each says about itself on its endpoint.</summary>
public static class EndpointHost
{
    public static void AddDeeds(this IServiceCollection services) => FastEndpoints.MainExtensions.AddFastEndpoints(services);

    public static void MapDeeds(this WebApplication app, string prefix)
    {
        var deeds = Deeds.All.ToDictionary(deed => deed.Type);
        foreach (var deed in deeds.Values)
        {
            Deeds.Check(deed);
        }

        FastEndpoints.MainExtensions.UseFastEndpoints(app, config =>
        {
            config.Endpoints.RoutePrefix = prefix.Trim('/');
            config.Endpoints.Filter = endpoint => app.Environment.IsDevelopment() || !deeds[endpoint.EndpointType].DevelopmentOnly;
            // Cleared: the content type is the pipeline's business.
            config.Endpoints.Configurator = endpoint => endpoint.Description(
                builder => builder.WithMetadata(deeds[endpoint.EndpointType]).WithName(deeds[endpoint.EndpointType].Name), clearDefaults: true);
        });
    }
}
