using FluentValidation;
using Matching.Accounts;
using Matching.Api.Orders;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Offers;

namespace Matching.Api.Offers;

/// <summary>A no, and why.</summary>
public sealed record DeclineOfferRequest(Id OfferId, DeclineReason Reason, string? Note = null);

/// <summary>The no was noted.</summary>
public sealed record DeclineOfferResponse(Id OfferId, OfferState State);

public sealed class DeclineOfferValidator : AbstractValidator<DeclineOfferRequest>
{
    public DeclineOfferValidator() => RuleFor(r => r.Note).MaximumLength(400);
}

/// <summary>A volunteer or captain says no, with the reason. When the last one of a round has answered, the next round need not wait.</summary>
public sealed class DeclineOffer(OfferStore offers, OfferAccess access, OrderStore orders, Database database, Caller caller, TimeProvider clock)
    : Endpoint<DeclineOfferRequest, DeclineOfferResponse>
{
    public override void Configure()
    {
        Post("/offers/{offerId}/decline");
        Allow(Role.Volunteer, Role.Captain);
        Refuses(Refusals.OfferUnknown, Refusals.OfferExpired, Refusals.OfferWithdrawn, Refusals.OfferNotPending, Refusals.SeatTaken);
    }

    protected override async Task<Outcome<DeclineOfferResponse>> RunAsync(DeclineOfferRequest request, CancellationToken ct)
    {
        if (await offers.FindAsync(request.OfferId) is not { } read || !access.IsFor(read, caller))
        {
            return Refusals.OfferUnknown;
        }

        return await database.WriteAsync<Outcome<DeclineOfferResponse>>(
            async tx =>
            {
                await orders.LockAsync(tx, read.OrderId);
                var offer = (await offers.FindAsync(tx, read.Id))!;
                if (offer.ToOffer().Decline(clock.GetUtcNow(), request.Reason) is { Refusal: { } refusal })
                {
                    return refusal;
                }

                await offers.AnswerAsync(tx, offer, OfferState.Declined, caller, request.Reason, request.Note);
                await offers.CloseIfAnsweredAsync(tx, offer);
                await orders.SettleAsync(tx, read.OrderId, caller);
                return new DeclineOfferResponse(offer.Id, OfferState.Declined);
            },
            ct);
    }
}
