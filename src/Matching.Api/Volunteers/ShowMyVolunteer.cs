using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Volunteers;

public sealed record ShowMyVolunteerRequest;

/// <summary>What is on record about the volunteer who asks.</summary>
public sealed class ShowMyVolunteer(VolunteerStore volunteers, Database database, Caller caller, Vault vault, TimeProvider clock)
    : Endpoint<ShowMyVolunteerRequest, VolunteerResponse>
{
    public override void Configure()
    {
        Get("/me/volunteer");
        Allow(Role.Volunteer);
        Refuses(Refusals.VolunteerUnknown);
    }

    protected override Task<Outcome<VolunteerResponse>> RunAsync(ShowMyVolunteerRequest request, CancellationToken ct) => database.ReadAsync(
        async rows => await volunteers.FindAsync(rows, caller.SubjectId) is { } volunteer
            ? VolunteerResponse.ToHerself(await volunteers.DetailsAsync(rows, volunteer), vault, clock.GetUtcNow())
            : (Outcome<VolunteerResponse>)Refusals.VolunteerUnknown,
        ct);
}
