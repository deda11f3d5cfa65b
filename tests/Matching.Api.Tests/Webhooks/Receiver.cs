using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Matching.Api.Tests.Webhooks;

/// <summary>A partner's program that is called: keeps what came, and answers as a test says.</summary>
public sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ConcurrentQueue<Call> _calls = new();
    private readonly SemaphoreSlim _came = new(0);

    private Receiver(WebApplication app) => _app = app;

    /// <summary>What it does with a call, and the status with which it answers; 204 by itself.</summary>
    public Func<Call, HttpContext, Task<int>> Answers { get; set; } = (_, _) => Task.FromResult(204);

    public string Url => _app.Urls.Single() + "/hook";

    public IReadOnlyList<Call> Calls => [.. _calls];

    public static async Task<Receiver> StartAsync(bool tls = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, listen =>
        {
            if (tls)
            {
                listen.UseHttps(SelfSigned());
            }
        }));
        var app = builder.Build();
        var receiver = new Receiver(app);
        app.Run(receiver.TakeAsync);
        await app.StartAsync();
        return receiver;
    }

    /// <summary>Waits for the next call that nobody has waited for.</summary>
    public async Task NextAsync() => Assert.That(await _came.WaitAsync(Patience), "Nobody called.");

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var call = new Call(
            context.Request.Path, context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body.ToArray());
        _calls.Enqueue(call);
        _came.Release();
        var status = await Answers(call, context);
        if (!context.Response.HasStarted)
        {
            context.Response.StatusCode = status;
        }
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(System.Net.IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }

    /// <summary>One call as it came.</summary>
    public sealed record Call(string Path, IReadOnlyDictionary<string, string> Headers, byte[] Bytes)
    {
        public string Id => Headers["webhook-id"];

        public JsonNode Body => JsonNode.Parse(Bytes)!;

        public string Type => (string)Body["type"]!;

        public string Subject => (string)Body["subject"]!;

        public string Text => Encoding.UTF8.GetString(Bytes);
    }
}
