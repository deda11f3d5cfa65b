using FluentValidation;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Partners;

namespace Matching.Api.Webhooks;

/// <param name="State">Only those that stand so; <c>dead</c> are those that were given up.</param>
public sealed record ListDeliveriesRequest(Id WebhookId, DeliveryState? State = null, string? Cursor = null, int Take = Page<DeliveryOnWire>.Usual);

public sealed class ListDeliveriesValidator : AbstractValidator<ListDeliveriesRequest>
{
    public ListDeliveriesValidator() => RuleFor(r => r.Take).InclusiveBetween(1, Page<DeliveryOnWire>.Most);
}

/// <summary>What was delivered to a webhook, what waits and what was given up, of thirty days, the newest first.</summary>
public sealed class ListDeliveries(WebhookStore webhooks, DeliveryStore deliveries, Database database, Caller caller)
    : Endpoint<ListDeliveriesRequest, Page<DeliveryOnWire>>
{
    public override void Configure()
    {
        Get("/partner/webhooks/{webhookId}/deliveries");
        AllowPartners(PartnerScope.Webhooks);
        Refuses(Refusals.WebhookUnknown, Refusals.CursorInvalid);
    }

    protected override async Task<Outcome<Page<DeliveryOnWire>>> RunAsync(ListDeliveriesRequest request, CancellationToken ct)
    {
        if (await webhooks.FindTheirsAsync(database, caller, request.WebhookId) is not { } webhook)
        {
            return Refusals.WebhookUnknown;
        }

        var list = $"deliveries/{webhook.Id}/{request.State}";
        var before = Cursor.ReadId(request.Cursor, list);
        if (before.Refusal is { } refusal)
        {
            return refusal;
        }

        var rows = await deliveries.OfAsync(webhook.Id, request.State, before.Value, request.Take + 1);
        return Page<DeliveryOnWire>.Of(rows, request.Take, DeliveryOnWire.Of, row => Cursor.Make(list, row.Id.ToString()));
    }
}
