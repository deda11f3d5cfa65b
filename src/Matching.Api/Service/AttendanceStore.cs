using Matching.Api.Assignments;
using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Assignments;
using Matching.Geography;

namespace Matching.Api.Service;

/// <summary>Coming and going as it was shown, and the service codes that were tried.</summary>
public sealed class AttendanceStore(Database database, Ids ids, MachineClock machine)
{
    /// <summary>Wrong codes that one assignment takes before it takes none for a while: six digits cannot be guessed in five tries an hour.</summary>
    public const int MostTries = 5;

    /// <summary>How long it then takes none.</summary>
    public static readonly TimeSpan TriesLast = TimeSpan.FromHours(1);

    private static readonly Sql<NewAttendance> Insert = new(
        """
        INSERT INTO attendances (id, assignment_id, direction, happened_at, method, evidence, lat, lng, accuracy_m, sent_datum, account_id)
        VALUES (@Id, @AssignmentId, @Direction, @HappenedAt, @Method, @Evidence, @Lat, @Lng, @AccuracyM, @SentDatum, @AccountId)
        """);

    private static readonly Sql<ById, AttendanceRow> Of = new(
        "SELECT assignment_id, direction, happened_at, method, evidence, account_id FROM attendances WHERE assignment_id = @Id ORDER BY direction");

    private static readonly Sql<TryRow> CountTry = new(
        """
        UPDATE code_tries
        SET tries = CASE WHEN since <= @Before THEN 1 ELSE tries + 1 END, since = CASE WHEN since <= @Before THEN @Now ELSE since END
        WHERE assignment_id = @Id AND (tries < @Most OR since <= @Before)
        """);

    private static readonly Sql<TryRow> FirstTry = new(
        """
        INSERT INTO code_tries (assignment_id, tries, since)
        SELECT @Id, 1, @Now WHERE NOT EXISTS (SELECT 1 FROM code_tries WHERE assignment_id = @Id)
        """);

    private static readonly Sql<ById> Forgive = new("DELETE FROM code_tries WHERE assignment_id = @Id");

    /// <summary>
    /// Counts a try before the code is looked at, so that many at once are counted too; false when there were too many. It stands whether the
    /// code is right or not: a refused check-in leaves no other trace.
    /// </summary>
    public async Task<bool> MayTryAsync(Id assignmentId, CancellationToken ct)
    {
        var row = new TryRow(assignmentId, machine.Now, machine.Now - TriesLast, MostTries);
        try
        {
            return await TryAsync();
        }
        catch (SomebodyWasFirstException)
        {
            // Of two first tries at once the other made the row; now it is there to be counted in.
            return await TryAsync();
        }

        Task<bool> TryAsync() => database.WriteAsync(
            async tx => await tx.ExecuteAsync(CountTry, row) == 1 || await tx.ExecuteAsync(FirstTry, row) == 1, ct);
    }

    /// <summary>The code was right: the tries before it are forgotten.</summary>
    public Task ForgiveTriesAsync(Transaction tx, Id assignmentId) => tx.ExecuteAsync(Forgive, new ById(assignmentId));

    /// <summary>Somebody came or went; the place is what was reported, in WGS-84.</summary>
    public Task AddAsync(
        Transaction tx, Id assignmentId, Direction direction, DateTimeOffset at, PresenceMethod method, EvidenceGrade grade, Actor actor,
        Place? place = null, Datum? datum = null) => tx.ExecuteAsync(Insert, new NewAttendance(
            ids.Next(IdKind.Attendance), assignmentId, direction.ToString(), at, method.ToString(), grade.ToString(), place?.Lat, place?.Lng,
            place?.AccuracyM, datum is { } sent ? Datums.Name(sent) : null, actor.AccountId));

    public Task<List<AttendanceRow>> OfAsync(IRows rows, Id assignmentId) => rows.ListAsync(Of, new ById(assignmentId));

    /// <summary>An assignment as the rules see it, with what its attendance is worth.</summary>
    public async Task<Assignment> WithGradesAsync(IRows rows, AssignmentRow assignment)
    {
        var attendances = await OfAsync(rows, assignment.Id);
        return assignment.ToAssignment() with
        {
            InGrade = attendances.FirstOrDefault(row => row.Direction == Direction.In)?.Evidence,
            OutGrade = attendances.FirstOrDefault(row => row.Direction == Direction.Out)?.Evidence,
        };
    }

    private sealed record NewAttendance(
        Id Id, Id AssignmentId, string Direction, DateTimeOffset HappenedAt, string Method, string Evidence, double? Lat, double? Lng, double? AccuracyM,
        string? SentDatum, Id? AccountId);

    private sealed record TryRow(Id Id, DateTimeOffset Now, DateTimeOffset Before, int Most);
}

/// <summary>Coming or going.</summary>
public enum Direction
{
    /// <summary>签到</summary>
    In,

    /// <summary>签退</summary>
    Out,
}

/// <summary>One coming or going.</summary>
public sealed record AttendanceRow
{
    public Id AssignmentId { get; init; }

    public Direction Direction { get; init; }

    public DateTimeOffset HappenedAt { get; init; }

    public PresenceMethod Method { get; init; }

    public EvidenceGrade Evidence { get; init; }

    /// <summary>Who said so; none when it was the clock.</summary>
    public Id? AccountId { get; init; }
}
