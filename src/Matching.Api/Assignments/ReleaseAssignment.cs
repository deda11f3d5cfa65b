using FluentValidation;
using Matching.Accounts;
using Matching.Api.Orders;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Assignments;

namespace Matching.Api.Assignments;

public sealed record ReleaseAssignmentRequest(Id AssignmentId, string? Reason = null);

/// <summary>The seat is open again.</summary>
public sealed record ReleaseAssignmentResponse(Id AssignmentId, AssignmentState State);

public sealed class ReleaseAssignmentValidator : AbstractValidator<ReleaseAssignmentRequest>
{
    public ReleaseAssignmentValidator() => RuleFor(r => r.Reason).MaximumLength(400);
}

/// <summary>A volunteer cannot come after all, or staff takes her name off: the seat is open again, and the search goes on.</summary>
public sealed class ReleaseAssignment(AssignmentStore assignments, AssignmentAccess access, GiveBack seats, OrderStore orders, Database database, Caller caller)
    : Endpoint<ReleaseAssignmentRequest, ReleaseAssignmentResponse>
{
    public override void Configure()
    {
        Post("/assignments/{assignmentId}/release");
        Allow(Role.Volunteer, Role.Captain, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.AssignmentUnknown, Refusals.AssignmentStateWrong, Refusals.ReleaseTooLate);
    }

    protected override async Task<Outcome<ReleaseAssignmentResponse>> RunAsync(ReleaseAssignmentRequest request, CancellationToken ct)
    {
        if (await access.FindAsync(caller, request.AssignmentId) is not { } read)
        {
            return Refusals.AssignmentUnknown;
        }

        return await database.WriteAsync<Outcome<ReleaseAssignmentResponse>>(
            async tx =>
            {
                var order = (await orders.LockAsync(tx, read.OrderId))!;
                var assignment = (await assignments.FindAsync(tx, read.Id))!;
                if (assignment.ToAssignment().Release().Refusal is { } refusal)
                {
                    return assignment.State is AssignmentState.CheckedIn or AssignmentState.CheckedOut ? Refusals.ReleaseTooLate : refusal;
                }

                await seats.OneAsync(tx, order, assignment, AssignmentDeed.Release, caller, request.Reason);
                return new ReleaseAssignmentResponse(assignment.Id, AssignmentState.Released);
            },
            ct);
    }
}
