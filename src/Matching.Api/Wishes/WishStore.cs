using Matching.Accounts;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Plumbing.Jobs;
using Matching.Api.Plumbing.Outbox;
using Matching.Api.Sites;
using Matching.Orders;
using Matching.Policies;
using Matching.Wishes;

namespace Matching.Api.Wishes;

/// <summary>The rows of wishes, and what hangs on each change of one: its timeline, its due-date, word to those who asked.</summary>
public sealed class WishStore(Database database, Timeline timeline, OutboxStore outbox, PolicyStore policies, Leases leases, TimeProvider clock)
{
    private const string Wishes =
        """
        SELECT w.id, w.version, w.center_id, w.site_id, w.path, w.state, w.state_since, w.resident_id, r.account_id AS resident_account_id, w.submitted_by,
            w.channel, w.meeting_id, w.partner_id, w.partner_reference, w.menu_item_id, w.words, w.lat, w.lng, w.accuracy_m, w.address_sealed, w.window_start,
            w.window_end, w.urgency, w.gender_wanted, w.language_wanted, w.leased_by, w.leased_until, w.due_at, w.reminded_at, w.question, w.answer, w.reason, w.referred_to,
            w.merged_into, w.appealed, w.appeal_site_id, w.orders_total, w.orders_open, w.orders_served, w.submitted_at
        FROM wishes w INNER JOIN residents r ON r.id = w.resident_id
        """;

    private static readonly Sql<ById, WishRow> Find = new($"{Wishes} WHERE w.id = @Id");

    private static readonly Sql<ReachQuery, WishRow> FindInReach = new($"{Wishes} WHERE w.id = @Id AND w.path >= @From AND w.path < @To");

    // Theirs: they asked, it is for them, or they may ask for whom it is for.
    private static readonly Sql<TheirsQuery, WishRow> FindTheirs = new(
        $"""
        {Wishes}
        WHERE w.id = @Id AND (w.submitted_by = @AccountId OR r.account_id = @AccountId OR w.resident_id = @SubjectId
            OR EXISTS (SELECT 1 FROM resident_proxies p WHERE p.resident_id = w.resident_id AND p.account_id = @AccountId))
        """);

    private static readonly Sql<PartnersQuery, WishRow> FindPartners = new($"{Wishes} WHERE w.id = @Id AND w.partner_id = @PartnerId");

    private static readonly Sql<ReferenceQuery, WishRow> FindByReference = new(
        $"{Wishes} WHERE w.partner_id = @PartnerId AND w.partner_reference = @Reference");

    // Touched before it is read: of two at once the second waits, and then reads what the first has left.
    private static readonly Sql<ById> Hold = new("UPDATE wishes SET version = version + 1 WHERE id = @Id");

    private static readonly Sql<NewWish> Insert = new(
        """
        INSERT INTO wishes (id, version, center_id, site_id, path, state, state_since, resident_id, submitted_by, channel, meeting_id, partner_id,
            partner_reference, menu_item_id, words, words_folded, lat, lng, accuracy_m, sent_lat, sent_lng, sent_datum, address_sealed, window_start, window_end, urgency, gender_wanted, language_wanted,
            due_at, next_action, appealed, orders_total, orders_open, orders_served, submitted_at)
        VALUES (@Id, 1, @CenterId, @SiteId, @Path, 'Submitted', @SubmittedAt, @ResidentId, @SubmittedBy, @Channel, @MeetingId, @PartnerId,
            @PartnerReference, @MenuItemId, @Words, @WordsFolded, @Lat, @Lng, @AccuracyM, @SentLat, @SentLng, @SentDatum, @AddressSealed, @WindowStart, @WindowEnd, @Urgency, @GenderWanted, @LanguageWanted,
            @DueAt, @NextAction, 0, 0, 0, 0, @SubmittedAt)
        """);

    private static readonly Sql<Change> Move = new(
        """
        UPDATE wishes
        SET state = @State, state_since = @Since, leased_by = @LeasedBy, leased_until = @LeasedUntil, due_at = @DueAt, next_action = @NextAction,
            swept_by = NULL, swept_until = NULL, reminded_at = @RemindedAt, appealed = @Appealed, merged_into = @MergedInto, closed_at = @ClosedAt, urgency = @Urgency, path = @Path,
            appeal_site_id = @AppealSiteId, question = @Question, answer = @Answer, reason = @Reason, referred_to = @ReferredTo, version = version + 1
        WHERE id = @Id
        """);

    private static readonly Sql<Share> Count = new(
        "UPDATE wishes SET orders_total = @Total, orders_open = @Open, orders_served = @Served, version = version + 1 WHERE id = @Id");

    private static readonly Sql<ById, IdRow> WishesOf = new("SELECT wish_id AS id FROM wish_orders WHERE order_id = @Id ORDER BY wish_id");

    private static readonly Sql<ById, OrderStateRow> OrdersOf = new(
        "SELECT o.id, o.state FROM wish_orders l INNER JOIN orders o ON o.id = l.order_id WHERE l.wish_id = @Id ORDER BY l.order_id");

    private static readonly Sql<ById, IdRow> Wanting = new(
        "SELECT w.id FROM wish_orders l INNER JOIN wishes w ON w.id = l.wish_id WHERE l.order_id = @Id AND w.state = 'Ordered' ORDER BY w.id");

    private static readonly Sql<ById, IdRow> MergedInto = new("SELECT id FROM wishes WHERE merged_into = @Id ORDER BY id");

    // leased_by is the curator who has claimed it; swept_by is the node that does what is due.
    private static readonly Sql<DueQuery, DueRow> Due = new(
        """
        SELECT id FROM wishes
        WHERE due_at <= @Now AND (swept_until IS NULL OR swept_until <= @MachineNow)
        ORDER BY due_at, id
        {page}
        """);

    private static readonly Sql<TakeRows> TakeDue = new(
        """
        UPDATE wishes SET swept_by = @NodeId, swept_until = @Until
        WHERE id IN @Ids AND due_at <= @Now AND (swept_until IS NULL OR swept_until <= @MachineNow)
        """);

    private static readonly Sql<RowsOfNode, DueRow> TakenDue = new("SELECT id FROM wishes WHERE id IN @Ids AND swept_by = @NodeId");

    private static readonly Sql<RowsOfNode> LetGoDue = new(
        "UPDATE wishes SET swept_by = NULL, swept_until = NULL WHERE id IN @Ids AND swept_by = @NodeId");

    private static readonly DueRows<DueRow> DueRows = new(TakeDue, TakenDue, LetGoDue, wish => wish.Id);

    public Task<WishRow?> FindAsync(Id id) => database.FirstAsync(Find, new ById(id));

    public Task<WishRow?> FindAsync(IRows rows, Id id) => rows.FirstAsync(Find, new ById(id));

    /// <summary>Reads a wish that this transaction is about to change; whoever else wants to waits until it is over.</summary>
    public async Task<WishRow?> HoldAsync(Transaction tx, Id id) =>
        await tx.ExecuteAsync(Hold, new ById(id)) == 1 ? await tx.FirstAsync(Find, new ById(id)) : null;

    /// <summary>A wish within a staff member's reach.</summary>
    public Task<WishRow?> FindInReachAsync(IRows rows, Caller caller, Id id) =>
        rows.FirstAsync(FindInReach, new ReachQuery(id, caller.Reach.From, caller.Reach.To));

    /// <summary>
    /// A wish of the caller's own: asked by them, for them, or for somebody whom they may ask for. To a partner only those are its own that it handed in.
    /// </summary>
    public Task<WishRow?> FindTheirsAsync(IRows rows, Caller caller, Id id) => caller.Partner is { } partner
        ? rows.FirstAsync(FindPartners, new PartnersQuery(id, partner.Id))
        : rows.FirstAsync(FindTheirs, new TheirsQuery(id, caller.AccountId, caller.Role == Role.Resident ? caller.SubjectId : Id.None));

    /// <summary>A partner's wish by the partner's own reference.</summary>
    public Task<WishRow?> FindByReferenceAsync(IRows rows, Id partnerId, string reference) =>
        rows.FirstAsync(FindByReference, new ReferenceQuery(partnerId, reference));

    /// <summary>The same as <see cref="HoldAsync"/>, within a staff member's reach.</summary>
    public async Task<WishRow?> HoldInReachAsync(Transaction tx, Caller caller, Id id) =>
        await tx.ExecuteAsync(Hold, new ById(id)) == 1 ? await FindInReachAsync(tx, caller, id) : null;

    /// <summary>The same as <see cref="HoldAsync"/>, of the caller's own.</summary>
    public async Task<WishRow?> HoldTheirsAsync(Transaction tx, Caller caller, Id id) =>
        await tx.ExecuteAsync(Hold, new ById(id)) == 1 ? await FindTheirsAsync(tx, caller, id) : null;

    /// <summary>A new wish, Submitted.</summary>
    public async Task AddAsync(Transaction tx, NewWish wish, Actor actor)
    {
        var fresh = new Wish { Id = wish.Id, State = WishState.Submitted, Since = wish.SubmittedAt, Urgency = Enum.Parse<Urgency>(wish.Urgency) };
        var next = fresh.Next(await PolicyOfAsync(wish.CenterId, wish.Path));
        await tx.ExecuteAsync(Insert, wish with { DueAt = next?.DueAt, NextAction = next?.Action.ToString() });
        await timeline.AddAsync(tx, wish.Id, null, nameof(WishState.Submitted), "Submit", actor);
    }

    /// <summary>
    /// Puts a wish where a rule has moved it, with its next due-date and an entry in its timeline, and tells those who asked; without a deed (a lease
    /// renewed, curators reminded) neither. The reason in the timeline outlives the person, so nothing that the resident wrote goes there.
    /// </summary>
    public async Task MoveAsync(Transaction tx, WishRow before, Wish after, string? deed, Actor actor, WishNotes? notes = null)
    {
        notes ??= new WishNotes();
        var path = notes.Path ?? before.Path;
        var next = after.Next(await PolicyOfAsync(before.CenterId, path));
        await tx.ExecuteAsync(Move, new Change
        {
            Id = before.Id,
            State = after.State.ToString(),
            Since = after.Since,
            LeasedBy = Some(after.LeaseHolder),
            LeasedUntil = after.LeaseUntil,
            DueAt = next?.DueAt,
            NextAction = next?.Action.ToString(),
            RemindedAt = after.RemindedAt,
            Appealed = after.Appealed,
            MergedInto = Some(after.MergedInto),
            ClosedAt = after.State.IsOpen() ? null : after.Since,
            Urgency = after.Urgency.ToString(),
            Path = path,
            AppealSiteId = notes.AppealSiteId ?? before.AppealSiteId,
            Question = notes.Question ?? before.Question,
            Answer = notes.Question is null ? notes.Answer ?? before.Answer : null,
            Reason = notes.Reason ?? before.Reason,
            ReferredTo = notes.ReferredTo ?? before.ReferredTo,
        });
        if (deed is null)
        {
            return;
        }

        await timeline.AddAsync(tx, before.Id, before.State.ToString(), after.State.ToString(), deed, actor, notes.Told);
        if (TopicOf(after.State) is { } topic)
        {
            await TellAsync(tx, before, topic);
        }
    }

    /// <summary>Asks a rule what becomes of a wish that this transaction holds, and puts it there. Null is a wish that is not there for the caller.</summary>
    public async Task<Outcome<WishMovedResponse>> ChangeAsync(
        Transaction tx, WishRow? row, WishDeed? deed, Actor actor, Func<Wish, Outcome<Wish>> rule, WishNotes? notes = null)
    {
        if (row is null)
        {
            return Refusals.WishUnknown;
        }

        var after = rule(row.ToWish());
        if (after.Refusal is { } refusal)
        {
            return refusal == Refusals.WishClaimedByOther && row.LeasedUntil is { } until ? refusal.After(until - clock.GetUtcNow()) : refusal;
        }

        await MoveAsync(tx, row, after.Value, deed?.ToString(), actor, notes);
        return await MovedAsync(tx, row.Id);
    }

    /// <summary>A wish as this transaction leaves it.</summary>
    public async Task<WishMovedResponse> MovedAsync(Transaction tx, Id id)
    {
        var row = (await tx.FirstAsync(Find, new ById(id)))!;
        return new WishMovedResponse(row.Id, row.State, row.LeasedUntil, [.. (await OrdersAsync(tx, id)).Select(order => order.Id)], row.Version);
    }

    /// <summary>
    /// An order of these wishes has ended (<paramref name="served"/> says how) or is open again (null): their shares are counted anew, and a wish none of
    /// whose orders is open becomes Fulfilled or Unfulfilled. What the order's own row says meanwhile does not matter.
    /// </summary>
    public async Task FollowOrderAsync(Transaction tx, Id orderId, bool? served)
    {
        foreach (var link in await tx.ListAsync(WishesOf, new ById(orderId)))
        {
            if (await HoldAsync(tx, link.Id) is not { } row)
            {
                continue;
            }

            var orders = (await tx.ListAsync(OrdersOf, new ById(row.Id)))
                .Select(order => order.Id == orderId ? StateFor(served, order.State) : order.State)
                .ToList();
            await tx.ExecuteAsync(Count, new Share(row.Id, orders.Count, orders.Count(state => state.IsOpen()), Wish.ShareServed(orders).Served));
            var wish = row.ToWish();
            var after = wish.Follow(orders, clock.GetUtcNow());
            if (after.State == wish.State)
            {
                continue;
            }

            var deed = after.State == WishState.Fulfilled ? WishDeed.Fulfil : WishDeed.LeaveUnfulfilled;
            await MoveAsync(tx, row, after, deed.ToString(), Actor.System);
            await TellMergedAsync(tx, row.Id, TopicOf(after.State)!);
        }
    }

    /// <summary>The state that its resident sees: of a merged wish, that of the wish at the end of the chain.</summary>
    public async Task<WishState> ShownStateAsync(WishRow wish)
    {
        var chain = new Dictionary<Id, Wish>();
        for (var at = wish; at is { State: WishState.Merged, MergedInto: { } next } && !chain.ContainsKey(next);)
        {
            if (await FindAsync(next) is not { } into)
            {
                break;
            }

            chain[next] = into.ToWish();
            at = into;
        }

        return Wish.Shown(wish.ToWish(), id => chain.GetValueOrDefault(id));
    }

    /// <summary>The policy that holds for a wish now.</summary>
    public Task<Policy> PolicyOfAsync(WishRow wish) => PolicyOfAsync(wish.CenterId, wish.Path);

    /// <summary>The states of a wish's orders.</summary>
    public async Task<IReadOnlyList<OrderStateRow>> OrdersAsync(IRows rows, Id wishId) => await rows.ListAsync(OrdersOf, new ById(wishId));

    /// <summary>The wishes that an order is for.</summary>
    public async Task<IReadOnlyList<Id>> WishesOfOrderAsync(IRows rows, Id orderId) => [.. (await rows.ListAsync(WishesOf, new ById(orderId))).Select(row => row.Id)];

    /// <summary>Whether any wish still waits for this order.</summary>
    public async Task<bool> IsWantedAsync(IRows rows, Id orderId) => await rows.FirstAsync(Wanting, new ById(orderId)) is not null;

    /// <summary>Takes wishes with something due for this node, the longest due first.</summary>
    public async Task<Lease<DueRow>> TakeDueAsync(int take, CancellationToken ct) =>
        await leases.TakeAsync(DueRows, await database.ListAsync(Due, leases.DueNow(take)), ct);

    /// <summary>Leaves word with the one who asked, and with the resident where that is another account. Ids and codes only.</summary>
    /// <param name="orderId">Which of the wish's orders it is about, where it is about one.</param>
    public async Task TellAsync(Transaction tx, WishRow wish, string topic, Id? orderId = null)
    {
        foreach (var accountId in new[] { wish.SubmittedBy, wish.ResidentAccountId ?? wish.SubmittedBy }.Distinct())
        {
            await outbox.AddAsync(tx, topic, wish.Id, wish.CenterId, accountId, new { wishId = wish.Id, orderId });
        }
    }

    // Duplicates show the state of the wish that they were merged into, so those who asked hear of it too; merges may follow one another.
    private async Task TellMergedAsync(Transaction tx, Id wishId, string topic)
    {
        var waiting = new Queue<Id>([wishId]);
        for (var seen = 0; seen < 1_000 && waiting.TryDequeue(out var into); seen++)
        {
            foreach (var merged in await tx.ListAsync(MergedInto, new ById(into)))
            {
                await TellAsync(tx, (await tx.FirstAsync(Find, new ById(merged.Id)))!, topic);
                waiting.Enqueue(merged.Id);
            }
        }
    }

    private Task<Policy> PolicyOfAsync(Id centerId, string path) => policies.EffectiveAsync(centerId, path, clock.GetUtcNow());

    private static OrderState StateFor(bool? served, OrderState inItsRow) => served switch
    {
        true => OrderState.Closed,
        false => inItsRow.IsOpen() || inItsRow.IsServed() ? OrderState.Cancelled : inItsRow,
        null => inItsRow.IsOpen() ? inItsRow : OrderState.Dispatching,
    };

    private static string? TopicOf(WishState state) => state switch
    {
        WishState.NeedsInfo => "wish.question",
        WishState.Ordered => "wish.ordered",
        WishState.Merged => "wish.merged",
        WishState.Rejected => "wish.rejected",
        WishState.Referred => "wish.referred",
        WishState.Withdrawn => "wish.withdrawn",
        WishState.Fulfilled => "wish.fulfilled",
        WishState.Unfulfilled => "wish.unfulfilled",
        _ => null,
    };

    private static Id? Some(Id id) => id.IsNone ? null : id;

    private sealed record Change
    {
        public Id Id { get; init; }

        public required string State { get; init; }

        public DateTimeOffset Since { get; init; }

        public Id? LeasedBy { get; init; }

        public DateTimeOffset? LeasedUntil { get; init; }

        public DateTimeOffset? DueAt { get; init; }

        public string? NextAction { get; init; }

        public DateTimeOffset? RemindedAt { get; init; }

        public bool Appealed { get; init; }

        public Id? MergedInto { get; init; }

        public DateTimeOffset? ClosedAt { get; init; }

        public required string Urgency { get; init; }

        public required string Path { get; init; }

        public Id? AppealSiteId { get; init; }

        public string? Question { get; init; }

        public string? Answer { get; init; }

        public string? Reason { get; init; }

        public string? ReferredTo { get; init; }
    }

    private sealed record Share(Id Id, int Total, int Open, int Served);

    private sealed record ReachQuery(Id Id, string From, string To);

    private sealed record PartnersQuery(Id Id, Id PartnerId);

    private sealed record ReferenceQuery(Id PartnerId, string Reference);

    private sealed record TheirsQuery(Id Id, Id AccountId, Id SubjectId);

    private sealed record IdRow
    {
        public Id Id { get; init; }
    }
}

/// <summary>What is written beside a move: the parts that are null stay as they were.</summary>
/// <param name="Question">What the curator wants to know; it clears an older answer.</param>
/// <param name="Answer">What the resident said to it.</param>
/// <param name="Reason">Why it was rejected or taken back.</param>
/// <param name="Told">The part of the why that goes into the timeline.</param>
/// <param name="ReferredTo">Where it was sent on to.</param>
/// <param name="AppealSiteId">The site that an appeal goes to.</param>
/// <param name="Path">Of the site that looks after it from now on.</param>
public sealed record WishNotes(
    string? Question = null, string? Answer = null, string? Reason = null, string? Told = null, string? ReferredTo = null, Id? AppealSiteId = null, string? Path = null);

/// <summary>An order of a wish and where it stands.</summary>
public sealed record OrderStateRow
{
    public Id Id { get; init; }

    public OrderState State { get; init; }
}

/// <summary>A wish to be written down.</summary>
public sealed record NewWish
{
    public required Id Id { get; init; }

    public required Id CenterId { get; init; }

    public required Id SiteId { get; init; }

    public required string Path { get; init; }

    public required Id ResidentId { get; init; }

    public required Id SubmittedBy { get; init; }

    public required string Channel { get; init; }

    public Id? MeetingId { get; init; }

    public Id? PartnerId { get; init; }

    public string? PartnerReference { get; init; }

    public Id? MenuItemId { get; init; }

    public required string Words { get; init; }

    /// <summary>For the search only.</summary>
    public string WordsFolded => Folded.Of(Words);

    public required double Lat { get; init; }

    public required double Lng { get; init; }

    public required double AccuracyM { get; init; }

    /// <summary>As they were sent, in <see cref="SentDatum"/>.</summary>
    public double? SentLat { get; init; }

    public double? SentLng { get; init; }

    public string? SentDatum { get; init; }

    public string? AddressSealed { get; init; }

    public required DateTimeOffset WindowStart { get; init; }

    public required DateTimeOffset WindowEnd { get; init; }

    public required string Urgency { get; init; }

    public string? GenderWanted { get; init; }

    public string? LanguageWanted { get; init; }

    public DateTimeOffset? DueAt { get; init; }

    public string? NextAction { get; init; }

    public required DateTimeOffset SubmittedAt { get; init; }
}
