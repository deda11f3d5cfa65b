using System.Diagnostics;

namespace Matching.Api.Plumbing.Telemetry;

/// <summary>One line a request: what was asked of which address, in general; never the address itself, which may hold what somebody typed.</summary>
public sealed partial class RequestLog(RequestDelegate next, ILogger<RequestLog> log)
{
    public async Task InvokeAsync(HttpContext context)
    {
        var started = Stopwatch.GetTimestamp();
        try
        {
            await next(context);
        }
        finally
        {
            var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "-";
            Describe(context, route);
            LogRequest(
                context.RequestAborted.IsCancellationRequested ? LogLevel.Debug : LevelOf(context.Response.StatusCode),
                context.Request.Method, route, context.Response.StatusCode, Math.Round(Stopwatch.GetElapsedTime(started).TotalMilliseconds, 1),
                Activity.Current?.TraceId.ToHexString());
        }
    }

    private static LogLevel LevelOf(int status) => status >= 500 ? LogLevel.Error : LogLevel.Information;

    // The host's activity knows nothing of routes.
    private static void Describe(HttpContext context, string route)
    {
        if (Activity.Current is not { IsAllDataRequested: true } activity)
        {
            return;
        }

        activity.DisplayName = $"{context.Request.Method} {route}";
        activity.SetTag("http.request.method", context.Request.Method);
        activity.SetTag("http.route", route);
        activity.SetTag("http.response.status_code", context.Response.StatusCode);
    }

    [LoggerMessage(Message = "{Method} {Route} {Status} {Milliseconds} ms, trace {Trace}")]
    private partial void LogRequest(LogLevel level, string method, string route, int status, double milliseconds, string? trace);
}
