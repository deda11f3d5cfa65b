using Matching.Accounts;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Plumbing.Jobs;

namespace Matching.Api.Webhooks;

public sealed record RedeliverDeadRequest(Id WebhookId);

/// <summary>How many go out again.</summary>
/// <param name="Redelivered">So many.</param>
/// <param name="Left">Whether there are more: ask again.</param>
public sealed record RedeliverDeadResponse(int Redelivered, bool Left);

/// <summary>An operator sends once more what a webhook did not take, at most a thousand at a time; the partner may have been away for longer than it was tried.</summary>
public sealed class RedeliverDead(WebhookStore webhooks, DeliveryStore deliveries, JobSignals signals, Timeline timeline, Database database, Caller caller)
    : Endpoint<RedeliverDeadRequest, RedeliverDeadResponse>
{
    private const int Most = 1_000;

    public override void Configure()
    {
        Post("/operations/webhooks/{webhookId}/redeliver");
        Allow(Role.CenterAdmin, Role.PlatformAdmin);
        Refuses(Refusals.WebhookUnknown, Refusals.WebhookDisabled);
    }

    protected override Task<Outcome<RedeliverDeadResponse>> RunAsync(RedeliverDeadRequest request, CancellationToken ct) =>
        database.WriteAsync<Outcome<RedeliverDeadResponse>>(
            async tx =>
            {
                if (await webhooks.FindInReachAsync(tx, caller.Reach, request.WebhookId) is not { } webhook)
                {
                    return Refusals.WebhookUnknown;
                }

                if (webhook.State != WebhookState.Active)
                {
                    return Refusals.WebhookDisabled;
                }

                await webhooks.HoldAsync(tx, webhook.Id);
                var dead = await deliveries.DeadAsync(tx, webhook.Id, Most + 1);
                var again = 0;
                // The oldest first: of those about one thing the first that is put in line goes out first.
                foreach (var delivery in dead.Take(Most).Reverse())
                {
                    again += await deliveries.AgainAsync(tx, delivery) ? 1 : 0;
                }

                await timeline.AddAsync(tx, webhook.PartnerId, "Active", "Active", nameof(RedeliverDead), caller);
                tx.AfterCommit(signals.Wake<OpenLanes>);
                return new RedeliverDeadResponse(again, dead.Count > Most);
            },
            ct);
}
