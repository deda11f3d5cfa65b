using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Http;
using Matching.Webhooks;

namespace Matching.Api.Webhooks;

/// <summary>
/// Calls a webhook once. The address is looked up and checked at the moment of connecting, and the connection goes to what was checked, so that a name cannot lead
/// elsewhere in between. TLS is verified. A redirect is followed to the same host only, and no further than three times.
/// </summary>
[Shared]
public sealed class WebhookSender : IDisposable
{
    private const int MostRedirects = 3;
    private const int AnswerKept = 500;

    private readonly HttpClient _client;
    private readonly WebhookSettings _settings;
    private readonly WebhookStore _webhooks;
    private readonly MachineClock _clock;

    public WebhookSender(WebhookSettings settings, WebhookStore webhooks, MachineClock clock)
    {
        (_settings, _webhooks, _clock) = (settings, webhooks, clock);
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            // No trace of ours is any business of theirs.
            ActivityHeadersPropagator = null,
            // An address is looked up again at least so often.
            PooledConnectionLifetime = TimeSpan.FromMinutes(1),
            MaxResponseHeadersLength = 16,
            ConnectCallback = ConnectAsync,
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Matching-Webhooks", "1"));
    }

    /// <summary>Whatever happens is in what it gives back.</summary>
    public async Task<Tried> SendAsync(WebhookRow webhook, DeliveryRow delivery, CancellationToken stopping)
    {
        var began = Stopwatch.GetTimestamp();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        patience.CancelAfter(_settings.Timeout);
        try
        {
            return await SendAsync(webhook, delivery, began, patience.Token);
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return new Tried(Took(began), null, "timeout", null);
        }
        catch (HttpRequestException problem)
        {
            return new Tried(Took(began), null, ProblemOf(problem), null);
        }
        catch (IOException)
        {
            return new Tried(Took(began), null, "connection", null);
        }
    }

    public void Dispose() => _client.Dispose();

    private async Task<Tried> SendAsync(WebhookRow webhook, DeliveryRow delivery, long began, CancellationToken ct)
    {
        var at = new Uri(webhook.Url);
        for (var redirects = 0; ; redirects++)
        {
            using var request = Request(at, webhook, delivery);
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            var status = (int)response.StatusCode;
            if (response.StatusCode is HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect && response.Headers.Location is { } location)
            {
                var next = new Uri(at, location);
                if (redirects == MostRedirects || next.Scheme != at.Scheme || next.IdnHost != at.IdnHost || next.Port != at.Port)
                {
                    return new Tried(Took(began), status, "redirect", null);
                }

                at = next;
                continue;
            }

            var answer = await BeginningAsync(response, ct);
            return new Tried(
                Took(began), status, status is >= 200 and < 300 ? null : status == 410 ? "gone" : status is >= 300 and < 400 ? "redirect" : "status", answer, PauseOf(response));
        }
    }

    private HttpRequestMessage Request(Uri at, WebhookRow webhook, DeliveryRow delivery)
    {
        var timestamp = _clock.Now.ToUnixTimeSeconds();
        var id = delivery.EventId.ToString();
        var request = new HttpRequestMessage(HttpMethod.Post, at)
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(delivery.Body)) { Headers = { ContentType = new MediaTypeHeaderValue("application/cloudevents+json") } },
        };
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", timestamp.ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation(
            "webhook-signature", string.Join(' ', _webhooks.SecretsOf(webhook).Select(secret => WebhookSecret.Sign(secret, id, timestamp, delivery.Body))));
        return request;
    }

    // Called for every new connection, before TLS: SocketsHttpHandler verifies the certificate against the name in the address, not against what we connect to.
    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken ct)
    {
        var host = context.DnsEndPoint.Host;
        IPAddress[] addresses;
        try
        {
            addresses = _settings.Names.TryGetValue(host, out var fixedTo) ? [IPAddress.Parse(fixedTo)]
                : IPAddress.TryParse(host, out var literal) ? [literal]
                : await Dns.GetHostAddressesAsync(host, ct);
        }
        catch (SocketException problem)
        {
            throw new ConnectRefusedException("name", problem);
        }

        // One that leads home is enough: of several the system would choose.
        if (addresses.Length == 0 || (!_settings.AllowPrivate && !addresses.All(PublicAddress.Is)))
        {
            throw new ConnectRefusedException("address", null);
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, context.DnsEndPoint.Port, ct);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static string ProblemOf(Exception problem)
    {
        for (var at = problem; at is not null; at = at.InnerException)
        {
            switch (at)
            {
                case ConnectRefusedException refused:
                    return refused.Problem;
                case AuthenticationException:
                    return "tls";
            }
        }

        return "connection";
    }

    private static async Task<string> BeginningAsync(HttpResponseMessage response, CancellationToken ct)
    {
        var buffer = new byte[2_000];
        await using var body = await response.Content.ReadAsStreamAsync(ct);
        var length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, ct);
        var text = new string([.. Encoding.UTF8.GetString(buffer, 0, length).Where(c => !char.IsControl(c) && !char.IsSurrogate(c))]);
        return text.Length <= AnswerKept ? text : text[..AnswerKept];
    }

    private TimeSpan? PauseOf(HttpResponseMessage response) => response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable
        ? response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - _clock.Now,
            _ => null,
        }
        : null;

    private static int Took(long began) => (int)Stopwatch.GetElapsedTime(began).TotalMilliseconds;

    /// <summary>There is no connecting there, and why.</summary>
    private sealed class ConnectRefusedException(string problem, Exception? inner) : Exception("There is no connecting there.", inner)
    {
        public string Problem => problem;
    }
}
