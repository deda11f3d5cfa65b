using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Sites;

namespace Matching.Api.Volunteers;

/// <summary>What is left out stays as it is.</summary>
/// <param name="RadiusM">How far she goes, in metres.</param>
/// <param name="CompanionId">The adult volunteer who comes along, for a minor.</param>
public sealed record ChangeMyVolunteerRequest(string? Phone = null, IReadOnlyList<string>? Languages = null, int? RadiusM = null, Id? CompanionId = null);

public sealed class ChangeMyVolunteerValidator : AbstractValidator<ChangeMyVolunteerRequest>
{
    public ChangeMyVolunteerValidator()
    {
        RuleFor(r => r.Phone).OptionalPhone();
        RuleFor(r => r.Languages).Languages();
        RuleFor(r => r.RadiusM).InclusiveBetween(100, 100_000);
    }
}

/// <summary>A volunteer changes what may change without a clerk.</summary>
public sealed class ChangeMyVolunteer(VolunteerStore volunteers, Caller caller, Vault vault, TimeProvider clock) : Endpoint<ChangeMyVolunteerRequest, VolunteerResponse>
{
    public override void Configure()
    {
        Patch("/me/volunteer");
        Allow(Role.Volunteer);
        Refuses(Refusals.VolunteerUnknown, Refusals.CompanionWrong, Refusals.PhoneInvalid);
    }

    protected override async Task<Outcome<VolunteerResponse>> RunAsync(ChangeMyVolunteerRequest request, CancellationToken ct)
    {
        var change = new ProfileChange { Phone = request.Phone, Languages = request.Languages, RadiusM = request.RadiusM, CompanionId = request.CompanionId };
        var changed = await volunteers.ChangeAsync(rows => volunteers.FindAsync(rows, caller.SubjectId), change, null, Reach.Nothing, ct);
        return changed.Refused ? changed.Refusal! : VolunteerResponse.ToHerself(changed.Value, vault, clock.GetUtcNow());
    }
}
