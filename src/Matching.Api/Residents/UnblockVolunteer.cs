using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Volunteers;

namespace Matching.Api.Residents;

public sealed record UnblockVolunteerRequest(Id ResidentId, Id VolunteerId);

/// <summary>A resident takes back that a volunteer shall not come.</summary>
public sealed class UnblockVolunteer(ResidentStore residents, VolunteerStore volunteers, Database database, Caller caller)
    : Endpoint<UnblockVolunteerRequest, Done>
{
    public override void Configure()
    {
        Delete("/residents/{residentId}/blocks/{volunteerId}");
        AllowAnyAccount();
        Refuses(Refusals.ResidentUnknown, Refusals.VolunteerUnknown);
    }

    protected override Task<Outcome<Done>> RunAsync(UnblockVolunteerRequest request, CancellationToken ct) => database.WriteAsync(
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

            await volunteers.TouchAsync(tx, request.VolunteerId);
            await residents.UnblockAsync(tx, request.VolunteerId, request.ResidentId, "Resident");
            return (Outcome<Done>)Done.It;
        },
        ct);
}
