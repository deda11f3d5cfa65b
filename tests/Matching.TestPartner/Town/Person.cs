using System.Net.Http.Headers;
using System.Net.Http.Json;

namespace Matching.TestPartner.Town;

/// <summary>Somebody of the town at the service, with no bad line in between.</summary>
/// <param name="grant">How she signs in.</param>
public sealed class Person(Uri service, Func<Person, Task<object>> grant) : IDisposable
{
    private readonly HttpClient _client = new() { BaseAddress = service };
    private readonly SemaphoreSlim _signingIn = new(1, 1);

    public static Person WithPassword(Uri service, string username, string password) =>
        new(service, _ => Task.FromResult<object>(new { grant = "password", username, password }));

    /// <summary>The code comes by SMS; in Development it stands in the answer.</summary>
    public static Person WithPhone(Uri service, string phone) => new(service, async she =>
    {
        var sent = (await she.AskAsync(HttpMethod.Post, "auth/codes", new { phone })).Yes();
        return new { grant = "code", phone, code = sent.TextOrNull("code") ?? throw new StuckException("The server keeps its codes to itself; it must run in Development.") };
    });

    public static Person Nobody(Uri service) => new(service, _ => throw new StuckException("Nobody signs in."));

    public async Task<Person> SignInAsync()
    {
        var tokens = (await AskAsync(HttpMethod.Post, "auth/tokens", await grant(this))).Yes();
        _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", tokens.Text("accessToken"));
        return this;
    }

    public Task<Reply> GetAsync(string path) => RenewingAsync(HttpMethod.Get, path, null, null);

    public Task<Reply> PostAsync(string path, object? body = null) => RenewingAsync(HttpMethod.Post, path, body ?? new { }, null);

    public Task<Reply> PatchAsync(string path, object body, int version) => RenewingAsync(HttpMethod.Patch, path, body, version);

    public Task<Reply> DeleteAsync(string path) => RenewingAsync(HttpMethod.Delete, path, null, null);

    /// <summary>All pages of a list.</summary>
    public async Task<List<System.Text.Json.JsonElement>> ListAsync(string path)
    {
        var items = new List<System.Text.Json.JsonElement>();
        string? next = null;
        do
        {
            var page = (await GetAsync($"{path}{(path.Contains('?', StringComparison.Ordinal) ? '&' : '?')}take=100{(next is null ? "" : "&cursor=" + Uri.EscapeDataString(next))}")).Yes();
            items.AddRange(page.Items);
            next = page.TextOrNull("next");
        }
        while (next is not null);

        return items;
    }

    public void Dispose()
    {
        _client.Dispose();
        _signingIn.Dispose();
    }

    // An access token lives a quarter of an hour, a long run longer.
    private async Task<Reply> RenewingAsync(HttpMethod method, string path, object? body, int? version)
    {
        var token = _client.DefaultRequestHeaders.Authorization;
        var reply = await AskAsync(method, path, body, version);
        if (reply.Status != 401 || token is null)
        {
            return reply;
        }

        await _signingIn.WaitAsync();
        try
        {
            if (_client.DefaultRequestHeaders.Authorization == token)
            {
                await SignInAsync();
            }
        }
        finally
        {
            _signingIn.Release();
        }

        return await AskAsync(method, path, body, version);
    }

    private async Task<Reply> AskAsync(HttpMethod method, string path, object? body, int? version = null)
    {
        using var request = new HttpRequestMessage(method, "/api/v1/" + path) { Content = body is null ? null : JsonContent.Create(body) };
        if (version is { } read)
        {
            request.Headers.TryAddWithoutValidation("If-Match", $"\"v{read}\"");
        }

        using var response = await _client.SendAsync(request);
        return await Reply.ReadAsync(response);
    }
}
