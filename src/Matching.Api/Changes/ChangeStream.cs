using System.Text;
using System.Text.Json;
using Matching.Api.Plumbing.Http;
using Matching.Changes;
using Microsoft.AspNetCore.Http.Features;

namespace Matching.Api.Changes;

/// <summary>
/// Changes as server-sent events, without end. The id of each is where to go on after it; a beat, by itself every fifteen seconds, carries an id too, so that a stream on
/// which nothing happened goes on where it was and not where it began.
/// </summary>
public sealed record ChangeStream(ChangeFeed Feed, Viewer Viewer, long Place, TimeSpan Beat, Func<Task<bool>> StillThereAsync, CancellationToken Stopping)
    : FollowChangesResponse([], ""), IWritesItself
{
    public const string Type = "text/event-stream";

    public string ContentType => Type;

    public async Task WriteAsync(HttpContext context, CancellationToken ct)
    {
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        context.Response.Headers.CacheControl = "no-store";
        // Proxies that gather answers before they hand them on (nginx) let this one through.
        context.Response.Headers["X-Accel-Buffering"] = "no";
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, Stopping);
        try
        {
            // At once, so that a client knows that it is heard, and from where on.
            await SendAsync(context, $"retry: 2000\nid: {FollowChanges.At(Place)}\n\n", either.Token);
            var seen = TimeProvider.System.GetTimestamp();
            await foreach (var batch in Feed.FollowAsync(Viewer, Place, Beat, either.Token))
            {
                var beat = TimeProvider.System.GetElapsedTime(seen) >= Beat;
                if (beat && !await StillThereAsync())
                {
                    return;
                }

                seen = beat ? TimeProvider.System.GetTimestamp() : seen;
                if (batch.Changes.Count > 0 || beat)
                {
                    await SendAsync(context, Events(batch), either.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The client has gone, or we have been told to; it comes again with the id of the last event.
        }
    }

    private string Events(ChangeBatch batch)
    {
        var text = new StringBuilder();
        foreach (var change in batch.Changes)
        {
            // Each with its own place: a client that saw half of them goes on after that half.
            text.Append("id: ").Append(FollowChanges.At(change.Sequence))
                .Append("\nevent: ").Append(change.Type)
                .Append("\ndata: ").Append(JsonSerializer.Serialize(ChangeOnWire.Of(change, Viewer), Wire.Json)).Append("\n\n");
        }

        // An id without data makes no event, and is remembered all the same.
        return text.Append(": ").Append("beat\nid: ").Append(FollowChanges.At(batch.Place)).Append("\n\n").ToString();
    }

    private static async Task SendAsync(HttpContext context, string text, CancellationToken ct)
    {
        await context.Response.WriteAsync(text, ct);
        await context.Response.Body.FlushAsync(ct);
    }
}
