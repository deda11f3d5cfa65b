using FluentValidation;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Partners;

namespace Matching.Api.Webhooks;

/// <param name="OverlapHours">How long the secret before this one signs too.</param>
public sealed record RotateWebhookSecretRequest(Id WebhookId, int OverlapHours = 24);

/// <summary>A secret, which is shown this once.</summary>
/// <param name="Secret">Signs what is delivered; <c>whsec_</c> and base64.</param>
public sealed record RotateWebhookSecretResponse(string Secret);

public sealed class RotateWebhookSecretValidator : AbstractValidator<RotateWebhookSecretRequest>
{
    public RotateWebhookSecretValidator() => RuleFor(r => r.OverlapHours).InclusiveBetween(0, 30 * 24);
}

/// <summary>Gives a webhook a new secret; for a while deliveries are signed with both, so that none is refused meanwhile.</summary>
public sealed class RotateWebhookSecret(WebhookStore webhooks, Database database, Caller caller) : Endpoint<RotateWebhookSecretRequest, RotateWebhookSecretResponse>
{
    public override void Configure()
    {
        Post("/partner/webhooks/{webhookId}/secret");
        AllowPartners(PartnerScope.Webhooks);
        NeverKeepAnswer();
        Refuses(Refusals.WebhookUnknown);
    }

    protected override Task<Outcome<RotateWebhookSecretResponse>> RunAsync(RotateWebhookSecretRequest request, CancellationToken ct) =>
        database.WriteAsync<Outcome<RotateWebhookSecretResponse>>(
            async tx => await webhooks.FindTheirsAsync(tx, caller, request.WebhookId) is { } webhook
                ? new RotateWebhookSecretResponse(await webhooks.ChangeSecretAsync(tx, webhook.Id, TimeSpan.FromHours(request.OverlapHours)))
                : Refusals.WebhookUnknown,
            ct);
}
