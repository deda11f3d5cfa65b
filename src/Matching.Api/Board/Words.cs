using System.Globalization;
using Matching.Api.Dispatch;
using Matching.Api.Plumbing.Http;
using Matching.Engine;
using Microsoft.AspNetCore.Antiforgery;

namespace Matching.Api.Board;

/// <summary>What stands on the pages, in one language. Chosen at the page, else by what the browser asks for.</summary>
public sealed class Words(Language language, Languages all)
{
    public const string Cookie = "board-language";

    public string Language => language.Tag;

    public bool English => language.English;

    /// <summary>The other languages, for who wants to change.</summary>
    public IEnumerable<Language> Others => all.All.Where(other => other != language);

    public bool Knows(string key) => language.Find(key) is not null;

    /// <summary>A key that is missing is shown as such, and a test finds it.</summary>
    public string this[string key] => language.Find(key) ?? $"⟦{key}⟧";

    public string this[string key, params object[] values] => string.Format(CultureInfo.InvariantCulture, this[key], values);

    /// <summary>A value of an enum: <c>OrderState.Ready</c>.</summary>
    public string Of<TEnum>(TEnum value)
        where TEnum : struct, Enum => this[$"{typeof(TEnum).Name}.{value}"];

    /// <summary>Why something happened: the clock's reasons are codes, people's are their own words.</summary>
    public string Reason(string reason) => language.Find($"Reason.{reason}") ?? reason;

    public string Of(Refusal refusal) => language.Of(refusal);

    public string OfRule(RuleCount rule) => HardRuleNames.TryParse(rule.Rule, out var known) ? language.Of(known) : rule.Rule;

    public static Words Of(HttpRequest request)
    {
        var all = request.HttpContext.RequestServices.GetRequiredService<Languages>();
        return new Words(all.Find(request.Cookies[Cookie]) ?? Languages.Of(request), all);
    }

    public static async Task ChooseAsync(HttpContext context, IAntiforgery antiforgery)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (await antiforgery.IsRequestValidAsync(context) && context.RequestServices.GetRequiredService<Languages>().Find(form["language"].ToString()) is { } chosen)
        {
            context.Response.Cookies.Append(
                Cookie, chosen.Tag, new CookieOptions { Path = BoardPart.Prefix, MaxAge = TimeSpan.FromDays(365), HttpOnly = true, SameSite = SameSiteMode.Lax });
        }

        context.Response.Redirect(BoardPart.PageOr(form["_back"].ToString()));
    }
}
