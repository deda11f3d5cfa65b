using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Matching.TestPartner.Town;

namespace Matching.TestPartner.Partner;

/// <summary>
/// How the hotline asks the service: a POST carries a key, and what was not answered, or came at a bad moment, is sent again under the same. Each pause is a little
/// longer than the one before.
/// </summary>
public sealed class Line : IDisposable
{
    private const int MostTries = 30;

    private readonly HttpClient _client;
    private readonly bool _isCareless;
    private int _asked;
    private int _repeated;
    private int _replayed;
    private int _keys;

    public Line(Uri service, string key, bool isCareless)
    {
        _isCareless = isCareless;
        _client = new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null }) { BaseAddress = service, Timeout = TimeSpan.FromSeconds(60) };
        Key = key;
    }

    /// <summary>The partner's key; it may be changed at any time.</summary>
    public string Key { get; set; }

    /// <summary>Deeds and questions.</summary>
    public int Asked => _asked;

    /// <summary>Sent once more because nothing came back.</summary>
    public int Repeated => _repeated;

    /// <summary>Answers that the service said it had given before.</summary>
    public int Replayed => _replayed;

    public Task<Reply> GetAsync(string path, CancellationToken ct = default) => AskAsync(HttpMethod.Get, path, null, null, ct);

    public Task<Reply> PostAsync(string path, object? body = null) => AskAsync(HttpMethod.Post, path, body ?? new { }, NewKey(), CancellationToken.None);

    /// <summary>A stream of changes, from the last id on that was heard.</summary>
    public async Task<HttpResponseMessage> StreamAsync(string lastId, CancellationToken ct)
    {
        using var request = Request(HttpMethod.Get, "changes", null, null);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("text/event-stream"));
        request.Headers.Add("Last-Event-ID", lastId);
        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
    }

    public void Dispose() => _client.Dispose();

    private async Task<Reply> AskAsync(HttpMethod method, string path, object? body, string? key, CancellationToken ct)
    {
        Interlocked.Increment(ref _asked);
        for (var tries = 1; ; tries++)
        {
            try
            {
                using var request = Request(method, path, body, _isCareless && tries > 1 && key is not null ? NewKey() : key);
                using var response = await _client.SendAsync(request, ct);
                if (response.Headers.Contains("Idempotency-Replayed"))
                {
                    Interlocked.Increment(ref _replayed);
                }

                if (tries == MostTries || response.StatusCode is not (HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError or HttpStatusCode.ServiceUnavailable))
                {
                    return await Reply.ReadAsync(response);
                }

                await Task.Delay(response.Headers.RetryAfter?.Delta ?? TimeSpan.Zero);
            }
            catch (Exception problem) when (problem is HttpRequestException or IOException or TaskCanceledException && tries < MostTries && !ct.IsCancellationRequested)
            {
                // Nothing came back: whether it was done nobody knows, and the key makes that no matter.
            }

            Interlocked.Increment(ref _repeated);
            await Task.Delay(TimeSpan.FromMilliseconds(5 * Math.Min(tries, 20)));
        }
    }

    private HttpRequestMessage Request(HttpMethod method, string path, object? body, string? key)
    {
        var request = new HttpRequestMessage(method, "/api/v1/" + path) { Content = body is null ? null : JsonContent.Create(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return request;
    }

    private string NewKey() => $"hotline-{Interlocked.Increment(ref _keys)}";
}
