using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Sites;

namespace Matching.Api.Volunteers;

public sealed record PutMySkillsRequest(IReadOnlyList<SkillOnWire> Skills);

public sealed class PutMySkillsValidator : AbstractValidator<PutMySkillsRequest>
{
    public PutMySkillsValidator() => RuleFor(r => r.Skills).Skills();
}

/// <summary>What a volunteer can do, all of it: what is not named is taken away.</summary>
public sealed class PutMySkills(VolunteerStore volunteers, Caller caller, Vault vault, TimeProvider clock) : Endpoint<PutMySkillsRequest, VolunteerResponse>
{
    public override void Configure()
    {
        Put("/me/volunteer/skills");
        Allow(Role.Volunteer);
        Refuses(Refusals.VolunteerUnknown, Refusals.SkillUnknown, Refusals.SkillTwice, Refusals.SkillLevelOutOfRange);
    }

    protected override async Task<Outcome<VolunteerResponse>> RunAsync(PutMySkillsRequest request, CancellationToken ct)
    {
        var change = new ProfileChange { Skills = request.Skills };
        var changed = await volunteers.ChangeAsync(rows => volunteers.FindAsync(rows, caller.SubjectId), change, null, Reach.Nothing, ct);
        return changed.Refused ? changed.Refusal! : VolunteerResponse.ToHerself(changed.Value, vault, clock.GetUtcNow());
    }
}
