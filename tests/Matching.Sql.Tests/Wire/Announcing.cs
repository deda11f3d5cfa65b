using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace Matching.SqlTests.Wire;

/// <summary>
/// What SQL Server would say of a statement before it runs: the names and types of its columns, from the DDL of the migrations; or what it has against it, with
/// the types that the driver really gave its parameters.
/// </summary>
internal static partial class Announcing
{
    private static readonly ConcurrentDictionary<(string Text, string Declared), StatementReading> Known = new();
    private static readonly Lock Gate = new();

    [GeneratedRegex(@"\(SELECT (@\w+) WHERE 1 = 0\)")]
    private static partial Regex NoList();

    public static IReadOnlyList<AnswerColumn> ColumnsOf(string text, string declared)
    {
        // Lists of any length are read once.
        var reading = Known.GetOrAdd((Texts.Plain(text), $"{declared.Length > 2_000} {(declared.Length > 2_000 ? "" : declared)} {NoList().IsMatch(text)}"), _ =>
        {
            lock (Gate)
            {
                // Of an empty list the driver makes a question that yields none, with a NULL of no type.
                var nothing = NoList().Matches(text).Select(match => match.Groups[1].Value).ToHashSet();
                return Schema.WireVerifier.Read(text, [.. Parameters(declared).Select(each => nothing.Contains(each.Item1) ? each with { Item2 = "" } : each)]);
            }
        });
        if (reading.Problems.Count > 0)
        {
            throw new ServerException(new ServerError(8180, $"Statement(s) could not be prepared. {string.Join(' ', reading.Problems)} {declared}"));
        }

        if (reading.Columns.FirstOrDefault(column => column.Type.Length == 0) is { } untyped)
        {
            throw new ServerException(new ServerError(8180, $"Nobody can say what type {untyped.Name} is of: {text}"));
        }

        return reading.Columns;
    }

    // "@Id binary(16),@Take int": a comma within brackets parts nothing.
    private static IEnumerable<(string, string, bool)> Parameters(string declared)
    {
        var depth = 0;
        var start = 0;
        for (var at = 0; at <= declared.Length; at++)
        {
            if (at == declared.Length || (declared[at] == ',' && depth == 0))
            {
                if (declared[start..at].Trim().Split(' ', 2) is [var name, var type])
                {
                    yield return (name, type.ToUpperInvariant(), false);
                }

                start = at + 1;
            }
            else
            {
                depth += declared[at] switch { '(' => 1, ')' => -1, _ => 0 };
            }
        }
    }
}
