using Matching.Api.Changes;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Jobs;
using Matching.Changes;
using Matching.Webhooks;

namespace Matching.Api.Webhooks;

/// <summary>
/// Turns the feed of changes into deliveries, a stretch at a time: each change for every webhook whose partner it concerns and who asked for it. The deliveries and
/// the place up to which was read are one transaction, so of two processes one turns a stretch, and one that dies leaves all of it to the next.
/// </summary>
public sealed class SpreadChanges(WebhookStore webhooks, DeliveryStore deliveries, ChangeStore changes, Database database, JobSignals signals) : IJob
{
    public static TimeSpan Every => TimeSpan.FromSeconds(1);

    public async Task<int> RunAsync(CancellationToken ct)
    {
        var active = (await webhooks.ActiveAsync()).Where(webhook => webhook.IsCalled).ToList();
        if (active.Count == 0 || await webhooks.PlaceAsync() is not { } place)
        {
            return 0;
        }

        var read = await changes.AfterAsync(place);
        if (read.Place == place)
        {
            return 0;
        }

        var told = read.Changes.SelectMany(change => Told(change, active)).ToList();
        var moved = await database.WriteAsync(tx => WriteAsync(tx, place, read.Place, told), CancellationToken.None);
        // Somebody else's stretch: the next run goes on after it.
        return moved ? 1 + told.Count : 0;
    }

    private static IEnumerable<(WebhookRow Webhook, Viewer Viewer, Change Change)> Told(Change change, List<WebhookRow> active) =>
        from webhook in active
        where change.Sequence > webhook.FeedPlace && EventTypes.Want(webhook.TypesWanted, change.Type)
        let viewer = new Viewer { PartnerId = webhook.PartnerId }
        where viewer.Sees(change)
        select (webhook, viewer, change);

    private async Task<bool> WriteAsync(Transaction tx, long was, long place, List<(WebhookRow Webhook, Viewer Viewer, Change Change)> told)
    {
        if (!await webhooks.MovePlaceAsync(tx, was, place))
        {
            return false;
        }

        // In one order, so that two never wait for each other.
        foreach (var id in told.Select(one => one.Webhook.Id).Distinct().Order())
        {
            await webhooks.HoldAsync(tx, id);
        }

        foreach (var (webhook, viewer, change) in told)
        {
            await deliveries.AddAsync(
                tx, webhook.Id, change.Id, change.SubjectId, change.Sequence, change.Type + EventTypes.Version, WebhookEvent.OfChange(change, viewer), change.At);
        }

        tx.AfterCommit(signals.Wake<OpenLanes>);
        return true;
    }
}

/// <summary>Opens a lane for each webhook with something due. It writes nothing itself and may run anywhere, any number of times.</summary>
public sealed class OpenLanes(WebhookLanes lanes, DeliveryStore deliveries) : IJob
{
    public static TimeSpan Every => TimeSpan.FromSeconds(1);

    // A lane goes on by itself; whoever waited for it would hold up the others.
    public async Task<int> RunAsync(CancellationToken ct)
    {
        lanes.Open(await deliveries.DueWebhooksAsync());
        return 0;
    }
}
