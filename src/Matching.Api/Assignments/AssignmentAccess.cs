using Matching.Api.Plumbing;
using Matching.Accounts;
using Matching.Api.Orders;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Assignments;

/// <summary>Whose an assignment is: the volunteer's, her team's, or of staff who reach its order.</summary>
[Shared]
public sealed class AssignmentAccess(AssignmentStore assignments, OrderStore orders)
{
    /// <summary>Null when there is none, or when it is none of the caller's business.</summary>
    public async Task<AssignmentRow?> FindAsync(Caller caller, Id id)
    {
        if (await assignments.FindAsync(id) is not { } assignment)
        {
            return null;
        }

        var mine = caller.Role switch
        {
            Role.Volunteer => assignment.VolunteerId == caller.SubjectId,
            Role.Captain => assignment.TeamId == caller.SubjectId,
            _ => caller.IsStaff && await orders.FindAsync(caller, assignment.OrderId) is not null,
        };
        return mine ? assignment : null;
    }
}
