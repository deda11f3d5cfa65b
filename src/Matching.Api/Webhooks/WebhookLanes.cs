using System.Collections.Concurrent;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;
using Matching.Webhooks;

namespace Matching.Api.Webhooks;

/// <summary>
/// A lane for each webhook that has something due: it takes some under a lease, calls, writes down what became of it, and goes on until nothing is due. No lane
/// waits for another, so a receiver that takes its time takes only its own. One that dies half-way leaves its rows to whoever comes after the lease; then an event
/// goes out twice, under the same id.
/// </summary>
[Shared]
public sealed partial class WebhookLanes(
    WebhookStore webhooks, DeliveryStore deliveries, WebhookSender sender, WebhookSettings settings, Database database, MachineClock clock,
    IHostApplicationLifetime lifetime, ILogger<WebhookLanes> log)
{
    /// <summary>So many subjects of one webhook are told of at the same time.</summary>
    private const int AtOnce = 5;

    private readonly ConcurrentDictionary<Id, Task> _lanes = new();

    /// <summary>Opens the lanes of these webhooks that are not open; says how many that were.</summary>
    public int Open(IEnumerable<Id> webhookIds)
    {
        var opened = 0;
        foreach (var id in webhookIds)
        {
            var start = new TaskCompletionSource();
            if (_lanes.TryAdd(id, start.Task))
            {
                opened++;
                _ = Task.Run(() => RunAsync(id, start), CancellationToken.None);
            }
        }

        return opened;
    }

    /// <summary>Done when no lane is open any more.</summary>
    public Task ClosedAsync() => Task.WhenAll(_lanes.Values);

    private async Task RunAsync(Id webhookId, TaskCompletionSource closed)
    {
        try
        {
            while (!lifetime.ApplicationStopping.IsCancellationRequested && await StepAsync(webhookId))
            {
            }
        }
        catch (OperationCanceledException) when (lifetime.ApplicationStopping.IsCancellationRequested)
        {
            // What was taken is due again when its lease is over.
        }
        catch (Exception problem)
        {
            // The next sweep opens the lane again.
            LogTrouble(problem, webhookId);
        }
        finally
        {
            _lanes.TryRemove(webhookId, out _);
            closed.TrySetResult();
        }
    }

    private async Task<bool> StepAsync(Id webhookId)
    {
        if (await webhooks.FindAsync(database, webhookId) is not { IsCalled: true } webhook)
        {
            // Its partner has gone, or may not be called any more.
            await database.WriteAsync(
                async tx =>
                {
                    await webhooks.HoldAsync(tx, webhookId);
                    await deliveries.GiveUpAllAsync(tx, webhookId, "disabled");
                },
                CancellationToken.None);
            return false;
        }

        var group = await deliveries.TakeAsync(webhookId, AtOnce, lifetime.ApplicationStopping);
        await Task.WhenAll(group.Deliveries.Select(delivery => DeliverAsync(webhook, delivery, group.LeaseId)));
        return group.Deliveries.Count > 0;
    }

    private async Task DeliverAsync(WebhookRow webhook, DeliveryRow delivery, Id leaseId)
    {
        var at = clock.Now;
        var tried = await sender.SendAsync(webhook, delivery, lifetime.ApplicationStopping);
        Meters.WebhookTries.Add(1, new KeyValuePair<string, object?>("outcome", tried.Problem ?? "delivered"));
        var chance = Random.Shared.NextDouble();
        await database.WriteAsync(
            async tx =>
            {
                await webhooks.HoldAsync(tx, webhook.Id);
                await deliveries.AddAttemptAsync(tx, delivery.Id, at, tried);
                await SettleAsync(tx, webhook, delivery, leaseId, tried, chance);
            },
            CancellationToken.None);
    }

    private async Task SettleAsync(Transaction tx, WebhookRow webhook, DeliveryRow delivery, Id leaseId, Tried tried, double chance)
    {
        if (tried.Problem is null)
        {
            await webhooks.WorkedAsync(tx, webhook.Id);
            await deliveries.EndAsync(tx, delivery, leaseId, DeliveryState.Delivered, tried);
            return;
        }

        await webhooks.FailedAsync(tx, webhook.Id);
        var firstTried = delivery.FirstTriedAt ?? clock.Now;
        if (tried.Problem != "gone" && RetryPlan.Next(firstTried, delivery.Tries, clock.Now, chance, tried.AskedPause) is { } next)
        {
            await deliveries.PutOffAsync(tx, delivery, leaseId, clock.Now + ((next - clock.Now) / settings.Haste), tried);
            return;
        }

        if (!await deliveries.EndAsync(tx, delivery, leaseId, DeliveryState.Dead, tried))
        {
            return;
        }

        // Gone by its own word, or it took nothing all that time.
        var now = (await webhooks.FindAsync(tx, webhook.Id))!;
        if (tried.Problem == "gone" || now.LastSuccessAt is not { } worked || worked < firstTried)
        {
            await webhooks.DisableAsync(tx, webhook.Id, tried.Problem == "gone" ? "gone" : "dead");
            await deliveries.GiveUpAllAsync(tx, webhook.Id, "disabled");
            LogDisabled(webhook.Id, tried.Problem);
        }
        else if (delivery.Type != WebhookEvent.DeadLettered)
        {
            await deliveries.AddAsync(
                tx, webhook.Id, delivery.Id, delivery.Id, delivery.Sequence, WebhookEvent.DeadLettered, WebhookEvent.OfDead(delivery, clock.Now), clock.Now);
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The lane of webhook {Webhook} broke off.")]
    private partial void LogTrouble(Exception problem, Id webhook);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Webhook {Webhook} is disabled: {Problem}.")]
    private partial void LogDisabled(Id webhook, string problem);
}
