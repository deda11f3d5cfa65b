using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Partners;

namespace Matching.Api.Webhooks;

public sealed record EndWebhookRequest(Id WebhookId);

/// <summary>Takes a webhook away; what waits for it is given up.</summary>
public sealed class EndWebhook(WebhookStore webhooks, DeliveryStore deliveries, Database database, Caller caller) : Endpoint<EndWebhookRequest, Done>
{
    public override void Configure()
    {
        Delete("/partner/webhooks/{webhookId}");
        AllowPartners(PartnerScope.Webhooks);
        Refuses(Refusals.WebhookUnknown);
    }

    protected override Task<Outcome<Done>> RunAsync(EndWebhookRequest request, CancellationToken ct) => database.WriteAsync<Outcome<Done>>(
        async tx =>
        {
            if (await webhooks.FindTheirsAsync(tx, caller, request.WebhookId) is not { } webhook)
            {
                return Refusals.WebhookUnknown;
            }

            await webhooks.EndAsync(tx, webhook.Id);
            await deliveries.GiveUpAllAsync(tx, webhook.Id, "disabled");
            return Done.It;
        },
        ct);
}
