using FluentValidation;
using Matching.Accounts;
using Matching.Api.Assignments;
using Matching.Api.Dispatch;
using Matching.Api.Offers;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;
using Matching.Assignments;
using Matching.Engine;
using Matching.Policies;

namespace Matching.Api.Orders;

/// <summary>Whose seat, and who shall be asked instead.</summary>
/// <param name="OrderId">Which order.</param>
/// <param name="AssignmentId">The seat to be given to somebody else.</param>
/// <param name="Reason">Why; she is told.</param>
/// <param name="VolunteerId">Whom to ask; left out: the search goes on.</param>
public sealed record ReassignSeatRequest(Id OrderId, Id AssignmentId, string Reason, Id? VolunteerId = null);

public sealed class ReassignSeatValidator : AbstractValidator<ReassignSeatRequest>
{
    public ReassignSeatValidator() => RuleFor(r => r.Reason).NotEmpty().MaximumLength(400);
}

/// <summary>Takes a seat from one volunteer and asks another. People consent, so the other is offered the seat, not put into it.</summary>
public sealed class ReassignSeat(
    OrderStore orders, AssignmentStore assignments, GiveBack seats, Dispatcher dispatcher, PolicyStore policies, Database database, Caller caller, TimeProvider clock)
    : Endpoint<ReassignSeatRequest, OrderAnswer>
{
    public override void Configure()
    {
        Post("/orders/{orderId}/reassign");
        Allow(Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.MatchingNotReady, Refusals.OrderUnknown, Refusals.AssignmentUnknown, Refusals.AssignmentStateWrong, Refusals.VolunteerUnknown);
        Refuses([.. HardRules.InOrder.Select(rule => rule.Refusal())]);
    }

    protected override async Task<Outcome<OrderAnswer>> RunAsync(ReassignSeatRequest request, CancellationToken ct)
    {
        if (await orders.FindAsync(caller, request.OrderId) is not { } read)
        {
            return Refusals.OrderUnknown;
        }

        var picked = request.VolunteerId is { } volunteerId ? await dispatcher.PickAsync(read, [volunteerId], ct) : new List<NewOffer>();
        if (picked.Refusal is { } rule)
        {
            return rule;
        }

        return await database.WriteAsync<Outcome<OrderAnswer>>(
            async tx =>
            {
                var order = (await orders.LockAsync(tx, read.Id))!;
                if (await assignments.FindAsync(tx, request.AssignmentId) is not { } assignment || assignment.OrderId != order.Id)
                {
                    return Refusals.AssignmentUnknown.At("assignmentId");
                }

                if (assignment.ToAssignment().Reassign().Refusal is { } refusal)
                {
                    return refusal;
                }

                await seats.OneAsync(tx, order, assignment, AssignmentDeed.Reassign, caller, request.Reason);
                await assignments.TellAsync(tx, assignment, "assignment.reassigned");
                if (picked.Value.Count > 0)
                {
                    var now = (await orders.FindAsync(tx, order.Id))!;
                    var policy = await policies.EffectiveAsync(now.CenterId, now.OwnerPath, clock.GetUtcNow());
                    await dispatcher.OpenAsync(tx, now, policy, radiusM: null, wave: 1, picked.Value, run: null, allAsked: false);
                }

                return OrderAnswer.From(await orders.SettleAsync(tx, order.Id, caller));
            },
            ct);
    }
}
