using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Wishes;

/// <summary>Courtyard meetings.</summary>
public sealed class MeetingStore(Database database)
{
    private static readonly Sql<MeetingRow> Insert = new(
        """
        INSERT INTO meetings (id, center_id, site_id, path, topic, held_at, recorded_by, recorded_at)
        VALUES (@Id, @CenterId, @SiteId, @Path, @Topic, @HeldAt, @RecordedBy, @RecordedAt)
        """);

    private static readonly Sql<MeetingQuery, MeetingRow> Find = new(
        """
        SELECT id, center_id, site_id, path, topic, held_at, recorded_by, recorded_at
        FROM meetings WHERE id = @Id AND (recorded_by = @AccountId OR (path >= @From AND path < @To))
        """);

    public Task AddAsync(Transaction tx, MeetingRow meeting) => tx.ExecuteAsync(Insert, meeting);

    /// <summary>A meeting that the caller recorded, or within a staff member's reach.</summary>
    public Task<MeetingRow?> FindAsync(Caller caller, Id id) =>
        database.FirstAsync(Find, new MeetingQuery(id, caller.AccountId, caller.Reach.From, caller.Reach.To));

    private sealed record MeetingQuery(Id Id, Id AccountId, string From, string To);
}

/// <summary>A meeting as it stands in its table.</summary>
public sealed record MeetingRow
{
    public required Id Id { get; init; }

    public required Id CenterId { get; init; }

    public required Id SiteId { get; init; }

    public required string Path { get; init; }

    public required string Topic { get; init; }

    public required DateTimeOffset HeldAt { get; init; }

    public required Id RecordedBy { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }
}
