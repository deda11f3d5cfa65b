using System.Text;
using System.Text.Json;
using FluentValidation;
using Matching.Api.Plumbing.Identity;
using Microsoft.Net.Http.Headers;

namespace Matching.Api.Plumbing.Http;

/// <summary>The way of every request, in both package sets: right, share, shape, key, deed, answer.</summary>
public sealed class Pipeline(
    Idempotency idempotency, Database.Database database, CallerBox box, RateLimits limits, IServiceProvider services, IHostEnvironment environment)
{
    public const string IfMatchItem = "if-match";

    /// <summary>In Development: everything up to the deed, and not the deed. What deeds cost is measured against it.</summary>
    public const string OnlyCheckHeader = "X-Only-Check";

    public async Task RunAsync<TRequest, TResponse>(HttpContext context, Deed deed, Func<TRequest, CancellationToken, Task<Outcome<TResponse>>> run)
        where TRequest : notnull
    {
        var ct = context.RequestAborted;
        if (Right(context, deed) is { } forbidden)
        {
            await Problem.WriteAsync(context, forbidden);
            return;
        }

        if (box.Caller.Partner is { } partner && await ShareAsync(context, partner, ct) is { } tooMany)
        {
            await Problem.WriteAsync(context, tooMany);
            return;
        }

        if (deed.NeedsIfMatch && ReadIfMatch(context) is { } stale)
        {
            await Problem.WriteAsync(context, stale);
            return;
        }

        var (request, body, malformed) = await Binder.BindAsync<TRequest>(context, deed, ct);
        if (malformed is not null)
        {
            await Problem.WriteAsync(context, malformed);
            return;
        }

        if (await ShapeAsync(request!, ct) is { Count: > 0 } wrong)
        {
            await Problem.WriteAsync(context, wrong[0], wrong);
            return;
        }

        if (environment.IsDevelopment() && context.Request.Headers.ContainsKey(OnlyCheckHeader))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        if (deed.Verb != "POST" || !deed.KeepsAnswer || context.Request.Headers["Idempotency-Key"] is not { Count: > 0 } header)
        {
            if (box.Caller.Partner is not null && deed is { Verb: "POST", KeepsAnswer: true })
            {
                await Problem.WriteAsync(context, Refusals.IdempotencyKeyNeeded);
                return;
            }

            await AnswerAsync(context, deed, await run(request!, ct));
            return;
        }

        var key = header.ToString();
        if (key.Length is 0 or > 200 || key.Any(c => c is <= ' ' or > '~'))
        {
            await Problem.WriteAsync(context, Refusals.IdempotencyKeyInvalid);
            return;
        }

        await RunKeyedAsync(context, deed, key, body, () => run(request!, ct));
    }

    /// <summary>For a page of ours that asks on somebody's behalf: the same right and the same shape, then the deed.</summary>
    public async Task<IOutcome> AskAsync<TRequest, TResponse>(
        HttpContext context, Deed deed, TRequest request, Func<Task<Outcome<TResponse>>> run, CancellationToken ct)
        where TRequest : notnull
    {
        if (Right(context, deed) is { } forbidden)
        {
            return (Outcome<TResponse>)forbidden;
        }

        return await ShapeAsync(request, ct) is [var wrong, ..] ? (Outcome<TResponse>)wrong : await run();
    }

    private async Task RunKeyedAsync<TResponse>(HttpContext context, Deed deed, string key, byte[] body, Func<Task<Outcome<TResponse>>> run)
    {
        var keyed = idempotency.Begin(box.Caller, key, context.Request, body, deed.SuccessStatus);
        try
        {
            if (await idempotency.FindAsync(database, keyed) is { } kept)
            {
                await ReplayAsync(context, kept);
                return;
            }

            var outcome = await run();
            if (!keyed.Kept && outcome.Refusal is not { Kind: RefusalKind.Invalid or RefusalKind.Unauthenticated or RefusalKind.TooMany or RefusalKind.NotReady })
            {
                if (!outcome.Refused && keyed.WroteOtherwise)
                {
                    throw new InvalidOperationException($"{deed.Name} wrote in a transaction that does not yield its answer: a repeated key would do it twice.");
                }

                var (status, answer) = outcome.Refusal is { } refusal
                    ? (Problem.StatusOf(refusal.Kind), "!" + JsonSerializer.Serialize(refusal, Wire.Json))
                    : (deed.SuccessStatus, JsonSerializer.Serialize(outcome.Value, Wire.Json));
                await idempotency.KeepAsync(database, keyed, status, answer, context.RequestAborted);
            }

            await AnswerAsync(context, deed, outcome);
        }
        catch (AnsweredMeanwhileException)
        {
            var kept = await idempotency.FindAsync(database, keyed);
            await ReplayAsync(context, kept ?? throw new InvalidOperationException("The row that was there is gone."));
        }
        finally
        {
            idempotency.End();
        }
    }

    // The one place where rights are checked. A deed that names none never gets here: it stopped the start.
    private Refusal? Right(HttpContext context, Deed deed)
    {
        if (deed.Anyone)
        {
            return null;
        }

        if (box.Caller.IsNobody)
        {
            return context.Request.Headers.Authorization.Count > 0 ? Refusals.TokenInvalid : Refusals.SignInNeeded;
        }

        if (box.Caller.Partner is { } partner)
        {
            return deed.PartnerScope is not { } scope ? Refusals.RoleNotAllowed : partner.Scopes.Contains(scope) ? null : Refusals.ScopeMissing;
        }

        return deed.AnyAccount || (box.Caller.Role is { } role && deed.Roles.Contains(role)) ? null : Refusals.RoleNotAllowed;
    }

    // Counted once it is known who asks and that they may; what is refused for its shape counts like the rest.
    private async Task<Refusal?> ShareAsync(HttpContext context, PartnerRights partner, CancellationToken ct)
    {
        var share = await limits.TakeAsync(partner, ct);
        context.Response.Headers["RateLimit-Policy"] = $"\"minute\";q={partner.RequestsAMinute};w=60";
        context.Response.Headers["RateLimit"] = $"\"minute\";r={share.Left};t={(int)Math.Ceiling(share.Until.TotalSeconds)}";
        return share.Granted ? null : Refusals.RateLimited.After(share.Until);
    }

    private static Refusal? ReadIfMatch(HttpContext context)
    {
        var text = context.Request.Headers.IfMatch.ToString();
        if (text.Length == 0)
        {
            return Refusals.IfMatchNeeded;
        }

        // Weak is what a proxy makes of it that compresses; the version is the same.
        var tag = text.StartsWith("W/", StringComparison.Ordinal) ? text[2..] : text;
        if (tag.StartsWith("\"v", StringComparison.Ordinal) && tag.EndsWith('"') && int.TryParse(tag.AsSpan(2, Math.Max(0, tag.Length - 3)), out var version))
        {
            context.Items[IfMatchItem] = version;
            return null;
        }

        // Not one of ours, so certainly not the current one.
        return Refusals.ChangedMeanwhile;
    }

    private async Task<IReadOnlyList<Refusal>> ShapeAsync<TRequest>(TRequest request, CancellationToken ct)
    {
        if (services.GetService<IValidator<TRequest>>() is not { } validator)
        {
            return [];
        }

        var result = await validator.ValidateAsync(request, ct);
        return result.Errors.Select(Shapes.ToRefusal).ToList();
    }

    private static async Task ReplayAsync(HttpContext context, KeptAnswer kept)
    {
        if (kept.Refusal is not null)
        {
            await Problem.WriteAsync(context, kept.Refusal);
            return;
        }

        context.Response.Headers["Idempotency-Replayed"] = "true";
        if (kept.Json.StartsWith('!'))
        {
            await Problem.WriteAsync(context, JsonSerializer.Deserialize<Refusal>(kept.Json.AsSpan(1), Wire.Json)!);
            return;
        }

        context.Response.StatusCode = kept.Status;
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.WriteAsync(kept.Json, Encoding.UTF8);
    }

    private static async Task AnswerAsync<TResponse>(HttpContext context, Deed deed, Outcome<TResponse> outcome)
    {
        if (outcome.Refusal is { } refusal)
        {
            await Problem.WriteAsync(context, refusal);
            return;
        }

        context.Response.StatusCode = deed.SuccessStatus;
        if (outcome.Value is IVersioned versioned)
        {
            var etag = new EntityTagHeaderValue($"\"v{versioned.Version}\"");
            context.Response.Headers.ETag = etag.ToString();
            if (HttpMethods.IsGet(context.Request.Method))
            {
                // The same version reads differently to another person, in another language, and compressed.
                context.Response.Headers.AppendCommaSeparatedValues("Vary", "Authorization", "Accept-Language");
                context.Response.Headers.CacheControl = "private, no-cache";
                if (context.Request.GetTypedHeaders().IfNoneMatch.Any(held => held.Compare(etag, useStrongComparison: false)))
                {
                    context.Response.Headers.AppendCommaSeparatedValues("Vary", "Accept-Encoding");
                    context.Response.StatusCode = StatusCodes.Status304NotModified;
                    return;
                }
            }
        }

        if (outcome.Value is IWritesItself file)
        {
            context.Response.ContentType = file.ContentType;
            await file.WriteAsync(context, context.RequestAborted);
            return;
        }

        await context.Response.WriteAsJsonAsync(outcome.Value, Wire.Json);
    }
}
