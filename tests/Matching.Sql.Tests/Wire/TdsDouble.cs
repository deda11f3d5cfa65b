using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Matching.Api.Plumbing.Database;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;

namespace Matching.SqlTests.Wire;

/// <summary>
/// A double of the wire, not of SQL Server: it speaks as much TDS 7.4 as SqlClient needs and does each statement on a SQLite file, whose locks, plans and order of
/// events are SQLite's. What it shows is that every text, parameter, type, column, error and transaction goes through the real driver.
/// </summary>
public sealed class TdsDouble : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("matching-wire-").FullName;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly ConcurrentDictionary<Session, byte> _sessions = new();
    private readonly ConcurrentDictionary<string, Session> _locks = new();
    private readonly bool _foreignKeys;
    private readonly Action<string> _heard;
    private long _transactions;
    private int _locksTaken;

    /// <param name="heard">Told of every text that comes.</param>
    public TdsDouble(Action<string>? heard = null, bool foreignKeys = true)
    {
        _heard = heard ?? (_ => { });
        _foreignKeys = foreignKeys;
        _listener.Start();
        ConnectionString = new SqlConnectionStringBuilder
        {
            DataSource = $"127.0.0.1,{((IPEndPoint)_listener.LocalEndpoint).Port}",
            InitialCatalog = "double",
            UserID = "sa",
            Password = "none",
            Encrypt = SqlConnectionEncryptOption.Optional,
            ConnectRetryCount = 0,
            ConnectTimeout = 20,
            MaxPoolSize = 200,
        }.ToString();
        new Thread(Listen) { IsBackground = true }.Start();
    }

    public string ConnectionString { get; }

    // The pool under which the engine keeps its connections.
    private string Plumbed => new SqlConnectionStringBuilder(ConnectionString) { PoolBlockingPeriod = PoolBlockingPeriod.NeverBlock }.ToString();

    /// <summary>Where the rows lie.</summary>
    public string File => Path.Combine(_folder, "double.db");

    public Faults Faults { get; } = new();

    /// <summary>How the database says it is set; see sql/README.md.</summary>
    public bool HasReadCommittedSnapshot { get; set; } = true;

    /// <summary>How often a lock of the application's own was asked for and granted.</summary>
    public int LocksTaken => _locksTaken;

    public void Dispose()
    {
        SqlConnection.ClearPool(new SqlConnection(Plumbed));
        _listener.Stop();
        foreach (var session in _sessions.Keys)
        {
            session.Dispose();
        }

        Directory.Delete(_folder, recursive: true);
    }

    internal SqliteConnection OpenRows()
    {
        var rows = new SqliteConnection($"Data Source={File};Pooling=False;Foreign Keys={_foreignKeys};Default Timeout=60");
        rows.Open();
        using var command = rows.CreateCommand();
        // It need not outlive the machine.
        command.CommandText = "PRAGMA busy_timeout = 60000; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF;";
        command.ExecuteNonQuery();
        return rows;
    }

    internal void Hear(string text) => _heard(text);

    internal ulong NextTransaction() => (ulong)Interlocked.Increment(ref _transactions);

    /// <summary>0: granted; -1: not in time, as sp_getapplock returns it.</summary>
    internal int Lock(string resource, Session session, TimeSpan patience)
    {
        var giveUp = Environment.TickCount64 + (long)patience.TotalMilliseconds;
        while (!_locks.TryAdd(resource, session))
        {
            if (Environment.TickCount64 >= giveUp)
            {
                return -1;
            }

            Thread.Sleep(5);
        }

        Interlocked.Increment(ref _locksTaken);
        return 0;
    }

    /// <summary>Locks go with the transaction that took them.</summary>
    internal void Release(Session session)
    {
        foreach (var held in _locks.Where(held => held.Value == session).ToList())
        {
            _locks.TryRemove(held);
        }
    }

    /// <summary>What SQL Server knows of itself and SQLite cannot.</summary>
    internal IReadOnlyList<(string Name, int Value)>? Own(string text) => text == SqlServerEngine.HowItIsSet
        ? [("committed", HasReadCommittedSnapshot ? 1 : 0), ("whole", HasReadCommittedSnapshot ? 1 : 0)]
        : null;

    private void Listen()
    {
        try
        {
            while (true)
            {
                var socket = _listener.AcceptSocket();
                socket.NoDelay = true;
                new Thread(() =>
                {
                    using var session = new Session(this, socket);
                    _sessions.TryAdd(session, 0);
                    session.Serve();
                    _sessions.TryRemove(session, out _);
                }) { IsBackground = true }.Start();
            }
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
        }
    }
}
