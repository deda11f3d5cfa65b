using Matching.Accounts;
using Matching.Api.Assignments;
using Matching.Api.Offers;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Volunteers;

namespace Matching.Api.Residents;

public sealed record BlockVolunteerRequest(Id ResidentId, Id VolunteerId);

/// <summary>A resident does not want a volunteer to come; she is never asked for this resident again.</summary>
public sealed class BlockVolunteer(
    ResidentStore residents, VolunteerStore volunteers, AssignmentStore assignments, OfferStore offers, GiveBack seats, Database database, Caller caller, TimeProvider clock)
    : Endpoint<BlockVolunteerRequest, Done>
{
    public override void Configure()
    {
        Post("/residents/{residentId}/blocks");
        AllowAnyAccount();
        Refuses(Refusals.ResidentUnknown, Refusals.VolunteerUnknown);
    }

    protected override Task<Outcome<Done>> RunAsync(BlockVolunteerRequest request, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            if (await residents.MayAskForAsync(tx, caller, request.ResidentId) is null)
            {
                return Refusals.ResidentUnknown;
            }

            if (await volunteers.FindAsync(tx, request.VolunteerId) is null)
            {
                return Refusals.VolunteerUnknown;
            }

            // What she has promised here, somebody else takes over.
            var promised = await assignments.PromisedToAsync(tx, request.VolunteerId, request.ResidentId);
            await seats.EverythingAsync(tx, promised, await offers.PendingBetweenAsync(tx, request.VolunteerId, request.ResidentId), caller, "blocked");
            await volunteers.TouchAsync(tx, request.VolunteerId);
            await residents.BlockAsync(tx, request.VolunteerId, request.ResidentId, "Resident", clock.GetUtcNow());
            return (Outcome<Done>)Done.It;
        },
        ct);
}
