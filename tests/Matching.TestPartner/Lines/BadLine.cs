using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Matching.TestPartner.Lines;

/// <summary>
/// Stands between two programs that talk HTTP and passes on what comes: some of it late, some twice, some after what came later, some not at all, and of some only
/// the answer is lost. Beside some it sends one that was changed on the way.
/// </summary>
public sealed class BadLine : IAsyncDisposable
{
    /// <summary>Who is to be overtaken waits no longer than this for somebody who does it.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(400);

    private static readonly TimeSpan SecondIsLate = TimeSpan.FromMilliseconds(300);

    // These are about one connection; each side has its own.
    private static readonly HashSet<string> OfTheConnection = new(StringComparer.OrdinalIgnoreCase)
    {
        "Connection", "Keep-Alive", "Host", "Transfer-Encoding", "Content-Length", "Expect", "Upgrade",
    };

    private readonly WebApplication _app;
    private readonly Uri _to;
    private readonly Mischief _mischief;
    private readonly HttpClient _client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ActivityHeadersPropagator = null })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };
    private readonly ConcurrentDictionary<string, int> _times = new();
    private readonly ConcurrentDictionary<Task, byte> _stragglers = new();
    private TaskCompletionSource _passed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private BadLine(WebApplication app, Uri to, Mischief mischief) => (_app, _to, _mischief) = (app, to, mischief);

    public Uri Url => new(_app.Urls.Single());

    public LineCounts Counts { get; } = new();

    public static async Task<BadLine> StartAsync(Uri to, Mischief mischief)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var line = new BadLine(app, to, mischief);
        app.Run(line.PassAsync);
        await app.StartAsync();
        return line;
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_stragglers.Keys);
        await _app.DisposeAsync();
        _client.Dispose();
    }

    private async Task PassAsync(HttpContext context)
    {
        var message = await Message.ReadAsync(context.Request);
        var fate = _mischief.FateOf(message.Name, _times.AddOrUpdate(message.Name, 1, (_, times) => times + 1));
        Interlocked.Increment(ref Counts.Passed);
        if (fate.Late > TimeSpan.Zero)
        {
            Interlocked.Increment(ref Counts.Late);
            await Task.Delay(fate.Late);
        }

        if (fate.IsOvertaken && await IsOvertakenAsync())
        {
            Interlocked.Increment(ref Counts.Overtaken);
        }

        if (fate.IsLost)
        {
            Interlocked.Increment(ref Counts.Lost);
            context.Abort();
            return;
        }

        try
        {
            await PassAsync(context, message, fate);
        }
        catch (Exception problem) when (problem is HttpRequestException or IOException or OperationCanceledException)
        {
            // One of the two has hung up, so we do.
            context.Abort();
        }
    }

    private async Task PassAsync(HttpContext context, Message message, Fate fate)
    {
        if (fate.IsForged)
        {
            Interlocked.Increment(ref Counts.Forged);
            using var answer = await SendAsync(message.Changed(), CancellationToken.None);
        }

        var second = Task.CompletedTask;
        if (fate.ComesTwice && !message.AsksForStream)
        {
            Interlocked.Increment(ref Counts.Twice);
            second = SendAgainAsync(message, fate.SecondComesLate ? SecondIsLate : TimeSpan.Zero);
            _stragglers.TryAdd(second, 0);
        }

        using var response = await SendAsync(message, context.RequestAborted);
        Interlocked.Exchange(ref _passed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        if (fate.AnswerIsLost)
        {
            // It was done, whoever hears of it.
            Interlocked.Increment(ref Counts.AnswersLost);
            context.Abort();
            return;
        }

        await AnswerAsync(context, response, fate);
    }

    private async Task SendAgainAsync(Message message, TimeSpan late)
    {
        await Task.Delay(late);
        try
        {
            using var answer = await SendAsync(message, CancellationToken.None);
        }
        catch (HttpRequestException)
        {
            // They have hung up on a second one; nobody waits for it.
        }
    }

    private Task<HttpResponseMessage> SendAsync(Message message, CancellationToken ct) =>
        _client.SendAsync(message.To(_to), message.AsksForStream ? HttpCompletionOption.ResponseHeadersRead : HttpCompletionOption.ResponseContentRead, ct);

    private async Task AnswerAsync(HttpContext context, HttpResponseMessage response, Fate fate)
    {
        context.Response.StatusCode = (int)response.StatusCode;
        foreach (var (name, values) in response.Headers.Concat(response.Content.Headers).Where(header => !OfTheConnection.Contains(header.Key)))
        {
            context.Response.Headers[name] = values.ToArray();
        }

        var isStream = response.Content.Headers.ContentType?.MediaType == "text/event-stream";
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        await using var body = await response.Content.ReadAsStreamAsync(context.RequestAborted);
        var (buffer, passed) = (new byte[4_096], 0);
        int read;
        while ((read = await body.ReadAsync(buffer, context.RequestAborted)) > 0)
        {
            var most = isStream ? fate.StreamBreaksAfter - passed : read;
            await context.Response.Body.WriteAsync(buffer.AsMemory(0, Math.Min(read, most)), context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            passed += read;
            if (read >= most && isStream)
            {
                Interlocked.Increment(ref Counts.StreamsBroken);
                context.Abort();
                return;
            }
        }
    }

    private async Task<bool> IsOvertakenAsync()
    {
        var another = Volatile.Read(ref _passed).Task;
        return await Task.WhenAny(another, Task.Delay(Patience)) == another;
    }

    /// <summary>A request as it came, to be sent on any number of times.</summary>
    private sealed record Message(HttpMethod Method, string Target, IReadOnlyList<(string Name, string? Value)> Headers, byte[] Body)
    {
        /// <summary>The same for every try of the same thing.</summary>
        public string Name => Header("Idempotency-Key") ?? Header("webhook-id") ?? $"{Method} {Target}";

        public bool AsksForStream => Header("Accept") == "text/event-stream";

        public static async Task<Message> ReadAsync(HttpRequest request)
        {
            using var body = new MemoryStream();
            await request.Body.CopyToAsync(body);
            return new Message(
                HttpMethod.Parse(request.Method), request.Path + request.QueryString,
                [.. request.Headers.Where(header => !OfTheConnection.Contains(header.Key)).Select(header => (header.Key, header.Value.ToString()))], body.ToArray());
        }

        /// <summary>The same with one byte of the body changed.</summary>
        public Message Changed()
        {
            var body = (byte[])Body.Clone();
            body[body.Length / 2] ^= 1;
            return this with { Body = body };
        }

        public HttpRequestMessage To(Uri other)
        {
            var request = new HttpRequestMessage(Method, new Uri(other, Target));
            if (Body.Length > 0)
            {
                request.Content = new ByteArrayContent(Body);
            }

            foreach (var (name, value) in Headers)
            {
                if (!request.Headers.TryAddWithoutValidation(name, value))
                {
                    request.Content?.Headers.TryAddWithoutValidation(name, value);
                }
            }

            return request;
        }

        private string? Header(string name) => Headers.FirstOrDefault(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;
    }
}
