using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Sites;

namespace Matching.Api.Volunteers;

public sealed record PutMyLimitsRequest(int OrdersAWeek, int MinutesADay);

public sealed class PutMyLimitsValidator : AbstractValidator<PutMyLimitsRequest>
{
    public PutMyLimitsValidator()
    {
        RuleFor(r => r.OrdersAWeek).InclusiveBetween(1, 100);
        RuleFor(r => r.MinutesADay).InclusiveBetween(1, 24 * 60);
    }
}

/// <summary>The most that a volunteer wants to do, in orders a week and minutes a day.</summary>
public sealed class PutMyLimits(VolunteerStore volunteers, Caller caller, Vault vault, TimeProvider clock) : Endpoint<PutMyLimitsRequest, VolunteerResponse>
{
    public override void Configure()
    {
        Put("/me/volunteer/limits");
        Allow(Role.Volunteer);
        Refuses(Refusals.VolunteerUnknown, Refusals.LimitsOutOfRange);
    }

    protected override async Task<Outcome<VolunteerResponse>> RunAsync(PutMyLimitsRequest request, CancellationToken ct)
    {
        var change = new ProfileChange { Limits = new LimitsOnWire(request.OrdersAWeek, request.MinutesADay) };
        var changed = await volunteers.ChangeAsync(rows => volunteers.FindAsync(rows, caller.SubjectId), change, null, Reach.Nothing, ct);
        return changed.Refused ? changed.Refusal! : VolunteerResponse.ToHerself(changed.Value, vault, clock.GetUtcNow());
    }
}
