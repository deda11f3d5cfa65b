using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace Matching.Replay.Http;

/// <summary>
/// All that the replay asks of the service. A POST carries a key, so that one whose answer was lost is sent again and does nothing twice; what was answered
/// with a yes is remembered, so that it can be looked for at the end.
/// </summary>
public sealed partial class Web : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    private readonly HttpClient _client;
    private readonly Traffic _traffic;
    private readonly IReadOnlyList<Uri> _urls;
    private readonly Func<Task>? _serverIsReady;
    private readonly string _run;
    private readonly ConcurrentDictionary<Id, byte> _acknowledged = new();
    private readonly ConcurrentDictionary<(Id Thing, string State), byte> _acknowledgedStates = new();
    private long _keys;
    private uint _asked;

    /// <param name="urls">Asked in turn.</param>
    /// <param name="run">Begins each key, so that two replays on one server share none.</param>
    /// <param name="serverIsReady">Comes back when a server that was killed is there again; null where none is killed.</param>
    public Web(IReadOnlyList<Uri> urls, Traffic traffic, string run, Func<Task>? serverIsReady)
    {
        _urls = urls;
        _traffic = traffic;
        _run = run;
        _serverIsReady = serverIsReady;
        _client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 16, PooledConnectionIdleTimeout = TimeSpan.FromMinutes(10) })
        {
            Timeout = TimeSpan.FromSeconds(100),
        };
        _client.DefaultRequestHeaders.AcceptLanguage.ParseAdd("en");
    }

    /// <summary>Every thing that a yes to a POST named.</summary>
    public IReadOnlyCollection<Id> Acknowledged => [.. _acknowledged.Keys];

    /// <summary>Every state that a yes said something had come to.</summary>
    public IReadOnlyCollection<(Id Thing, string State)> AcknowledgedStates => [.. _acknowledgedStates.Keys];

    public void Dispose() => _client.Dispose();

    /// <summary>Asks to read. In the route, <c>{}</c> stands for the id.</summary>
    public Task<Reply> GetAsync(Person? who, string route, string? id = null, params string[] expected) => AskAsync(HttpMethod.Get, who, route, id, null, null, expected);

    /// <summary>Asks to read what is no JSON, and hands back how long it is.</summary>
    public async Task<int> GetTextAsync(Person who, string route)
    {
        var (status, text, _) = await SendAsync(HttpMethod.Get, "/api/v1" + route, $"GET {Operation(route)}", await TokenAsync(who), null, null, null);
        if (status != 200)
        {
            Read(HttpMethod.Get, $"GET {Operation(route)}", status, text, false, [], who);
        }

        return text.Length;
    }

    /// <summary>Asks for a deed. The refusals that may well come are named; any other ends up among the unexpected.</summary>
    public Task<Reply> PostAsync(Person? who, string route, string? id, object? body, params string[] expected) =>
        AskAsync(HttpMethod.Post, who, route, id, body ?? new { }, $"{_run}-{Interlocked.Increment(ref _keys)}", expected);

    /// <summary>The same deed under a key of the caller's.</summary>
    public Task<Reply> PostUnderAsync(Person? who, string route, string key, object body) => AskAsync(HttpMethod.Post, who, route, null, body, $"{_run}-{key}", []);

    public Task<Reply> PatchAsync(Person? who, string route, object body, int version) => AskAsync(HttpMethod.Patch, who, route, null, body, null, [], version);

    /// <summary>Remembers what a yes said; whoever asked knows which thing came to which state.</summary>
    public void Remember(string thing, string state) => _acknowledgedStates.TryAdd((Id.ParseOrNone(thing), state), 0);

    /// <summary>Signs in, or anew.</summary>
    public async Task SignInAsync(Person who)
    {
        await who.SigningIn.WaitAsync();
        try
        {
            await SignInAnewAsync(who);
        }
        finally
        {
            who.SigningIn.Release();
        }
    }

    /// <summary>Signs out; whatever she asks for next, she signs in for anew.</summary>
    public async Task SignOutAsync(Person who)
    {
        await who.SigningIn.WaitAsync();
        try
        {
            if (who.RefreshToken is { } refresh)
            {
                (who.AccessToken, who.RefreshToken) = (null, null);
                await AskAsync(HttpMethod.Post, null, "/auth/logout", null, new { refreshToken = refresh }, null, []);
            }
        }
        finally
        {
            who.SigningIn.Release();
        }
    }

    private async Task<Reply> AskAsync(
        HttpMethod method, Person? who, string route, string? id, object? body, string? key, string[] expected, int? version = null)
    {
        var address = "/api/v1" + (id is null ? route : route.Replace("{}", id, StringComparison.Ordinal));
        var operation = $"{method.Method} {Operation(route)}";
        for (var renewed = false; ; renewed = true)
        {
            var token = who is null ? null : await TokenAsync(who);
            var (status, text, replayed) = await SendAsync(method, address, operation, token, body, key, version);
            if (status == 401 && who is not null && !renewed)
            {
                await RenewAsync(who, token!);
                continue;
            }

            return Read(method, operation, status, text, replayed, expected, who);
        }
    }

    private Reply Read(HttpMethod method, string operation, int status, string text, bool replayed, string[] expected, Person? who)
    {
        if (status is >= 200 and < 300)
        {
            if (method != HttpMethod.Get && !operation.Contains("/auth/", StringComparison.Ordinal) && !operation.Contains("/development/", StringComparison.Ordinal))
            {
                foreach (Match id in AnyId().Matches(text))
                {
                    _acknowledged.TryAdd(Id.ParseOrNone(id.Value), 0);
                }
            }

            return new Reply(status, text.Length == 0 ? default : JsonDocument.Parse(text).RootElement, null, replayed);
        }

        var code = CodeOf(text);
        if (code is null || !expected.Contains(code))
        {
            _traffic.NoteUnexpected($"{operation} as {Kind(who)}: {status} {code ?? text[..Math.Min(text.Length, 200)]}{FieldOf(text)}");
        }

        return new Reply(status, default, code ?? "none", Field: Field(text, "field"));
    }

    private async Task<(int Status, string Text, bool Replayed)> SendAsync(
        HttpMethod method, string address, string operation, string? token, object? body, string? key, int? version)
    {
        while (true)
        {
            var url = _urls[(int)(Interlocked.Increment(ref _asked) % (uint)_urls.Count)];
            using var request = new HttpRequestMessage(method, new Uri(url, address));
            request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
            request.Content = body is null ? null : JsonContent.Create(body, options: Json);
            if (key is not null)
            {
                request.Headers.Add("Idempotency-Key", key);
            }

            if (version is { } read)
            {
                request.Headers.TryAddWithoutValidation("If-Match", $"\"v{read}\"");
            }

            var began = Stopwatch.GetTimestamp();
            try
            {
                using var response = await _client.SendAsync(request);
                var text = await response.Content.ReadAsStringAsync();
                var status = (int)response.StatusCode;
                _traffic.Note(operation, Stopwatch.GetElapsedTime(began), status < 300 ? null : $"{status} {CodeOf(text)}");
                return (status, text, response.Headers.Contains("Idempotency-Replayed"));
            }
            catch (Exception problem) when (problem is HttpRequestException or IOException && _serverIsReady is not null)
            {
                // It was killed while it answered, or before. The key makes asking again harmless; what has no key may be done twice without harm.
                _traffic.NoteInterrupted();
                await Task.Delay(20);
                await _serverIsReady();
            }
        }
    }

    private async Task<string> TokenAsync(Person who)
    {
        if (who.AccessToken is null)
        {
            await RenewAsync(who, null);
        }

        return who.AccessToken!;
    }

    private async Task RenewAsync(Person who, string? stale)
    {
        await who.SigningIn.WaitAsync();
        try
        {
            // Somebody who acts twice at once renews once.
            if (who.AccessToken is not null && who.AccessToken != stale)
            {
                return;
            }

            if (who.RefreshToken is { } refresh)
            {
                who.RefreshToken = null;
                var renewed = await AskForTokensAsync(new { grant = "refresh", refreshToken = refresh, hatId = who.HatId }, "refresh_token_invalid");
                if (renewed.IsYes)
                {
                    Keep(who, renewed);
                    return;
                }
            }

            await SignInAnewAsync(who);
        }
        finally
        {
            who.SigningIn.Release();
        }
    }

    private async Task SignInAnewAsync(Person who)
    {
        object grant = new { grant = "password", username = who.Username, password = who.Password, hatId = who.HatId };
        if (who.Phone is not null)
        {
            var sent = await AskAsync(HttpMethod.Post, null, "/auth/codes", null, new { phone = who.Phone }, null, []);
            grant = new { grant = "code", phone = who.Phone, code = sent.TextOrNull("code") ?? throw new StuckException("The server keeps its codes to itself; it must run in Development."), hatId = who.HatId };
        }

        var tokens = await AskForTokensAsync(grant);
        if (!tokens.IsYes)
        {
            throw new StuckException($"{who} cannot sign in: {tokens.Code}.");
        }

        Keep(who, tokens);
    }

    private Task<Reply> AskForTokensAsync(object grant, params string[] expected) => AskAsync(HttpMethod.Post, null, "/auth/tokens", null, grant, null, expected);

    private static void Keep(Person who, Reply tokens)
    {
        who.AccountId = tokens.Text("accountId");
        who.AccessToken = tokens.Text("accessToken");
        who.RefreshToken = tokens.Text("refreshToken");
    }

    private static string Operation(string route) => AnyId().Replace(route.Split('?')[0], "{id}").Replace("{}", "{id}", StringComparison.Ordinal);

    private static string Kind(Person? who) => who is null ? "nobody" : who.Key.Split(' ')[0];

    private static string? CodeOf(string text) => Field(text, "code");

    private static string FieldOf(string text) => Field(text, "field") is { Length: > 0 } field ? $" at {field}" : "";

    private static string? Field(string text, string name)
    {
        try
        {
            using var problem = JsonDocument.Parse(text);
            return problem.RootElement.TryGetProperty(name, out var value) ? value.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    [GeneratedRegex("[a-z]{3}_[0-9A-HJKMNP-TV-Z]{26}")]
    private static partial Regex AnyId();
}
