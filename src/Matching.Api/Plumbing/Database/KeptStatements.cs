using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace Matching.Api.Plumbing.Database;

/// <summary>
/// A connection that keeps its statements, for the one who writes all day: SQLite takes longer to compile most of them than to run them. For one user at a time.
/// </summary>
internal sealed class KeptStatements(SqliteConnection connection) : DbConnection
{
    // Lists make texts of many lengths; those that are asked all day long are far fewer.
    private const int Most = 512;

    private readonly Dictionary<string, SqliteCommand> _kept = [];

    [AllowNull]
    public override string ConnectionString
    {
        get => connection.ConnectionString;
        set => throw new NotSupportedException("It is open already.");
    }

    public override string Database => connection.Database;

    public override string DataSource => connection.DataSource;

    public override string ServerVersion => connection.ServerVersion;

    public override ConnectionState State => connection.State;

    public override void Open() => connection.Open();

    public override void Close() => connection.Close();

    public override void ChangeDatabase(string databaseName) => connection.ChangeDatabase(databaseName);

    /// <summary>Begins to write at once: nobody else does until it is over.</summary>
    public SqliteTransaction BeginWriting() => connection.BeginTransaction(IsolationLevel.Serializable, deferred: false);

    /// <summary>Runs what has no parameters.</summary>
    public void Run(string text, SqliteTransaction transaction)
    {
        var command = Take(text);
        command.Transaction = transaction;
        command.ExecuteNonQuery();
        GiveBack(command);
    }

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => connection.BeginTransaction(isolationLevel);

    protected override DbCommand CreateDbCommand() => new Command(this);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            foreach (var command in _kept.Values)
            {
                command.Dispose();
            }

            _kept.Clear();
            connection.Dispose();
        }

        base.Dispose(disposing);
    }

    // Out of the dictionary while it is used: the same text may be asked again before its rows are read.
    private SqliteCommand Take(string text)
    {
        if (!_kept.Remove(text, out var command))
        {
            command = connection.CreateCommand();
            command.CommandText = text;
        }

        return command;
    }

    private void GiveBack(SqliteCommand command)
    {
        command.Parameters.Clear();
        command.Transaction = null;
        if (_kept.Count == Most || !_kept.TryAdd(command.CommandText, command))
        {
            command.Dispose();
        }
    }

    /// <summary>Text and parameters until it runs; then a command of SQLite's that has run the same text before, if there is one.</summary>
    private sealed class Command(KeptStatements owner) : DbCommand
    {
        private readonly SqliteCommand _parameters = new();
        private SqliteCommand? _running;

        [AllowNull]
        public override string CommandText { get; set; } = "";

        public override int CommandTimeout { get; set; } = 30;

        public override CommandType CommandType { get; set; } = CommandType.Text;

        public override bool DesignTimeVisible { get; set; }

        public override UpdateRowSource UpdatedRowSource { get; set; }

        protected override DbConnection? DbConnection
        {
            get => owner;
            set => throw new NotSupportedException("It is its connection's.");
        }

        protected override DbParameterCollection DbParameterCollection => _parameters.Parameters;

        protected override DbTransaction? DbTransaction { get; set; }

        public override void Cancel()
        {
        }

        public override void Prepare()
        {
        }

        public override int ExecuteNonQuery() => Begin().ExecuteNonQuery();

        public override object? ExecuteScalar() => Begin().ExecuteScalar();

        protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => Begin().ExecuteReader(behavior);

        protected override DbParameter CreateDbParameter() => _parameters.CreateParameter();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                End();
                _parameters.Dispose();
            }

            base.Dispose(disposing);
        }

        private SqliteCommand Begin()
        {
            End();
            _running = owner.Take(CommandText);
            _running.CommandTimeout = CommandTimeout;
            _running.Transaction = (SqliteTransaction?)DbTransaction;
            foreach (SqliteParameter parameter in _parameters.Parameters)
            {
                _running.Parameters.Add(parameter);
            }

            return _running;
        }

        private void End()
        {
            if (_running is { } done)
            {
                _running = null;
                owner.GiveBack(done);
            }
        }
    }
}
