using System.Data.Common;
using Matching.Api.Plumbing.Database;

namespace Matching.Api.Plumbing.Clocks;

/// <summary>
/// The time that people read: due-dates, windows, quiet hours. It runs with the machine's, except in Development, where it may be set to stand at an
/// instant; the instant is a row, so that a restarted or second process agrees. Milliseconds.
/// </summary>
public sealed class FieldClock(MachineClock machine, DatabaseEngine engine, FieldClockSettings settings) : TimeProvider, IDisposable
{
    private static readonly Sql<Nothing, ClockRow> Read = new("SELECT stands_at FROM field_clocks WHERE id = 1");

    private static readonly Sql<ClockSetting> Set = new("UPDATE field_clocks SET stands_at = @StandsAt, version = version + 1 WHERE id = 1");

    private static readonly Sql<ClockSetting> Insert = new(
        "INSERT INTO field_clocks (id, stands_at, version) SELECT 1, @StandsAt, 1 WHERE NOT EXISTS (SELECT 1 FROM field_clocks WHERE id = 1)");

    private readonly Lock _gate = new();
    private DateTimeOffset? _standsAt;
    private long _readAt;
    private bool _read;
    private DbConnection? _connection;

    public bool MaySet => settings.MaySet;

    public override DateTimeOffset GetUtcNow()
    {
        if (!settings.MaySet)
        {
            return machine.Now;
        }

        lock (_gate)
        {
            if (!_read || System.GetElapsedTime(_readAt) >= settings.Memory)
            {
                _standsAt = ReadRow();
                _readAt = System.GetTimestamp();
                _read = true;
            }

            return _standsAt ?? machine.Now;
        }
    }

    /// <summary>Stops the clock at an instant, or lets it run again (null).</summary>
    public async Task SetAsync(Database.Database database, DateTimeOffset? standsAt, CancellationToken ct)
    {
        if (!settings.MaySet)
        {
            throw new InvalidOperationException("The field clock is set in Development only.");
        }

        var setting = new ClockSetting { StandsAt = standsAt?.ToMilliseconds() };
        await database.WriteAsync(
            async tx =>
            {
                if (await tx.ExecuteAsync(Set, setting) == 0)
                {
                    await tx.ExecuteAsync(Insert, setting);
                }
            },
            ct);
        lock (_gate)
        {
            _read = false;
        }
    }

    public void Dispose() => _connection?.Dispose();

    // On this thread: the caller of a clock cannot wait. One row, five times a second at most unless told otherwise, in Development only; then on a connection
    // of its own, for with several nodes it is asked for with every line that is written.
    private DateTimeOffset? ReadRow()
    {
        if (_connection is { } kept)
        {
            try
            {
                return ReadRow(kept);
            }
            catch (Exception problem) when (problem is DbException or InvalidOperationException)
            {
                // It broke while it was not needed.
                kept.Dispose();
            }
        }

        _connection = engine.OpenAsync(CancellationToken.None).GetAwaiter().GetResult();
        return ReadRow(_connection);
    }

    private DateTimeOffset? ReadRow(DbConnection connection) =>
        new Transaction(engine, connection, null, CancellationToken.None).FirstAsync(Read, Nothing.It).GetAwaiter().GetResult()?.StandsAt;

    private sealed record ClockRow
    {
        public DateTimeOffset? StandsAt { get; init; }
    }

    private sealed record ClockSetting
    {
        public DateTimeOffset? StandsAt { get; init; }
    }
}

/// <summary>Settings of the field clock, under <c>FieldClock:</c>.</summary>
/// <param name="MaySet">Whether it may be set by hand; true in Development only.</param>
public sealed record FieldClockSettings(bool MaySet)
{
    /// <summary>How long a process may believe the old time after another has set it; none: it looks each time.</summary>
    public TimeSpan Memory { get; init; } = TimeSpan.FromMilliseconds(200);
}
