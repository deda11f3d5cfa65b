using System.Text.RegularExpressions;
using Microsoft.SqlServer.Dac.Model;

namespace Matching.Sql.Verifier;

/// <summary>
/// Microsoft's T-SQL parser and schema model over what the migrations leave behind, without a server. Only types of the framework cross its border, because
/// it lives in a load context of its own: the model needs another SqlClient than the product.
/// </summary>
public sealed partial class TSqlVerifier
{
    private readonly Schema _schema;
    private TSqlModel? _model;

    /// <param name="migrations">The steps in their order, written for SQL Server.</param>
    public TSqlVerifier(IEnumerable<string> migrations) => _schema = new Schema(migrations);

    /// <summary>What is wrong with the migrations: their text, their folding, their names.</summary>
    public IReadOnlyList<string> SchemaProblems()
    {
        using var model = NewModel();
        return [.. _schema.Problems, .. model.Validate().Select(message => message.ToString())];
    }

    /// <summary>Every column: table, column, type, may it be NULL.</summary>
    public IReadOnlyList<(string Table, string Column, string Type, bool Nullable)> Columns() =>
        [.. _schema.Tables.Values.SelectMany(table => table.Columns.Select(column => (table.Name, column.Name, column.Type, column.Nullable)))];

    /// <summary>Parses and binds statements, each as a procedure with its parameters; warnings are problems too.</summary>
    public IReadOnlyList<(string Statement, string Problem)> Bind(
        IReadOnlyList<(string Name, IReadOnlyList<(string Name, string Type, bool Nullable)> Parameters, string Text)> statements)
    {
        var problems = new List<(string, string)>();
        var added = new List<string>();
        foreach (var (index, (name, parameters, text)) in statements.Index())
        {
            var syntax = TSql.Parse(text).Problems;
            if (syntax.Count > 0)
            {
                problems.AddRange(syntax.Select(problem => (name, problem)));
                continue;
            }

            _model ??= NewModel();
            try
            {
                _model.AddOrUpdateObjects(Procedure(index, parameters, text), $"{index}.sql", new TSqlObjectOptions());
                added.Add($"{index}.sql");
            }
            catch (DacModelException refused)
            {
                // A model that refused one script refuses all that follow: keep what it found so far and go on with a fresh one.
                problems.AddRange(refused.Messages.Select(message => (name, message.ToString())));
                problems.AddRange(Found());
                added.Clear();
                _model.Dispose();
                _model = null;
            }
        }

        problems.AddRange(Found());
        added.ForEach(script => _model!.DeleteObjects(script));
        return problems;

        // A message names the procedure, and the procedure carries the statement's number.
        IEnumerable<(string, string)> Found() => (_model?.Validate() ?? []).Select(message => message.ToString()).Select(message =>
            (ProcedureNumber().Match(message) is { Success: true } match ? statements[int.Parse(match.Groups[1].ValueSpan)].Name : "schema", message));
    }

    /// <summary>
    /// Reads one statement: what the binder lets pass, the columns of its answer with their types as SQL Server has them, the constant words in it with the
    /// columns they meet, and which parameters it uses.
    /// </summary>
    public (IReadOnlyList<string> Problems,
        IReadOnlyList<(string Name, string Type, bool Nullable, string? Origin, IReadOnlyList<string> Words)> Columns,
        IReadOnlyList<(string Column, string Word)> Words,
        IReadOnlyCollection<string> Used) Read(IReadOnlyList<(string Name, string Type, bool Nullable)> parameters, string text)
    {
        var reading = new Reading(_schema.Tables, parameters.Select(parameter => new Column(parameter.Name, parameter.Type, parameter.Nullable)), text);
        return (
            reading.Problems,
            [.. reading.Columns.Select(column => (column.Name, column.Type, column.Nullable, column.Origin, column.Words ?? []))],
            reading.Words,
            reading.Used);
    }

    private static string Procedure(int index, IReadOnlyList<(string Name, string Type, bool Nullable)> parameters, string text) =>
        $"CREATE PROCEDURE statement_{index} {string.Join(", ", parameters.Select(parameter => $"{parameter.Name} {parameter.Type}"))} AS\n{text}";

    [GeneratedRegex(@"statement_(\d+)")]
    private static partial Regex ProcedureNumber();

    private TSqlModel NewModel()
    {
        DacFxOnModernNet.Ensure();
        var model = new TSqlModel(SqlServerVersion.Sql150, new TSqlModelOptions());
        foreach (var definition in _schema.Definitions)
        {
            model.AddObjects(definition);
        }

        return model;
    }
}
