using Matching.Accounts;
using Matching.Api.Orders;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Offers;

public sealed record ReadOfferRequest(Id OfferId);

/// <summary>One of my offers.</summary>
public sealed class ReadOffer(OfferStore offers, OfferAccess access, OrderStore orders, Caller caller) : Endpoint<ReadOfferRequest, OfferOnWire>
{
    public override void Configure()
    {
        Get("/offers/{offerId}");
        Allow(Role.Volunteer, Role.Captain);
        Refuses(Refusals.OfferUnknown);
    }

    protected override async Task<Outcome<OfferOnWire>> RunAsync(ReadOfferRequest request, CancellationToken ct)
    {
        if (await offers.FindAsync(request.OfferId) is not { } offer || !access.IsFor(offer, caller))
        {
            return Refusals.OfferUnknown;
        }

        return OfferOnWire.From(offer, (await orders.FindAsync(offer.OrderId))!);
    }
}
