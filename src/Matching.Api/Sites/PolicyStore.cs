using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;
using Matching.Engine;
using Matching.Policies;

namespace Matching.Api.Sites;

/// <summary>
/// A center's policies: numbered, never changed in place, the greatest number in force. Number 1 is the defaults and has no row. The zone stands on the
/// center itself, so that there is one of it. What is asked for all day long is remembered for a second of either clock, so that another process is heard in time.
/// </summary>
public sealed class PolicyStore(Database database, MachineClock clock, TimeProvider field, Ids ids)
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

    private static readonly Sql<VersionsQuery, PolicyVersion> ListVersions = new(
        """
        SELECT number, reason, created_at, created_by FROM policies
        WHERE center_id = @CenterId AND number < @Before
        ORDER BY number DESC
        {page}
        """);

    private static readonly Sql<NewRow> Insert = new(
        """
        INSERT INTO policies (id, center_id, number, body, reason, created_at, created_by)
        VALUES (@Id, @CenterId, @Number, @Body, @Reason, @CreatedAt, @CreatedBy)
        """);

    private static readonly Sql<ZoneRow> SetZone = new(
        "UPDATE sites SET version = version + 1, time_zone = @Zone WHERE id = @CenterId AND (time_zone IS NULL OR time_zone <> @Zone)");

    private static readonly Sql<ById, ModeRow> Modes = new(
        """
        SELECT path, starts_at, ends_at FROM mode_activations
        WHERE center_id = @Id AND ended_at IS NULL AND due_at IS NOT NULL
        """);

    private static readonly Sql<Nothing, CountRow> Count = new("SELECT COUNT(id) AS number FROM policies");

    private static readonly Sql<Nothing, PathRow> InForce = new(
        """
        SELECT s.path, p.body FROM policies p JOIN sites s ON s.id = p.center_id
        WHERE p.number = (SELECT MAX(n.number) FROM policies n WHERE n.center_id = p.center_id)
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

    /// <summary>The number in force.</summary>
    public async Task<int> NumberAsync(IRows rows, Id centerId) => (await HeadAsync(rows, centerId))?.Number ?? 1;

    /// <summary>How many there have ever been: another number, and some center has another policy.</summary>
    public async Task<int> HowManyAsync() => (await database.FirstAsync(Count, Nothing.It))!.Number;

    /// <summary>The weights of centers that have put a policy in force, by their paths.</summary>
    public async Task<Dictionary<string, ScoreWeights>> WeightsAsync() => (await database.ListAsync(InForce, Nothing.It))
        .ToDictionary(row => row.Path, row => JsonSerializer.Deserialize<Policy>(row.Body, Json)!.Weights);

    /// <summary>Newest first; the defaults are not among them.</summary>
    public Task<List<PolicyVersion>> VersionsAsync(Id centerId, int before, int take) =>
        database.ListAsync(ListVersions, new VersionsQuery(centerId, before, take));

    /// <summary>
    /// Puts a policy in force as the next number, and its zone on the center; false when the number before it is no longer the newest.
    /// </summary>
    public async Task<bool> PutAsync(Transaction tx, Id centerId, Policy policy, string reason, Id accountId, DateTimeOffset now)
    {
        var body = JsonSerializer.Serialize(policy with { Emergency = false }, Json);
        try
        {
            await tx.ExecuteAsync(Insert, new NewRow(ids.Next(IdKind.Policy), centerId, policy.Version, body, reason, now, accountId));
        }
        catch (SomebodyWasFirstException)
        {
            return false;
        }

        await tx.ExecuteAsync(SetZone, new ZoneRow(centerId, policy.Zone));
        tx.AfterCommit(() => Forget(centerId));
        return true;
    }

    /// <summary>What was remembered no longer holds: to be said after each commit that changed a policy or an emergency.</summary>
    public void Forget(Id centerId)
    {
        Interlocked.Increment(ref _forgotten);
        _remembered.TryRemove(centerId, out _);
    }

    private static Task<HeadRow?> HeadAsync(IRows rows, Id centerId) => rows.FirstAsync(Head, new ById(centerId));

    private async Task<Remembered> RememberedAsync(Id centerId)
    {
        var now = field.GetUtcNow();
        if (_remembered.TryGetValue(centerId, out var found) && clock.Source.GetElapsedTime(found.ReadAt) < Memory && now - found.ReadOn < Memory && now >= found.ReadOn)
        {
            return found;
        }

        var generation = Volatile.Read(ref _forgotten);
        var readAt = clock.Source.GetTimestamp();
        var head = await HeadAsync(database, centerId);
        var policy = await LoadAsync(database, centerId, head?.Number ?? 1, head?.TimeZone);
        var modes = await database.ListAsync(Modes, new ById(centerId));
        var read = new Remembered(policy, policy.InEmergency(), modes, readAt, now);
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

    private sealed record Remembered(Policy Policy, Policy InEmergency, List<ModeRow> Modes, long ReadAt, DateTimeOffset ReadOn);

    private sealed record NumberQuery(Id CenterId, int Number);

    private sealed record VersionsQuery(Id CenterId, int Before, int Take);

    private sealed record NewRow(Id Id, Id CenterId, int Number, string Body, string Reason, DateTimeOffset CreatedAt, Id CreatedBy);

    private sealed record ZoneRow(Id CenterId, string Zone);

    private sealed record HeadRow
    {
        public string? TimeZone { get; init; }

        public int? Number { get; init; }
    }

    private sealed record BodyRow
    {
        public string Body { get; init; } = "";
    }

    private sealed record CountRow
    {
        public int Number { get; init; }
    }

    private sealed record PathRow
    {
        public string Path { get; init; } = "";

        public string Body { get; init; } = "";
    }

    private sealed record ModeRow
    {
        public string Path { get; init; } = "";

        public DateTimeOffset StartsAt { get; init; }

        public DateTimeOffset EndsAt { get; init; }
    }
}

/// <summary>One policy of a center's, without its figures.</summary>
public sealed record PolicyVersion
{
    public int Number { get; init; }

    public string? Reason { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public Id? CreatedBy { get; init; }
}
