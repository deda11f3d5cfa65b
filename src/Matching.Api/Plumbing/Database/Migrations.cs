using System.Data.Common;
using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using Dapper;

namespace Matching.Api.Plumbing.Database;

/// <summary>
/// The numbered files of sql/migrations, applied once each and in order. A file that changed after it was applied stops the start: what runs would
/// not be what the file says.
/// </summary>
public sealed class Migrations
{
    /// <summary>Where it is written down which of them have been applied.</summary>
    public const string Journal =
        "schema_migrations (number INT NOT NULL PRIMARY KEY, name NVARCHAR(100) NOT NULL, checksum NVARCHAR(64) NOT NULL, applied_at NVARCHAR(40) NOT NULL)";

    private const string Prefix = "migrations/";

    public IReadOnlyList<Migration> All { get; } = Read();

    public async Task ApplyAsync(
        DatabaseEngine engine, DbConnection connection, DbTransaction transaction, TimeProvider clock, string dialect, CancellationToken ct)
    {
        await RunAsync(dialect == "sqlite" ? $"CREATE TABLE IF NOT EXISTS {Journal}" : $"IF OBJECT_ID('schema_migrations') IS NULL CREATE TABLE {Journal}");
        var applied = (await connection.QueryAsync<Applied>(
            new CommandDefinition("SELECT number, checksum FROM schema_migrations", transaction: transaction, cancellationToken: ct)))
            .ToDictionary(row => row.Number, row => row.Checksum);

        foreach (var migration in All)
        {
            if (applied.TryGetValue(migration.Number, out var checksum))
            {
                if (checksum != migration.Checksum)
                {
                    throw new InvalidOperationException(
                        $"sql/migrations/{migration.Name} was changed after it was applied to this database. Restore the file, or start on a new database.");
                }

                continue;
            }

            foreach (var statement in Statements(migration.TextFor(dialect)))
            {
                await RunAsync(engine.Expand(statement));
            }

            await connection.ExecuteAsync(new CommandDefinition(
                "INSERT INTO schema_migrations (number, name, checksum, applied_at) VALUES (@Number, @Name, @Checksum, @AppliedAt)",
                new { migration.Number, migration.Name, migration.Checksum, AppliedAt = clock.GetUtcNow().ToString("O") },
                transaction,
                cancellationToken: ct));
        }

        Task RunAsync(string text) => connection.ExecuteAsync(new CommandDefinition(text, transaction: transaction, cancellationToken: ct));
    }

    /// <summary>True when every change that this build knows is in the database.</summary>
    public async Task<bool> AreAppliedAsync(DatabaseEngine engine, CancellationToken ct)
    {
        using var connection = await engine.OpenAsync(ct);
        var numbers = await connection.QueryAsync<int>(new CommandDefinition("SELECT number FROM schema_migrations", cancellationToken: ct));
        return All.All(migration => numbers.Contains(migration.Number));
    }

    /// <summary>The statements of a file: each ends in a semicolon at the end of its line.</summary>
    public static IEnumerable<string> Statements(string text) =>
        text.Split(";\n").Select(part => part.Trim()).Where(part => part.Split('\n').Any(line => line.Length > 0 && !line.StartsWith("--", StringComparison.Ordinal)));

    private static List<Migration> Read()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Select(name => (Name: name[Prefix.Length..], Text: ReadText(assembly, name)))
            .GroupBy(file => int.Parse(file.Name[..4]))
            .OrderBy(group => group.Key)
            .Select(group => new Migration(group.Key, group.ToDictionary(file => file.Name, file => file.Text)))
            .ToList();
    }

    private static string ReadText(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!, Encoding.UTF8);
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }

    private sealed record Applied
    {
        public int Number { get; init; }

        public string Checksum { get; init; } = "";
    }
}

/// <summary>One numbered change of the schema; rarely with a text for each engine.</summary>
public sealed class Migration(int number, IReadOnlyDictionary<string, string> files)
{
    public int Number { get; } = number;

    public string Name { get; } = files.Keys.Order().First();

    public string Checksum { get; } =
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(files.OrderBy(f => f.Key).Select(f => f.Value)))));

    public string TextFor(string dialect) =>
        files.FirstOrDefault(file => file.Key.EndsWith($".{dialect}.sql", StringComparison.Ordinal)).Value ?? files.Values.First();
}
