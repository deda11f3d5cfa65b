using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json;
using Matching.Api.Plumbing.Http;
using Microsoft.AspNetCore.Antiforgery;

namespace Matching.Api.Board;

/// <summary>What stands on the pages, in one language: a file a language (<c>words.zh-CN.json</c>). Chosen at the page, else by what the browser asks for.</summary>
public sealed class Words
{
    public const string Cookie = "board-language";

    private static readonly FrozenDictionary<string, Words> All = new[] { "zh-CN", "en" }.ToFrozenDictionary(language => language, language => new Words(language));

    private readonly FrozenDictionary<string, string> _words;

    private Words(string language)
    {
        Language = language;
        _words = JsonSerializer.Deserialize<Dictionary<string, string>>(BoardFiles.Text($"words.{language}.json"))!.ToFrozenDictionary();
    }

    public string Language { get; }

    public bool English => Language == "en";

    /// <summary>The other language, for who wants to change.</summary>
    public string Other => English ? "zh-CN" : "en";

    public static IEnumerable<string> Languages => All.Keys;

    public IEnumerable<string> Keys => _words.Keys;

    public bool Knows(string key) => _words.ContainsKey(key);

    /// <summary>A key that is missing is shown as such, and a test finds it.</summary>
    public string this[string key] => _words.TryGetValue(key, out var word) ? word : $"⟦{key}⟧";

    public string this[string key, params object[] values] => string.Format(CultureInfo.InvariantCulture, this[key], values);

    /// <summary>A value of an enum: <c>OrderState.Ready</c>.</summary>
    public string Of<TEnum>(TEnum value)
        where TEnum : struct, Enum => this[$"{typeof(TEnum).Name}.{value}"];

    /// <summary>Why something happened: the clock's reasons are codes, people's are their own words.</summary>
    public string Reason(string reason) => _words.GetValueOrDefault($"Reason.{reason}", reason);

    public string Of(Refusal refusal) => English ? refusal.En : refusal.Zh;

    public static Words Of(HttpRequest request) => All.TryGetValue(request.Cookies[Cookie] ?? "", out var chosen) ? chosen : In(Plumbing.Http.Languages.WantsEnglish(request) ? "en" : "zh-CN");

    public static Words In(string language) => All[language];

    public static async Task ChooseAsync(HttpContext context, IAntiforgery antiforgery)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (await antiforgery.IsRequestValidAsync(context) && All.ContainsKey(form["language"].ToString()))
        {
            context.Response.Cookies.Append(
                Cookie, form["language"].ToString(), new CookieOptions { Path = BoardPart.Prefix, MaxAge = TimeSpan.FromDays(365), HttpOnly = true, SameSite = SameSiteMode.Lax });
        }

        context.Response.Redirect(BoardPart.PageOr(form["_back"].ToString()));
    }
}
