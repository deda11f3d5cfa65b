using Matching.Accounts;
using Matching.Api.Assignments;
using Matching.Api.Catalog;
using Matching.Api.Dispatch;
using Matching.Api.Offers;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Plumbing.Jobs;
using Matching.Api.Plumbing.Outbox;
using Matching.Api.Sites;
using Matching.Api.Wishes;
using Matching.Assignments;
using Matching.Offers;
using Matching.Orders;
using Matching.Policies;
using Matching.Sites;
using Matching.Wishes;

namespace Matching.Api.Orders;

/// <summary>
/// Orders, their seats and their clocks. Whoever changes anything about an order locks it first (<see cref="LockAsync"/>), so that all that happens to one
/// order happens one after another, and lets it settle at the end (<see cref="SettleAsync"/>): the state follows the seats, and the next due-date and
/// action are reckoned anew.
/// </summary>
public sealed partial class OrderStore(
    Database database,
    Ids ids,
    TimeProvider clock,
    Vault vault,
    Timeline timeline,
    OutboxStore outbox,
    JobSignals signals,
    SiteStore sites,
    PolicyStore policies,
    CatalogStore catalog,
    OfferStore offers,
    AssignmentStore assignments,
    WishStore wishes)
{
    private const string Columns =
        """
        id, version, center_id, home_site_id, home_path, owner_site_id, owner_path, level, state, state_since, due_at, next_action, edition, fresh_edition,
        menu_item_id, resident_id, need, lat, lng, accuracy_m, address_sealed, window_start, window_end, minutes, urgency, risk, mode, people_wanted,
        people_needed, minors_allowed, insurance_needed, gender_wanted, language_wanted, seats_filled, policy_number, created_by, created_at, reviewed_by,
        ready_at, round_id, level_since, all_asked, dispatcher_asked_at, dispatcher_answered_at, staff_reminded_at, reminded_before_at, reminded_today_at,
        service_code_sealed, hold_reason, shortage, served_at, confirmed_at, confirmed_by, confirmed_how, closed_at
        """;

    private static readonly Sql<ById, OrderRow> Find = new($"SELECT {Columns} FROM orders WHERE id = @Id");

    private static readonly Sql<ByIds, OrderRow> FindMany = new($"SELECT {Columns} FROM orders WHERE id IN @Ids");

    private static readonly Sql<ReachQuery, OrderRow> FindInReach = new(
        $"""
        SELECT {Columns} FROM orders
        WHERE id = @Id AND ((home_path >= @From AND home_path < @To) OR (owner_path >= @From AND owner_path < @To))
        """);

    private static readonly Sql<ById> Lock = new("UPDATE orders SET version = version + 1 WHERE id = @Id");

    private static readonly Sql<VersionRow> LockVersion = new("UPDATE orders SET version = version + 1 WHERE id = @Id AND version = @Version");

    private static readonly Sql<InsertRow> Insert = new(
        """
        INSERT INTO orders (id, version, center_id, home_site_id, home_path, owner_site_id, owner_path, level, state, state_since, edition, fresh_edition,
            menu_item_id, resident_id, need, lat, lng, accuracy_m, address_sealed, window_start, window_end, minutes, urgency, risk, mode,
            people_wanted, people_needed, minors_allowed, insurance_needed, gender_wanted, language_wanted, seats_filled, policy_number,
            created_by, created_at, all_asked, service_code_sealed)
        VALUES (@Id, 1, @CenterId, @SiteId, @Path, @SiteId, @Path, @Level, 'Draft', @Now, 1, 1,
            @MenuItemId, @ResidentId, @Need, @Lat, @Lng, @AccuracyM, @AddressSealed, @WindowStart, @WindowEnd, @Minutes, @Urgency, @Risk, @Mode,
            @PeopleWanted, @PeopleNeeded, @MinorsAllowed, @InsuranceNeeded, @GenderWanted, @LanguageWanted, 0, @PolicyNumber,
            @CreatedBy, @Now, 0, @ServiceCodeSealed)
        """);

    private static readonly Sql<SeatRow> InsertSeat = new("INSERT INTO seats (order_id, number) VALUES (@OrderId, @Number)");

    private static readonly Sql<SeatRow> DeleteOpenSeat = new(
        "DELETE FROM seats WHERE order_id = @OrderId AND number = @Number AND assignment_id IS NULL");

    private static readonly Sql<ById, SeatNumber> OpenSeats = new(
        "SELECT number FROM seats WHERE order_id = @Id AND assignment_id IS NULL ORDER BY number");

    private static readonly Sql<ById, SeatNumber> AllSeats = new("SELECT number FROM seats WHERE order_id = @Id ORDER BY number");

    private static readonly Sql<TakeSeatRow> TakeSeat = new(
        "UPDATE seats SET assignment_id = @AssignmentId WHERE order_id = @OrderId AND number = @Number AND assignment_id IS NULL");

    private static readonly Sql<FreeSeatRow> FreeSeat = new(
        "UPDATE seats SET assignment_id = NULL WHERE order_id = @OrderId AND assignment_id = @AssignmentId");

    private static readonly Sql<LinkRow> InsertLink = new("INSERT INTO wish_orders (wish_id, order_id) VALUES (@WishId, @OrderId)");

    private static readonly Sql<CopyRules> CopySkills = new(
        "INSERT INTO order_skills (order_id, skill_id, level) SELECT @OrderId, skill_id, level FROM menu_item_skills WHERE menu_item_id = @MenuItemId");

    private static readonly Sql<CopyRules> CopyQualifications = new(
        """
        INSERT INTO order_qualifications (order_id, qualification_id)
        SELECT @OrderId, qualification_id FROM menu_item_qualifications WHERE menu_item_id = @MenuItemId
        """);

    private static readonly Sql<StateRow> SetState = new(
        "UPDATE orders SET state = @State, state_since = @Now, closed_at = @ClosedAt, served_at = CASE WHEN @Served = 1 THEN @Now ELSE served_at END WHERE id = @Id");

    private static readonly Sql<ReadyRow> SetReady = new(
        """
        UPDATE orders SET ready_at = @Now, urgency = @Urgency, level_since = NULL, round_id = NULL, all_asked = 0, staff_reminded_at = NULL,
            dispatcher_asked_at = NULL, dispatcher_answered_at = NULL, edition = edition + 1
        WHERE id = @Id
        """);

    private static readonly Sql<ReviewerRow> SetReviewer = new("UPDATE orders SET reviewed_by = @AccountId WHERE id = @Id");

    private static readonly Sql<PlanRow> SetPlan = new(
        "UPDATE orders SET due_at = @DueAt, next_action = @NextAction, seats_filled = @SeatsFilled WHERE id = @Id");

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

    private static readonly Sql<PeopleRow> SetPeople = new("UPDATE orders SET people_wanted = @Wanted, people_needed = @Needed WHERE id = @Id");

    private static readonly Sql<WindowRow> SetWindow = new(
        """
        UPDATE orders SET window_start = @Start, window_end = @End, edition = edition + 1, fresh_edition = edition + 1,
            reminded_before_at = NULL, reminded_today_at = NULL
        WHERE id = @Id
        """);

    private static readonly Sql<ModeRow> SetMode = new("UPDATE orders SET mode = @Mode WHERE id = @Id");

    private static readonly Sql<ById, SeatFactsRow> FilledSeats = new(
        """
        SELECT a.accepted_at, a.checked_in_at, a.checked_out_at
        FROM seats s JOIN assignments a ON a.id = s.assignment_id
        WHERE s.order_id = @Id
        """);

    private static readonly Sql<ById, RoundFactsRow> RoundOf = new(
        """
        SELECT r.wave, r.opened_at, r.closes_at, r.closed_at
        FROM orders o JOIN dispatch_rounds r ON r.id = o.round_id
        WHERE o.id = @Id
        """);

    private static readonly Sql<ListQuery, OrderRow> Newest = new(
        $$"""
        SELECT {{Columns}} FROM orders
        WHERE center_id = @CenterId AND id < @Before
            AND ((home_path >= @From AND home_path < @To) OR (owner_path >= @From AND owner_path < @To))
            AND (@State IS NULL OR state = @State) AND (@Urgency IS NULL OR urgency = @Urgency)
        ORDER BY id DESC
        {page}
        """);

    private static readonly Sql<ListByDueQuery, OrderRow> SoonestDue = new(
        $$"""
        SELECT {{Columns}} FROM orders
        WHERE center_id = @CenterId AND due_at >= @DueAfter AND (due_at > @DueAfter OR id > @After)
            AND ((home_path >= @From AND home_path < @To) OR (owner_path >= @From AND owner_path < @To))
            AND (@State IS NULL OR state = @State) AND (@Urgency IS NULL OR urgency = @Urgency)
        ORDER BY due_at, id
        {page}
        """);

    private static readonly Sql<ById, EscalationOfOrder> Escalations = new(
        "SELECT id, from_site_id, to_site_id, reason, happened_at FROM escalations WHERE order_id = @Id ORDER BY id");

    private static readonly Sql<LookAgainRow> LookAgain = new(
        """
        UPDATE orders SET due_at = @Now
        WHERE center_id = @CenterId AND due_at > @Now AND owner_path >= @From AND owner_path < @To
        """);

    private static readonly Sql<DueQuery, OrderRow> Due = new(
        $$"""
        SELECT {{Columns}} FROM orders
        WHERE due_at <= @Now AND next_action IS NOT NULL
        ORDER BY due_at, id
        {page}
        """);

    public Task<OrderRow?> FindAsync(Id id) => database.FirstAsync(Find, new ById(id));

    public Task<OrderRow?> FindAsync(IRows rows, Id id) => rows.FirstAsync(Find, new ById(id));

    public async Task<List<OrderRow>> FindManyAsync(IReadOnlyCollection<Id> orderIds)
    {
        var found = new List<OrderRow>(orderIds.Count);
        foreach (var chunk in ByIds.Chunks(orderIds))
        {
            found.AddRange(await database.ListAsync(FindMany, chunk));
        }

        return found;
    }

    /// <summary>As staff see it: home or owner within their reach.</summary>
    public Task<OrderRow?> FindAsync(Caller caller, Id id) => database.FirstAsync(FindInReach, new ReachQuery(id, caller.Reach.From, caller.Reach.To));

    /// <summary>Orders of a subtree, newest first.</summary>
    public Task<List<OrderRow>> NewestAsync(OrderFilter filter, Id before, int take) => database.ListAsync(Newest, new ListQuery(
        filter.CenterId, filter.Reach.From, filter.Reach.To, filter.State?.ToString(), filter.Urgency?.ToString(), before, take));

    /// <summary>Unfinished orders of a subtree, the one that needs looking at soonest first.</summary>
    public Task<List<OrderRow>> SoonestDueAsync(OrderFilter filter, DateTimeOffset dueAfter, Id after, int take) => database.ListAsync(
        SoonestDue, new ListByDueQuery(
            filter.CenterId, filter.Reach.From, filter.Reach.To, filter.State?.ToString(), filter.Urgency?.ToString(), dueAfter, after, take));

    public Task<List<EscalationOfOrder>> EscalationsAsync(Id orderId) => database.ListAsync(Escalations, new ById(orderId));

    /// <summary>The due ones, the longest due first.</summary>
    public Task<List<OrderRow>> DueAsync(int take) => database.ListAsync(Due, new DueQuery(clock.GetUtcNow(), take));

    /// <summary>First of all in a transaction: from here on nobody else changes this order. Null when there is none.</summary>
    public async Task<OrderRow?> LockAsync(Transaction tx, Id id) =>
        await tx.ExecuteAsync(Lock, new ById(id)) == 0 ? null : await tx.FirstAsync(Find, new ById(id));

    /// <summary>The lock, for a step that was decided on what was read before: null when somebody has touched the order since.</summary>
    public async Task<OrderRow?> LockUnchangedAsync(Transaction tx, OrderRow read) =>
        await tx.ExecuteAsync(LockVersion, new VersionRow(read.Id, read.Version)) == 0 ? null : await tx.FirstAsync(Find, new ById(read.Id));

    /// <summary>
    /// What staff do to one order within their reach: locks it, lets the deed decide and act, and answers where it stands then. Absent and foreign look the same.
    /// </summary>
    public Task<Outcome<OrderAnswer>> ChangeAsync(Caller caller, Id id, Func<Transaction, OrderRow, Task<Outcome<OrderRow>>> deed, CancellationToken ct) =>
        database.WriteAsync<Outcome<OrderAnswer>>(
            async tx =>
            {
                if (await LockAsync(tx, id) is not { } order || !(caller.Reach.Covers(order.HomePath) || caller.Reach.Covers(order.OwnerPath)))
                {
                    return Refusals.OrderUnknown;
                }

                var changed = await deed(tx, order);
                return changed.Refusal is { } refusal ? refusal : OrderAnswer.From(changed.Value);
            },
            ct);

    public async Task<CreatedOrder> CreateAsync(Transaction tx, NewOrder order, IReadOnlyList<Id> wishIds, Actor actor)
    {
        var item = await catalog.MenuItemAsync(tx, order.MenuItemId) ?? throw new InvalidOperationException("The caller has checked the menu item.");
        var site = await sites.FindAsync(tx, order.HomeSiteId) ?? throw new InvalidOperationException("The caller has checked the site.");
        var policy = await policies.EffectiveAsync(site.CenterId, site.Path, clock.GetUtcNow());
        var id = ids.Next(IdKind.Order);
        var wanted = order.PeopleWanted ?? item.PeopleWanted;
        await tx.ExecuteAsync(Insert, new InsertRow
        {
            Id = id,
            CenterId = site.CenterId,
            SiteId = site.Id,
            Path = site.Path,
            Level = site.Kind.ToString(),
            Now = clock.GetUtcNow(),
            MenuItemId = item.Id,
            ResidentId = order.ResidentId,
            Need = order.Need,
            Lat = order.Place.Lat,
            Lng = order.Place.Lng,
            AccuracyM = order.Place.AccuracyM,
            AddressSealed = order.AddressSealed,
            WindowStart = order.Window.Start,
            WindowEnd = order.Window.End,
            Minutes = order.Minutes ?? item.Minutes,
            Urgency = order.Urgency.ToString(),
            Risk = item.Risk.ToString(),
            Mode = (order.Mode ?? item.Mode).ToString(),
            PeopleWanted = wanted,
            PeopleNeeded = Math.Min(order.PeopleNeeded ?? item.PeopleNeeded, wanted),
            MinorsAllowed = item.MinorsAllowed,
            InsuranceNeeded = item.InsuranceNeeded,
            GenderWanted = item.MayAskGender ? order.GenderWanted?.ToString() : null,
            LanguageWanted = item.MayAskLanguage ? order.LanguageWanted : null,
            PolicyNumber = policy.Version,
            CreatedBy = actor.AccountId,
            ServiceCodeSealed = vault.Seal(ServiceCode.New()),
        });
        for (var number = 1; number <= wanted; number++)
        {
            await tx.ExecuteAsync(InsertSeat, new SeatRow(id, number));
        }

        await tx.ExecuteAsync(CopySkills, new CopyRules(id, item.Id));
        await tx.ExecuteAsync(CopyQualifications, new CopyRules(id, item.Id));
        foreach (var wishId in wishIds)
        {
            await tx.ExecuteAsync(InsertLink, new LinkRow(wishId, id));
        }

        await timeline.AddAsync(tx, id, null, nameof(OrderState.Draft), "Create", actor);
        if (item.Risk < Risk.Medium)
        {
            await BecomeReadyAsync(tx, (await LockAsync(tx, id))!, actor);
        }
        else
        {
            await outbox.AddAsync(tx, "order.review", id, site.CenterId, null, new { orderId = id, siteId = site.Id });
        }

        await SettleAsync(tx, id, actor);
        return new CreatedOrder(id, item.Risk < Risk.Medium ? OrderState.Ready : OrderState.Draft);
    }

    /// <summary>A draft is good to go: from medium risk on because a second person says so.</summary>
    public async Task<Outcome<OrderRow>> ApproveAsync(Transaction tx, OrderRow order, Caller reviewer)
    {
        if (OrderStates.Approve(order.State, order.Risk, order.CreatedBy ?? Id.None, reviewer.AccountId) is { Refusal: { } refusal })
        {
            return refusal;
        }

        await tx.ExecuteAsync(SetReviewer, new ReviewerRow(order.Id, reviewer.AccountId));
        await BecomeReadyAsync(tx, order, reviewer);
        return await SettleAsync(tx, order.Id, reviewer);
    }

    /// <summary>Moves along a line of the table, or throws: whoever calls it has asked the rule before, under the lock.</summary>
    public async Task MoveAsync(Transaction tx, OrderRow order, OrderDeed deed, Actor actor, string? reason = null)
    {
        var to = OrderStates.Move(order.State, deed).Value;
        await tx.ExecuteAsync(SetState, new StateRow(
            order.Id, to.ToString(), clock.GetUtcNow(), to.IsOpen() ? null : clock.GetUtcNow(), to == OrderState.AwaitingConfirmation));
        await timeline.AddAsync(tx, order.Id, order.State.ToString(), to.ToString(), deed.ToString(), actor, reason);
        await outbox.AddAsync(tx, "order." + System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(to.ToString()), order.Id, order.CenterId, null, new { orderId = order.Id, from = order.State, to });
        if (to == OrderState.Accepted)
        {
            await offers.EndPendingAsync(tx, order.Id, OfferState.TooLate, actor);
        }

        if (to == OrderState.AwaitingConfirmation)
        {
            await AskToConfirmAsync(tx, order, actor);
        }

        if (!to.IsOpen())
        {
            await FinishAsync(tx, order, to, actor, reason);
        }
    }

    /// <summary>Given up by staff, the clock, or because its wish was withdrawn; says why to both sides. The caller has locked it.</summary>
    public async Task<Outcome<OrderRow>> EndAsync(Transaction tx, OrderRow order, OrderDeed deed, Actor actor, string? reason)
    {
        if (OrderStates.Move(order.State, deed) is { Refusal: { } refusal })
        {
            return refusal;
        }

        await MoveAsync(tx, order, deed, actor, reason);
        return await SettleAsync(tx, order.Id, actor);
    }

    /// <summary>Cancels an order, as its wish is withdrawn.</summary>
    public async Task<Outcome<OrderRow>> CancelAsync(Transaction tx, Id orderId, Actor actor, string? reason) =>
        await LockAsync(tx, orderId) is { } order ? await EndAsync(tx, order, OrderDeed.Cancel, actor, reason) : Refusals.OrderUnknown;

    /// <summary>Lets the state follow the seats, and reckons the next due-date and action.</summary>
    public async Task<OrderRow> SettleAsync(Transaction tx, Id id, Actor actor)
    {
        while (true)
        {
            var order = (await FindAsync(tx, id))!;
            var policy = await policies.EffectiveAsync(order.CenterId, order.OwnerPath, clock.GetUtcNow());
            var facts = await FactsAsync(tx, order);
            if (OrderStates.Follow(order.State, order.PeopleWanted, facts.Seats) is { } deed)
            {
                await MoveAsync(tx, order, deed, actor);
                continue;
            }

            // Offers of a level that the order has left run out in their own time: then, too, it is looked at.
            var runsOutAt = await offers.ExpireAsync(tx, id);
            var next = OrderClock.Next(facts, policy);
            var dueAt = runsOutAt < next?.DueAt ? runsOutAt : next?.DueAt;
            await tx.ExecuteAsync(SetPlan, new PlanRow(id, dueAt, next?.Action.ToString(), facts.Filled));
            if (dueAt <= clock.GetUtcNow())
            {
                tx.AfterCommit(signals.Wake<AdvanceOrders>);
            }

            return order with { DueAt = dueAt, NextAction = next?.Action, SeatsFilled = facts.Filled };
        }
    }

    public async Task<OrderFacts> FactsAsync(IRows rows, OrderRow order)
    {
        var seats = await rows.ListAsync(FilledSeats, new ById(order.Id));
        var round = await rows.FirstAsync(RoundOf, new ById(order.Id));
        return new OrderFacts
        {
            State = order.State,
            Since = order.StateSince,
            Urgency = order.Urgency,
            Level = order.Level,
            LevelSince = order.LevelSince,
            ReadyAt = order.ReadyAt,
            Window = order.Window,
            Wanted = order.PeopleWanted,
            Needed = order.PeopleNeeded,
            Seats = [.. seats.Select(seat => new SeatFacts(seat.AcceptedAt, seat.CheckedInAt, seat.CheckedOutAt))],
            Mode = order.Mode,
            Round = round is null ? null : new RoundFacts(round.Wave, round.OpenedAt, round.ClosedAt ?? round.ClosesAt, round.ClosedAt is not null),
            EverybodyAsked = order.AllAsked,
            DayBeforeSentAt = order.RemindedBeforeAt,
            OnTheDaySentAt = order.RemindedTodayAt,
            DispatcherAskedAt = order.DispatcherAskedAt,
            DispatcherAnswered = order.DispatcherAnsweredAt is not null,
            StaffRemindedAt = order.StaffRemindedAt,
        };
    }

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

    /// <summary>The policy of a subtree has changed: every unfinished order there is looked at again, and its clock reckoned anew.</summary>
    public async Task LookAgainAsync(Transaction tx, Id centerId, string path)
    {
        var reach = Reach.Of(path);
        await tx.ExecuteAsync(LookAgain, new LookAgainRow(centerId, reach.From, reach.To, clock.GetUtcNow()));
        tx.AfterCommit(signals.Wake<AdvanceOrders>);
    }

    /// <summary>Takes the first open seat for an assignment; null when none is open any more.</summary>
    public async Task<int?> TakeSeatAsync(Transaction tx, Id orderId, Id assignmentId)
    {
        foreach (var seat in await tx.ListAsync(OpenSeats, new ById(orderId)))
        {
            if (await tx.ExecuteAsync(TakeSeat, new TakeSeatRow(orderId, seat.Number, assignmentId)) == 1)
            {
                return seat.Number;
            }
        }

        return null;
    }

    public Task FreeSeatAsync(Transaction tx, Id orderId, Id assignmentId) => tx.ExecuteAsync(FreeSeat, new FreeSeatRow(orderId, assignmentId));

    public async Task<int> OpenSeatCountAsync(IRows rows, Id orderId) => (await rows.ListAsync(OpenSeats, new ById(orderId))).Count;

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

    /// <summary>More seats or fewer; never fewer than are filled, which the caller has checked.</summary>
    public async Task SetPeopleAsync(Transaction tx, OrderRow order, int wanted, int needed)
    {
        var seats = await tx.ListAsync(AllSeats, new ById(order.Id));
        for (var number = (seats.Count == 0 ? 0 : seats[^1].Number) + 1; seats.Count < wanted; number++)
        {
            await tx.ExecuteAsync(InsertSeat, new SeatRow(order.Id, number));
            seats.Add(new SeatNumber { Number = number });
        }

        for (var i = seats.Count - 1; i >= 0 && seats.Count > wanted; i--)
        {
            if (await tx.ExecuteAsync(DeleteOpenSeat, new SeatRow(order.Id, seats[i].Number)) == 1)
            {
                seats.RemoveAt(i);
            }
        }

        await tx.ExecuteAsync(SetPeople, new PeopleRow(order.Id, wanted, needed));
    }

    // Nobody is left waiting for an order that is over.
    private async Task FinishAsync(Transaction tx, OrderRow order, OrderState to, Actor actor, string? reason)
    {
        await offers.EndPendingAsync(tx, order.Id, OfferState.Withdrawn, actor);
        if (!to.IsServed())
        {
            await assignments.TellHoldersAsync(tx, order.Id, "assignment.cancelled");
            foreach (var assignment in await assignments.HeldOfAsync(tx, order.Id))
            {
                if (assignment.State == AssignmentState.Confirmed)
                {
                    await assignments.EndAsync(tx, assignment, AssignmentDeed.Release, actor, reason);
                    await FreeSeatAsync(tx, order.Id, assignment.Id);
                }
            }
        }

        await wishes.FollowOrderAsync(tx, order.Id, to.IsServed());
    }

    private async Task BecomeReadyAsync(Transaction tx, OrderRow order, Actor actor)
    {
        var policy = await policies.EffectiveAsync(order.CenterId, order.OwnerPath, clock.GetUtcNow());
        await MoveAsync(tx, order, OrderDeed.Approve, actor);
        await SearchAnewAsync(tx, order.Id, Urgencies.Fit(order.Urgency, clock.GetUtcNow(), order.Window, policy));
    }

    private sealed record ReachQuery(Id Id, string From, string To);

    private sealed record VersionRow(Id Id, int Version);

    private sealed record InsertRow
    {
        public required Id Id { get; init; }

        public required Id CenterId { get; init; }

        public required Id SiteId { get; init; }

        public required string Path { get; init; }

        public required string Level { get; init; }

        public required DateTimeOffset Now { get; init; }

        public required Id MenuItemId { get; init; }

        public required Id? ResidentId { get; init; }

        public required string Need { get; init; }

        public required double Lat { get; init; }

        public required double Lng { get; init; }

        public required double AccuracyM { get; init; }

        public required string? AddressSealed { get; init; }

        public required DateTimeOffset WindowStart { get; init; }

        public required DateTimeOffset WindowEnd { get; init; }

        public required int Minutes { get; init; }

        public required string Urgency { get; init; }

        public required string Risk { get; init; }

        public required string Mode { get; init; }

        public required int PeopleWanted { get; init; }

        public required int PeopleNeeded { get; init; }

        public required bool MinorsAllowed { get; init; }

        public required bool InsuranceNeeded { get; init; }

        public required string? GenderWanted { get; init; }

        public required string? LanguageWanted { get; init; }

        public required int PolicyNumber { get; init; }

        public required Id? CreatedBy { get; init; }

        public required string ServiceCodeSealed { get; init; }
    }

    private sealed record SeatRow(Id OrderId, int Number);

    private sealed record SeatNumber
    {
        public int Number { get; init; }
    }

    private sealed record TakeSeatRow(Id OrderId, int Number, Id AssignmentId);

    private sealed record FreeSeatRow(Id OrderId, Id AssignmentId);

    private sealed record LinkRow(Id WishId, Id OrderId);

    private sealed record CopyRules(Id OrderId, Id MenuItemId);

    private sealed record StateRow(Id Id, string State, DateTimeOffset Now, DateTimeOffset? ClosedAt, bool Served);

    private sealed record ReadyRow(Id Id, DateTimeOffset Now, string Urgency);

    private sealed record ReviewerRow(Id Id, Id AccountId);

    private sealed record PlanRow(Id Id, DateTimeOffset? DueAt, string? NextAction, int SeatsFilled);

    private sealed record OwnerRow(Id Id, Id SiteId, string Path, string Level, DateTimeOffset Now);

    private sealed record EscalationRow(Id Id, Id OrderId, Id FromSiteId, Id ToSiteId, string Reason, DateTimeOffset HappenedAt);

    private sealed record RoundRow(Id Id, Id? RoundId, bool AllAsked);

    private sealed record HoldRow(Id Id, string Reason, string? Shortage);

    private sealed record StampRow(Id Id, DateTimeOffset Now);

    private sealed record PeopleRow(Id Id, int Wanted, int Needed);

    private sealed record WindowRow(Id Id, DateTimeOffset Start, DateTimeOffset End);

    private sealed record ModeRow(Id Id, string Mode);

    private sealed record ListQuery(Id CenterId, string From, string To, string? State, string? Urgency, Id Before, int Take);

    private sealed record ListByDueQuery(
        Id CenterId, string From, string To, string? State, string? Urgency, DateTimeOffset DueAfter, Id After, int Take);

    private sealed record LookAgainRow(Id CenterId, string From, string To, DateTimeOffset Now);

    private sealed record DueQuery(DateTimeOffset Now, int Take);

    private sealed record SeatFactsRow
    {
        public DateTimeOffset AcceptedAt { get; init; }

        public DateTimeOffset? CheckedInAt { get; init; }

        public DateTimeOffset? CheckedOutAt { get; init; }
    }

    private sealed record RoundFactsRow
    {
        public int Wave { get; init; }

        public DateTimeOffset OpenedAt { get; init; }

        public DateTimeOffset ClosesAt { get; init; }

        public DateTimeOffset? ClosedAt { get; init; }
    }
}

/// <summary>Which orders to list; an order is of a subtree by its home or by its owner.</summary>
public sealed record OrderFilter(Id CenterId, Reach Reach, OrderState? State, Urgency? Urgency);

/// <summary>One climb of an order.</summary>
public sealed record EscalationOfOrder
{
    public Id Id { get; init; }

    public Id FromSiteId { get; init; }

    public Id ToSiteId { get; init; }

    public string Reason { get; init; } = "";

    public DateTimeOffset HappenedAt { get; init; }
}
