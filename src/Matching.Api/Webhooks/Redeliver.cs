using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Plumbing.Jobs;
using Matching.Partners;

namespace Matching.Api.Webhooks;

public sealed record RedeliverRequest(Id WebhookId, Id DeliveryId);

/// <summary>Sends a delivery once more that was taken or given up, under the same <c>webhook-id</c>.</summary>
public sealed class Redeliver(WebhookStore webhooks, DeliveryStore deliveries, JobSignals signals, Database database, Caller caller)
    : Endpoint<RedeliverRequest, DeliveryOnWire>
{
    public override void Configure()
    {
        Post("/partner/webhooks/{webhookId}/deliveries/{deliveryId}/redeliver");
        AllowPartners(PartnerScope.Webhooks);
        Refuses(Refusals.WebhookUnknown, Refusals.WebhookDisabled, Refusals.DeliveryUnknown, Refusals.DeliveryWaiting);
    }

    protected override Task<Outcome<DeliveryOnWire>> RunAsync(RedeliverRequest request, CancellationToken ct) => database.WriteAsync<Outcome<DeliveryOnWire>>(
        async tx =>
        {
            if (await webhooks.FindTheirsAsync(tx, caller, request.WebhookId) is not { } webhook)
            {
                return Refusals.WebhookUnknown;
            }

            if (webhook.State != WebhookState.Active)
            {
                return Refusals.WebhookDisabled;
            }

            await webhooks.HoldAsync(tx, webhook.Id);
            if (await deliveries.FindAsync(tx, webhook.Id, request.DeliveryId) is not { } delivery)
            {
                return Refusals.DeliveryUnknown;
            }

            if (!await deliveries.AgainAsync(tx, delivery))
            {
                return Refusals.DeliveryWaiting;
            }

            tx.AfterCommit(signals.Wake<OpenLanes>);
            return DeliveryOnWire.Of((await deliveries.FindAsync(tx, webhook.Id, delivery.Id))!);
        },
        ct);
}
