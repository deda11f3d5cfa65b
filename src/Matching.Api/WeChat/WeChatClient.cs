using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;
using Matching.Accounts;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Clocks;

namespace Matching.Api.WeChat;

/// <summary>
/// What we ask of WeChat's server: who a login code belongs to, which phone a phone code belongs to, and to send a subscription message. Its answers are always 200;
/// what they say is in <c>errcode</c>.
/// </summary>
[Shared]
public sealed partial class WeChatClient : IDisposable
{
    // As WeChat documents them.
    private const int Busy = -1;
    private const int TokenWrong = 40001;
    private const int TokenInvalid = 40014;
    private const int TokenExpired = 42001;
    private const int CodeInvalid = 40029;
    private const int CodeUsed = 40163;
    private const int TooOften = 45011;
    private const int DayFull = 45009;
    private const int UserBlocked = 40226;
    private const int UserRefused = 43101;
    private const int AnotherOnItsWay = 43108;

    private static readonly TimeSpan TokenMargin = TimeSpan.FromMinutes(5);

    // Without it a page of messages would wait for one timeout after another.
    private static readonly TimeSpan PauseWithoutToken = TimeSpan.FromSeconds(2);

    private readonly WeChatSettings _settings;
    private readonly MachineClock _clock;
    private readonly ILogger<WeChatClient> _log;
    private readonly HttpClient _client;
    private readonly SemaphoreSlim _renewing = new(1, 1);
    private volatile Held _held = new(null, DateTimeOffset.MinValue);

    public WeChatClient(WeChatSettings settings, MachineClock clock, ILogger<WeChatClient> log)
    {
        (_settings, _clock, _log) = (settings, clock, log);
        _client = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), ActivityHeadersPropagator = null, AllowAutoRedirect = false })
        {
            BaseAddress = new Uri(settings.BaseAddress),
            Timeout = settings.Timeout,
        };
    }

    /// <summary>The open id behind a code of <c>wx.login</c>. Each code works once, for five minutes.</summary>
    public async Task<Outcome<string>> OpenIdAsync(string loginCode, CancellationToken ct)
    {
        var address = $"/sns/jscode2session?appid={Uri.EscapeDataString(_settings.AppId)}&secret={Uri.EscapeDataString(_settings.AppSecret)}"
            + $"&js_code={Uri.EscapeDataString(loginCode)}&grant_type=authorization_code";
        var answer = await AskAsync<SessionAnswer>(() => _client.GetAsync(address, ct), ct);
        return answer switch
        {
            null or { ErrCode: Busy } => Refusals.WeChatNotAnswering,
            { ErrCode: 0, OpenId: { Length: > 0 } openId } => openId,
            _ => Refuse(answer),
        };
    }

    /// <summary>The phone behind a code of <c>getPhoneNumber</c>. Each code works once, for five minutes.</summary>
    public async Task<Outcome<PhoneNumber>> PhoneAsync(string phoneCode, CancellationToken ct)
    {
        var answer = await AskWithTokenAsync<PhoneAnswer>("/wxa/business/getuserphonenumber", new { code = phoneCode }, ct);
        return answer switch
        {
            null or { ErrCode: Busy } => Refusals.WeChatNotAnswering,
            { ErrCode: 0, PhoneInfo: { } info } => PhoneNumber.Read($"+{info.CountryCode}{info.PurePhoneNumber}"),
            _ => Refuse(answer),
        };
    }

    /// <summary>Sends a one-time subscription message.</summary>
    public async Task<WeChatSent> SendAsync(string openId, WeChatTemplate template, string page, IReadOnlyDictionary<string, string> fields, CancellationToken ct)
    {
        var answer = await AskWithTokenAsync<Answered>(
            "/cgi-bin/message/subscribe/send",
            new
            {
                touser = openId,
                template_id = template.Id,
                page,
                data = fields.ToDictionary(field => field.Key, field => new { value = field.Value }),
                miniprogram_state = _settings.State,
                lang = "zh_CN",
            },
            ct);
        switch (answer)
        {
            case { ErrCode: 0 }:
                return WeChatSent.Sent;
            case { ErrCode: UserRefused }:
                return WeChatSent.NotAllowed;
            case null or { ErrCode: Busy or TooOften or DayFull or AnotherOnItsWay or TokenWrong or TokenInvalid or TokenExpired }:
                return WeChatSent.Later;
            default:
                LogRefused(answer.ErrCode);
                return WeChatSent.Failed;
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _renewing.Dispose();
    }

    private Refusal Refuse(Answered answer)
    {
        switch (answer.ErrCode)
        {
            case CodeInvalid or CodeUsed:
                return Refusals.WeChatCodeWrong;
            case UserBlocked:
                return Refusals.WeChatUserBlocked;
            case TooOften:
                return Refusals.WeChatTooOften.After(TimeSpan.FromMinutes(1));
            default:
                // Our own settings, or something new: who signs in can do nothing about it.
                LogRefused(answer.ErrCode);
                return Refusals.WeChatNotAnswering;
        }
    }

    // A token that WeChat does not know any more is replaced, once.
    private async Task<TAnswer?> AskWithTokenAsync<TAnswer>(string address, object body, CancellationToken ct)
        where TAnswer : Answered
    {
        string? refused = null;
        while (await TokenAsync(refused, ct) is { } token)
        {
            var answer = await AskAsync<TAnswer>(() => _client.PostAsJsonAsync($"{address}?access_token={Uri.EscapeDataString(token)}", body, ct), ct);
            if (refused is not null || answer is not { ErrCode: TokenWrong or TokenInvalid or TokenExpired })
            {
                return answer;
            }

            refused = token;
        }

        return null;
    }

    // The stable kind: WeChat gives every node the same one for as long as it lives. One that it refuses is asked for again in the ordinary way first: another
    // node may have had it replaced. Only if the refused one comes back it is replaced by force, which takes it from all nodes, and may be done twenty times a day.
    private async Task<string?> TokenAsync(string? refused, CancellationToken ct)
    {
        if (IsHeld(refused, out var held))
        {
            return held;
        }

        await _renewing.WaitAsync(ct);
        try
        {
            if (IsHeld(refused, out held))
            {
                return held;
            }

            var answer = await AskForTokenAsync(byForce: false, ct);
            if (answer is { ErrCode: 0, AccessToken: { } same } && same == refused)
            {
                answer = await AskForTokenAsync(byForce: true, ct);
            }

            if (answer is not { ErrCode: 0, AccessToken: { Length: > 0 } token })
            {
                LogRefused(answer?.ErrCode ?? Busy);
                _held = new Held(null, _clock.Now + PauseWithoutToken);
                return null;
            }

            _held = new Held(token, _clock.Now + TimeSpan.FromSeconds(answer.ExpiresIn) - TokenMargin);
            return token;
        }
        finally
        {
            _renewing.Release();
        }
    }

    private bool IsHeld(string? refused, out string? token)
    {
        var held = _held;
        token = held.Token;
        return held.Until > _clock.Now && (token is null || token != refused);
    }

    private Task<TokenAnswer?> AskForTokenAsync(bool byForce, CancellationToken ct) => AskAsync<TokenAnswer>(
        () => _client.PostAsJsonAsync(
            "/cgi-bin/stable_token", new { grant_type = "client_credential", appid = _settings.AppId, secret = _settings.AppSecret, force_refresh = byForce }, ct),
        ct);

    /// <summary>Null when there was no answer that can be read.</summary>
    private async Task<TAnswer?> AskAsync<TAnswer>(Func<Task<HttpResponseMessage>> ask, CancellationToken ct)
        where TAnswer : Answered
    {
        try
        {
            using var response = await ask();
            // As text/plain, too: WeChat says so of some of its JSON.
            return response.IsSuccessStatusCode ? JsonSerializer.Deserialize<TAnswer>(await response.Content.ReadAsStringAsync(ct)) : null;
        }
        catch (Exception problem) when (problem is HttpRequestException or JsonException || (problem is OperationCanceledException && !ct.IsCancellationRequested))
        {
            LogNoAnswer(problem.GetType().Name);
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "WeChat refused with {ErrorCode}.")]
    private partial void LogRefused(int errorCode);

    [LoggerMessage(Level = LogLevel.Warning, Message = "WeChat did not answer: {Problem}.")]
    private partial void LogNoAnswer(string problem);

    /// <summary>None: there was none to be had, and nobody asks again before then.</summary>
    private sealed record Held(string? Token, DateTimeOffset Until);

    private record Answered
    {
        [JsonPropertyName("errcode")]
        public int ErrCode { get; init; }
    }

    private sealed record SessionAnswer : Answered
    {
        [JsonPropertyName("openid")]
        public string? OpenId { get; init; }
    }

    private sealed record TokenAnswer : Answered
    {
        [JsonPropertyName("access_token")]
        public string? AccessToken { get; init; }

        [JsonPropertyName("expires_in")]
        public int ExpiresIn { get; init; }
    }

    private sealed record PhoneAnswer : Answered
    {
        [JsonPropertyName("phone_info")]
        public Phone? PhoneInfo { get; init; }
    }

    private sealed record Phone
    {
        [JsonPropertyName("purePhoneNumber")]
        public string PurePhoneNumber { get; init; } = "";

        [JsonPropertyName("countryCode")]
        public string CountryCode { get; init; } = "";
    }
}

/// <summary>What became of a subscription message.</summary>
public enum WeChatSent
{
    Sent,

    /// <summary>The user has not allowed another one.</summary>
    NotAllowed,

    /// <summary>WeChat is busy or does not answer.</summary>
    Later,

    /// <summary>It will not go through by trying again.</summary>
    Failed,
}
