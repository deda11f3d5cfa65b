using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Volunteers;

/// <summary>What is left out stays as it is; a list that is given replaces the whole list.</summary>
/// <param name="SiteId">A new home site within reach.</param>
/// <param name="CompanionId">The adult volunteer who comes along with a minor.</param>
public sealed record ChangeVolunteerRequest(
    Id VolunteerId, Id? SiteId = null, string? Phone = null, IReadOnlyList<string>? Languages = null, DateOnly? InsuredUntil = null, Id? CompanionId = null,
    int? RadiusM = null, LimitsOnWire? Limits = null, IReadOnlyList<SkillOnWire>? Skills = null, IReadOnlyList<StartingPlace>? Places = null,
    IReadOnlyList<SlotOnWire>? Weekly = null, IReadOnlyList<ExceptionOnWire>? Exceptions = null);

public sealed class ChangeVolunteerValidator : AbstractValidator<ChangeVolunteerRequest>
{
    public ChangeVolunteerValidator()
    {
        RuleFor(r => r.Phone).OptionalPhone();
        RuleFor(r => r.Languages).Languages();
        RuleFor(r => r.RadiusM).InclusiveBetween(100, 100_000);
        RuleFor(r => r.Limits).Limits();
        RuleFor(r => r.Skills).Skills();
        RuleFor(r => r.Places).StartingPlaces();
        RuleFor(r => r.Weekly).Weekly();
        RuleFor(r => r.Exceptions).Exceptions();
    }
}

/// <summary>A clerk writes down what a volunteer told her, who may have no smartphone.</summary>
public sealed class ChangeVolunteer(VolunteerStore volunteers, Caller caller, Vault vault, TimeProvider clock) : Endpoint<ChangeVolunteerRequest, VolunteerResponse>
{
    public override void Configure()
    {
        Patch("/volunteers/{volunteerId}");
        Allow(Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin);
        EditsWithIfMatch();
        Refuses(Refusals.VolunteerUnknown, Refusals.SiteUnknown, Refusals.SkillUnknown, Refusals.SkillTwice, Refusals.SkillLevelOutOfRange,
            Refusals.CompanionWrong, Refusals.LimitsOutOfRange, Refusals.SlotsOverlap, Refusals.SlotOutOfRange, Refusals.PhoneInvalid);
    }

    protected override async Task<Outcome<VolunteerResponse>> RunAsync(ChangeVolunteerRequest request, CancellationToken ct)
    {
        var change = new ProfileChange
        {
            SiteId = request.SiteId,
            Phone = request.Phone,
            Languages = request.Languages,
            InsuredUntil = request.InsuredUntil,
            CompanionId = request.CompanionId,
            RadiusM = request.RadiusM,
            Limits = request.Limits,
            Skills = request.Skills,
            Places = request.Places,
            Weekly = request.Weekly,
            Exceptions = request.Exceptions,
        };
        var changed = await volunteers.ChangeAsync(rows => volunteers.FindInReachAsync(rows, caller, request.VolunteerId), change, IfMatch, caller.Reach, ct);
        return changed.Refused ? changed.Refusal! : VolunteerResponse.ToStaff(changed.Value, vault, clock.GetUtcNow());
    }
}
