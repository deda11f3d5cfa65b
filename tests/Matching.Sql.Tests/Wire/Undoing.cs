using System.Text.RegularExpressions;

namespace Matching.SqlTests.Wire;

/// <summary>
/// Takes back what the engine of SQL Server made of the shared text, and nothing else: each token's words on the one side are given for its words on the other.
/// A text that differs in more stays as it is, and SQLite will say what it thinks of it.
/// </summary>
internal static class Undoing
{
    // What each token becomes, with the words that it takes; longest first, for one ends in another.
    private static readonly (Regex From, string To)[] Tokens =
    [
        .. new[] { "page", "nonclustered", "clustered", "exact", "longtext", "horizon", "sequence", "newest", "position", "include #", "feed #", "place #" }
            .Select(token => (From: Schema.SqlServer.Expand($"{{{token}}}"), To: Schema.Embedded.Expand($"{{{token}}}")))
            .OrderByDescending(token => token.From.Length)
            .Select(token => (new Regex($"(?<!\\w){Regex.Escape(token.From).Replace("\\#", "(@?[\\w, ]+)", StringComparison.Ordinal)}(?!\\w)"), token.To.Replace("#", "$1", StringComparison.Ordinal))),
    ];

    public static string Undo(string text) => Tokens.Aggregate(text, (undone, token) => token.From.Replace(undone, token.To));
}
