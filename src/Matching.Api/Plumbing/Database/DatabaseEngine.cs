using System.Data;
using System.Data.Common;
using System.Text.RegularExpressions;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;

namespace Matching.Api.Plumbing.Database;

/// <summary>Everything in which SQL Server and SQLite differ.</summary>
public abstract partial class DatabaseEngine
{
    /// <summary>Told of every connection that opens. The test suite listens on it to all that is sent; the service itself does not.</summary>
    internal static event Action<DbConnection>? Opened;

    /// <summary>Opens a connection that keeps the promises of this engine (durability, waiting for the writer).</summary>
    public async Task<DbConnection> OpenAsync(CancellationToken ct)
    {
        var connection = await ConnectAsync(ct);
        Opened?.Invoke(connection);
        return connection;
    }

    /// <summary>Turns the shared text into this engine's.</summary>
    public string Expand(string text) => Token().Replace(text, match => Replacement(match.Groups[1].Value, match.Groups[2].Value));

    /// <summary>A unique index or key said no: somebody was first.</summary>
    public abstract bool IsSomebodyFirst(DbException problem);

    /// <summary>Worth trying the whole transaction again.</summary>
    public abstract bool IsTransient(DbException problem);

    public abstract Task MigrateAsync(Migrations migrations, TimeProvider clock, CancellationToken ct);

    public static DatabaseEngine From(DatabaseSettings settings) => settings.Engine switch
    {
        "Sqlite" => new SqliteEngine(settings),
        "SqlServer" => new SqlServerEngine(settings),
        _ => throw new InvalidOperationException($"Database:Engine is '{settings.Engine}'; it takes Sqlite or SqlServer."),
    };

    protected abstract Task<DbConnection> ConnectAsync(CancellationToken ct);

    protected abstract string Replacement(string token, string argument);

    [GeneratedRegex(@"\{(page|clustered|nonclustered|include|exact|longtext|feed|sequence|settled)(?: ([^}]*))?\}")]
    private static partial Regex Token();
}

/// <summary>The embedded database: one file, many readers, one writer at a time.</summary>
public sealed class SqliteEngine : DatabaseEngine
{
    private readonly string _connectionString;

    public SqliteEngine(DatabaseSettings settings)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(settings.File)!);
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = settings.File,
            Pooling = true,
            ForeignKeys = true,
            DefaultTimeout = 5,
        }.ToString();
    }

    protected override async Task<DbConnection> ConnectAsync(CancellationToken ct)
    {
        var connection = new SqliteConnection(_connectionString);
        await connection.OpenAsync(ct);
        using var command = connection.CreateCommand();
        // FULL: what was answered with yes survives a power cut.
        command.CommandText = "PRAGMA busy_timeout = 5000; PRAGMA synchronous = FULL;";
        command.ExecuteNonQuery();
        return connection;
    }

    // 2067 unique, 1555 primary key.
    public override bool IsSomebodyFirst(DbException problem) =>
        problem is SqliteException { SqliteErrorCode: 19, SqliteExtendedErrorCode: 2067 or 1555 };

    // 5 busy (517: read before writing), 6 locked.
    public override bool IsTransient(DbException problem) => problem is SqliteException { SqliteErrorCode: 5 or 6 };

    public override async Task MigrateAsync(Migrations migrations, TimeProvider clock, CancellationToken ct)
    {
        using var connection = await OpenAsync(ct);
        using (var wal = connection.CreateCommand())
        {
            wal.CommandText = "PRAGMA journal_mode = WAL;";
            wal.ExecuteScalar();
        }

        // IMMEDIATE: of two processes that start together, the second waits and then finds the work done.
        using var transaction = ((SqliteConnection)connection).BeginTransaction(IsolationLevel.Serializable, deferred: false);
        await migrations.ApplyAsync(this, connection, transaction, clock, "sqlite", ct);
        await transaction.CommitAsync(ct);
    }

    protected override string Replacement(string token, string argument) => token switch
    {
        "page" => "LIMIT @Take",
        "longtext" => "TEXT",
        "sequence" => "rowid",
        "settled" => "1 = 1",
        _ => "",
    };
}

/// <summary>The production store.</summary>
public sealed class SqlServerEngine(DatabaseSettings settings) : DatabaseEngine
{
    protected override async Task<DbConnection> ConnectAsync(CancellationToken ct)
    {
        var connection = new SqlConnection(settings.ConnectionString);
        await connection.OpenAsync(ct);
        return connection;
    }

    public override bool IsSomebodyFirst(DbException problem) => problem is SqlException { Number: 2601 or 2627 };

    // Deadlock, throttling, failover and their relatives.
    public override bool IsTransient(DbException problem) => problem is SqlException
    {
        Number: 1205 or 1222 or 4060 or 10928 or 10929 or 40197 or 40501 or 40613 or 49918 or 49919 or 49920,
    };

    public override async Task MigrateAsync(Migrations migrations, TimeProvider clock, CancellationToken ct)
    {
        using var connection = await OpenAsync(ct);
        using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, ct);
        using (var gate = connection.CreateCommand())
        {
            gate.Transaction = transaction;
            gate.CommandText = "EXEC sp_getapplock @Resource = 'matching-migrations', @LockMode = 'Exclusive', @LockTimeout = 120000;";
            await gate.ExecuteNonQueryAsync(ct);
        }

        await migrations.ApplyAsync(this, connection, transaction, clock, "sqlserver", ct);
        await transaction.CommitAsync(ct);
    }

    protected override string Replacement(string token, string argument) => token switch
    {
        "page" => "OFFSET 0 ROWS FETCH NEXT @Take ROWS ONLY",
        "clustered" => "CLUSTERED",
        "nonclustered" => "NONCLUSTERED",
        "include" => $"INCLUDE ({argument})",
        "exact" => "COLLATE Latin1_General_100_BIN2",
        "longtext" => "NVARCHAR(MAX)",
        "feed" => "seq ROWVERSION NOT NULL,",
        "sequence" => "CAST(seq AS BIGINT)",
        "settled" => "seq < MIN_ACTIVE_ROWVERSION()",
        _ => "",
    };
}
