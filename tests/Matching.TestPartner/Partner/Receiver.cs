using System.Net;
using System.Text.Json;
using Matching.Samples;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Matching.TestPartner.Partner;

/// <summary>Where the hotline is called: it verifies as the documentation says, before anything else, takes what is new, and does the work afterwards.</summary>
public sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Book _book;
    private readonly Action<Event> _heard;
    private readonly Lock _gate = new();
    private volatile string[] _secrets = [];
    private int _called;
    private int _refused;
    private int _tests;

    private Receiver(WebApplication app, Book book, Action<Event> heard) => (_app, _book, _heard) = (app, book, heard);

    public Uri Url => new(_app.Urls.Single());

    public int Called => _called;

    /// <summary>Deliveries that were not what they said: forged, late, without what belongs to one.</summary>
    public int Refused => _refused;

    /// <summary>Test events.</summary>
    public int Tests => _tests;

    /// <summary>Every secret that holds.</summary>
    public void Trust(params string[] secrets) => _secrets = secrets;

    public static async Task<Receiver> StartAsync(Book book, Action<Event> heard)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var receiver = new Receiver(app, book, heard);
        app.Run(receiver.TakeAsync);
        await app.StartAsync();
        return receiver;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        Interlocked.Increment(ref _called);
        context.Response.StatusCode = Take(name => context.Request.Headers.TryGetValue(name, out var value) ? value.ToString() : null, body.ToArray())
            ? StatusCodes.Status204NoContent : StatusCodes.Status400BadRequest;
    }

    private bool Take(Func<string, string?> header, byte[] body)
    {
        // One at a time, as one transaction that keeps the id and does what it says.
        lock (_gate)
        {
            var (isNew, refusal) = Webhook.Verify(_secrets, header, body, _book.Has, TimeProvider.System.GetUtcNow());
            if (refusal != WebhookRefusal.None)
            {
                Interlocked.Increment(ref _refused);
                return false;
            }

            using var call = JsonDocument.Parse(body);
            if (Event.OfCall(call.RootElement) is not { } heard)
            {
                Interlocked.Increment(ref _tests);
                return true;
            }

            // Also what is not new goes to the book, which counts it.
            if (_book.Take(heard) && isNew)
            {
                _heard(heard);
            }

            return true;
        }
    }
}
