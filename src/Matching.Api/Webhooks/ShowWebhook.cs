using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Partners;

namespace Matching.Api.Webhooks;

public sealed record ShowWebhookRequest(Id WebhookId);

/// <summary>One webhook and how it does.</summary>
public sealed class ShowWebhook(WebhookStore webhooks, DeliveryStore deliveries, Database database, Caller caller) : Endpoint<ShowWebhookRequest, WebhookResponse>
{
    public override void Configure()
    {
        Get("/partner/webhooks/{webhookId}");
        AllowPartners(PartnerScope.Webhooks);
        Refuses(Refusals.WebhookUnknown);
    }

    protected override async Task<Outcome<WebhookResponse>> RunAsync(ShowWebhookRequest request, CancellationToken ct) =>
        await webhooks.FindTheirsAsync(database, caller, request.WebhookId) is { } webhook
            ? await WebhookResponse.OfAsync(database, deliveries, webhook)
            : Refusals.WebhookUnknown;
}
