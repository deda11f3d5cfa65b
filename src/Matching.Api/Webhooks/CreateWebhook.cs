using FluentValidation;
using Matching.Api.Changes;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Partners;
using Matching.Webhooks;

namespace Matching.Api.Webhooks;

/// <param name="Url">An https address that the world can reach.</param>
/// <param name="Types">What to be told of: names such as <c>wish.fulfilled</c>, <c>wish.*</c>, <c>order.*</c> or <c>*</c>.</param>
public sealed record CreateWebhookRequest(string Url, IReadOnlyList<string> Types);

/// <summary>A webhook and its secret, which is shown this once.</summary>
/// <param name="Secret">Signs what is delivered; <c>whsec_</c> and base64.</param>
public sealed record CreateWebhookResponse(WebhookResponse Webhook, string Secret);

public sealed class CreateWebhookValidator : AbstractValidator<CreateWebhookRequest>
{
    public CreateWebhookValidator()
    {
        RuleFor(r => r.Url).NotEmpty().MaximumLength(WebhookUrl.Longest);
        RuleFor(r => r.Types).EventTypes();
    }
}

/// <summary>A partner asks to be called when something changes, from now on.</summary>
public sealed class CreateWebhook(
    WebhookStore webhooks, DeliveryStore deliveries, ChangeStore changes, WebhookSettings settings, Database database, Caller caller)
    : Endpoint<CreateWebhookRequest, CreateWebhookResponse>
{
    private const int Most = 20;

    public override void Configure()
    {
        Post("/partner/webhooks");
        AllowPartners(PartnerScope.Webhooks);
        Creates();
        NeverKeepAnswer();
        Refuses(Refusals.WebhookUrlWrong, Refusals.WebhookExists, Refusals.WebhooksTooMany);
    }

    protected override async Task<Outcome<CreateWebhookResponse>> RunAsync(CreateWebhookRequest request, CancellationToken ct)
    {
        if (WebhookUrl.Check(request.Url, settings.AllowPrivate) is { } wrong)
        {
            return wrong;
        }

        var place = await changes.NewestAsync();
        return await database.WriteAsync<Outcome<CreateWebhookResponse>>(
            async tx =>
            {
                if ((await webhooks.OfPartnerAsync(tx, caller.Partner!.Id)).Count >= Most)
                {
                    return Refusals.WebhooksTooMany;
                }

                try
                {
                    var (webhook, secret) = await webhooks.AddAsync(tx, caller.Partner.Id, request.Url, request.Types, place);
                    return new CreateWebhookResponse(await WebhookResponse.OfAsync(tx, deliveries, webhook), secret);
                }
                catch (SomebodyWasFirstException)
                {
                    return Refusals.WebhookExists.At("url");
                }
            },
            ct);
    }
}
