using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Matching.Api.Tests.Messages;

/// <summary>A fake of the door of somebody who brings short messages to phones.</summary>
public sealed class FakeSms : IAsyncDisposable
{
    private readonly WebApplication _app;

    private FakeSms(WebApplication app) => _app = app;

    /// <summary>All that came in, also what was refused.</summary>
    public ConcurrentQueue<JsonNode> Received { get; } = new();

    public ConcurrentQueue<string?> Keys { get; } = new();

    public int Status { get; set; } = 200;

    /// <summary>How often somebody came to where a 302 leads.</summary>
    public int Elsewhere { get; private set; }

    public string Url => _app.Urls.Single() + "/send";

    public static async Task<FakeSms> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var fake = new FakeSms(app);
        app.MapPost("/send", async (HttpContext context) =>
        {
            fake.Keys.Enqueue(context.Request.Headers.Authorization);
            fake.Received.Enqueue((await JsonNode.ParseAsync(context.Request.Body))!);
            context.Response.StatusCode = fake.Status;
            context.Response.Headers.Location = fake.Status == 302 ? "/elsewhere" : null;
        });
        app.Map("/elsewhere", () => fake.Elsewhere++);
        await app.StartAsync();
        return fake;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
