using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Volunteers;

namespace Matching.Api.Volunteers;

public sealed record StopVolunteeringRequest(string? Reason = null);

public sealed class StopVolunteeringValidator : AbstractValidator<StopVolunteeringRequest>
{
    public StopVolunteeringValidator() => RuleFor(r => r.Reason).MaximumLength(400);
}

/// <summary>A volunteer stops. What she did stays in the ledger; she may come back by registering again.</summary>
public sealed class StopVolunteering(VolunteerStore volunteers, Database database, Timeline timeline, Caller caller, Vault vault, TimeProvider clock)
    : Endpoint<StopVolunteeringRequest, VolunteerResponse>
{
    public override void Configure()
    {
        Post("/me/volunteer/leave");
        Allow(Role.Volunteer);
        Refuses(Refusals.VolunteerUnknown, Refusals.VolunteerHasLeft, Refusals.VolunteerHasAssignments);
    }

    protected override Task<Outcome<VolunteerResponse>> RunAsync(StopVolunteeringRequest request, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            if (await volunteers.FindAsync(tx, caller.SubjectId) is not { } volunteer)
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

            await timeline.AddAsync(tx, volunteer.Id, volunteer.Status.ToString(), to.Value.ToString(), nameof(StopVolunteering), caller, request.Reason);
            var details = await volunteers.DetailsAsync(tx, (await volunteers.FindAsync(tx, volunteer.Id))!);
            return (Outcome<VolunteerResponse>)VolunteerResponse.ToHerself(details, vault, clock.GetUtcNow());
        },
        ct);
}
