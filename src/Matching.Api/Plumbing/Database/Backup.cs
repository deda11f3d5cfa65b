using Microsoft.Data.Sqlite;

namespace Matching.Api.Plumbing.Database;

/// <summary>Copies of the embedded database: taken while the service runs, put back while it does not.</summary>
public static class Backup
{
    /// <summary>Copies the whole database into a new file; null, or why not.</summary>
    public static string? Take(DatabaseSettings settings, string file, bool force)
    {
        if (WrongEngine(settings) is { } wrong)
        {
            return wrong;
        }

        if (!File.Exists(settings.File))
        {
            return $"There is no database at {settings.File}.";
        }

        if (File.Exists(file) && !force)
        {
            return $"{file} is there already; --force replaces it.";
        }

        return Copy(settings.File, file);
    }

    /// <summary>Puts a copy in the database's place; null, or why not.</summary>
    public static string? Restore(DatabaseSettings settings, string file, bool force)
    {
        if (WrongEngine(settings) is { } wrong)
        {
            return wrong;
        }

        if (!File.Exists(file))
        {
            return $"There is no backup at {file}.";
        }

        if (File.Exists(settings.File))
        {
            if (IsHeld(settings.File))
            {
                return $"A service holds {settings.File}; stop it first.";
            }

            if (!force)
            {
                return $"{settings.File} holds data; --force replaces it.";
            }
        }

        return Copy(file, settings.File);
    }

    private static string? WrongEngine(DatabaseSettings settings) => settings.Engine == "Sqlite" ? null : "Only the embedded database is copied here; SQL Server has its own backups.";

    // Into a file beside the target, which takes its place only once it is whole.
    private static string? Copy(string from, string to)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(to)!);
        var half = to + ".part";
        File.Delete(half);
        using (var source = Open(from, SqliteOpenMode.ReadWrite))
        using (var target = Open(half, SqliteOpenMode.ReadWriteCreate))
        {
            source.BackupDatabase(target);
            // One file, with nothing left beside it.
            Ask(target, "PRAGMA journal_mode = DELETE");
            if (Ask(target, "PRAGMA integrity_check") is not "ok" || Ask(target, "SELECT COUNT(*) FROM sqlite_master WHERE name = 'schema_migrations'") is not "1")
            {
                return $"{from} is damaged, or not a database of this service.";
            }
        }

        File.Delete(to + "-wal");
        File.Delete(to + "-shm");
        File.Move(half, to, overwrite: true);
        return null;
    }

    // Leaving WAL takes a file that nobody else has open. The service sets it again when it starts.
    private static bool IsHeld(string file)
    {
        using var connection = Open(file, SqliteOpenMode.ReadWrite);
        try
        {
            return Ask(connection, "PRAGMA journal_mode = DELETE") != "delete";
        }
        catch (SqliteException problem) when (problem.SqliteErrorCode is 5 or 6)
        {
            return true;
        }
    }

    private static SqliteConnection Open(string file, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, Pooling = false, DefaultTimeout = 2 }.ToString());
        connection.Open();
        return connection;
    }

    private static string? Ask(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        return command.ExecuteScalar()?.ToString();
    }
}
