using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Volunteers;

public sealed record StopVolunteeringRequest(string? Reason = null);

public sealed class StopVolunteeringValidator : AbstractValidator<StopVolunteeringRequest>
{
    public StopVolunteeringValidator() => RuleFor(r => r.Reason).MaximumLength(400);
}

/// <summary>A volunteer stops. What she did stays in the ledger; she may come back by registering again.</summary>
public sealed class StopVolunteering(VolunteerStore volunteers, Farewell farewell, Database database, Caller caller, Vault vault, TimeProvider clock)
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

            var left = await farewell.LeaveAsync(tx, volunteer, nameof(StopVolunteering), caller, request.Reason);
            return left.Refusal is { } refusal ? refusal : (Outcome<VolunteerResponse>)VolunteerResponse.ToHerself(left.Value, vault, clock.GetUtcNow());
        },
        ct);
}
