using Matching.Accounts;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Volunteers;

public sealed record VerifyQualificationRequest(Id VolunteerId, Id HeldId);

/// <summary>A clerk has seen the certificate: from now on it counts.</summary>
public sealed class VerifyQualification(VolunteerStore volunteers, Database database, Timeline timeline, Caller caller, Vault vault, TimeProvider clock)
    : Endpoint<VerifyQualificationRequest, VolunteerResponse>
{
    public override void Configure()
    {
        Post("/volunteers/{volunteerId}/qualifications/{heldId}/verify");
        Allow(Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.VolunteerUnknown, Refusals.HeldQualificationUnknown);
    }

    protected override Task<Outcome<VolunteerResponse>> RunAsync(VerifyQualificationRequest request, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            if (await volunteers.FindInReachAsync(tx, caller, request.VolunteerId) is not { } volunteer)
            {
                return Refusals.VolunteerUnknown;
            }

            if (!await volunteers.VerifyCertificateAsync(tx, volunteer.Id, request.HeldId, caller.AccountId))
            {
                return Refusals.HeldQualificationUnknown;
            }

            await timeline.AddAsync(tx, request.HeldId, "Claimed", "Verified", nameof(VerifyQualification), caller);
            var details = await volunteers.DetailsAsync(tx, (await volunteers.FindAsync(tx, volunteer.Id))!);
            return (Outcome<VolunteerResponse>)VolunteerResponse.ToStaff(details, vault, clock.GetUtcNow());
        },
        ct);
}
