using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Sites;

namespace Matching.Api.Volunteers;

public sealed record PutMyPlacesRequest(IReadOnlyList<StartingPlace> Places);

public sealed class PutMyPlacesValidator : AbstractValidator<PutMyPlacesRequest>
{
    public PutMyPlacesValidator() => RuleFor(r => r.Places).StartingPlaces();
}

/// <summary>Where a volunteer sets out from, all of them; the nearest counts.</summary>
public sealed class PutMyPlaces(VolunteerStore volunteers, Caller caller, Vault vault, TimeProvider clock) : Endpoint<PutMyPlacesRequest, VolunteerResponse>
{
    public override void Configure()
    {
        Put("/me/volunteer/places");
        Allow(Role.Volunteer);
        Refuses(Refusals.VolunteerUnknown, Refusals.PlaceOffEarth);
    }

    protected override async Task<Outcome<VolunteerResponse>> RunAsync(PutMyPlacesRequest request, CancellationToken ct)
    {
        var change = new ProfileChange { Places = request.Places };
        var changed = await volunteers.ChangeAsync(rows => volunteers.FindAsync(rows, caller.SubjectId), change, null, Reach.Nothing, ct);
        return changed.Refused ? changed.Refusal! : VolunteerResponse.ToHerself(changed.Value, vault, clock.GetUtcNow());
    }
}
