using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Webhooks;

public sealed record WatchDeadLettersRequest(Id WebhookId, string? Cursor = null, int Take = Page<DeliveryOnWire>.Usual);

public sealed class WatchDeadLettersValidator : AbstractValidator<WatchDeadLettersRequest>
{
    public WatchDeadLettersValidator() => RuleFor(r => r.Take).InclusiveBetween(1, Page<DeliveryOnWire>.Most);
}

/// <summary>Shows operators what a webhook did not take in three days, the newest first.</summary>
public sealed class WatchDeadLetters(WebhookStore webhooks, DeliveryStore deliveries, Database database, Caller caller)
    : Endpoint<WatchDeadLettersRequest, Page<DeliveryOnWire>>
{
    public override void Configure()
    {
        Get("/operations/webhooks/{webhookId}/dead-letters");
        Allow(Role.CenterAdmin, Role.PlatformAdmin);
        Refuses(Refusals.WebhookUnknown, Refusals.CursorInvalid);
    }

    protected override async Task<Outcome<Page<DeliveryOnWire>>> RunAsync(WatchDeadLettersRequest request, CancellationToken ct)
    {
        if (await webhooks.FindInReachAsync(database, caller.Reach, request.WebhookId) is not { } webhook)
        {
            return Refusals.WebhookUnknown;
        }

        var list = $"dead-letters/{webhook.Id}";
        var before = Cursor.ReadId(request.Cursor, list);
        if (before.Refusal is { } refusal)
        {
            return refusal;
        }

        var rows = await deliveries.OfAsync(webhook.Id, DeliveryState.Dead, before.Value, request.Take + 1);
        return Page<DeliveryOnWire>.Of(rows, request.Take, DeliveryOnWire.Of, row => Cursor.Make(list, row.Id.ToString()));
    }
}
