using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Webhooks;

public sealed record WatchWebhooksRequest;

/// <summary>The webhooks of the centers within reach.</summary>
public sealed record WatchWebhooksResponse(IReadOnlyList<WatchedWebhook> Items);

/// <summary>A partner's webhook as operators see it.</summary>
/// <param name="Partner">The partner's name.</param>
/// <param name="Host">Where it lies; what stands behind that in its address may be a secret of the partner's.</param>
/// <param name="DisabledWhy">Why it is disabled: partner, dead or gone.</param>
/// <param name="FailingSince">Since when nothing has been taken; none while it works.</param>
/// <param name="Waiting">Deliveries that are not taken yet.</param>
/// <param name="OldestWaitingAt">When the oldest of them was made.</param>
/// <param name="DeadLetters">Deliveries that were given up.</param>
public sealed record WatchedWebhook(
    Id Id, Id PartnerId, string Partner, string Host, WebhookState State, string? DisabledWhy, DateTimeOffset? FailingSince, DateTimeOffset? LastSuccessAt,
    int Waiting, DateTimeOffset? OldestWaitingAt, int DeadLetters);

/// <summary>Shows operators how the webhooks of partners do: what waits, since when, and what was given up.</summary>
public sealed class WatchWebhooks(WebhookStore webhooks, DeliveryStore deliveries, Database database, Caller caller)
    : Endpoint<WatchWebhooksRequest, WatchWebhooksResponse>
{
    public override void Configure()
    {
        Get("/operations/webhooks");
        Allow(Role.CenterAdmin, Role.PlatformAdmin);
    }

    protected override async Task<Outcome<WatchWebhooksResponse>> RunAsync(WatchWebhooksRequest request, CancellationToken ct)
    {
        var items = new List<WatchedWebhook>();
        foreach (var row in await webhooks.InReachAsync(caller.Reach))
        {
            var (waiting, oldest) = await deliveries.WaitingAsync(row.Id);
            items.Add(new WatchedWebhook(
                row.Id, row.PartnerId, row.PartnerName, new Uri(row.Url).Host, row.State, row.DisabledWhy, row.FailingSince, row.LastSuccessAt, waiting, oldest,
                await deliveries.CountDeadAsync(database, row.Id)));
        }

        return new WatchWebhooksResponse(items);
    }
}
