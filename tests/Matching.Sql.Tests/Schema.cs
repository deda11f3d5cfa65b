using Matching.Api.Plumbing.Database;
using Microsoft.Data.Sqlite;

namespace Matching.SqlTests;

/// <summary>The schema that the migrations make, twice: in a SQLite file, and in Microsoft's model of SQL Server.</summary>
[SetUpFixture]
public sealed class Schema
{
    private static string _folder = "";

    private static readonly Lazy<Verifier> OfMigrations = new(() => new Verifier(Migrated()));

    private static readonly Lazy<Verifier> WithJournal = new(() => new Verifier([$"CREATE TABLE {Migrations.Journal}", .. Migrated()]));

    public static SqliteEngine Sqlite { get; private set; } = null!;

    /// <summary>Never connects; it only writes texts as SQL Server wants them.</summary>
    public static SqlServerEngine SqlServer { get; } = new(new DatabaseSettings());

    /// <summary>The same for SQLite.</summary>
    public static SqliteEngine Embedded { get; } = new(new DatabaseSettings { File = Path.Combine(Path.GetTempPath(), "matching.db") });

    public static Verifier Verifier => OfMigrations.Value;

    /// <summary>Knows the table too in which the migrations are kept.</summary>
    public static Verifier WireVerifier => WithJournal.Value;

    public static SqliteConnection Open() => (SqliteConnection)Sqlite.OpenAsync(CancellationToken.None).GetAwaiter().GetResult();

    [OneTimeSetUp]
    public async Task MakeAsync()
    {
        _folder = Directory.CreateTempSubdirectory("matching-sql-").FullName;
        Sqlite = new SqliteEngine(new DatabaseSettings { File = Path.Combine(_folder, "schema.db") });
        await Sqlite.MigrateAsync(new Migrations(), TimeProvider.System, CancellationToken.None);
    }

    [OneTimeTearDown]
    public void Remove()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    private static IReadOnlyList<string> Migrated() =>
        [.. new Migrations().All.SelectMany(migration => Migrations.Statements(migration.TextFor("sqlserver"))).Select(SqlServer.Expand)];
}
