using System.Reflection;
using System.Runtime.Loader;

namespace Matching.SqlTests;

/// <summary>
/// Microsoft's model of SQL Server over what some migrations leave behind. It lives in a load context of its own, because it needs another SqlClient than
/// the product; what crosses is text and the framework's types, called by delegates.
/// </summary>
public sealed class Verifier
{
    private static readonly Context Apart = new();

    private readonly Func<IReadOnlyList<string>> _schemaProblems;
    private readonly Func<IReadOnlyList<(string Table, string Column, string Type, bool Nullable)>> _columns;
    private readonly BindDelegate _bind;
    private readonly ReadDelegate _read;

    /// <param name="migrations">The steps in their order, written for SQL Server.</param>
    public Verifier(IReadOnlyList<string> migrations)
    {
        using var entered = Apart.EnterContextualReflection();
        var verifier = Activator.CreateInstance(Apart.Type, migrations)!;
        _schemaProblems = Method<Func<IReadOnlyList<string>>>("SchemaProblems");
        _columns = Method<Func<IReadOnlyList<(string, string, string, bool)>>>("Columns");
        _bind = Method<BindDelegate>("Bind");
        _read = Method<ReadDelegate>("Read");

        TDelegate Method<TDelegate>(string name)
            where TDelegate : Delegate => Apart.Type.GetMethod(name)!.CreateDelegate<TDelegate>(verifier);
    }

    private delegate IReadOnlyList<(string Statement, string Problem)> BindDelegate(
        IReadOnlyList<(string Name, IReadOnlyList<(string Name, string Type, bool Nullable)> Parameters, string Text)> statements);

    private delegate (IReadOnlyList<string> Problems,
        IReadOnlyList<(string Name, string Type, bool Nullable, string? Origin, IReadOnlyList<string> Words)> Columns,
        IReadOnlyList<(string Column, string Word)> Words,
        IReadOnlyCollection<string> Used) ReadDelegate(IReadOnlyList<(string Name, string Type, bool Nullable)> parameters, string text);

    public IReadOnlyList<string> SchemaProblems()
    {
        // The model loads what it needs by name; without this it would look among our assemblies.
        using var entered = Apart.EnterContextualReflection();
        return _schemaProblems();
    }

    public IReadOnlyList<(string Table, string Column, string Type, bool Nullable)> Columns() => _columns();

    /// <summary>Parsed and bound by Microsoft's model.</summary>
    public IReadOnlyList<string> Bind(IEnumerable<Statement> statements)
    {
        using var entered = Apart.EnterContextualReflection();
        return [.. _bind([.. statements.Select(statement => (statement.Name, Told(statement), Parameter.Expand(statement, Schema.SqlServer)))])
            .Select(found => $"{found.Statement}: {found.Problem}")];
    }

    /// <summary>A text that is no statement of the product, without parameters.</summary>
    public IReadOnlyList<string> Bind(string name, string text)
    {
        using var entered = Apart.EnterContextualReflection();
        return [.. _bind([(name, [], text)]).Select(found => $"{found.Statement}: {found.Problem}")];
    }

    /// <summary>Read by our own eyes.</summary>
    public StatementReading Read(Statement statement)
    {
        var reading = Read(Parameter.Expand(statement, Schema.SqlServer), Told(statement));
        return reading with { Problems = [.. reading.Problems.Select(problem => $"{statement}: {problem}")] };
    }

    /// <param name="text">As SQL Server gets it.</param>
    /// <param name="parameters">Name, type in SQL Server's words, may it be NULL.</param>
    public StatementReading Read(string text, IReadOnlyList<(string Name, string Type, bool Nullable)> parameters)
    {
        var (problems, columns, words, used) = _read(parameters, text);
        return new StatementReading(
            problems,
            [.. columns.Select(column => new AnswerColumn(column.Name, column.Type, column.Nullable, column.Origin, column.Words))],
            words,
            used);
    }

    private static IReadOnlyList<(string, string, bool)> Told(Statement statement) =>
        [.. Parameter.Of(statement).Select(parameter => (parameter.Name, parameter.Type, parameter.Nullable))];

    private sealed class Context : AssemblyLoadContext
    {
        private readonly AssemblyDependencyResolver _resolver;

        public Context()
        {
            var folder = typeof(Verifier).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == "VerifierFolder").Value!;
            var file = Path.GetFullPath(Path.Combine(folder, "Matching.Sql.Verifier.dll"));
            _resolver = new AssemblyDependencyResolver(file);
            Type = LoadFromAssemblyPath(file).GetType("Matching.Sql.Verifier.TSqlVerifier", throwOnError: true)!;
        }

        public Type Type { get; }

        protected override Assembly? Load(AssemblyName name) => _resolver.ResolveAssemblyToPath(name) is { } path ? LoadFromAssemblyPath(path) : null;
    }
}

/// <summary>What our own eyes find in a statement.</summary>
public sealed record StatementReading(
    IReadOnlyList<string> Problems, IReadOnlyList<AnswerColumn> Columns, IReadOnlyList<(string Column, string Word)> Words, IReadOnlyCollection<string> Used);

/// <summary>A column of an answer, typed as SQL Server types it; Origin is the column it comes from, Words what constants it can hold.</summary>
public sealed record AnswerColumn(string Name, string Type, bool Nullable, string? Origin, IReadOnlyList<string> Words);
