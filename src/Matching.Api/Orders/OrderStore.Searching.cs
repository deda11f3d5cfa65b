using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;
using Matching.Orders;
using Matching.Wishes;

namespace Matching.Api.Orders;

/// <summary>The part that keeps the search: at which level it is, which round runs, who was reminded of it.</summary>
public sealed partial class OrderStore
{
    private static readonly Sql<ReadyRow> SetReady = new(
        """
        UPDATE orders SET ready_at = @Now, urgency = @Urgency, level_since = NULL, round_id = NULL, all_asked = 0, staff_reminded_at = NULL,
            dispatcher_asked_at = NULL, dispatcher_answered_at = NULL, edition = edition + 1
        WHERE id = @Id
        """);

    private static readonly Sql<OwnerRow> SetOwner = new(
        """
        UPDATE orders SET owner_site_id = @SiteId, owner_path = @Path, level = @Level, level_since = @Now, round_id = NULL, all_asked = 0
        WHERE id = @Id
        """);

    private static readonly Sql<EscalationRow> InsertEscalation = new(
        """
        INSERT INTO escalations (id, order_id, from_site_id, to_site_id, reason, happened_at)
        VALUES (@Id, @OrderId, @FromSiteId, @ToSiteId, @Reason, @HappenedAt)
        """);

    private static readonly Sql<RoundRow> SetRound = new("UPDATE orders SET round_id = @RoundId, all_asked = @AllAsked WHERE id = @Id");

    private static readonly Sql<HoldRow> SetHold = new("UPDATE orders SET hold_reason = @Reason, shortage = @Shortage WHERE id = @Id");

    private static readonly Sql<StampRow> StampStaffReminded = new("UPDATE orders SET staff_reminded_at = @Now WHERE id = @Id");

    private static readonly Sql<StampRow> StampDispatcherAsked = new("UPDATE orders SET dispatcher_asked_at = @Now WHERE id = @Id");

    private static readonly Sql<StampRow> StampDispatcherAnswered = new("UPDATE orders SET dispatcher_answered_at = @Now WHERE id = @Id");

    private static readonly Sql<StampRow> StampRemindedBefore = new("UPDATE orders SET reminded_before_at = @Now WHERE id = @Id");

    private static readonly Sql<StampRow> StampRemindedToday = new("UPDATE orders SET reminded_today_at = @Now WHERE id = @Id");

    private static readonly Sql<WindowRow> SetWindow = new(
        """
        UPDATE orders SET window_start = @Start, window_end = @End, edition = edition + 1, fresh_edition = edition + 1,
            reminded_before_at = NULL, reminded_today_at = NULL
        WHERE id = @Id
        """);

    private static readonly Sql<ModeRow> SetMode = new("UPDATE orders SET mode = @Mode WHERE id = @Id");

    /// <summary>The search begins to count anew: a seat is open again, or a person let it go on.</summary>
    public Task SearchAnewAsync(Transaction tx, Id orderId, Urgency urgency) =>
        tx.ExecuteAsync(SetReady, new ReadyRow(orderId, clock.GetUtcNow(), urgency.ToString()));

    /// <summary>A seat was given back or not turned up for: those who were too late before can be asked now.</summary>
    public async Task SeatsReopenedAsync(Transaction tx, Id orderId, Urgency urgency, Actor actor)
    {
        var order = (await FindAsync(tx, orderId))!;
        var policy = await policies.EffectiveAsync(order.CenterId, order.OwnerPath, clock.GetUtcNow());
        await SearchAnewAsync(tx, orderId, Urgencies.Fit(urgency, clock.GetUtcNow(), order.Window, policy));
        await SettleAsync(tx, orderId, actor);
    }

    /// <summary>Climbs to the parent site; a row says from where, to where, why and when.</summary>
    public async Task EscalateAsync(Transaction tx, OrderRow order, Site parent, string reason)
    {
        await tx.ExecuteAsync(InsertEscalation, new EscalationRow(
            ids.Next(IdKind.Escalation), order.Id, order.OwnerSiteId, parent.Id, reason, clock.GetUtcNow()));
        if (order.RoundId is { } running)
        {
            await offers.CloseRoundAsync(tx, running);
        }

        await GiveToAsync(tx, order, parent);
    }

    /// <summary>A dispatcher hands it down to a site below; a row says from where, to where, why and when.</summary>
    public async Task HandDownAsync(Transaction tx, OrderRow order, Site child)
    {
        await tx.ExecuteAsync(InsertEscalation, new EscalationRow(
            ids.Next(IdKind.Escalation), order.Id, order.OwnerSiteId, child.Id, "handed_down", clock.GetUtcNow()));
        await GiveToAsync(tx, order, child);
    }

    /// <summary>On to another site: up when nobody was found, down when a parent hands it to a child.</summary>
    private Task GiveToAsync(Transaction tx, OrderRow order, Site site) =>
        tx.ExecuteAsync(SetOwner, new OwnerRow(order.Id, site.Id, site.Path, site.Kind.ToString(), clock.GetUtcNow()));

    public Task RoundOpenedAsync(Transaction tx, Id orderId, Id? roundId, bool allAsked) => tx.ExecuteAsync(SetRound, new RoundRow(orderId, roundId, allAsked));

    public Task HeldAsync(Transaction tx, Id orderId, string reason, string? shortage) => tx.ExecuteAsync(SetHold, new HoldRow(orderId, reason, shortage));

    public Task StaffRemindedAsync(Transaction tx, Id orderId) => tx.ExecuteAsync(StampStaffReminded, new StampRow(orderId, clock.GetUtcNow()));

    public Task DispatcherAskedAsync(Transaction tx, Id orderId) => tx.ExecuteAsync(StampDispatcherAsked, new StampRow(orderId, clock.GetUtcNow()));

    public Task DispatcherAnsweredAsync(Transaction tx, Id orderId) => tx.ExecuteAsync(StampDispatcherAnswered, new StampRow(orderId, clock.GetUtcNow()));

    public Task RemindedBeforeAsync(Transaction tx, Id orderId) => tx.ExecuteAsync(StampRemindedBefore, new StampRow(orderId, clock.GetUtcNow()));

    public Task RemindedTodayAsync(Transaction tx, Id orderId) => tx.ExecuteAsync(StampRemindedToday, new StampRow(orderId, clock.GetUtcNow()));

    public Task SetModeAsync(Transaction tx, Id orderId, DispatchMode mode) => tx.ExecuteAsync(SetMode, new ModeRow(orderId, mode.ToString()));

    /// <summary>A new window: whoever said no to the old one may be asked again.</summary>
    public Task SetWindowAsync(Transaction tx, Id orderId, Window window) => tx.ExecuteAsync(SetWindow, new WindowRow(orderId, window.Start, window.End));

    private sealed record ReadyRow(Id Id, DateTimeOffset Now, string Urgency);

    private sealed record OwnerRow(Id Id, Id SiteId, string Path, string Level, DateTimeOffset Now);

    private sealed record EscalationRow(Id Id, Id OrderId, Id FromSiteId, Id ToSiteId, string Reason, DateTimeOffset HappenedAt);

    private sealed record RoundRow(Id Id, Id? RoundId, bool AllAsked);

    private sealed record HoldRow(Id Id, string Reason, string? Shortage);

    private sealed record StampRow(Id Id, DateTimeOffset Now);

    private sealed record WindowRow(Id Id, DateTimeOffset Start, DateTimeOffset End);

    private sealed record ModeRow(Id Id, string Mode);
}
