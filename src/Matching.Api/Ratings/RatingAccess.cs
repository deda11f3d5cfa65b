using Matching.Accounts;
using Matching.Api.Assignments;
using Matching.Api.Orders;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Service;
using Matching.Ratings;

namespace Matching.Api.Ratings;

/// <summary>On which side of an assignment a caller stands.</summary>
[Shared]
public sealed class RatingAccess(AssignmentStore assignments, OrderStore orders, OrderParty party, Database database)
{
    /// <summary>Null when it is none of the caller's business. A volunteer rates only what she did herself; staff speak for the resident.</summary>
    public async Task<RatedAssignment?> FindAsync(Caller caller, Id assignmentId)
    {
        if (await assignments.FindAsync(assignmentId) is not { } assignment || await orders.FindAsync(assignment.OrderId) is not { } order)
        {
            return null;
        }

        if (caller.Role is Role.Volunteer or Role.Captain)
        {
            return assignment.VolunteerId == caller.SubjectId ? new RatedAssignment(assignment, order, RatingDirection.OfResident) : null;
        }

        return await party.OfAsync(database, caller, order) == Party.None ? null : new RatedAssignment(assignment, order, RatingDirection.OfVolunteer);
    }

    /// <summary>Nobody praises themselves under another hat.</summary>
    public async Task<bool> IsOwnServiceAsync(Caller caller, RatedAssignment found) =>
        found.Direction == RatingDirection.OfVolunteer && await party.ServesUnderAnyHatAsync(database, caller, found.Order.Id);
}

/// <summary>An assignment, its order, and whom the caller rates.</summary>
public sealed record RatedAssignment(AssignmentRow Assignment, OrderRow Order, RatingDirection Direction);
