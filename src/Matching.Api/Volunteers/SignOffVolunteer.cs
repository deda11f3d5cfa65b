using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Volunteers;

namespace Matching.Api.Volunteers;

public sealed record SignOffVolunteerRequest(Id VolunteerId, string Reason);

public sealed class SignOffVolunteerValidator : AbstractValidator<SignOffVolunteerRequest>
{
    public SignOffVolunteerValidator() => RuleFor(r => r.Reason).NotEmpty().MaximumLength(400);
}

/// <summary>A volunteer has told a clerk that she stops. What she did stays in the ledger; she may come back.</summary>
public sealed class SignOffVolunteer(VolunteerStore volunteers, Database database, Timeline timeline, Caller caller, Vault vault, TimeProvider clock)
    : Endpoint<SignOffVolunteerRequest, VolunteerResponse>
{
    public override void Configure()
    {
        Post("/volunteers/{volunteerId}/leave");
        Allow(Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.VolunteerUnknown, Refusals.VolunteerHasLeft, Refusals.VolunteerHasAssignments);
    }

    protected override Task<Outcome<VolunteerResponse>> RunAsync(SignOffVolunteerRequest request, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            if (await volunteers.FindInReachAsync(tx, caller, request.VolunteerId) is not { } volunteer)
            {
                return Refusals.VolunteerUnknown;
            }

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

            await timeline.AddAsync(tx, volunteer.Id, volunteer.Status.ToString(), to.Value.ToString(), nameof(SignOffVolunteer), caller, request.Reason);
            var details = await volunteers.DetailsAsync(tx, (await volunteers.FindAsync(tx, volunteer.Id))!);
            return (Outcome<VolunteerResponse>)VolunteerResponse.ToStaff(details, vault, clock.GetUtcNow());
        },
        ct);
}
