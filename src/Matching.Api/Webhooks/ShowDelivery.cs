using System.Text.Json;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Partners;

namespace Matching.Api.Webhooks;

public sealed record ShowDeliveryRequest(Id WebhookId, Id DeliveryId);

/// <summary>A delivery, its body, and every try.</summary>
/// <param name="Body">What is sent, each time the same.</param>
public sealed record ShowDeliveryResponse(DeliveryOnWire Delivery, JsonElement Body, IReadOnlyList<DeliveryAttempt> Attempts);

/// <summary>One try.</summary>
/// <param name="Status">What the receiver answered; none when it did not.</param>
/// <param name="Problem">Why it was not taken; none when it was.</param>
/// <param name="Answer">How the receiver's answer began.</param>
public sealed record DeliveryAttempt(DateTimeOffset At, int TookMs, int? Status, string? Problem, string? Answer);

/// <summary>One delivery with every try: when, how long the receiver took, and what it said.</summary>
public sealed class ShowDelivery(WebhookStore webhooks, DeliveryStore deliveries, Database database, Caller caller)
    : Endpoint<ShowDeliveryRequest, ShowDeliveryResponse>
{
    public override void Configure()
    {
        Get("/partner/webhooks/{webhookId}/deliveries/{deliveryId}");
        AllowPartners(PartnerScope.Webhooks);
        Refuses(Refusals.WebhookUnknown, Refusals.DeliveryUnknown);
    }

    protected override async Task<Outcome<ShowDeliveryResponse>> RunAsync(ShowDeliveryRequest request, CancellationToken ct)
    {
        if (await webhooks.FindTheirsAsync(database, caller, request.WebhookId) is not { } webhook)
        {
            return Refusals.WebhookUnknown;
        }

        if (await deliveries.FindAsync(database, webhook.Id, request.DeliveryId) is not { } delivery)
        {
            return Refusals.DeliveryUnknown;
        }

        var attempts = await deliveries.AttemptsAsync(database, delivery.Id);
        return new ShowDeliveryResponse(
            DeliveryOnWire.Of(delivery), JsonSerializer.Deserialize<JsonElement>(delivery.Body),
            [.. attempts.Select(one => new DeliveryAttempt(one.HappenedAt, one.TookMs, one.Status, one.Problem, one.Answer))]);
    }
}
