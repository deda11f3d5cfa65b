using Matching.Api.Assignments;
using Matching.Api.Hours;
using Matching.Api.Orders;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Plumbing.Outbox;
using Matching.Api.Ratings;
using Matching.Api.Sites;
using Matching.Api.Volunteers;
using Matching.Assignments;
using Matching.Orders;
using Matching.Policies;
using Matching.Ratings;

namespace Matching.Api.Service;

/// <summary>
/// What follows a service: it ends, it is confirmed, its minutes count, it is rated. The caller has locked the order and settles it afterwards; volunteers are
/// locked after it, in the order of their ids, so that two orders with the same people never wait for each other.
/// </summary>
[Shared]
public sealed class ServiceSteps(
    OrderStore orders,
    AssignmentStore assignments,
    AttendanceStore attendances,
    HoursStore hours,
    RatingStore ratings,
    VolunteerStore volunteers,
    PolicyStore policies,
    OutboxStore outbox,
    TimeProvider clock)
{
    private static readonly Dictionary<Id, int> AsServed = [];

    /// <summary>Its time is long over: who has not checked out left at the planned end, for all that is known, and who never came did not come.</summary>
    public async Task FinishAsync(Transaction tx, OrderRow order)
    {
        foreach (var assignment in await HeldAsync(tx, order.Id))
        {
            switch (assignment.State)
            {
                case AssignmentState.CheckedIn:
                    var left = assignment.ToAssignment().CheckOutByClock(order.Window).Value;
                    await assignments.CheckOutAsync(tx, left, Actor.Clock);
                    await attendances.AddAsync(
                        tx, left.Id, Direction.Out, left.CheckedOutAt!.Value, PresenceMethod.Clock, left.OutGrade!.Value, Actor.Clock);
                    break;
                case AssignmentState.Confirmed:
                    await assignments.EndAsync(tx, assignment, AssignmentDeed.Miss, Actor.Clock, null);
                    await orders.FreeSeatAsync(tx, order.Id, assignment.Id);
                    break;
            }
        }

        await orders.MoveAsync(tx, order, OrderDeed.Finish, Actor.Clock);
    }

    /// <summary>Nobody said anything in time: taken as done, with evidence one grade lower.</summary>
    public async Task PassConfirmationAsync(Transaction tx, OrderRow order)
    {
        _ = (await VerifyAsync(tx, order, confirmed: false, AsServed, Actor.Clock)).Value;
        await orders.ConfirmedAsync(tx, order.Id, null, nameof(ConfirmHow.Silence));
        await orders.MoveAsync(tx, order, OrderDeed.PassConfirmation, Actor.Clock);
    }

    /// <summary>Not all rated in time: the silence is recorded as silence, what was said is shown, and the order is closed.</summary>
    public async Task CloseRatingAsync(Transaction tx, OrderRow order)
    {
        var now = clock.GetUtcNow();
        foreach (var assignment in await ServedAsync(tx, order.Id))
        {
            // The clock says that time is up, whatever the policy has become meanwhile.
            var pair = await ratings.PairAsync(tx, assignment.Id, closesAt: now);
            var closed = pair.Close(now);
            foreach (var direction in Enum.GetValues<RatingDirection>().Where(direction => pair[direction] is null))
            {
                await ratings.AddAsync(tx, order.Id, assignment.Id, closed[direction]!, null, null);
            }

            await ratings.ShowAsync(tx, assignment.Id, assignment.VolunteerId, closed);
        }

        await orders.MoveAsync(tx, order, OrderDeed.Close, Actor.Clock);
    }

    /// <summary>
    /// The minutes of all who served count. <paramref name="minutes"/> says where fewer count than were served; for who was verified before (a dispute came
    /// after), the ledger is put right by reversal. Refuses minutes of strangers and more than were served.
    /// </summary>
    public async Task<Outcome<IReadOnlyList<VerifiedService>>> VerifyAsync(
        Transaction tx, OrderRow order, bool confirmed, IReadOnlyDictionary<Id, int> minutes, Actor actor, string? reason = null)
    {
        var served = await ServedAsync(tx, order.Id);
        if (minutes.Keys.Except(served.Select(row => row.Id)).Any())
        {
            return Refusals.MinutesNotOfOrder.At("minutes");
        }

        var policy = await policies.EffectiveAsync(order.CenterId, order.OwnerPath, clock.GetUtcNow());
        var verified = new List<VerifiedService>();
        foreach (var row in served)
        {
            var assignment = await attendances.WithGradesAsync(tx, row);
            var most = assignment.Minutes(TimeSpan.FromMinutes(order.Minutes), policy).Minutes;
            var wanted = minutes.TryGetValue(row.Id, out var named) ? named : row.Minutes ?? most;
            if (wanted > most)
            {
                return Refusals.MinutesAboveServed.At("minutes");
            }

            if (row.State == AssignmentState.Verified)
            {
                await PutRightAsync(tx, order, row, assignment, wanted, actor, reason, policy);
            }
            else
            {
                var grade = assignment.Evidence(confirmed);
                await hours.PostAsync(tx, order, assignment, wanted, grade, actor.AccountId, policy);
                await assignments.VerifyAsync(tx, row.Id, wanted, grade);
                await volunteers.CountAsync(tx, row.VolunteerId, new VolunteerCounts { Served = 1, LastServedAt = row.CheckedOutAt });
            }

            var waiting = (await hours.WaitingOfAsync(tx, row.Id))?.Minutes ?? 0;
            var now = (await assignments.FindAsync(tx, row.Id))!;
            verified.Add(new VerifiedService(row.Id, wanted, waiting, now.Evidence!.Value));
            await TellAsync(tx, order, row, wanted, waiting);
        }

        return verified;
    }

    /// <summary>A disputed service came to nothing: what was written for it is taken back.</summary>
    public async Task TakeBackAsync(Transaction tx, OrderRow order, Actor actor, string reason)
    {
        var policy = await policies.EffectiveAsync(order.CenterId, order.OwnerPath, clock.GetUtcNow());
        foreach (var row in (await ServedAsync(tx, order.Id)).Where(row => row.State == AssignmentState.Verified))
        {
            await PutRightAsync(tx, order, row, await attendances.WithGradesAsync(tx, row), 0, actor, reason, policy);
        }
    }

    /// <summary>Those who served: checked out, or verified before.</summary>
    public async Task<IReadOnlyList<AssignmentRow>> ServedAsync(IRows rows, Id orderId) =>
        [.. (await HeldAsync(rows, orderId)).Where(row => row.State is AssignmentState.CheckedOut or AssignmentState.Verified)];

    private async Task<IReadOnlyList<AssignmentRow>> HeldAsync(IRows rows, Id orderId) =>
        [.. (await assignments.HeldOfAsync(rows, orderId)).OrderBy(row => row.VolunteerId)];

    // All lines of the assignment that still stand are taken back, what waits is refused, and the right figure goes the way of every new one.
    private async Task PutRightAsync(
        Transaction tx, OrderRow order, AssignmentRow row, Assignment served, int wanted, Actor actor, string? reason, Policy policy)
    {
        if (wanted == row.Minutes)
        {
            return;
        }

        var by = actor.AccountId ?? throw new InvalidOperationException("Only a person puts hours right.");
        var lines = await hours.OfAssignmentAsync(tx, row.Id);
        var takenBack = lines.Select(line => line.ReversesId).ToHashSet();
        foreach (var line in lines.Where(line => line.ReversesId is null && !takenBack.Contains(line.Id)))
        {
            _ = (await hours.ReverseAsync(tx, line, null, by, reason ?? "", policy)).Value;
        }

        if (await hours.WaitingOfAsync(tx, row.Id) is { } waiting)
        {
            await hours.DecideAsync(tx, waiting.Id, HoursApprovalState.Refused, by, reason);
        }

        await hours.PostAsync(tx, order, served, wanted, row.Evidence!.Value, by, policy);
        await assignments.AddMinutesAsync(tx, row.Id, wanted - row.Minutes!.Value);
    }

    private async Task TellAsync(Transaction tx, OrderRow order, AssignmentRow row, int minutes, int waiting)
    {
        if ((await volunteers.AccountsOfAsync(tx, [row.VolunteerId])).TryGetValue(row.VolunteerId, out var accountId))
        {
            await outbox.AddAsync(
                tx, "hours.verified", row.Id, order.CenterId, accountId, new { assignmentId = row.Id, orderId = order.Id, minutes, waiting });
        }
    }
}

/// <summary>What came of one assignment.</summary>
/// <param name="Minutes">Verified minutes.</param>
/// <param name="WaitingMinutes">Those of them that wait for somebody's approval before they are in the ledger.</param>
/// <param name="Evidence">What the whole service is worth, from A to D.</param>
public sealed record VerifiedService(Id AssignmentId, int Minutes, int WaitingMinutes, EvidenceGrade Evidence);

/// <summary>How it became known that a service was done.</summary>
public enum ConfirmHow
{
    /// <summary>居民在应用内确认</summary>
    App,

    /// <summary>电话确认</summary>
    Phone,

    /// <summary>纸质确认</summary>
    Paper,

    /// <summary>逾期未答，视为确认</summary>
    Silence,

    /// <summary>争议处理</summary>
    Center,
}
