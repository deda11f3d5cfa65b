using System.Reflection;
using System.Runtime.Loader;
using Matching.Api.Plumbing.Database;
using Microsoft.Data.Sqlite;

namespace Matching.SqlTests;

/// <summary>The schema that the migrations make, twice: in a SQLite file, and in Microsoft's model of SQL Server.</summary>
[SetUpFixture]
public sealed class Schema
{
    private static string _folder = "";

    public static SqliteEngine Sqlite { get; private set; } = null!;

    /// <summary>Never connects; it only writes texts as SQL Server wants them.</summary>
    public static SqlServerEngine SqlServer { get; } = new(new DatabaseSettings());

    public static VerifierContext Verifier { get; private set; } = null!;

    public static SqliteConnection Open() => (SqliteConnection)Sqlite.OpenAsync(CancellationToken.None).GetAwaiter().GetResult();

    [OneTimeSetUp]
    public async Task MakeAsync()
    {
        _folder = Directory.CreateTempSubdirectory("matching-sql-").FullName;
        Sqlite = new SqliteEngine(new DatabaseSettings { File = Path.Combine(_folder, "schema.db") });
        await Sqlite.MigrateAsync(new Migrations(), TimeProvider.System, CancellationToken.None);
        Verifier = new VerifierContext(
            [.. new Migrations().All.SelectMany(migration => Migrations.Statements(migration.TextFor("sqlserver"))).Select(SqlServer.Expand)]);
    }

    [OneTimeTearDown]
    public void Remove()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }
}

/// <summary>
/// The verifier in a load context of its own, with the SqlClient that it needs beside ours. What crosses is text and the framework's types, called by
/// delegates.
/// </summary>
public sealed class VerifierContext : AssemblyLoadContext
{
    private readonly AssemblyDependencyResolver _resolver;
    private readonly Func<IReadOnlyList<string>> _schemaProblems;
    private readonly Func<IReadOnlyList<(string Table, string Column, string Type, bool Nullable)>> _columns;
    private readonly BindDelegate _bind;
    private readonly ReadDelegate _read;

    public VerifierContext(IReadOnlyList<string> migrations)
    {
        var folder = typeof(VerifierContext).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(entry => entry.Key == "VerifierFolder").Value!;
        var file = Path.GetFullPath(Path.Combine(folder, "Matching.Sql.Verifier.dll"));
        _resolver = new AssemblyDependencyResolver(file);
        using var entered = EnterContextualReflection();
        var type = LoadFromAssemblyPath(file).GetType("Matching.Sql.Verifier.TSqlVerifier", throwOnError: true)!;
        var verifier = Activator.CreateInstance(type, migrations)!;
        _schemaProblems = Method<Func<IReadOnlyList<string>>>("SchemaProblems");
        _columns = Method<Func<IReadOnlyList<(string, string, string, bool)>>>("Columns");
        _bind = Method<BindDelegate>("Bind");
        _read = Method<ReadDelegate>("Read");

        TDelegate Method<TDelegate>(string name)
            where TDelegate : Delegate => type.GetMethod(name)!.CreateDelegate<TDelegate>(verifier);
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
        using var entered = EnterContextualReflection();
        return _schemaProblems();
    }

    public IReadOnlyList<(string Table, string Column, string Type, bool Nullable)> Columns() => _columns();

    /// <summary>Parsed and bound by Microsoft's model.</summary>
    public IReadOnlyList<string> Bind(IEnumerable<Statement> statements)
    {
        using var entered = EnterContextualReflection();
        return [.. _bind([.. statements.Select(statement => (statement.Name, Told(statement), Parameter.Expand(statement, Schema.SqlServer)))])
            .Select(found => $"{found.Statement}: {found.Problem}")];
    }

    /// <summary>Read by our own eyes.</summary>
    public StatementReading Read(Statement statement)
    {
        var (problems, columns, words, used) = _read(Told(statement), Parameter.Expand(statement, Schema.SqlServer));
        return new StatementReading(
            [.. problems.Select(problem => $"{statement}: {problem}")],
            [.. columns.Select(column => new AnswerColumn(column.Name, column.Type, column.Nullable, column.Origin, column.Words))],
            words,
            used);
    }

    protected override Assembly? Load(AssemblyName name) => _resolver.ResolveAssemblyToPath(name) is { } path ? LoadFromAssemblyPath(path) : null;

    private static IReadOnlyList<(string, string, bool)> Told(Statement statement) =>
        [.. Parameter.Of(statement).Select(parameter => (parameter.Name, parameter.Type, parameter.Nullable))];
}

/// <summary>What our own eyes find in a statement.</summary>
public sealed record StatementReading(
    IReadOnlyList<string> Problems, IReadOnlyList<AnswerColumn> Columns, IReadOnlyList<(string Column, string Word)> Words, IReadOnlyCollection<string> Used);

/// <summary>A column of an answer, typed as SQL Server types it; Origin is the column it comes from, Words what constants it can hold.</summary>
public sealed record AnswerColumn(string Name, string Type, bool Nullable, string? Origin, IReadOnlyList<string> Words);
