using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Plumbing.Outbox;
using Matching.Api.Volunteers;
using Matching.Assignments;

namespace Matching.Api.Assignments;

/// <summary>Who has which seat. Every change is also one of the volunteer's, whom matching then looks at again.</summary>
public sealed partial class AssignmentStore(Database database, TimeProvider clock, Timeline timeline, VolunteerStore volunteers, OutboxStore outbox)
{
    private const string Columns =
        """
        id, version, center_id, order_id, seat_number, volunteer_id, offer_id, team_id, state, holds, window_start, window_end, lat, lng, accepted_at,
        checked_in_at, checked_out_at, verified_at, minutes, evidence, ended_at, reason
        """;

    private static readonly Sql<NewAssignment> Insert = new(
        """
        INSERT INTO assignments (id, version, center_id, order_id, seat_number, volunteer_id, offer_id, team_id, state, holds, window_start, window_end,
            lat, lng, accepted_at)
        VALUES (@Id, 1, @CenterId, @OrderId, @SeatNumber, @VolunteerId, @OfferId, @TeamId, 'Confirmed', 1, @WindowStart, @WindowEnd, @Lat, @Lng, @AcceptedAt)
        """);

    private static readonly Sql<ById, AssignmentRow> Find = new($"SELECT {Columns} FROM assignments WHERE id = @Id");

    private static readonly Sql<ById, AssignmentRow> HeldOf = new($"SELECT {Columns} FROM assignments WHERE order_id = @Id AND holds = 1 ORDER BY id");

    private static readonly Sql<ById, AssignmentRow> OfOrder = new($"SELECT {Columns} FROM assignments WHERE order_id = @Id ORDER BY id");

    private static readonly Sql<ById, AssignmentRow> Promised = new($"SELECT {Columns} FROM assignments WHERE volunteer_id = @Id AND state = 'Confirmed' ORDER BY id");

    private static readonly Sql<BetweenQuery, AssignmentRow> PromisedBetween = new(
        $"""
        SELECT {Columns} FROM assignments
        WHERE volunteer_id = @VolunteerId AND state = 'Confirmed'
            AND order_id IN (SELECT x.order_id FROM wish_orders x JOIN wishes w ON w.id = x.wish_id WHERE w.resident_id = @ResidentId)
        ORDER BY id
        """);

    private static readonly Sql<MineQuery, AssignmentRow> Mine = new(
        $$"""
        SELECT {{Columns}} FROM assignments
        WHERE volunteer_id = @SubjectId AND id < @Before AND (@OpenOnly = 0 OR (holds = 1 AND state IN ('Confirmed', 'CheckedIn')))
        ORDER BY id DESC
        {page}
        """);

    private static readonly Sql<MineQuery, AssignmentRow> MineOfTeam = new(
        $$"""
        SELECT {{Columns}} FROM assignments
        WHERE team_id = @SubjectId AND id < @Before AND (@OpenOnly = 0 OR (holds = 1 AND state IN ('Confirmed', 'CheckedIn')))
        ORDER BY id DESC
        {page}
        """);

    private static readonly Sql<EndRow> End = new(
        """
        UPDATE assignments SET state = @State, holds = 0, ended_at = @Now, reason = @Reason, version = version + 1
        WHERE id = @Id AND state = 'Confirmed'
        """);

    public Task<AssignmentRow?> FindAsync(Id id) => database.FirstAsync(Find, new ById(id));

    public Task<AssignmentRow?> FindAsync(IRows rows, Id id) => rows.FirstAsync(Find, new ById(id));

    public Task<List<AssignmentRow>> HeldOfAsync(IRows rows, Id orderId) => rows.ListAsync(HeldOf, new ById(orderId));

    /// <summary>What a volunteer has said yes to and not come to yet.</summary>
    public Task<List<AssignmentRow>> PromisedByAsync(IRows rows, Id volunteerId) => rows.ListAsync(Promised, new ById(volunteerId));

    /// <summary>The same, of the orders of one resident.</summary>
    public Task<List<AssignmentRow>> PromisedToAsync(IRows rows, Id volunteerId, Id residentId) =>
        rows.ListAsync(PromisedBetween, new BetweenQuery(volunteerId, residentId));

    public Task<List<AssignmentRow>> OfOrderAsync(IRows rows, Id orderId) => rows.ListAsync(OfOrder, new ById(orderId));

    /// <summary>What a volunteer, or a team, has taken on, newest first.</summary>
    public Task<List<AssignmentRow>> MineAsync(Id subjectId, bool openOnly, Id before, int take) =>
        database.ListAsync(subjectId.Kind == IdKind.Team ? MineOfTeam : Mine, new MineQuery(subjectId, openOnly, before, take));

    /// <summary>A seat is hers. The caller holds the order's and the volunteer's lock, and has the seat.</summary>
    public async Task AddAsync(Transaction tx, NewAssignment assignment, Actor actor)
    {
        await tx.ExecuteAsync(Insert, assignment);
        await timeline.AddAsync(tx, assignment.Id, null, nameof(AssignmentState.Confirmed), "Accept", actor);
        await volunteers.TouchAsync(tx, assignment.VolunteerId);
    }

    /// <summary>She has the seat no longer: given back, not come, or given to somebody else. The caller frees the seat.</summary>
    public async Task EndAsync(Transaction tx, AssignmentRow assignment, AssignmentDeed deed, Actor actor, string? reason)
    {
        var to = AssignmentStates.Move(assignment.State, deed).Value;
        if (await tx.ExecuteAsync(End, new EndRow(assignment.Id, to.ToString(), clock.GetUtcNow(), reason)) == 0)
        {
            throw new InvalidOperationException("The order is locked, so nobody else can have ended it.");
        }

        await timeline.AddAsync(tx, assignment.Id, assignment.State.ToString(), to.ToString(), deed.ToString(), actor, reason);
        if (to == AssignmentState.NoShow)
        {
            await volunteers.CountAsync(tx, assignment.VolunteerId, new VolunteerCounts { NoShows = 1 });
        }
        else
        {
            await volunteers.TouchAsync(tx, assignment.VolunteerId);
        }
    }

    /// <summary>Leaves word with everybody who has a seat of this order.</summary>
    public async Task TellHoldersAsync(Transaction tx, Id orderId, string topic)
    {
        foreach (var assignment in await HeldOfAsync(tx, orderId))
        {
            await TellAsync(tx, assignment, topic);
        }
    }

    /// <summary>Leaves word with the one who has, or had, the seat.</summary>
    public async Task TellAsync(Transaction tx, AssignmentRow assignment, string topic)
    {
        if ((await volunteers.AccountsOfAsync(tx, [assignment.VolunteerId])).TryGetValue(assignment.VolunteerId, out var accountId))
        {
            await outbox.AddAsync(
                tx, topic, assignment.Id, assignment.CenterId, accountId, new { assignment.OrderId, startsAt = assignment.WindowStart });
        }
    }

    private sealed record BetweenQuery(Id VolunteerId, Id ResidentId);

    private sealed record MineQuery(Id SubjectId, bool OpenOnly, Id Before, int Take);

    private sealed record EndRow(Id Id, string State, DateTimeOffset Now, string? Reason);
}

/// <summary>A seat about to be filled.</summary>
public sealed record NewAssignment(
    Id Id, Id CenterId, Id OrderId, int SeatNumber, Id VolunteerId, Id? OfferId, Id? TeamId, DateTimeOffset WindowStart, DateTimeOffset WindowEnd, double Lat,
    double Lng, DateTimeOffset AcceptedAt);

/// <summary>An assignment as it lies in the database.</summary>
public sealed record AssignmentRow
{
    public Id Id { get; init; }

    public int Version { get; init; }

    public Id CenterId { get; init; }

    public Id OrderId { get; init; }

    public int SeatNumber { get; init; }

    public Id VolunteerId { get; init; }

    public Id? OfferId { get; init; }

    public Id? TeamId { get; init; }

    public AssignmentState State { get; init; }

    public bool Holds { get; init; }

    public DateTimeOffset WindowStart { get; init; }

    public DateTimeOffset WindowEnd { get; init; }

    public double Lat { get; init; }

    public double Lng { get; init; }

    public DateTimeOffset AcceptedAt { get; init; }

    public DateTimeOffset? CheckedInAt { get; init; }

    public DateTimeOffset? CheckedOutAt { get; init; }

    public DateTimeOffset? VerifiedAt { get; init; }

    public int? Minutes { get; init; }

    public EvidenceGrade? Evidence { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public string? Reason { get; init; }

    public Window Window => new(WindowStart, WindowEnd);

    /// <summary>As the rules see it, without the grades of its attendances.</summary>
    public Assignment ToAssignment() => new()
    {
        Id = Id,
        OrderId = OrderId,
        VolunteerId = VolunteerId,
        State = State,
        ConfirmedAt = AcceptedAt,
        CheckedInAt = CheckedInAt,
        CheckedOutAt = CheckedOutAt,
    };
}
