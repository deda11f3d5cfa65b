using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Volunteers;

public sealed record SignOffVolunteerRequest(Id VolunteerId, string Reason);

public sealed class SignOffVolunteerValidator : AbstractValidator<SignOffVolunteerRequest>
{
    public SignOffVolunteerValidator() => RuleFor(r => r.Reason).NotEmpty().MaximumLength(400);
}

/// <summary>A volunteer has told a clerk that she stops. What she did stays in the ledger; she may come back.</summary>
public sealed class SignOffVolunteer(VolunteerStore volunteers, Farewell farewell, Database database, Caller caller, Vault vault, TimeProvider clock)
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

            var left = await farewell.LeaveAsync(tx, volunteer, nameof(SignOffVolunteer), caller, request.Reason);
            return left.Refusal is { } refusal ? refusal : (Outcome<VolunteerResponse>)VolunteerResponse.ToStaff(left.Value, vault, clock.GetUtcNow());
        },
        ct);
}
