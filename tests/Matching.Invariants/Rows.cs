using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Matching.Invariants;

/// <summary>Reads a service's embedded database beside the service, with statements of its own, and changes nothing in it.</summary>
public sealed class Rows : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteTransaction _snapshot;

    public Rows(string databaseFile)
    {
        if (!File.Exists(databaseFile))
        {
            throw new FileNotFoundException($"There is no database at {databaseFile}.");
        }

        var text = new SqliteConnectionStringBuilder { DataSource = databaseFile, Mode = SqliteOpenMode.ReadOnly, Pooling = false, DefaultTimeout = 60 };
        _connection = new SqliteConnection(text.ToString());
        _connection.Open();
        // One picture for all rules, whatever the service writes meanwhile.
        _snapshot = _connection.BeginTransaction(deferred: true);
    }

    public List<T> List<T>(string sql, Func<Row, T> read)
    {
        using var command = Command(sql);
        using var reader = command.ExecuteReader();
        var row = new Row(reader);
        var list = new List<T>();
        while (reader.Read())
        {
            list.Add(read(row));
        }

        return list;
    }

    public long Count(string sql)
    {
        using var command = Command(sql);
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        _snapshot.Dispose();
        _connection.Dispose();
    }

    private SqliteCommand Command(string sql) => new(sql, _connection, _snapshot);
}

/// <summary>The row that is being read.</summary>
public sealed class Row(SqliteDataReader reader)
{
    public Id Id(int column) => reader.IsDBNull(column) ? Matching.Id.None : Matching.Id.FromBytes((byte[])reader.GetValue(column));

    public string Text(int column) => reader.IsDBNull(column) ? "" : reader.GetString(column);

    public string? TextOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetString(column);

    public int Int(int column) => reader.GetInt32(column);

    public int? IntOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetInt32(column);

    public double Double(int column) => reader.GetDouble(column);

    public double? DoubleOrNull(int column) => reader.IsDBNull(column) ? null : reader.GetDouble(column);

    public bool Yes(int column) => reader.GetInt64(column) != 0;

    public byte[] Bytes(int column) => (byte[])reader.GetValue(column);

    public DateTimeOffset Time(int column) => Instant(reader.GetString(column));

    public DateTimeOffset? TimeOrNull(int column) => reader.IsDBNull(column) ? null : Instant(reader.GetString(column));

    public DateOnly? DayOrNull(int column) => reader.IsDBNull(column) ? null : DateOnly.ParseExact(reader.GetString(column), "yyyy-MM-dd", CultureInfo.InvariantCulture);

    public T Word<T>(int column)
        where T : struct, Enum => Enum.Parse<T>(reader.GetString(column));

    private static DateTimeOffset Instant(string text) => DateTimeOffset.ParseExact(
        text, "yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
