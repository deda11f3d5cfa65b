using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Volunteers;

namespace Matching.Api.Volunteers;

public sealed record ResumeVolunteerRequest(Id VolunteerId, string? Reason = null);

public sealed class ResumeVolunteerValidator : AbstractValidator<ResumeVolunteerRequest>
{
    public ResumeVolunteerValidator() => RuleFor(r => r.Reason).MaximumLength(400);
}

/// <summary>Ends a suspension: the volunteer is asked again.</summary>
public sealed class ResumeVolunteer(VolunteerStore volunteers, Database database, Timeline timeline, Caller caller, Vault vault, TimeProvider clock)
    : Endpoint<ResumeVolunteerRequest, VolunteerResponse>
{
    public override void Configure()
    {
        Post("/volunteers/{volunteerId}/resume");
        Allow(Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.VolunteerUnknown, Refusals.VolunteerNotSuspended, Refusals.VolunteerHasLeft);
    }

    protected override Task<Outcome<VolunteerResponse>> RunAsync(ResumeVolunteerRequest request, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            if (await volunteers.FindInReachAsync(tx, caller, request.VolunteerId) is not { } volunteer)
            {
                return Refusals.VolunteerUnknown;
            }

            var to = volunteer.Status.Resume();
            if (to.Refused)
            {
                return to.Refusal!;
            }

            if (!await volunteers.MoveAsync(tx, volunteer, to.Value))
            {
                return Refusals.VolunteerNotSuspended;
            }

            await timeline.AddAsync(tx, volunteer.Id, volunteer.Status.ToString(), to.Value.ToString(), nameof(ResumeVolunteer), caller, request.Reason);
            var details = await volunteers.DetailsAsync(tx, (await volunteers.FindAsync(tx, volunteer.Id))!);
            return (Outcome<VolunteerResponse>)VolunteerResponse.ToStaff(details, vault, clock.GetUtcNow());
        },
        ct);
}
