using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Offers;

public sealed record SeeOfferRequest(Id OfferId);

/// <summary>When it was first seen.</summary>
public sealed record SeeOfferResponse(Id OfferId, DateTimeOffset SeenAt);

/// <summary>The app showed the offer.</summary>
public sealed class SeeOffer(OfferStore offers, OfferAccess access, Database database, Caller caller, TimeProvider clock)
    : Endpoint<SeeOfferRequest, SeeOfferResponse>
{
    public override void Configure()
    {
        Post("/offers/{offerId}/seen");
        Allow(Role.Volunteer, Role.Captain);
        Refuses(Refusals.OfferUnknown);
    }

    protected override async Task<Outcome<SeeOfferResponse>> RunAsync(SeeOfferRequest request, CancellationToken ct)
    {
        if (await offers.FindAsync(request.OfferId) is not { } offer || !access.IsFor(offer, caller))
        {
            return Refusals.OfferUnknown;
        }

        return await database.WriteAsync<Outcome<SeeOfferResponse>>(
            async tx =>
            {
                await offers.SeenAsync(tx, offer.Id);
                return new SeeOfferResponse(offer.Id, offer.SeenAt ?? clock.GetUtcNow());
            },
            ct);
    }
}
