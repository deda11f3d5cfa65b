using Matching.Api.Assignments;
using Matching.Api.Orders;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Plumbing.Outbox;
using Matching.Api.Volunteers;
using Matching.Assignments;
using Matching.Hours;
using Matching.Policies;

namespace Matching.Api.Hours;

/// <summary>
/// The ledgers of hours: append-only, one chain a volunteer. Whoever writes holds the order's lock and takes the volunteer's first; only then is the head of
/// the chain read, so that no two lines can follow the same one. With each line go the volunteer's total and her stars.
/// </summary>
public sealed partial class HoursStore(Database database, Ids ids, TimeProvider clock, VolunteerStore volunteers, OutboxStore outbox)
{
    private const string Columns =
        """
        id, volunteer_id, sequence, center_id, site_id, path, order_id, assignment_id, reverses_id, minutes, evidence, service_day, posted_at, posted_by,
        reason, previous_hash, hash
        """;

    private static readonly Sql<NewLine> Insert = new(
        """
        INSERT INTO hours_entries (id, volunteer_id, sequence, center_id, site_id, path, order_id, assignment_id, reverses_id, minutes, evidence, service_day,
            posted_at, posted_by, reason, previous_hash, hash)
        VALUES (@Id, @VolunteerId, @Sequence, @CenterId, @SiteId, @Path, @OrderId, @AssignmentId, @ReversesId, @Minutes, @Evidence, @ServiceDay,
            @PostedAt, @PostedBy, @Reason, @PreviousHash, @Hash)
        """);

    private static readonly Sql<ById, HoursRow> Find = new($"SELECT {Columns} FROM hours_entries WHERE id = @Id");

    private static readonly Sql<HeadQuery, HoursRow> Head = new(
        $$"""SELECT {{Columns}} FROM hours_entries WHERE volunteer_id = @VolunteerId ORDER BY sequence DESC {page}""");

    private static readonly Sql<ById, HoursRow> OfAssignment = new($"SELECT {Columns} FROM hours_entries WHERE assignment_id = @Id ORDER BY sequence");

    private static readonly Sql<ById, IdRow> ReversalOf = new("SELECT id FROM hours_entries WHERE reverses_id = @Id");

    private static readonly Sql<DayQuery, SumRow> WrittenOn = new(
        "SELECT COALESCE(SUM(minutes), 0) AS minutes FROM hours_entries WHERE volunteer_id = @VolunteerId AND service_day = @Day");

    private static readonly Sql<DayQuery, SumRow> WaitingOn = new(
        """
        SELECT COALESCE(SUM(minutes), 0) AS minutes FROM hours_approvals
        WHERE volunteer_id = @VolunteerId AND service_day = @Day AND state = 'Waiting'
        """);

    private static readonly Sql<NewStar> GrantStar = new(
        """
        INSERT INTO star_grants (id, volunteer_id, stars, minutes, granted_at)
        SELECT @Id, @VolunteerId, @Stars, @Minutes, @Now WHERE NOT EXISTS (SELECT 1 FROM star_grants WHERE volunteer_id = @VolunteerId AND stars = @Stars)
        """);

    private static readonly Sql<NewApproval> InsertApproval = new(
        """
        INSERT INTO hours_approvals (id, version, assignment_id, volunteer_id, center_id, site_id, path, service_day, minutes, needs, state, asked_at)
        VALUES (@Id, 1, @AssignmentId, @VolunteerId, @CenterId, @SiteId, @Path, @ServiceDay, @Minutes, @Needs, 'Waiting', @AskedAt)
        """);

    public Task<HoursRow?> FindAsync(Id id) => database.FirstAsync(Find, new ById(id));

    public Task<List<HoursRow>> OfAssignmentAsync(IRows rows, Id assignmentId) => rows.ListAsync(OfAssignment, new ById(assignmentId));

    /// <summary>
    /// The verified minutes of one assignment: what counts by itself is a line at once, what lies beyond a day's hours waits in hours_approvals. Nothing served
    /// is nothing written.
    /// </summary>
    public async Task<DayShare> PostAsync(
        Transaction tx, OrderRow order, Assignment served, int minutes, EvidenceGrade grade, Id? confirmedBy, Policy policy)
    {
        var day = DayOf(served, policy);
        var dayQuery = new DayQuery(served.VolunteerId, Days.Write(day));
        await volunteers.TouchAsync(tx, served.VolunteerId);
        var share = Ledger.Share(
            (await tx.FirstAsync(WrittenOn, dayQuery))!.Minutes, (await tx.FirstAsync(WaitingOn, dayQuery))!.Minutes, minutes, policy);
        var hours = new ServedHours(served.VolunteerId, order.Id, served.Id, order.OwnerSiteId, share.AtOnce, grade, day);
        if (share.AtOnce > 0)
        {
            await AppendAsync(tx, hours, new Register(order.CenterId, order.OwnerPath), confirmedBy, null, policy);
        }

        if (share.Waiting > 0)
        {
            var id = ids.Next(IdKind.HoursApproval);
            await tx.ExecuteAsync(InsertApproval, new NewApproval(
                id, served.Id, served.VolunteerId, order.CenterId, order.OwnerSiteId, order.OwnerPath, dayQuery.Day, share.Waiting, share.Needs.ToString(),
                clock.GetUtcNow()));
            await outbox.AddAsync(
                tx, "hours.approval", id, order.CenterId, null, new { approvalId = id, siteId = order.OwnerSiteId, share.Needs, minutes = share.Waiting });
        }

        return share;
    }

    /// <summary>
    /// Takes a line back and, where a figure is given, writes the right one after it. Refuses a line that was taken back before; of two at once the second
    /// waits for the volunteer's lock and then finds that.
    /// </summary>
    public async Task<Outcome<HoursRow>> ReverseAsync(Transaction tx, HoursRow line, int? rightMinutes, Id by, string reason, Policy policy)
    {
        await volunteers.TouchAsync(tx, line.VolunteerId);
        var reversedAlready = await tx.FirstAsync(ReversalOf, new ById(line.Id)) is not null;
        var entry = line.ToEntry()!;
        var reversal = Ledger.Reverse(
            (await HeadAsync(tx, line.VolunteerId))!, entry, reversedAlready, ids.Next(IdKind.HoursEntry), clock.GetUtcNow(), by);
        if (reversal.Refusal is { } refusal)
        {
            return refusal;
        }

        var register = new Register(line.CenterId, line.Path);
        var written = await WriteAsync(tx, reversal.Value, register, reason, policy);
        if (rightMinutes is { } minutes)
        {
            await AppendAsync(
                tx, new ServedHours(entry.VolunteerId, entry.OrderId, entry.AssignmentId, entry.SiteId, minutes, entry.Grade, entry.Day), register, by, reason,
                policy);
        }

        return written;
    }

    /// <summary>A line at the end of the chain. The caller holds the volunteer's lock.</summary>
    private async Task<HoursRow> AppendAsync(Transaction tx, ServedHours hours, Register register, Id? by, string? reason, Policy policy)
    {
        var entry = Ledger.Append(
            await HeadAsync(tx, hours.VolunteerId), hours, ids.Next(IdKind.HoursEntry), clock.GetUtcNow(), by ?? Id.None).Value;
        return await WriteAsync(tx, entry, register, reason, policy);
    }

    private async Task<HoursRow> WriteAsync(Transaction tx, HoursEntry entry, Register register, string? reason, Policy policy)
    {
        await tx.ExecuteAsync(Insert, new NewLine(
            entry.Id, entry.VolunteerId, entry.Sequence, register.CenterId, entry.SiteId, register.Path, entry.OrderId, entry.AssignmentId,
            Some(entry.Reverses), entry.Minutes, entry.Grade.ToString(), Days.Write(entry.Day), entry.WrittenAt, Some(entry.WrittenBy), reason,
            Convert.FromHexString(entry.PreviousHash), Convert.FromHexString(entry.Hash)));
        await volunteers.CountAsync(tx, entry.VolunteerId, new VolunteerCounts { VerifiedMinutes = entry.Minutes });
        await GrantStarsAsync(tx, entry.VolunteerId, register.CenterId, policy);
        return (await tx.FirstAsync(Find, new ById(entry.Id)))!;
    }

    // A star once given stays, even if hours are taken back later.
    private async Task GrantStarsAsync(Transaction tx, Id volunteerId, Id centerId, Policy policy)
    {
        var volunteer = (await volunteers.FindAsync(tx, volunteerId))!;
        for (var stars = 1; stars <= Ledger.Stars(volunteer.VerifiedMinutes, policy); stars++)
        {
            var grant = new NewStar(ids.Next(IdKind.StarGrant), volunteerId, stars, volunteer.VerifiedMinutes, clock.GetUtcNow());
            if (await tx.ExecuteAsync(GrantStar, grant) == 1 && volunteer.AccountId is { } accountId)
            {
                await outbox.AddAsync(tx, "star.granted", grant.Id, centerId, accountId, new { volunteerId, stars });
            }
        }
    }

    private async Task<HoursEntry?> HeadAsync(Transaction tx, Id volunteerId) => await tx.FirstAsync(Head, new HeadQuery(volunteerId, 1)) is { } row
        ? row.ToEntry() ?? throw new InvalidOperationException($"Line {row.Id} of a ledger cannot be read; POST /hours/verify tells more.")
        : null;

    // The day of the coming, where the center is.
    private static DateOnly DayOf(Assignment served, Policy policy) =>
        DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(served.CheckedInAt!.Value, policy.TimeZone).DateTime);

    private static Id? Some(Id id) => id.IsNone ? null : id;

    /// <summary>In which register a line stands.</summary>
    private readonly record struct Register(Id CenterId, string Path);

    private sealed record NewLine(
        Id Id, Id VolunteerId, int Sequence, Id CenterId, Id SiteId, string Path, Id OrderId, Id AssignmentId, Id? ReversesId, int Minutes, string Evidence,
        string ServiceDay, DateTimeOffset PostedAt, Id? PostedBy, string? Reason, byte[] PreviousHash, byte[] Hash);

    private sealed record HeadQuery(Id VolunteerId, int Take);

    private sealed record DayQuery(Id VolunteerId, string Day);

    private sealed record NewStar(Id Id, Id VolunteerId, int Stars, int Minutes, DateTimeOffset Now);

    private sealed record NewApproval(
        Id Id, Id AssignmentId, Id VolunteerId, Id CenterId, Id SiteId, string Path, string ServiceDay, int Minutes, string Needs, DateTimeOffset AskedAt);

    private sealed record IdRow
    {
        public Id Id { get; init; }
    }

    private sealed record SumRow
    {
        public int Minutes { get; init; }
    }
}
