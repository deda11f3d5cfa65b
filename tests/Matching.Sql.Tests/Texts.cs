using System.Text.RegularExpressions;
using Matching.Api.Plumbing.Database;

namespace Matching.SqlTests;

/// <summary>Texts as an engine gets them, written so that two of the same statement are equal.</summary>
public sealed partial class Texts(DatabaseEngine engine, string dialect)
{
    public string Plain(Statement statement) => Plain(engine.Expand(statement.Sql.Text));

    // A list is sent as many parameters as it has items, none as a question that yields none; many rows as the one of the constant, again and again.
    public static string Plain(string text) =>
        Blanks().Replace(EmptyList().Replace(List().Replace(FirstRow().Replace(MoreRows().Replace(text, ""), "$1"), "@$1"), "@$1"), " ").Trim().TrimEnd(';');

    /// <summary>Texts that stand in no constant, neither the product's nor one of the tests.</summary>
    public IEnumerable<string> Unlisted(IEnumerable<string> sent, IEnumerable<Statement> ofTests)
    {
        var known = Statements.All.Concat(ofTests).Select(Plain)
            .Concat(new Migrations().All.SelectMany(migration => Migrations.Statements(migration.TextFor(dialect))).Select(text => Plain(engine.Expand(text))))
            .ToHashSet();
        return sent.Select(Plain).Where(text => !known.Contains(text) && !Housekeeping().IsMatch(text));
    }

    [GeneratedRegex(@"\(@([A-Za-z]+)1(?:, ?@\1\d+)*\)")]
    private static partial Regex List();

    [GeneratedRegex(@", \([^()]*@[A-Za-z]+_[1-9]\d*[^()]*\)")]
    private static partial Regex MoreRows();

    [GeneratedRegex(@"(@[A-Za-z]+)_0\b")]
    private static partial Regex FirstRow();

    [GeneratedRegex(@"\(SELECT @(\w+) WHERE 1 = 0\)")]
    private static partial Regex EmptyList();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"^(PRAGMA|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b|\bschema_migrations\b|^SELECT .* FROM sys\.databases\b")]
    private static partial Regex Housekeeping();
}
