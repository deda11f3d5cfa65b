using System.Text;
using Matching.Api.Plumbing.Http;

namespace Matching.Api.Plumbing.Docs;

/// <summary>All refusals as a page that people read: status, the sentence in both languages, and which deeds say it.</summary>
public static class RefusalTable
{
    // More deeds than this are not worth naming one by one.
    private const int Named = 8;

    public static string Write(IReadOnlyList<Deed> deeds)
    {
        var rules = new ShapeRules(typeof(RefusalTable).Assembly);
        var saidBy = deeds
            .SelectMany(deed => SharedRefusals.AllOf(deed, rules).Select(refusal => (refusal.Code, deed.Name)))
            .ToLookup(pair => pair.Code, pair => pair.Name);

        var page = new StringBuilder()
            .Append("# Refusals\n\n")
            .Append("Every no is a problem document (RFC 9457) with one of these codes. A code never changes its meaning; the sentence may.\n")
            .Append("This page is generated: `dotnet run --project src/Matching.Api -- api-docs`.\n");
        foreach (var status in Refusals.ByCode.Values.GroupBy(refusal => Problem.StatusOf(refusal.Kind)).OrderBy(group => group.Key))
        {
            page.Append($"\n## {status.Key} {Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status.Key)}\n\n")
                .Append(When(status.First().Kind)).Append("\n\n")
                .Append("| code | status | zh-CN | en | when |\n| --- | --- | --- | --- | --- |\n");
            foreach (var refusal in status.OrderBy(refusal => refusal.Code, StringComparer.Ordinal))
            {
                page.Append($"| `{refusal.Code}` | {status.Key} | {Cell(refusal.Zh)} | {Cell(refusal.En)} | {By(saidBy[refusal.Code].Order(StringComparer.Ordinal).ToList(), deeds.Count)} |\n");
            }
        }

        return page.ToString();
    }

    private static string Cell(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);

    private static string By(List<string> names, int all) => names.Count switch
    {
        0 => "outside of any deed",
        _ when names.Count == all => "every deed",
        > Named => $"{names.Count} deeds, among them {string.Join(", ", names.Take(3))}",
        _ => string.Join(", ", names),
    };

    private static string When(RefusalKind kind) => kind switch
    {
        RefusalKind.Invalid => "The request itself is malformed. Repeating it changes nothing.",
        RefusalKind.Unauthenticated => "Nobody is signed in, or the proof of it is bad.",
        RefusalKind.Forbidden => "Known, but not allowed.",
        RefusalKind.Unknown => "Absent, or somebody else's: the two look the same.",
        RefusalKind.NotAllowed => "The address does not take this method.",
        RefusalKind.Conflict => "Somebody was first, or the thing has moved on. Read it again.",
        RefusalKind.Stale => "Edited meanwhile. Read it again, then repeat with the new ETag.",
        RefusalKind.TooLarge => "Too large.",
        RefusalKind.Unsupported => "A content type that is not taken.",
        RefusalKind.Rule => "Well-formed, and against a rule.",
        RefusalKind.PreconditionMissing => "An If-Match is needed.",
        RefusalKind.TooMany => "Too often; Retry-After says when again.",
        RefusalKind.NotReady => "Not now; try again.",
        _ => "We are broken; the trace id finds it in our logs.",
    };
}
