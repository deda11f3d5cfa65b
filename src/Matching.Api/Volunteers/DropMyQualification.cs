using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Volunteers;

public sealed record DropMyQualificationRequest(Id HeldId);

/// <summary>A volunteer takes a certificate off her record.</summary>
public sealed class DropMyQualification(VolunteerStore volunteers, Database database, Caller caller) : Endpoint<DropMyQualificationRequest, Done>
{
    public override void Configure()
    {
        Delete("/me/volunteer/qualifications/{heldId}");
        Allow(Role.Volunteer);
        Refuses(Refusals.HeldQualificationUnknown);
    }

    protected override Task<Outcome<Done>> RunAsync(DropMyQualificationRequest request, CancellationToken ct) => database.WriteAsync(
        async tx => await volunteers.DropCertificateAsync(tx, caller.SubjectId, request.HeldId) ? Done.It : (Outcome<Done>)Refusals.HeldQualificationUnknown,
        ct);
}
