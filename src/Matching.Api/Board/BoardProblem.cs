using System.Net;
using Matching.Api.Plumbing.Http;

namespace Matching.Api.Board;

/// <summary>
/// The page of last resort, for a browser below /board that would else be shown a problem document: what went wrong in a sentence, the trace by which we find it, and the
/// way back. It asks nothing of what may be broken, so it is no component, and it holds nothing of the exception.
/// </summary>
public static class BoardProblem
{
    /// <returns>False where no person looks: elsewhere, or a program that does not ask for a page.</returns>
    public static async Task<bool> TryWriteAsync(HttpContext context, Refusal refusal)
    {
        if (!context.Request.Path.StartsWithSegments(BoardPart.Prefix) || !WantsPage(context.Request))
        {
            return false;
        }

        var problem = Problem.Begin(context, refusal);
        var words = Words.Of(context.Request);
        BoardPart.Guard(context.Response.Headers);
        context.Response.Headers.ContentLanguage = words.Language;
        context.Response.ContentType = "text/html; charset=utf-8";
        await context.Response.WriteAsync(Page(words, words.Of(refusal), problem));
        return true;
    }

    private static bool WantsPage(HttpRequest request) =>
        request.GetTypedHeaders().Accept.Any(type => type.MediaType.Equals("text/html", StringComparison.OrdinalIgnoreCase));

    private static string Page(Words words, string sentence, Problem problem)
    {
        var heading = words[problem.Status switch
        {
            StatusCodes.Status403Forbidden => "problem.forbidden",
            StatusCodes.Status404NotFound => "problem.notFound",
            StatusCodes.Status503ServiceUnavailable => "problem.notNow",
            >= 500 => "problem.broken",
            _ => "problem.refused",
        }];
        return $"""
            <!DOCTYPE html>
            <html lang="{words.Language}">
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                <title>{Text(heading)}</title>
                <link rel="icon" href="data:," />
                <link rel="stylesheet" href="{BoardFiles.Address("board.css")}" />
            </head>
            <body>
                <main id="main" class="door">
                    <h1>{Text(heading)}</h1>
                    <p>{Text(sentence)}</p>
                    <dl><dt>{Text(words["problem.trace"])}</dt><dd><code>{Text(problem.TraceId)}</code></dd><dt>{Text(words["problem.code"])}</dt><dd><code>{Text(problem.Code)}</code></dd></dl>
                    <p><a href="{BoardPart.Prefix}">{Text(words["problem.back"])}</a></p>
                </main>
            </body>
            </html>
            """;
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
