using Matching.Accounts;
using Matching.Api.Orders;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Residents;
using Matching.Assignments;
using Matching.Orders;

namespace Matching.Api.Assignments;

public sealed record CallResidentRequest(Id AssignmentId);

/// <summary>The number to call, in E.164.</summary>
public sealed record CallResidentResponse(Id AssignmentId, string Phone);

/// <summary>
/// A volunteer is about to call the resident: she gets the number, and the resident can read that she did. Only until she has checked out. The answer is never
/// kept, so that a request repeated later is asked anew.
/// </summary>
public sealed class CallResident(
    AssignmentAccess access, AssignmentStore assignments, OrderStore orders, ResidentStore residents, Reveals reveals, Vault vault, Database database, Caller caller)
    : Endpoint<CallResidentRequest, CallResidentResponse>
{
    public override void Configure()
    {
        Post("/assignments/{assignmentId}/call");
        Allow(Role.Volunteer);
        NeverKeepAnswer();
        Refuses(Refusals.AssignmentUnknown, Refusals.ContactClosed, Refusals.NothingToReveal);
    }

    protected override async Task<Outcome<CallResidentResponse>> RunAsync(CallResidentRequest request, CancellationToken ct)
    {
        if (await access.FindAsync(caller, request.AssignmentId) is not { } read)
        {
            return Refusals.AssignmentUnknown;
        }

        return await database.WriteAsync<Outcome<CallResidentResponse>>(
            async tx =>
            {
                var order = (await orders.FindAsync(tx, read.OrderId))!;
                var assignment = (await assignments.FindAsync(tx, read.Id))!;
                if (assignment.State is not (AssignmentState.Confirmed or AssignmentState.CheckedIn) || !order.State.IsOpen())
                {
                    return Refusals.ContactClosed;
                }

                if (order.ResidentId is not { } residentId || await residents.FindAsync(tx, residentId) is not { PhoneSealed: { } phone } resident)
                {
                    return Refusals.NothingToReveal;
                }

                await reveals.AddAsync(tx, resident.Id, caller, "phone", order.Id);
                return new CallResidentResponse(assignment.Id, vault.Open(phone));
            },
            ct);
    }
}
