using Matching.Accounts;
using Matching.Api.Assignments;
using Matching.Api.Offers;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Volunteers;

namespace Matching.Api.Residents;

public sealed record BlockResidentRequest(Id ResidentId);

/// <summary>A volunteer does not want to go to a resident; she is never asked for him again.</summary>
public sealed class BlockResident(
    ResidentStore residents, VolunteerStore volunteers, AssignmentStore assignments, OfferStore offers, GiveBack seats, Database database, Caller caller, TimeProvider clock)
    : Endpoint<BlockResidentRequest, Done>
{
    public override void Configure()
    {
        Post("/me/volunteer/blocks");
        Allow(Role.Volunteer);
        Refuses(Refusals.ResidentUnknown, Refusals.VolunteerUnknown);
    }

    protected override Task<Outcome<Done>> RunAsync(BlockResidentRequest request, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            if (await residents.FindAsync(tx, request.ResidentId) is null)
            {
                return Refusals.ResidentUnknown;
            }

            if (await volunteers.FindAsync(tx, caller.SubjectId) is null)
            {
                return Refusals.VolunteerUnknown;
            }

            // What she has promised here, somebody else takes over.
            var promised = await assignments.PromisedToAsync(tx, caller.SubjectId, request.ResidentId);
            await seats.EverythingAsync(tx, promised, await offers.PendingBetweenAsync(tx, caller.SubjectId, request.ResidentId), caller, "blocked");
            await volunteers.TouchAsync(tx, caller.SubjectId);
            await residents.BlockAsync(tx, caller.SubjectId, request.ResidentId, "Volunteer", clock.GetUtcNow());
            return (Outcome<Done>)Done.It;
        },
        ct);
}
