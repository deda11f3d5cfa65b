using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Volunteers;

public sealed record ShowVolunteerRequest(Id VolunteerId);

/// <summary>One volunteer to staff: numbers masked, places blurred.</summary>
public sealed class ShowVolunteer(VolunteerStore volunteers, Database database, Caller caller, Vault vault, TimeProvider clock)
    : Endpoint<ShowVolunteerRequest, VolunteerResponse>
{
    public override void Configure()
    {
        Get("/volunteers/{volunteerId}");
        Allow(Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin, Role.PlatformAdmin);
        Refuses(Refusals.VolunteerUnknown);
    }

    protected override Task<Outcome<VolunteerResponse>> RunAsync(ShowVolunteerRequest request, CancellationToken ct) => database.ReadAsync(
        async rows => await volunteers.FindInReachAsync(rows, caller, request.VolunteerId) is { } volunteer
            ? VolunteerResponse.ToStaff(await volunteers.DetailsAsync(rows, volunteer), vault, clock.GetUtcNow())
            : (Outcome<VolunteerResponse>)Refusals.VolunteerUnknown,
        ct);
}
