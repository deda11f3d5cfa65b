using FluentValidation;
using Matching.Accounts;
using Matching.Api.Assignments;
using Matching.Api.Offers;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Plumbing.Outbox;
using Matching.Api.Sites;
using Matching.Volunteers;

namespace Matching.Api.Volunteers;

/// <param name="Until">When it ends by itself; none: when somebody ends it.</param>
public sealed record SuspendVolunteerRequest(Id VolunteerId, string Reason, DateTimeOffset? Until = null);

public sealed class SuspendVolunteerValidator : AbstractValidator<SuspendVolunteerRequest>
{
    public SuspendVolunteerValidator() => RuleFor(r => r.Reason).NotEmpty().MaximumLength(400);
}

/// <summary>For a time, or until somebody says otherwise, a volunteer is not asked. What she has promised for that time is open again.</summary>
public sealed class SuspendVolunteer(
    VolunteerStore volunteers, AssignmentStore assignments, OfferStore offers, GiveBack seats, PolicyStore policies, Database database, Timeline timeline, OutboxStore outbox,
    Caller caller, Vault vault, TimeProvider clock)
    : Endpoint<SuspendVolunteerRequest, VolunteerResponse>
{
    public override void Configure()
    {
        Post("/volunteers/{volunteerId}/suspend");
        Allow(Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.VolunteerUnknown, Refusals.VolunteerNotActive, Refusals.VolunteerHasLeft, Refusals.WindowInPast);
    }

    protected override Task<Outcome<VolunteerResponse>> RunAsync(SuspendVolunteerRequest request, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            var now = clock.GetUtcNow();
            if (request.Until <= now)
            {
                return Refusals.WindowInPast.At("until");
            }

            if (await volunteers.FindInReachAsync(tx, caller, request.VolunteerId) is not { } volunteer)
            {
                return Refusals.VolunteerUnknown;
            }

            var to = volunteer.Status.Suspend();
            if (to.Refused)
            {
                return to.Refusal!;
            }

            // Also what begins soon after: she would stand at the door before it is over.
            var opens = (await policies.CurrentAsync(volunteer.CenterId)).CheckInOpensBefore;
            var promised = (await assignments.PromisedByAsync(tx, volunteer.Id))
                .FindAll(seat => request.Until is not { } until || seat.WindowStart - opens < until);
            await seats.EverythingAsync(tx, promised, await offers.PendingOfVolunteerAsync(tx, volunteer.Id), caller, "suspended");

            // Read again: giving back has touched her.
            if (!await volunteers.MoveAsync(tx, (await volunteers.FindAsync(tx, volunteer.Id))!, to.Value, request.Until))
            {
                return Refusals.VolunteerNotActive;
            }

            await timeline.AddAsync(tx, volunteer.Id, volunteer.Status.ToString(), to.Value.ToString(), nameof(SuspendVolunteer), caller, request.Reason);
            await outbox.AddAsync(tx, "volunteer.suspended", volunteer.Id, volunteer.CenterId, volunteer.AccountId, new { volunteerId = volunteer.Id });
            var details = await volunteers.DetailsAsync(tx, (await volunteers.FindAsync(tx, volunteer.Id))!);
            return (Outcome<VolunteerResponse>)VolunteerResponse.ToStaff(details, vault, now);
        },
        ct);
}
