using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Partners;

namespace Matching.Api.Webhooks;

public sealed record ListWebhooksRequest;

/// <summary>A partner's webhooks, the oldest first.</summary>
public sealed record ListWebhooksResponse(IReadOnlyList<WebhookResponse> Items);

/// <summary>The partner's webhooks and how they do.</summary>
public sealed class ListWebhooks(WebhookStore webhooks, DeliveryStore deliveries, Database database, Caller caller)
    : Endpoint<ListWebhooksRequest, ListWebhooksResponse>
{
    public override void Configure()
    {
        Get("/partner/webhooks");
        AllowPartners(PartnerScope.Webhooks);
    }

    protected override async Task<Outcome<ListWebhooksResponse>> RunAsync(ListWebhooksRequest request, CancellationToken ct)
    {
        var items = new List<WebhookResponse>();
        foreach (var row in await webhooks.OfPartnerAsync(database, caller.Partner!.Id))
        {
            items.Add(await WebhookResponse.OfAsync(database, deliveries, row));
        }

        return new ListWebhooksResponse(items);
    }
}
