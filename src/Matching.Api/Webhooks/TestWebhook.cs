using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Plumbing.Jobs;
using Matching.Partners;

namespace Matching.Api.Webhooks;

public sealed record TestWebhookRequest(Id WebhookId);

/// <summary>The test event that goes out.</summary>
/// <param name="EventId">Its <c>webhook-id</c>.</param>
public sealed record TestWebhookResponse(Id EventId);

/// <summary>Sends an event that says nothing (<c>webhook.test.v1</c>), on the way that all others go.</summary>
public sealed class TestWebhook(WebhookStore webhooks, DeliveryStore deliveries, JobSignals signals, Ids ids, Database database, Caller caller, MachineClock clock)
    : Endpoint<TestWebhookRequest, TestWebhookResponse>
{
    public override void Configure()
    {
        Post("/partner/webhooks/{webhookId}/test");
        AllowPartners(PartnerScope.Webhooks);
        Refuses(Refusals.WebhookUnknown, Refusals.WebhookDisabled);
    }

    protected override Task<Outcome<TestWebhookResponse>> RunAsync(TestWebhookRequest request, CancellationToken ct) => database.WriteAsync<Outcome<TestWebhookResponse>>(
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
            var eventId = ids.Next(IdKind.Delivery);
            await deliveries.AddAsync(tx, webhook.Id, eventId, eventId, 0, WebhookEvent.Test, WebhookEvent.OfTest(eventId, webhook.Id, clock.Now), clock.Now);
            tx.AfterCommit(signals.Wake<OpenLanes>);
            return new TestWebhookResponse(eventId);
        },
        ct);
}
