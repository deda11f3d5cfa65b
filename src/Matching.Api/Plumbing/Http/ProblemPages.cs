using System.Diagnostics;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Health;

namespace Matching.Api.Plumbing.Http;

/// <summary>No answer of ours is an empty error: what the framework refuses by itself, and what breaks, gets a problem document too, or a page where a person looks.</summary>
public static class ProblemPages
{
    /// <param name="tryPage">Writes a page for people; false where no person looks.</param>
    public static void UseProblemPages(this IApplicationBuilder app, Func<HttpContext, Refusal, Task<bool>> tryPage)
    {
        app.Use(async (context, next) =>
        {
            try
            {
                await next(context);
            }
            catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
            {
                // Nobody is there to be told.
                return;
            }
            catch (BadHttpRequestException problem) when (!context.Response.HasStarted)
            {
                await AnswerAsync(context, problem.StatusCode == StatusCodes.Status413PayloadTooLarge ? Refusals.BodyTooLarge : Refusals.BodyNotJson);
                return;
            }
            catch (DatabaseBusyException) when (!context.Response.HasStarted)
            {
                await AnswerAsync(context, Refusals.DatabaseBusy.After(TimeSpan.FromSeconds(1)));
                return;
            }
            catch (NotReadyException problem) when (!context.Response.HasStarted)
            {
                await AnswerAsync(context, problem.Refusal.After(TimeSpan.FromSeconds(5)));
                return;
            }
            catch (Exception problem) when (!context.Response.HasStarted)
            {
                // The message may hold anything; it goes to the log, the caller gets the trace.
                context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger("Matching.Broken")
                    .LogError(problem, "Broken: {Method} {Route} trace {TraceId}", context.Request.Method, context.GetEndpoint()?.DisplayName, Activity.Current?.TraceId.ToString());
                context.Response.Clear();
                await AnswerAsync(context, Refusals.Broken);
                return;
            }

            if (!context.Response.HasStarted && context.Response.StatusCode >= 400 && context.Response.ContentLength is null or 0 && context.Response.ContentType is null)
            {
                await AnswerAsync(context, context.Response.StatusCode switch
                {
                    StatusCodes.Status401Unauthorized => Refusals.SignInNeeded,
                    StatusCodes.Status403Forbidden => Refusals.RoleNotAllowed,
                    StatusCodes.Status404NotFound => Refusals.RouteUnknown,
                    StatusCodes.Status405MethodNotAllowed => Refusals.MethodNotAllowed,
                    StatusCodes.Status413PayloadTooLarge => Refusals.BodyTooLarge,
                    StatusCodes.Status415UnsupportedMediaType => Refusals.ContentTypeUnsupported,
                    StatusCodes.Status400BadRequest => Refusals.BodyNotJson,
                    _ => Refusals.Broken,
                });
            }
        });

        async Task AnswerAsync(HttpContext context, Refusal refusal)
        {
            if (!await tryPage(context, refusal))
            {
                await Problem.WriteAsync(context, refusal);
            }
        }
    }
}
