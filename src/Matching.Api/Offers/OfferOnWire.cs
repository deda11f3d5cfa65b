using Matching.Api.Catalog;
using Matching.Api.Orders;
using Matching.Api.Plumbing.Http;
using Matching.Geography;
using Matching.Offers;
using Matching.Wishes;

namespace Matching.Api.Offers;

/// <summary>An offer as the one who is asked sees it: the need, and a blurred place. Nothing about the resident before she has said yes.</summary>
/// <param name="Need">What is needed.</param>
/// <param name="Place">About where: within the accuracy given.</param>
/// <param name="Factors">Why she was asked, each from 0 to 1.</param>
public sealed record OfferOnWire(
    Id Id,
    Id OrderId,
    OfferState State,
    Id MenuItemId,
    string Need,
    PlaceOnWire Place,
    DateTimeOffset WindowStart,
    DateTimeOffset WindowEnd,
    int Minutes,
    Urgency Urgency,
    int PeopleWanted,
    double Score,
    System.Text.Json.JsonElement Factors,
    DateTimeOffset SentAt,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? SeenAt,
    DateTimeOffset? AnsweredAt,
    DeclineReason? Reason)
{
    public static OfferOnWire From(OfferRow offer, OrderRow order)
    {
        var about = Places.Blur(order.Place);
        return new OfferOnWire(
            offer.Id, offer.OrderId, offer.State, order.MenuItemId, order.Need, new PlaceOnWire(about.Lat, about.Lng, Datum.Wgs84, about.AccuracyM),
            order.WindowStart, order.WindowEnd, order.Minutes, order.Urgency, order.PeopleWanted, offer.Score,
            System.Text.Json.JsonSerializer.Deserialize<System.Text.Json.JsonElement>(offer.Factors), offer.SentAt, offer.ExpiresAt, offer.SeenAt,
            offer.AnsweredAt, offer.Reason);
    }
}
