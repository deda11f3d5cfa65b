using Matching.Api.Assignments;
using Matching.Api.Offers;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Volunteers;

namespace Matching.Api.Volunteers;

/// <summary>How a volunteer leaves, whether she says so herself or a clerk for her: not while she has promised a service, and nobody waits for her answer any more.</summary>
[Shared]
public sealed class Farewell(VolunteerStore volunteers, OfferStore offers, GiveBack seats, Timeline timeline)
{
    public async Task<Outcome<VolunteerDetails>> LeaveAsync(Transaction tx, Volunteer volunteer, string deed, Actor actor, string? reason)
    {
        await seats.EverythingAsync(tx, [], await offers.PendingOfVolunteerAsync(tx, volunteer.Id), actor, "left");

        // Touched before the promises are counted: who promises her something meanwhile waits, and then finds her gone.
        await volunteers.TouchAsync(tx, volunteer.Id);
        var to = volunteer.Status.Leave(await volunteers.OpenAssignmentsAsync(tx, volunteer.Id));
        if (to.Refused)
        {
            return to.Refusal!;
        }

        if (!await volunteers.MoveAsync(tx, volunteer, to.Value))
        {
            return Refusals.VolunteerHasLeft;
        }

        await timeline.AddAsync(tx, volunteer.Id, volunteer.Status.ToString(), to.Value.ToString(), deed, actor, reason);
        return await volunteers.DetailsAsync(tx, (await volunteers.FindAsync(tx, volunteer.Id))!);
    }
}
