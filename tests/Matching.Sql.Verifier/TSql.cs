using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace Matching.Sql.Verifier;

/// <summary>Text to tree and back.</summary>
internal static class TSql
{
    /// <summary>The statements of a text; or what the parser has against it, with line and column.</summary>
    public static (IReadOnlyList<TSqlStatement> Statements, IReadOnlyList<string> Problems) Parse(string text)
    {
        var tree = new TSql150Parser(initialQuotedIdentifiers: true, SqlEngineType.Standalone).Parse(new StringReader(text), out var errors);
        return errors.Count > 0
            ? ([], [.. errors.Select(error => $"({error.Line},{error.Column}) {error.Number}: {error.Message}")])
            : ([.. ((TSqlScript)tree).Batches.SelectMany(batch => batch.Statements)], []);
    }

    public static string Write(TSqlFragment fragment)
    {
        new Sql150ScriptGenerator().GenerateScript(fragment, out var script);
        return script;
    }

    /// <summary>The words of a fragment as they stand in its text, one blank between them.</summary>
    public static string Words(this TSqlFragment fragment) => string.Join(' ', fragment.ScriptTokenStream
        .Skip(fragment.FirstTokenIndex)
        .Take(fragment.LastTokenIndex - fragment.FirstTokenIndex + 1)
        .Where(token => token.TokenType is not (TSqlTokenType.WhiteSpace or TSqlTokenType.SingleLineComment or TSqlTokenType.MultilineComment))
        .Select(token => token.Text));

    public static string Name(this MultiPartIdentifier identifier) => identifier.Identifiers[^1].Value;
}
