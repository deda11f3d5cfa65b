using System.Security.Cryptography;
using System.Text.Json;
using Matching.Api.Accounts;
using Matching.Api.Operations;
using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Service;
using Matching.Api.Volunteers;
using Matching.Api.Webhooks;
using Microsoft.AspNetCore.DataProtection;

namespace Matching.Api.Board;

/// <summary>
/// What the page after a deed says, once: the answer where it is wanted, and how the deed is taken back. It travels in a sealed cookie: nothing of it stands in an
/// address or a log, any node can read it, and a page that is opened again no longer says it.
/// </summary>
public sealed class SaidOnce(IDataProtectionProvider protection, MachineClock clock, Caller caller)
{
    private const string Cookie = "board-said";

    // The page follows at once.
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(2);

    private readonly IDataProtector _seal = protection.CreateProtector(nameof(SaidOnce));

    /// <summary>Leaves it for the page that comes next.</summary>
    public void Leave(HttpContext context, string deed, Shown? shown, Undo? undo)
    {
        if (shown is not null || undo is not null)
        {
            var kept = new Kept(caller.HatId.ToString(), deed, clock.Now + Life, shown, undo);
            context.Response.Cookies.Append(Cookie, _seal.Protect(JsonSerializer.Serialize(kept)), Options(context));
        }
    }

    /// <summary>What was left by this deed for whoever looks now; it is gone afterwards.</summary>
    public (Shown? Shown, Undo? Undo) Take(HttpContext context, string deed)
    {
        // A page that fetches itself anew leaves it to the one that somebody opens.
        if (context.Request.Cookies[Cookie] is not { Length: > 0 } text || context.Request.Headers.ContainsKey("X-Board"))
        {
            return default;
        }

        context.Response.Cookies.Delete(Cookie, Options(context));
        try
        {
            return JsonSerializer.Deserialize<Kept>(_seal.Unprotect(text)) is { } kept && kept.Deed == deed && kept.HatId == caller.HatId.ToString() && clock.Now < kept.Until
                ? (kept.Shown, kept.Undo)
                : default;
        }
        catch (CryptographicException)
        {
            // Not one of ours, or sealed with a key that is gone.
            return default;
        }
    }

    private static CookieOptions Options(HttpContext context) =>
        new() { Path = BoardPart.Prefix, HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, MaxAge = Life };

    private sealed record Kept(string HatId, string Deed, DateTimeOffset Until, Shown? Shown, Undo? Undo);
}

/// <summary>An answer in words: a key of <see cref="Words"/>, and what stands in its gaps.</summary>
public sealed record Shown(string Word, IReadOnlyList<string> Values)
{
    /// <summary>The answers that people wait for. All others are seen by what the page shows afterwards.</summary>
    public static Shown? Of(object? answer) => answer switch
    {
        IssueResetCodeResponse it => new Shown("answer.resetCode", [it.Code]),
        RevealedResponse it => new Shown("answer.revealed", [it.Value]),
        ReadServiceCodeResponse it => new Shown("answer.serviceCode", [it.ServiceCode]),
        RunJobResponse it => new Shown("answer.ran", [$"{it.RowsDone}"]),
        RedeliverDeadResponse it => new Shown("answer.redelivered", [$"{it.Redelivered}"]),
        _ => null,
    };

    /// <summary>A deed that reads, and whose answer is shown once instead of on a page: each look at it is on record.</summary>
    public static bool IsLookedAtOnce(Type answer) => answer == typeof(ReadServiceCodeResponse);
}

/// <summary>The deed that takes another one back, with its fields as a form has them.</summary>
public sealed record Undo(string Deed, IReadOnlyDictionary<string, string> Fields)
{
    public static Undo By<TDeed>(params (string Name, string Value)[] fields) => new(typeof(TDeed).Name, fields.ToDictionary(field => field.Name, field => field.Value));

    public string Write() => JsonSerializer.Serialize(this);

    /// <summary>Null for what is none. Who made it up has gained nothing: it is a form that its own reader sends, with the reader's rights.</summary>
    public static Undo? Read(string text)
    {
        try
        {
            return text.Length is > 0 and <= 2_000 && JsonSerializer.Deserialize<Undo>(text) is { Fields: not null } undo && BoardDeeds.Named(undo.Deed ?? "") is not null ? undo : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
