using FluentValidation;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Plumbing.Jobs;
using Matching.Partners;

namespace Matching.Api.Webhooks;

/// <param name="From">Deliveries made at this time or later …</param>
/// <param name="To">… and before this one.</param>
/// <param name="OnlyDead">Only those that were given up.</param>
public sealed record RedeliverRangeRequest(Id WebhookId, DateTimeOffset From, DateTimeOffset To, bool OnlyDead = true);

/// <summary>How many go out again.</summary>
/// <param name="Redelivered">So many.</param>
/// <param name="GoOnFrom">There are more: ask again from here. None: that was all.</param>
public sealed record RedeliverRangeResponse(int Redelivered, DateTimeOffset? GoOnFrom);

public sealed class RedeliverRangeValidator : AbstractValidator<RedeliverRangeRequest>
{
    public RedeliverRangeValidator() => RuleFor(r => r.To).Must((request, to) => to > request.From).Refuse(Refusals.WindowBackwards);
}

/// <summary>Sends the deliveries of a stretch of time once more, the oldest first, at most a thousand at a time.</summary>
public sealed class RedeliverRange(WebhookStore webhooks, DeliveryStore deliveries, JobSignals signals, Database database, Caller caller)
    : Endpoint<RedeliverRangeRequest, RedeliverRangeResponse>
{
    private const int Most = 1_000;

    public override void Configure()
    {
        Post("/partner/webhooks/{webhookId}/redeliver");
        AllowPartners(PartnerScope.Webhooks);
        Refuses(Refusals.WebhookUnknown, Refusals.WebhookDisabled);
    }

    protected override Task<Outcome<RedeliverRangeResponse>> RunAsync(RedeliverRangeRequest request, CancellationToken ct) =>
        database.WriteAsync<Outcome<RedeliverRangeResponse>>(
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
                var ended = await deliveries.EndedBetweenAsync(tx, webhook.Id, request.From, request.To, Most);
                var again = 0;
                foreach (var delivery in ended.Where(delivery => !request.OnlyDead || delivery.State == DeliveryState.Dead))
                {
                    again += await deliveries.AgainAsync(tx, delivery) ? 1 : 0;
                }

                tx.AfterCommit(signals.Wake<OpenLanes>);
                return new RedeliverRangeResponse(again, ended.Count < Most ? null : ended[^1].CreatedAt);
            },
            ct);
}
