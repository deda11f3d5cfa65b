using Matching.Api.Plumbing.Database;

namespace Matching.SqlTests.Wire;

/// <summary>
/// Takes back what the engine of SQL Server made of the shared text, and nothing else: each token's words on the one side are given for its words on the other.
/// A text that differs in more stays as it is, and SQLite will say what it thinks of it.
/// </summary>
internal static class Undoing
{
    // Longest first: one ends in another.
    private static readonly (string From, string To)[] Tokens =
    [
        .. new[] { "page", "nonclustered", "clustered", "exact", "longtext", "feed", "sequence", "settled" }
            .Select(token => (From: Schema.SqlServer.Expand($"{{{token}}}"), To: Schema.Embedded.Expand($"{{{token}}}")))
            .OrderByDescending(token => token.From.Length),
    ];

    public static string Undo(string text)
    {
        foreach (var (from, to) in Tokens)
        {
            text = text.Replace(from, to, StringComparison.Ordinal);
        }

        // The one token that takes words of its own.
        const string Include = "INCLUDE (";
        while (text.IndexOf(Include, StringComparison.Ordinal) is var at and >= 0)
        {
            text = text.Remove(at, text.IndexOf(')', at) - at + 1);
        }

        return text;
    }
}
