using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Sites;

namespace Matching.Api.Volunteers;

/// <param name="Exceptions">Periods in which the weekly hours do not hold; none given leaves those on record.</param>
public sealed record PutMyAvailabilityRequest(IReadOnlyList<SlotOnWire> Weekly, IReadOnlyList<ExceptionOnWire>? Exceptions = null);

public sealed class PutMyAvailabilityValidator : AbstractValidator<PutMyAvailabilityRequest>
{
    public PutMyAvailabilityValidator()
    {
        RuleFor(r => r.Weekly).Weekly();
        RuleFor(r => r.Exceptions).Exceptions();
    }
}

/// <summary>When a volunteer has time: the hours of every week, and the exceptions.</summary>
public sealed class PutMyAvailability(VolunteerStore volunteers, Caller caller, Vault vault, TimeProvider clock) : Endpoint<PutMyAvailabilityRequest, VolunteerResponse>
{
    public override void Configure()
    {
        Put("/me/volunteer/availability");
        Allow(Role.Volunteer);
        Refuses(Refusals.VolunteerUnknown, Refusals.SlotOutOfRange, Refusals.SlotsOverlap, Refusals.WindowBackwards);
    }

    protected override async Task<Outcome<VolunteerResponse>> RunAsync(PutMyAvailabilityRequest request, CancellationToken ct)
    {
        var change = new ProfileChange { Weekly = request.Weekly, Exceptions = request.Exceptions };
        var changed = await volunteers.ChangeAsync(rows => volunteers.FindAsync(rows, caller.SubjectId), change, null, Reach.Nothing, ct);
        return changed.Refused ? changed.Refusal! : VolunteerResponse.ToHerself(changed.Value, vault, clock.GetUtcNow());
    }
}
