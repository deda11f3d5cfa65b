using Matching.Api.Assignments;
using Matching.Api.Offers;
using Matching.Api.Orders;
using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Plumbing.Jobs;
using Matching.Api.Queues;
using Matching.Api.Service;
using Matching.Api.Sites;
using Matching.Assignments;
using Matching.Offers;
using Matching.Orders;
using Matching.Policies;
using Matching.Wishes;

namespace Matching.Api.Dispatch;

/// <summary>
/// Does what is due for orders, a page at a time under a lease. Each step locks the order and goes on only if it is as it was read, and every step ends by
/// reckoning the next one; so a step that is taken twice, late, or by two processes at once is done once, and one that dies half-way has not begun.
/// </summary>
public sealed partial class AdvanceOrders(
    Database database,
    FieldClock clock,
    OrderStore orders,
    OfferStore offers,
    AssignmentStore assignments,
    SiteStore sites,
    PolicyStore policies,
    Dispatcher dispatcher,
    VolunteerPool pool,
    ServiceSteps service,
    StaffStore staff,
    ILogger<AdvanceOrders> log) : IJob
{
    private const int Page = 50;

    // Each round is still a transaction of its own; more orders than this in one plan would keep the others of the page waiting for seconds.
    private const int MostTogether = 200;

    public static TimeSpan Every => TimeSpan.FromSeconds(1);

    public async Task<int> RunAsync(CancellationToken ct)
    {
        var done = 0;
        var centers = new HashSet<Id>();
        await using var lease = await orders.TakeDueAsync(Page, ct);
        foreach (var due in lease.Rows)
        {
            if (ct.IsCancellationRequested)
            {
                break;
            }

            if (!WaitsWithOthers(due))
            {
                done += await lease.DoAsync(due, () => LookAtAsync(due, ct)) ? 1 : 0;
            }
            else if (centers.Add(due.CenterId) && pool.IsReady)
            {
                done += await OpenTogetherAsync(lease, due.CenterId, ct);
            }
        }

        return done;
    }

    // Who is in a hurry is not made to wait for a plan, nor is who asks everybody or a team.
    private static bool WaitsWithOthers(OrderRow order) =>
        order.NextAction == OrderAction.OpenWave && order.Urgency is Urgency.Normal or Urgency.Scheduled && order.Mode is DispatchMode.Wave or DispatchMode.Direct;

    /// <summary>The waves of a center that are due now are planned together, also those beyond this page: it is one question.</summary>
    private async Task<int> OpenTogetherAsync(Lease<OrderRow> lease, Id centerId, CancellationToken ct)
    {
        OrderRow[] ofPage = [.. lease.Rows.Where(order => order.CenterId == centerId && WaitsWithOthers(order))];
        OrderRow[] due = [.. ofPage, .. await orders.TakeDueWavesAsync(lease, centerId, MostTogether - ofPage.Length, ct)];
        return await lease.DoAsync(due, () => OpenTogetherAsync(due, ct));
    }

    private async Task<int> OpenTogetherAsync(IReadOnlyList<OrderRow> due, CancellationToken ct)
    {
        var done = 0;
        var together = new List<OrderRow>();
        foreach (var order in due)
        {
            if (await IsNextAsync(order, OrderAction.OpenWave, ct))
            {
                LogStep(OrderAction.OpenWave, order.Id);
                together.Add(order);
            }
            else
            {
                done += await ReckonAsync(order, ct) ? 1 : 0;
            }
        }

        return done + await dispatcher.OpenRoundsAsync(together, ct);
    }

    private async Task<bool> LookAtAsync(OrderRow order, CancellationToken ct)
    {
        var action = order.NextAction!.Value;
        if (!await IsNextAsync(order, action, ct))
        {
            return await ReckonAsync(order, ct);
        }

        LogStep(action, order.Id);
        return await TakeAsync(order, action, ct);
    }

    // The row says when to look; what is to be done is decided anew by the rule, under the policy that holds now. An emergency may have changed it.
    private async Task<bool> IsNextAsync(OrderRow order, OrderAction action, CancellationToken ct)
    {
        var policy = await policies.EffectiveAsync(order.CenterId, order.OwnerPath, clock.GetUtcNow());
        var facts = await database.ReadAsync(rows => orders.FactsAsync(rows, order), ct);
        return OrderClock.Next(facts, policy) is { } next && next.Action == action && next.DueAt <= clock.GetUtcNow();
    }

    private Task<bool> ReckonAsync(OrderRow order, CancellationToken ct) => StepAsync(order, (_, _) => Task.CompletedTask, ct);

    private Task<bool> TakeAsync(OrderRow order, OrderAction action, CancellationToken ct) => action switch
    {
        // Due as before when the volunteers have been loaded.
        OrderAction.OpenWave or OrderAction.AskRest or OrderAction.HoldForPerson when !pool.IsReady => Task.FromResult(false),
        OrderAction.OpenWave => dispatcher.OpenRoundAsync(order, everybody: false, ct),
        OrderAction.AskRest => dispatcher.OpenRoundAsync(order, everybody: true, ct),
        OrderAction.CloseWave => StepAsync(order, CloseWaveAsync, ct),
        OrderAction.Escalate => EscalateAsync(order, ct),
        OrderAction.HoldForPerson => HoldAsync(order, ct),
        OrderAction.GoAhead => StepAsync(order, GoAheadAsync, ct),
        OrderAction.CancelShort => StepAsync(order, (tx, now) => orders.MoveAsync(tx, now, OrderDeed.Cancel, Actor.Clock, "too_few"), ct),
        OrderAction.LeaveUnfilled => StepAsync(order, (tx, now) => orders.MoveAsync(tx, now, OrderDeed.LeaveUnfilled, Actor.Clock, "window_over"), ct),
        OrderAction.AskDispatcher => StepAsync(order, AskDispatcherAsync, ct),
        OrderAction.RemindDayBefore => StepAsync(order, (tx, now) => RemindAsync(tx, now, "assignment.tomorrow", orders.RemindedBeforeAsync), ct),
        OrderAction.RemindOnTheDay => StepAsync(order, (tx, now) => RemindAsync(tx, now, "assignment.today", orders.RemindedTodayAsync), ct),
        OrderAction.RemindStaff => StepAsync(order, RemindStaffAsync, ct),
        OrderAction.FindNoShow => StepAsync(order, FindNoShowAsync, ct),
        OrderAction.FinishService => StepAsync(order, service.FinishAsync, ct),
        OrderAction.CloseConfirmation => StepAsync(order, service.PassConfirmationAsync, ct),
        OrderAction.CloseRating => StepAsync(order, service.CloseRatingAsync, ct),
        _ => throw new InvalidOperationException($"No step for {action}."),
    };

    // One step, one transaction: the lock, the step, the next due-date.
    private Task<bool> StepAsync(OrderRow order, Func<Transaction, OrderRow, Task> step, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            if (await orders.LockUnchangedAsync(tx, order) is not { } now)
            {
                return false;
            }

            await step(tx, now);
            await orders.SettleAsync(tx, order.Id, Actor.Clock);
            return true;
        },
        ct);

    /// <summary>Who has not answered is asked no longer.</summary>
    private async Task CloseWaveAsync(Transaction tx, OrderRow order)
    {
        foreach (var offer in await offers.PendingAsync(tx, order.Id))
        {
            if (offer.ExpiresAt <= clock.GetUtcNow() || offer.RoundId == order.RoundId)
            {
                await offers.AnswerAsync(tx, offer, OfferState.Expired, Actor.Clock);
            }
        }

        await offers.CloseRoundAsync(tx, order.RoundId!.Value);
    }

    /// <summary>On to the parent site, which looks further afield.</summary>
    private async Task<bool> EscalateAsync(OrderRow order, CancellationToken ct)
    {
        var parent = await sites.ParentAsync(order.OwnerSiteId) ?? throw new InvalidOperationException("A center holds, it does not climb.");
        return await StepAsync(
            order,
            async (tx, now) =>
            {
                await orders.EscalateAsync(tx, now, parent, now.AllAsked ? "nobody_left" : "deadline");
                await staff.TellAsync(tx, now with { OwnerPath = parent.Path }, "order.escalated");
            },
            ct);
    }

    /// <summary>Nobody was found: a person looks at it, with the shortage before her eyes.</summary>
    private async Task<bool> HoldAsync(OrderRow order, CancellationToken ct)
    {
        var search = await dispatcher.SearchAsync(order);
        var explanation = (await pool.CurrentAsync(ct)).Explain(search.Need);
        var shortage = System.Text.Json.JsonSerializer.Serialize(ShortageResponse.From(explanation), Wire.Json);
        return await StepAsync(
            order,
            async (tx, now) =>
            {
                await orders.MoveAsync(tx, now, OrderDeed.Hold, Actor.Clock, now.AllAsked ? "nobody_left" : "deadline");
                await orders.HeldAsync(tx, order.Id, now.AllAsked ? "nobody_left" : "deadline", shortage);
                await staff.TellAsync(tx, order, "order.held");
            },
            ct);
    }

    /// <summary>Enough for it to take place: the open seats are given up.</summary>
    private async Task GoAheadAsync(Transaction tx, OrderRow order)
    {
        var filled = (await orders.FactsAsync(tx, order)).Filled;
        await orders.SetPeopleAsync(tx, order, filled, Math.Min(order.PeopleNeeded, filled));
    }

    private async Task AskDispatcherAsync(Transaction tx, OrderRow order)
    {
        await orders.DispatcherAskedAsync(tx, order.Id);
        await staff.TellAsync(tx, order, "order.short");
    }

    private async Task RemindStaffAsync(Transaction tx, OrderRow order)
    {
        await orders.StaffRemindedAsync(tx, order.Id);
        if (StaffReminder.IsFirst(order.StateSince, order.StaffRemindedAt))
        {
            await staff.TellAsync(tx, order, "order.waiting");
            return;
        }

        var policy = await policies.EffectiveAsync(order.CenterId, order.OwnerPath, clock.GetUtcNow());
        await staff.TellOfMorningAsync(tx, order, LocalTime.DayOf(clock.GetUtcNow(), policy.TimeZone));
    }

    private async Task RemindAsync(Transaction tx, OrderRow order, string topic, Func<Transaction, Id, Task> stamp)
    {
        await assignments.TellHoldersAsync(tx, order.Id, topic);
        await stamp(tx, order.Id);
    }

    /// <summary>Who has not come by now will not: the seat is open again, and urgent.</summary>
    private async Task FindNoShowAsync(Transaction tx, OrderRow order)
    {
        var policy = await policies.EffectiveAsync(order.CenterId, order.OwnerPath, clock.GetUtcNow());
        var missed = 0;
        foreach (var assignment in await assignments.HeldOfAsync(tx, order.Id))
        {
            if (assignment.ToAssignment().Miss(order.Window, clock.GetUtcNow(), policy).Refused)
            {
                continue;
            }

            await assignments.EndAsync(tx, assignment, AssignmentDeed.Miss, Actor.Clock, null);
            await orders.FreeSeatAsync(tx, order.Id, assignment.Id);
            missed++;
        }

        if (missed > 0)
        {
            await orders.SeatsReopenedAsync(tx, order.Id, Urgencies.AfterNoShow(order.Urgency), Actor.Clock);
        }
    }

    [LoggerMessage(Level = LogLevel.Debug, Message = "{Action} for {Order}.")]
    private partial void LogStep(OrderAction action, Id order);
}
