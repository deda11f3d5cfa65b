using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Plumbing.Outbox;
using Matching.Volunteers;

namespace Matching.Api.Volunteers;

/// <param name="RealNameChecked">The clerk has held name and number against the id card.</param>
public sealed record ApproveVolunteerRequest(Id VolunteerId, bool RealNameChecked, string? Note = null);

public sealed class ApproveVolunteerValidator : AbstractValidator<ApproveVolunteerRequest>
{
    public ApproveVolunteerValidator() => RuleFor(r => r.Note).MaximumLength(400);
}

/// <summary>A clerk has seen the id card: from now on the volunteer is asked.</summary>
public sealed class ApproveVolunteer(
    VolunteerStore volunteers, Database database, Timeline timeline, OutboxStore outbox, Caller caller, Vault vault, TimeProvider clock)
    : Endpoint<ApproveVolunteerRequest, VolunteerResponse>
{
    public override void Configure()
    {
        Post("/volunteers/{volunteerId}/approve");
        Allow(Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.VolunteerUnknown, Refusals.RealNameNotVerified, Refusals.VolunteerAlreadyApproved, Refusals.VolunteerHasLeft);
    }

    protected override Task<Outcome<VolunteerResponse>> RunAsync(ApproveVolunteerRequest request, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            if (await volunteers.FindInReachAsync(tx, caller, request.VolunteerId) is not { } volunteer)
            {
                return Refusals.VolunteerUnknown;
            }

            var realName = volunteer.RealName || request.RealNameChecked;
            var to = volunteer.Status.Approve(realName);
            if (to.Refused)
            {
                return to.Refusal!;
            }

            if (!await volunteers.MoveAsync(tx, volunteer with { RealName = realName }, to.Value))
            {
                return Refusals.VolunteerAlreadyApproved;
            }

            await timeline.AddAsync(tx, volunteer.Id, volunteer.Status.ToString(), to.Value.ToString(), nameof(ApproveVolunteer), caller, request.Note);
            await outbox.AddAsync(tx, "volunteer.approved", volunteer.Id, volunteer.CenterId, volunteer.AccountId, new { volunteerId = volunteer.Id });
            var details = await volunteers.DetailsAsync(tx, (await volunteers.FindAsync(tx, volunteer.Id))!);
            return (Outcome<VolunteerResponse>)VolunteerResponse.ToStaff(details, vault, clock.GetUtcNow());
        },
        ct);
}
