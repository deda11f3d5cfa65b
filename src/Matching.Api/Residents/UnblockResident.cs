using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Volunteers;

namespace Matching.Api.Residents;

public sealed record UnblockResidentRequest(Id ResidentId);

/// <summary>A volunteer takes back that she does not want to go to a resident.</summary>
public sealed class UnblockResident(ResidentStore residents, VolunteerStore volunteers, Database database, Caller caller)
    : Endpoint<UnblockResidentRequest, Done>
{
    public override void Configure()
    {
        Delete("/me/volunteer/blocks/{residentId}");
        Allow(Role.Volunteer);
        Refuses(Refusals.ResidentUnknown, Refusals.VolunteerUnknown);
    }

    protected override Task<Outcome<Done>> RunAsync(UnblockResidentRequest request, CancellationToken ct) => database.WriteAsync(
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

            await volunteers.TouchAsync(tx, caller.SubjectId);
            await residents.UnblockAsync(tx, caller.SubjectId, request.ResidentId, "Volunteer");
            return (Outcome<Done>)Done.It;
        },
        ct);
}
