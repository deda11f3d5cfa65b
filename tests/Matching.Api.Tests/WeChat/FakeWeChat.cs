using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Matching.Api.Tests.WeChat;

/// <summary>A fake of WeChat's server, as it is documented: login codes, phone codes, the access token, subscription messages; and its errors.</summary>
public sealed partial class FakeWeChat : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, byte> _used = new();
    private int _token = 1;
    private int _deadToken;
    private int _asked;
    private int _forced;

    private FakeWeChat(WebApplication app) => _app = app;

    /// <summary>Open ids by login code.</summary>
    public ConcurrentDictionary<string, string> Logins { get; } = new();

    /// <summary>Numbers of the mainland by phone code.</summary>
    public ConcurrentDictionary<string, string> Phones { get; } = new();

    /// <summary>How many messages each user still takes.</summary>
    public ConcurrentDictionary<string, int> Allowed { get; } = new();

    /// <summary>What was sent.</summary>
    public ConcurrentQueue<JsonNode> Sent { get; } = new();

    /// <summary>Answered instead of anything else but a token, when it is not 0.</summary>
    public int Error { get; set; }

    /// <summary>Answered instead of a token, when it is not 0.</summary>
    public int TokenError { get; set; }

    /// <summary>What a token that does not do is refused with.</summary>
    public int StaleError { get; set; } = 40001;

    /// <summary>How often a token was asked for, and replaced by force.</summary>
    public (int Asked, int Forced) Tokens => (_asked, _forced);

    public (string Key, string Value)[] Settings =>
    [
        ("WeChat:AppId", "wx0123456789abcdef"), ("WeChat:AppSecret", "not-a-real-secret"), ("WeChat:BaseAddress", _app.Urls.Single()),
        ("WeChat:Templates:offer.sent:Id", "tmpl-offer"), ("WeChat:Templates:offer.sent:Page", "pages/offer/offer?id={subject}"),
        ("WeChat:Templates:offer.passOn:Id", "tmpl-pass"), ("WeChat:Templates:offer.passOn:Fields:thing1", "{title}"),
        ("WeChat:Templates:offer.sent:Fields:thing1", "{title}"), ("WeChat:Templates:offer.sent:Fields:time2", "{time}"),
    ];

    public static async Task<FakeWeChat> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var fake = new FakeWeChat(app);
        app.MapGet("/sns/jscode2session", (HttpContext context) => fake.Login(context));
        app.MapPost("/cgi-bin/stable_token", (HttpContext context) => fake.TokenAsync(context));
        app.MapPost("/wxa/business/getuserphonenumber", (HttpContext context) => fake.PhoneAsync(context));
        app.MapPost("/cgi-bin/message/subscribe/send", (HttpContext context) => fake.SendAsync(context));
        await app.StartAsync();
        return fake;
    }

    /// <summary>Another node has had the token replaced: whoever asks is given the new one.</summary>
    public void ReplaceToken() => _token++;

    /// <summary>The token does not do any more, and is given out until somebody has it replaced by force.</summary>
    public void KillToken() => _deadToken = _token;

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private Task Login(HttpContext context)
    {
        var query = context.Request.Query;
        var code = query["js_code"].ToString();
        return AnswerAsync(context, Error != 0 ? No(Error)
            : query["appid"] != "wx0123456789abcdef" || query["grant_type"] != "authorization_code" ? No(40013)
            : !Logins.TryGetValue(code, out var openId) ? No(40029)
            : !_used.TryAdd(code, 0) ? No(40163)
            : new JsonObject { ["openid"] = openId, ["session_key"] = "tiihtNczf5v6AKRyjwEUhQ==" });
    }

    private async Task TokenAsync(HttpContext context)
    {
        var body = (await JsonNode.ParseAsync(context.Request.Body))!;
        _asked++;
        if ((bool?)body["force_refresh"] == true)
        {
            _forced++;
            _token++;
        }

        await AnswerAsync(context, TokenError != 0 ? No(TokenError)
            : (string?)body["grant_type"] != "client_credential" ? No(40002)
            : (string?)body["secret"] != "not-a-real-secret" ? No(40125)
            : new JsonObject { ["access_token"] = $"token-{_token}", ["expires_in"] = 7200 });
    }

    private async Task PhoneAsync(HttpContext context)
    {
        var code = (string)(await JsonNode.ParseAsync(context.Request.Body))!["code"]!;
        await AnswerAsync(context, Stale(context) is { } no ? no
            : !Phones.TryGetValue(code, out var phone) ? No(40029)
            : new JsonObject
            {
                ["errcode"] = 0,
                ["errmsg"] = "ok",
                ["phone_info"] = new JsonObject { ["phoneNumber"] = phone, ["purePhoneNumber"] = phone, ["countryCode"] = "86" },
            });
    }

    private async Task SendAsync(HttpContext context)
    {
        var message = (await JsonNode.ParseAsync(context.Request.Body))!;
        var user = (string)message["touser"]!;
        if (Stale(context) is { } no)
        {
            await AnswerAsync(context, no);
            return;
        }

        if (!Limits(message))
        {
            await AnswerAsync(context, No(47003));
            return;
        }

        if (Allowed.AddOrUpdate(user, -1, (_, left) => left - 1) < 0)
        {
            await AnswerAsync(context, No(43101));
            return;
        }

        Sent.Enqueue(message);
        await AnswerAsync(context, new JsonObject { ["errcode"] = 0, ["errmsg"] = "ok" });
    }

    // A "thing" has twenty characters at most, a "time" is written in one of a few ways.
    private static bool Limits(JsonNode message) => message["data"]!.AsObject().All(field => (string)field.Value!["value"]! is { Length: > 0 } value && field.Key[..4] switch
    {
        "thin" => value.Length <= 20,
        "time" => Time().IsMatch(value),
        _ => true,
    });

    [GeneratedRegex(@"^(\d{4}年\d{1,2}月\d{1,2}日 )?\d{2}:\d{2}$")]
    private static partial Regex Time();

    private JsonObject? Stale(HttpContext context) =>
        _token != _deadToken && context.Request.Query["access_token"] == $"token-{_token}" ? Error != 0 ? No(Error) : null : No(StaleError);

    private static JsonObject No(int code) => new() { ["errcode"] = code, ["errmsg"] = "no, rid: 5e7f" };

    private static Task AnswerAsync(HttpContext context, JsonObject answer)
    {
        // As it really does.
        context.Response.ContentType = "text/plain";
        return context.Response.WriteAsync(answer.ToJsonString());
    }
}
