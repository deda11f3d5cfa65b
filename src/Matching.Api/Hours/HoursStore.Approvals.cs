using Matching.Api.Assignments;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Volunteers;
using Matching.Hours;
using Matching.Policies;

namespace Matching.Api.Hours;

/// <summary>The half that looks after hours beyond a day's, until somebody says yes or no.</summary>
public sealed partial class HoursStore
{
    private const string ApprovalColumns =
        "id, version, assignment_id, volunteer_id, center_id, site_id, path, service_day, minutes, needs, state, asked_at, decided_at";

    private static readonly Sql<ApprovalQuery, HoursApprovalRow> FindApproval = new(
        $"SELECT {ApprovalColumns} FROM hours_approvals WHERE id = @Id AND path >= @From AND path < @To");

    private static readonly Sql<ById, HoursApprovalRow> ApprovalOf = new(
        $"SELECT {ApprovalColumns} FROM hours_approvals WHERE assignment_id = @Id AND state = 'Waiting'");

    private static readonly Sql<WaitingQuery, HoursApprovalRow> Waiting = new(
        $$"""
        SELECT {{ApprovalColumns}} FROM hours_approvals
        WHERE center_id = @CenterId AND state = 'Waiting' AND id > @After AND path >= @From AND path < @To
        ORDER BY id
        {page}
        """);

    private static readonly Sql<DecisionRow> Decide = new(
        """
        UPDATE hours_approvals SET state = @State, decided_at = @Now, decided_by = @By, reason = @Reason, version = version + 1
        WHERE id = @Id AND state = 'Waiting'
        """);

    private static readonly Sql<ById, SumRow> WaitingMinutesOf = new(
        "SELECT COALESCE(SUM(minutes), 0) AS minutes FROM hours_approvals WHERE volunteer_id = @Id AND state = 'Waiting'");

    /// <summary>Within the caller's reach.</summary>
    public Task<HoursApprovalRow?> FindApprovalAsync(Caller caller, Id id) =>
        database.FirstAsync(FindApproval, new ApprovalQuery(id, caller.Reach.From, caller.Reach.To));

    /// <summary>What waits for the part of the tree that the caller reaches, the oldest first.</summary>
    public Task<List<HoursApprovalRow>> WaitingAsync(Caller caller, Id after, int take) =>
        database.ListAsync(Waiting, new WaitingQuery(caller.CenterId, caller.Reach.From, caller.Reach.To, after, take));

    public async Task<int> WaitingMinutesOfAsync(Id volunteerId) => (await database.FirstAsync(WaitingMinutesOf, new ById(volunteerId)))!.Minutes;

    /// <summary>What of an assignment still waits; null when nothing does.</summary>
    public Task<HoursApprovalRow?> WaitingOfAsync(IRows rows, Id assignmentId) => rows.FirstAsync(ApprovalOf, new ById(assignmentId));

    /// <summary>Yes: the minutes are a line of the ledger, in the name of whoever said so. The caller holds the order's lock.</summary>
    public async Task<Outcome<HoursRow>> ApproveAsync(Transaction tx, HoursApprovalRow approval, AssignmentRow served, Id by, string? reason, Policy policy)
    {
        await volunteers.TouchAsync(tx, approval.VolunteerId);
        if (!await DecideAsync(tx, approval.Id, HoursApprovalState.Approved, by, reason))
        {
            return Refusals.HoursDecidedAlready;
        }

        var hours = new ServedHours(
            approval.VolunteerId, served.OrderId, served.Id, approval.SiteId, approval.Minutes, served.Evidence!.Value, Days.Read(approval.ServiceDay));
        return await AppendAsync(tx, hours, new Register(approval.CenterId, approval.Path), by, reason, policy);
    }

    /// <summary>No: the minutes never come into the ledger. False when somebody decided before.</summary>
    public async Task<bool> DecideAsync(Transaction tx, Id approvalId, HoursApprovalState state, Id? by, string? reason) =>
        await tx.ExecuteAsync(Decide, new DecisionRow(approvalId, state.ToString(), clock.GetUtcNow(), by, reason)) == 1;

    private sealed record ApprovalQuery(Id Id, string From, string To);

    private sealed record WaitingQuery(Id CenterId, string From, string To, Id After, int Take);

    private sealed record DecisionRow(Id Id, string State, DateTimeOffset Now, Id? By, string? Reason);
}
