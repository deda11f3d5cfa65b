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

    public static Verifier Verifier { get; private set; } = null!;

    public static SqliteConnection Open() => (SqliteConnection)Sqlite.OpenAsync(CancellationToken.None).GetAwaiter().GetResult();

    [OneTimeSetUp]
    public async Task MakeAsync()
    {
        _folder = Directory.CreateTempSubdirectory("matching-sql-").FullName;
        Sqlite = new SqliteEngine(new DatabaseSettings { File = Path.Combine(_folder, "schema.db") });
        await Sqlite.MigrateAsync(new Migrations(), TimeProvider.System, CancellationToken.None);
        Verifier = new Verifier(
            [.. new Migrations().All.SelectMany(migration => Migrations.Statements(migration.TextFor("sqlserver"))).Select(SqlServer.Expand)]);
    }

    [OneTimeTearDown]
    public void Remove()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }
}
