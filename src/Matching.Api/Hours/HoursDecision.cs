using Matching.Accounts;
using Matching.Api.Assignments;
using Matching.Api.Orders;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;
using Matching.Api.Volunteers;
using Matching.Hours;
using Matching.Orders;

namespace Matching.Api.Hours;

/// <summary>Yes or no to hours beyond a day's, in one transaction: the order is locked, then the volunteer, so that of two at once one decides.</summary>
[Shared]
public sealed class HoursDecision(HoursStore hours, OrderStore orders, AssignmentStore assignments, VolunteerStore volunteers, PolicyStore policies)
{
    public async Task<Outcome<HoursApprovalOnWire>> DecideAsync(Transaction tx, HoursApprovalRow approval, bool yes, Caller caller, string? reason)
    {
        if (approval.Needs == HoursApproval.Center && caller.Role != Role.CenterAdmin)
        {
            return Refusals.HoursNeedCenter;
        }

        var read = (await assignments.FindAsync(tx, approval.AssignmentId))!;
        var order = (await orders.LockAsync(tx, read.OrderId))!;
        if (order.State == OrderState.Disputed)
        {
            return Refusals.HoursInDispute;
        }

        if ((await volunteers.FindAsync(tx, approval.VolunteerId))!.AccountId == caller.AccountId)
        {
            return Refusals.OwnHours;
        }

        if (yes)
        {
            var policy = await policies.CurrentAsync(approval.CenterId);
            var written = await hours.ApproveAsync(tx, approval, read, caller.AccountId, reason, policy);
            if (written.Refusal is { } refusal)
            {
                return refusal;
            }
        }
        else
        {
            if (!await hours.DecideAsync(tx, approval.Id, HoursApprovalState.Refused, caller.AccountId, reason))
            {
                return Refusals.HoursDecidedAlready;
            }

            await assignments.AddMinutesAsync(tx, approval.AssignmentId, -approval.Minutes);
        }

        return HoursApprovalOnWire.From(approval with { State = yes ? HoursApprovalState.Approved : HoursApprovalState.Refused });
    }
}
