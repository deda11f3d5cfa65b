using FluentValidation;
using Matching.Api.Changes;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Partners;
using Matching.Webhooks;

namespace Matching.Api.Webhooks;

/// <summary>What is left out stays as it is.</summary>
/// <param name="Url">An https address that the world can reach.</param>
/// <param name="Types">In place of those before.</param>
/// <param name="Enabled">False: it is not called, and what waits is given up. True: it is called again, about what comes from now on.</param>
public sealed record ChangeWebhookRequest(Id WebhookId, string? Url = null, IReadOnlyList<string>? Types = null, bool? Enabled = null);

public sealed class ChangeWebhookValidator : AbstractValidator<ChangeWebhookRequest>
{
    public ChangeWebhookValidator()
    {
        RuleFor(r => r.Url).Length(1, WebhookUrl.Longest);
        RuleFor(r => r.Types).EventTypes();
    }
}

/// <summary>Changes where a webhook is and what it is told of, or switches it off and on.</summary>
public sealed class ChangeWebhook(
    WebhookStore webhooks, DeliveryStore deliveries, ChangeStore changes, WebhookSettings settings, Database database, Caller caller, TimeProvider clock)
    : Endpoint<ChangeWebhookRequest, WebhookResponse>
{
    public override void Configure()
    {
        Patch("/partner/webhooks/{webhookId}");
        AllowPartners(PartnerScope.Webhooks);
        EditsWithIfMatch();
        Refuses(Refusals.WebhookUnknown, Refusals.WebhookUrlWrong, Refusals.WebhookExists);
    }

    protected override async Task<Outcome<WebhookResponse>> RunAsync(ChangeWebhookRequest request, CancellationToken ct)
    {
        if (request.Url is { } url && WebhookUrl.Check(url, settings.AllowPrivate) is { } wrong)
        {
            return wrong;
        }

        var (version, place) = (IfMatch, await changes.NewestAsync());
        try
        {
            return await database.WriteAsync(tx => ChangeAsync(tx, request, version, place), ct);
        }
        catch (SomebodyWasFirstException)
        {
            return Refusals.WebhookExists.At("url");
        }
    }

    private async Task<Outcome<WebhookResponse>> ChangeAsync(Transaction tx, ChangeWebhookRequest request, int version, long place)
    {
        if (await webhooks.FindTheirsAsync(tx, caller, request.WebhookId) is not { } webhook)
        {
            return Refusals.WebhookUnknown;
        }

        await webhooks.HoldAsync(tx, webhook.Id);
        var changed = webhook with { Url = request.Url ?? webhook.Url, Types = request.Types is { } types ? WebhookStore.Join(types) : webhook.Types };
        if (request.Enabled is true && webhook.State == WebhookState.Disabled)
        {
            await webhooks.BeginAtAsync(tx, place);
            changed = changed with { State = WebhookState.Active, DisabledWhy = null, DisabledAt = null, FailingSince = null, FeedPlace = place };
        }
        else if (request.Enabled is false && webhook.State == WebhookState.Active)
        {
            await deliveries.GiveUpAllAsync(tx, webhook.Id, "disabled");
            changed = changed with { State = WebhookState.Disabled, DisabledWhy = "partner", DisabledAt = clock.GetUtcNow() };
        }

        return await webhooks.UpdateAsync(tx, changed, version)
            ? await WebhookResponse.OfAsync(tx, deliveries, changed with { Version = version + 1 })
            : Refusals.ChangedMeanwhile;
    }
}
