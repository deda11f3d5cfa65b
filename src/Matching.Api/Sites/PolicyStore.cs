using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;
using Matching.Policies;

namespace Matching.Api.Sites;

/// <summary>
/// A center's policies: numbered, never changed in place, the greatest number in force. Number 1 is the defaults and has no row. The zone stands on the
/// center itself, so that there is one of it. What is asked for all day long is remembered for a second, so that another process is heard in time.
/// </summary>
public sealed partial class PolicyStore(Database database, MachineClock clock)
{
    private static readonly TimeSpan Memory = TimeSpan.FromSeconds(1);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
    };

    private static readonly Sql<ById, HeadRow> Head = new(
        """
        SELECT s.time_zone, (SELECT MAX(p.number) FROM policies p WHERE p.center_id = s.id) AS number
        FROM sites s WHERE s.id = @Id
        """);

    private static readonly Sql<NumberQuery, BodyRow> Body = new("SELECT body FROM policies WHERE center_id = @CenterId AND number = @Number");

    private static readonly Sql<ById, ModeRow> Modes = new(
        """
        SELECT path, starts_at, ends_at FROM mode_activations
        WHERE center_id = @Id AND ended_at IS NULL AND due_at IS NOT NULL
        """);

    private readonly ConcurrentDictionary<Id, Remembered> _remembered = new();
    private readonly ConcurrentDictionary<(Id CenterId, int Number), Policy> _versions = new();
    private int _forgotten;

    /// <summary>The policy in force, emergencies left aside.</summary>
    public async Task<Policy> CurrentAsync(Id centerId) => (await RememberedAsync(centerId)).Policy;

    /// <summary>The policy that holds for the site with this path at this instant: the emergency's figures while an emergency covers it.</summary>
    public async Task<Policy> EffectiveAsync(Id centerId, string path, DateTimeOffset now)
    {
        var remembered = await RememberedAsync(centerId);
        return remembered.Modes.Any(mode => mode.StartsAt <= now && now < mode.EndsAt && path.StartsWith(mode.Path, StringComparison.Ordinal))
            ? remembered.InEmergency
            : remembered.Policy;
    }

    /// <summary>A policy by its number, as runs and rounds remember it; null when there never was one.</summary>
    public async Task<Policy?> VersionAsync(Id centerId, int number) => await HeadAsync(database, centerId) is { } head && number <= (head.Number ?? 1)
        ? await LoadAsync(database, centerId, number, head.TimeZone)
        : null;

    /// <summary>What was remembered no longer holds: to be said after each commit that changed a policy or an emergency.</summary>
    public void Forget(Id centerId)
    {
        Interlocked.Increment(ref _forgotten);
        _remembered.TryRemove(centerId, out _);
    }

    private static Task<HeadRow?> HeadAsync(IRows rows, Id centerId) => rows.FirstAsync(Head, new ById(centerId));

    private async Task<Remembered> RememberedAsync(Id centerId)
    {
        if (_remembered.TryGetValue(centerId, out var found) && clock.Source.GetElapsedTime(found.ReadAt) < Memory)
        {
            return found;
        }

        var generation = Volatile.Read(ref _forgotten);
        var readAt = clock.Source.GetTimestamp();
        var head = await HeadAsync(database, centerId);
        var policy = await LoadAsync(database, centerId, head?.Number ?? 1, head?.TimeZone);
        var modes = await database.ListAsync(Modes, new ById(centerId));
        var read = new Remembered(policy, policy.InEmergency(), modes, readAt);
        // What was read before somebody said that it no longer holds must not be remembered after.
        if (generation == Volatile.Read(ref _forgotten))
        {
            _remembered[centerId] = read;
        }

        return read;
    }

    private async Task<Policy> LoadAsync(IRows rows, Id centerId, int number, string? zone)
    {
        if (!_versions.TryGetValue((centerId, number), out var policy))
        {
            var row = await rows.FirstAsync(Body, new NumberQuery(centerId, number));
            policy = (row is null ? Policy.Default : JsonSerializer.Deserialize<Policy>(row.Body, Json)!) with { Version = number };
            if (row is not null)
            {
                _versions[(centerId, number)] = policy;
            }
        }

        return zone is null ? policy : policy with { Zone = zone };
    }

    private sealed record Remembered(Policy Policy, Policy InEmergency, List<ModeRow> Modes, long ReadAt);

    private sealed record NumberQuery(Id CenterId, int Number);

    private sealed record HeadRow
    {
        public string? TimeZone { get; init; }

        public int? Number { get; init; }
    }

    private sealed record BodyRow
    {
        public string Body { get; init; } = "";
    }

    private sealed record ModeRow
    {
        public string Path { get; init; } = "";

        public DateTimeOffset StartsAt { get; init; }

        public DateTimeOffset EndsAt { get; init; }
    }
}
