using FluentValidation;
using Matching.Accounts;
using Matching.Api.Dispatch;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Engine;

namespace Matching.Api.Offers;

/// <summary>A yes.</summary>
/// <param name="OfferId">Which offer.</param>
/// <param name="Note">A word to the dispatcher.</param>
/// <param name="VolunteerIds">For a team: who goes. A volunteer answers for herself and leaves it out.</param>
public sealed record AcceptOfferRequest(Id OfferId, string? Note = null, IReadOnlyList<Id>? VolunteerIds = null);

/// <summary>What she has taken on.</summary>
public sealed record AcceptOfferResponse(Id OrderId, IReadOnlyList<Id> AssignmentIds, DateTimeOffset AcceptedAt);

public sealed class AcceptOfferValidator : AbstractValidator<AcceptOfferRequest>
{
    public AcceptOfferValidator()
    {
        RuleFor(r => r.Note).MaximumLength(400);
        RuleFor(r => r.VolunteerIds).Must(ids => ids is null or { Count: > 0 and <= 100 });
    }
}

/// <summary>A volunteer, or a captain for the team, says yes. A seat goes to the first yes; a later one is told why not.</summary>
public sealed class AcceptOffer(OfferStore offers, OfferAccess access, Acceptance acceptance, Database database, Caller caller, TimeProvider clock)
    : Endpoint<AcceptOfferRequest, AcceptOfferResponse>
{
    public override void Configure()
    {
        Post("/offers/{offerId}/accept");
        Allow(Role.Volunteer, Role.Captain);
        Refuses(
            Refusals.OfferUnknown, Refusals.OfferExpired, Refusals.OfferWithdrawn, Refusals.OfferNotPending, Refusals.SeatTaken, Refusals.TeamMembersNeeded,
            Refusals.TeamMemberNot, Refusals.TooManyForSeats, Refusals.VolunteerUnknown);
        Refuses([.. HardRules.InOrder.Where(rule => rule != HardRule.NotAlreadyAsked).Select(rule => rule.Refusal())]);
    }

    protected override async Task<Outcome<AcceptOfferResponse>> RunAsync(AcceptOfferRequest request, CancellationToken ct)
    {
        // Absent and somebody else's look the same from outside.
        if (await offers.FindAsync(request.OfferId) is not { } offer || !access.IsFor(offer, caller))
        {
            return Refusals.OfferUnknown;
        }

        return await database.WriteAsync<Outcome<AcceptOfferResponse>>(
            async tx =>
            {
                var going = await access.WhoGoesAsync(tx, offer, caller, request.VolunteerIds);
                if (going.Refusal is { } refusal)
                {
                    return refusal;
                }

                var accepted = await acceptance.AcceptAsync(tx, offer, going.Value, caller, request.Note);
                return accepted.Refusal is { } no ? no : new AcceptOfferResponse(offer.OrderId, accepted.Value, clock.GetUtcNow());
            },
            ct);
    }
}
