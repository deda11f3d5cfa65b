using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Matching.Benchmarks.Service;

/// <summary>Asks a running service as somebody of its demonstration.</summary>
internal sealed class ServiceClient(Uri service) : IDisposable
{
    // Everybody of the demonstration has this one.
    private const string Password = "wulingyuan-demo";

    private readonly HttpClient _http = new() { BaseAddress = new Uri(service, "/api/v1/"), Timeout = TimeSpan.FromMinutes(30) };

    /// <summary>Gives the token back, for whoever asks in another way.</summary>
    public async Task<string> SignInAsync(string username)
    {
        var tokens = await SendAsync(HttpMethod.Post, "auth/tokens", JsonContent.Create(new { grant = "password", username, password = Password }));
        var token = tokens.GetProperty("accessToken").GetString()!;
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return token;
    }

    public Task<JsonElement> ReadAsync(string address) => SendAsync(HttpMethod.Get, address, null);

    public Task<JsonElement> PostAsync(string address, object body) => SendAsync(HttpMethod.Post, address, JsonContent.Create(body));

    /// <summary>The items of all pages.</summary>
    public async Task<List<JsonElement>> ListAsync(string address)
    {
        var items = new List<JsonElement>();
        string? next = null;
        do
        {
            var page = await ReadAsync($"{address}{(address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}take=100{(next is null ? "" : "&cursor=" + Uri.EscapeDataString(next))}");
            items.AddRange(page.GetProperty("items").EnumerateArray());
            next = page.TryGetProperty("next", out var more) ? more.GetString() : null;
        }
        while (next is not null);

        return items;
    }

    public async Task<JsonElement> PutFileAsync(string address, string file)
    {
        await using var stream = File.OpenRead(file);
        using var content = new StreamContent(stream);
        content.Headers.ContentType = new MediaTypeHeaderValue("text/csv");
        return await SendAsync(HttpMethod.Put, address, content);
    }

    public void Dispose() => _http.Dispose();

    private async Task<JsonElement> SendAsync(HttpMethod method, string address, HttpContent? content)
    {
        using var request = new HttpRequestMessage(method, address) { Content = content };
        using var answer = await _http.SendAsync(request);
        var body = await answer.Content.ReadAsByteArrayAsync();
        return answer.IsSuccessStatusCode
            ? JsonSerializer.Deserialize<JsonElement>(body)
            : throw new InvalidOperationException($"{method} {address}: {(int)answer.StatusCode} {System.Text.Encoding.UTF8.GetString(body)}");
    }
}
