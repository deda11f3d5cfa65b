// A double: signatures only, of the few members of FastEndpoints 8.3 that the service uses.
namespace FastEndpoints;

public abstract class BaseEndpoint
{
    public EndpointDefinition Definition => throw new NotSupportedException();

    public HttpContext HttpContext => throw new NotSupportedException();

    public virtual void Configure() => throw new NotSupportedException();
}

public abstract class Endpoint<TRequest, TResponse> : BaseEndpoint
    where TRequest : notnull
{
    protected ResponseSender<TRequest, TResponse> Send => throw new NotSupportedException();

    public virtual Task HandleAsync(TRequest req, CancellationToken ct) => throw new NotSupportedException();

    protected void Get(params string[] routePatterns) => throw new NotSupportedException();

    protected void Post(params string[] routePatterns) => throw new NotSupportedException();

    protected void Put(params string[] routePatterns) => throw new NotSupportedException();

    protected void Patch(params string[] routePatterns) => throw new NotSupportedException();

    protected void Delete(params string[] routePatterns) => throw new NotSupportedException();

    protected void AllowAnonymous(params string[] verbs) => throw new NotSupportedException();

    protected void RequestBinder(IRequestBinder<TRequest> binder) => throw new NotSupportedException();
}

public readonly struct ResponseSender<TRequest, TResponse>
    where TRequest : notnull
{
    public Task ResultAsync(IResult result) => throw new NotSupportedException();
}

public interface IRequestBinder<TRequest>
    where TRequest : notnull
{
    ValueTask<TRequest> BindAsync(BinderContext ctx, CancellationToken ct);
}

public readonly struct BinderContext;

public sealed class EndpointDefinition
{
    public Type EndpointType => throw new NotSupportedException();

    public void Description(Action<RouteHandlerBuilder> builder, bool clearDefaults = false) => throw new NotSupportedException();
}

public sealed class Config
{
    public EndpointOptions Endpoints => throw new NotSupportedException();
}

public sealed class EndpointOptions
{
    public string? RoutePrefix { get; set; }

    public Func<EndpointDefinition, bool>? Filter { get; set; }

    public Action<EndpointDefinition>? Configurator { get; set; }
}

public sealed class EndpointDiscoveryOptions;

public static class MainExtensions
{
    public static IServiceCollection AddFastEndpoints(this IServiceCollection services, Action<EndpointDiscoveryOptions>? options = null) =>
        throw new NotSupportedException();

    public static IApplicationBuilder UseFastEndpoints(this IApplicationBuilder app, Action<Config>? configAction = null) => throw new NotSupportedException();
}
