using System.Collections.Concurrent;
using System.Data;
using System.Data.Common;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Dapper;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Matching.Api.Plumbing.Database;

/// <summary>Everything in which SQL Server and SQLite differ.</summary>
public abstract partial class DatabaseEngine
{
    /// <summary>Told of every connection that opens. The test suite listens on it to all that is sent; the service itself does not.</summary>
    internal static event Action<DbConnection>? Opened;

    // As many as there are statements: all of them are constants.
    private readonly ConcurrentDictionary<string, string> _expanded = new();

    /// <summary>Opens a connection that keeps the promises of this engine (durability, waiting for the writer).</summary>
    public async Task<DbConnection> OpenAsync(CancellationToken ct)
    {
        var connection = await ConnectAsync(ct);
        Opened?.Invoke(connection);
        return connection;
    }

    /// <summary>Turns the shared text into this engine's.</summary>
    public string Expand(string text) =>
        _expanded.GetOrAdd(text, shared => Token().Replace(shared, match => Replacement(match.Groups[1].Value, match.Groups[2].Value)));

    /// <summary>A unique index or key said no: somebody was first.</summary>
    public abstract bool IsSomebodyFirst(DbException problem);

    /// <summary>Worth trying the whole transaction again.</summary>
    public abstract bool IsTransient(DbException problem);

    public abstract Task MigrateAsync(Migrations migrations, TimeProvider clock, CancellationToken ct);

    /// <summary>Marks a place in a transaction to which it can go back.</summary>
    public abstract void Save(DbTransaction transaction, string name);

    public abstract void RollBackTo(DbTransaction transaction, string name);

    /// <summary>Forgets the place; what was written since stays.</summary>
    public abstract void Release(DbTransaction transaction, string name);

    public static DatabaseEngine From(DatabaseSettings settings) => settings.Engine switch
    {
        "Sqlite" => new SqliteEngine(settings),
        "SqlServer" => new SqlServerEngine(settings),
        _ => throw new InvalidOperationException($"Database:Engine is '{settings.Engine}'; it takes Sqlite or SqlServer."),
    };

    /// <summary>The same statement for each of many.</summary>
    public virtual Task ExecuteEachAsync<TParameters>(
        DbConnection connection, DbTransaction? transaction, string text, IReadOnlyCollection<TParameters> each, CancellationToken ct) =>
        connection.ExecuteAsync(new CommandDefinition(text, each, transaction, cancellationToken: ct));

    protected abstract Task<DbConnection> ConnectAsync(CancellationToken ct);

    protected abstract string Replacement(string token, string argument);

    [GeneratedRegex(@"\{(page|clustered|nonclustered|include|exact|longtext|feed|sequence|newest|position|place|horizon)(?: ([^}]*))?\}")]
    private static partial Regex Token();
}

/// <summary>The embedded database: one file, many readers, one writer at a time.</summary>
public sealed class SqliteEngine : DatabaseEngine
{
    private readonly string _connectionString;

    // The driver hands the same handles out again and again, and they remember what they were told.
    private readonly ConditionalWeakTable<sqlite3, object> _told = [];

    public SqliteEngine(DatabaseSettings settings)
    {
        File = settings.File;
        Directory.CreateDirectory(Path.GetDirectoryName(settings.File)!);
        _connectionString = new SqliteConnectionStringBuilder
        {
            DataSource = settings.File,
            Pooling = true,
            DefaultTimeout = 5,
        }.ToString();
    }

    public string File { get; }

    protected override async Task<DbConnection> ConnectAsync(CancellationToken ct)
    {
        var connection = new SqliteConnection(_connectionString);
        await connection.OpenAsync(ct);
        if (!_told.TryGetValue(connection.Handle!, out _))
        {
            using var command = connection.CreateCommand();
            // FULL: what was answered with yes survives a power cut.
            command.CommandText = "PRAGMA foreign_keys = ON; PRAGMA busy_timeout = 5000; PRAGMA synchronous = FULL;";
            command.ExecuteNonQuery();
            _told.TryAdd(connection.Handle!, _told);
        }

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

    public override void Save(DbTransaction transaction, string name) => transaction.Save(name);

    public override void RollBackTo(DbTransaction transaction, string name) => transaction.Rollback(name);

    public override void Release(DbTransaction transaction, string name) => transaction.Release(name);

    protected override string Replacement(string token, string argument) => token switch
    {
        "page" => "LIMIT @Take",
        "longtext" => "TEXT",
        "sequence" or "position" => "rowid",
        "newest" => "MAX(rowid)",
        "place" => argument,
        "horizon" => "9223372036854775807",
        _ => "",
    };
}

/// <summary>The production store.</summary>
public sealed class SqlServerEngine(DatabaseSettings settings) : DatabaseEngine
{
    internal const string HowItIsSet =
        """
        SELECT CAST(is_read_committed_snapshot_on AS INT) AS committed, CAST(snapshot_isolation_state AS INT) AS whole
        FROM sys.databases WHERE database_id = DB_ID()
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    // We wait ourselves; the pool would give everybody the same old error for five seconds and more.
    private readonly string _connectionString =
        new SqlConnectionStringBuilder(settings.ConnectionString) { PoolBlockingPeriod = PoolBlockingPeriod.NeverBlock }.ToString();

    protected override async Task<DbConnection> ConnectAsync(CancellationToken ct)
    {
        var connection = new SqlConnection(_connectionString);
        await connection.OpenAsync(ct);
        return connection;
    }

    /// <summary>Many rows to a statement, where it is an INSERT.</summary>
    public override Task ExecuteEachAsync<TParameters>(
        DbConnection connection, DbTransaction? transaction, string text, IReadOnlyCollection<TParameters> each, CancellationToken ct) =>
        ManyRows<TParameters>.Of(text) is { } together
            ? together.ExecuteAsync(connection, transaction, [.. each], ct)
            : base.ExecuteEachAsync(connection, transaction, text, each, ct);

    public override bool IsSomebodyFirst(DbException problem) => problem is SqlException { Number: 2601 or 2627 };

    // Deadlock and lock time-out; a database that moves, starts or is throttled; 20 and more: the connection is gone.
    public override bool IsTransient(DbException problem) => problem is SqlException
    {
        Number: 1204 or 1205 or 1222 or 4060 or 4221 or 10928 or 10929 or 40143 or 40197 or 40501 or 40540 or 40613 or 42108 or 42109 or 49918 or 49919 or 49920,
    }
    or SqlException { Class: >= 20 };

    public override async Task MigrateAsync(Migrations migrations, TimeProvider clock, CancellationToken ct)
    {
        using var connection = await OpenAsync(ct);
        await CheckSnapshotsAsync(connection, ct);
        using var transaction = await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, ct);
        await LockAsync(connection, transaction, ct);
        await migrations.ApplyAsync(this, connection, transaction, clock, "sqlserver", ct);
        await transaction.CommitAsync(ct);
    }

    // The driver's own methods: not every version has them under the names of the base class.
    public override void Save(DbTransaction transaction, string name) => ((SqlTransaction)transaction).Save(name);

    public override void RollBackTo(DbTransaction transaction, string name) => ((SqlTransaction)transaction).Rollback(name);

    // A place of the same name takes the old one's, and all go with the transaction.
    public override void Release(DbTransaction transaction, string name)
    {
    }

    // Without both, readers wait for writers, and several reads would not see the same state.
    private static async Task CheckSnapshotsAsync(DbConnection connection, CancellationToken ct)
    {
        var set = await connection.QuerySingleAsync<Snapshots>(new CommandDefinition(HowItIsSet, cancellationToken: ct));
        if (set is not { Committed: 1, Whole: 1 })
        {
            throw new InvalidOperationException(
                "The database needs two settings, made once while nobody is connected: ALTER DATABASE CURRENT SET READ_COMMITTED_SNAPSHOT ON; "
                + "ALTER DATABASE CURRENT SET ALLOW_SNAPSHOT_ISOLATION ON; (sql/README.md says why).");
        }
    }

    // Of ten nodes that start together one does the work; the others wait and then find it done. The lock goes with the transaction.
    private static async Task LockAsync(DbConnection connection, DbTransaction transaction, CancellationToken ct)
    {
        using var gate = new SqlCommand("sp_getapplock", (SqlConnection)connection, (SqlTransaction)transaction)
        {
            CommandType = CommandType.StoredProcedure,
            CommandTimeout = (int)Patience.TotalSeconds + 10,
        };
        gate.Parameters.AddWithValue("@Resource", "matching-migrations");
        gate.Parameters.AddWithValue("@LockMode", "Exclusive");
        gate.Parameters.AddWithValue("@LockTimeout", (int)Patience.TotalMilliseconds);
        var returned = gate.Parameters.Add(new SqlParameter { Direction = ParameterDirection.ReturnValue, SqlDbType = SqlDbType.Int });
        await gate.ExecuteNonQueryAsync(ct);
        if (returned.Value is not >= 0)
        {
            throw new InvalidOperationException($"Another node has been changing the schema for more than {Patience.TotalMinutes} minutes; look there first.");
        }
    }

    protected override string Replacement(string token, string argument) => token switch
    {
        "page" => "OFFSET 0 ROWS FETCH NEXT @Take ROWS ONLY",
        "clustered" => "CLUSTERED",
        "nonclustered" => "NONCLUSTERED",
        "include" => $"INCLUDE ({argument})",
        "exact" => "COLLATE Latin1_General_100_BIN2",
        "longtext" => "NVARCHAR(MAX)",
        "feed" => $"seq ROWVERSION NOT NULL, CONSTRAINT ux_{argument} UNIQUE CLUSTERED (seq),",
        "sequence" => "CAST(seq AS BIGINT)",
        "newest" => "CAST(MAX(seq) AS BIGINT)",
        // Compared as it lies in the index; a number would have to be made of each row.
        "position" => "seq",
        "place" => $"CAST({argument} AS BINARY(8))",
        "horizon" => "CAST(MIN_ACTIVE_ROWVERSION() AS BIGINT)",
        _ => "",
    };

    private sealed record Snapshots
    {
        public int Committed { get; init; }

        public int Whole { get; init; }
    }
}
