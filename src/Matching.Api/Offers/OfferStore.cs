using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Plumbing.Outbox;
using Matching.Api.Volunteers;
using Matching.Engine;
using Matching.Geography;
using Matching.Messages;
using Matching.Offers;
using Matching.Orders;
using Matching.Sites;

namespace Matching.Api.Offers;

/// <summary>Rounds of dispatch and the offers in them.</summary>
public sealed class OfferStore(Database database, Ids ids, TimeProvider clock, Timeline timeline, OutboxStore outbox, VolunteerStore volunteers)
{
    private const string Columns =
        """
        id, version, center_id, order_id, round_id, edition, volunteer_id, team_id, state, place_in_round, score, factors, sent_at, delivered_at, delivered_by,
        seen_at, expires_at, answered_at, reason, note
        """;

    private static readonly Sql<NewRound> InsertRound = new(
        """
        INSERT INTO dispatch_rounds (id, order_id, mode, level, wave, owner_site_id, pool_path, radius_m, opened_at, closes_at, offers_sent, policy_number, run_id)
        VALUES (@Id, @OrderId, @Mode, @Level, @Wave, @OwnerSiteId, @PoolPath, @RadiusM, @OpenedAt, @ClosesAt, @OffersSent, @PolicyNumber, @RunId)
        """);

    private static readonly Sql<ById, RoundRow> FindRound = new(
        """
        SELECT id, order_id, mode, level, wave, owner_site_id, pool_path, radius_m, opened_at, closes_at, closed_at, offers_sent, policy_number, run_id
        FROM dispatch_rounds WHERE id = @Id
        """);

    private static readonly Sql<ById, RoundRow> RoundsOf = new(
        """
        SELECT id, order_id, mode, level, wave, owner_site_id, pool_path, radius_m, opened_at, closes_at, closed_at, offers_sent, policy_number, run_id
        FROM dispatch_rounds WHERE order_id = @Id ORDER BY id
        """);

    private static readonly Sql<CloseRow> CloseRound = new("UPDATE dispatch_rounds SET closed_at = @Now WHERE id = @Id AND closed_at IS NULL");

    private static readonly Sql<NewRun> InsertRun = new(
        """
        INSERT INTO match_runs (id, order_id, happened_at, data_version, policy_number, query, candidates)
        VALUES (@Id, @OrderId, @HappenedAt, @DataVersion, @PolicyNumber, @Query, @Candidates)
        """);

    private static readonly Sql<NewOfferRow> Insert = new(
        """
        INSERT INTO offers (id, version, center_id, order_id, round_id, edition, volunteer_id, team_id, state, place_in_round, score, factors, sent_at, delivered_at,
            delivered_by, expires_at)
        VALUES (@Id, 1, @CenterId, @OrderId, @RoundId, @Edition, @VolunteerId, @TeamId, 'Pending', @PlaceInRound, @Score, @Factors, @SentAt, @DeliveredAt,
            @DeliveredBy, @ExpiresAt)
        """);

    private static readonly Sql<ById, OfferRow> Find = new($"SELECT {Columns} FROM offers WHERE id = @Id");

    private static readonly Sql<ById, OfferRow> Pending = new($"SELECT {Columns} FROM offers WHERE order_id = @Id AND state = 'Pending' ORDER BY id");

    private static readonly Sql<ById, OfferRow> PendingOfVolunteer = new(
        $"SELECT {Columns} FROM offers WHERE volunteer_id = @Id AND state = 'Pending' ORDER BY id");

    private static readonly Sql<BetweenQuery, OfferRow> PendingBetween = new(
        $"""
        SELECT {Columns} FROM offers
        WHERE volunteer_id = @VolunteerId AND state = 'Pending'
            AND order_id IN (SELECT x.order_id FROM wish_orders x JOIN wishes w ON w.id = x.wish_id WHERE w.resident_id = @ResidentId)
        ORDER BY id
        """);

    private static readonly Sql<ByIds, PendingOffer> PendingOf = new(
        """
        SELECT f.volunteer_id, o.id AS order_id, o.window_start, o.window_end, o.minutes, o.lat, o.lng
        FROM offers f JOIN orders o ON o.id = f.order_id
        WHERE f.volunteer_id IN @Ids AND f.state = 'Pending'
        """);

    private static readonly Sql<ById, OfferRow> OfOrder = new($"SELECT {Columns} FROM offers WHERE order_id = @Id ORDER BY id");

    private static readonly Sql<MineQuery, OfferRow> Mine = new(
        $$"""
        SELECT {{Columns}} FROM offers
        WHERE volunteer_id = @SubjectId AND id < @Before AND (@OpenOnly = 0 OR (state = 'Pending' AND expires_at > @Now))
        ORDER BY id DESC
        {page}
        """);

    private static readonly Sql<MineQuery, OfferRow> OfTeam = new(
        $$"""
        SELECT {{Columns}} FROM offers
        WHERE team_id = @SubjectId AND id < @Before AND (@OpenOnly = 0 OR (state = 'Pending' AND expires_at > @Now))
        ORDER BY id DESC
        {page}
        """);

    private static readonly Sql<AnswerRow> SetAnswer = new(
        """
        UPDATE offers SET state = @State, answered_at = @Now, reason = @Reason, note = @Note, seen_at = COALESCE(seen_at, @SeenAt), version = version + 1
        WHERE id = @Id AND state = 'Pending'
        """);

    private static readonly Sql<DeliveredRow> SetDelivered = new(
        """
        UPDATE offers SET delivered_at = @Now, delivered_by = @By, expires_at = @ExpiresAt, version = version + 1
        WHERE id = @Id AND state = 'Pending' AND delivered_at IS NULL
        """);

    private static readonly Sql<ClosesRow> SetClosesAt = new("UPDATE dispatch_rounds SET closes_at = @ClosesAt WHERE id = @Id AND closed_at IS NULL");

    private static readonly Sql<SeenRow> SetSeen = new("UPDATE offers SET seen_at = @Now, version = version + 1 WHERE id = @Id AND seen_at IS NULL");

    private static readonly Sql<AskedQuery, AskedRow> Asked = new(
        """
        SELECT volunteer_id, team_id FROM offers
        WHERE order_id = @OrderId AND ((edition >= @FreshEdition AND state NOT IN ('TooLate', 'Withdrawn')) OR edition = @Edition)
        """);

    public Task<OfferRow?> FindAsync(Id id) => database.FirstAsync(Find, new ById(id));

    public Task<OfferRow?> FindAsync(IRows rows, Id id) => rows.FirstAsync(Find, new ById(id));

    public async Task<RoundRow> RoundAsync(IRows rows, Id id) =>
        await rows.FirstAsync(FindRound, new ById(id)) ?? throw new InvalidOperationException("An offer has lost its round.");

    public Task<List<RoundRow>> RoundsOfAsync(Id orderId) => database.ListAsync(RoundsOf, new ById(orderId));

    public Task<List<OfferRow>> OfOrderAsync(Id orderId) => database.ListAsync(OfOrder, new ById(orderId));

    public Task<List<OfferRow>> PendingAsync(IRows rows, Id orderId) => rows.ListAsync(Pending, new ById(orderId));

    /// <summary>What a volunteer is asked and has not answered.</summary>
    public Task<List<OfferRow>> PendingOfVolunteerAsync(IRows rows, Id volunteerId) => rows.ListAsync(PendingOfVolunteer, new ById(volunteerId));

    /// <summary>The same, of the orders of one resident.</summary>
    public Task<List<OfferRow>> PendingBetweenAsync(IRows rows, Id volunteerId, Id residentId) =>
        rows.ListAsync(PendingBetween, new BetweenQuery(volunteerId, residentId));

    /// <summary>What these volunteers have been asked for and not answered.</summary>
    public async Task<List<PendingOffer>> PendingOfAsync(IReadOnlyCollection<Id> volunteerIds)
    {
        var pending = new List<PendingOffer>();
        foreach (var chunk in ByIds.Chunks(volunteerIds))
        {
            pending.AddRange(await database.ListAsync(PendingOf, chunk));
        }

        return pending;
    }

    /// <summary>A volunteer's offers, or a team's, newest first.</summary>
    public Task<List<OfferRow>> MineAsync(Id subjectId, bool openOnly, Id before, int take) => database.ListAsync(
        subjectId.Kind == IdKind.Team ? OfTeam : Mine, new MineQuery(subjectId, openOnly, clock.GetUtcNow(), before, take));

    /// <summary>Whom not to ask again: everybody asked since the need last changed, but not those who were merely too late for an earlier edition.</summary>
    public Task<List<AskedRow>> AskedAsync(IRows rows, OrderRef order) =>
        rows.ListAsync(Asked, new AskedQuery(order.Id, order.Edition, order.FreshEdition));

    /// <summary>Opens a round with its offers; each recipient is told.</summary>
    /// <param name="isDelivered">Nothing goes out to them but what they find in the app, and it is there.</param>
    public async Task<Id> OpenRoundAsync(Transaction tx, NewRound round, OrderRef order, IReadOnlyList<NewOffer> offers, NewRun? run, bool isDelivered)
    {
        if (run is not null)
        {
            await tx.ExecuteAsync(InsertRun, run);
        }

        await tx.ExecuteAsync(InsertRound, round);
        foreach (var offer in offers)
        {
            var id = ids.Next(IdKind.Offer);
            await tx.ExecuteAsync(Insert, new NewOfferRow(
                id, order.CenterId, order.Id, round.Id, order.Edition, offer.VolunteerId, offer.TeamId, offer.Place, offer.Score, offer.Factors,
                round.OpenedAt, isDelivered ? round.OpenedAt : null, isDelivered && offer.AccountId is not null ? nameof(Carrier.Inbox) : null, round.ClosesAt));
            await timeline.AddAsync(tx, id, null, nameof(OfferState.Pending), "Send", Actor.Clock);
            // A captain wears two hats: the team's id says under which of them she is asked.
            await outbox.AddAsync(
                tx, "offer.sent", id, order.CenterId, offer.AccountId, new { offerId = id, orderId = order.Id, teamId = offer.TeamId, expiresAt = round.ClosesAt });
        }

        return round.Id;
    }

    /// <summary>The round is over.</summary>
    public Task CloseRoundAsync(Transaction tx, Id roundId) => tx.ExecuteAsync(CloseRound, new CloseRow(roundId, clock.GetUtcNow()));

    /// <summary>Answers a pending offer; false when it was no longer pending.</summary>
    public async Task<bool> AnswerAsync(Transaction tx, OfferRow offer, OfferState state, Actor actor, DeclineReason? reason = null, string? note = null)
    {
        var now = clock.GetUtcNow();
        // Who answers has seen it.
        DateTimeOffset? seenAt = state is OfferState.Accepted or OfferState.Declined ? now : null;
        if (await tx.ExecuteAsync(SetAnswer, new AnswerRow(offer.Id, state.ToString(), now, seenAt, reason?.ToString(), note)) == 0)
        {
            return false;
        }

        await timeline.AddAsync(tx, offer.Id, nameof(OfferState.Pending), state.ToString(), state.ToString(), actor, reason?.ToString());
        if (offer.VolunteerId is { } volunteerId && state is OfferState.Accepted or OfferState.Declined or OfferState.Expired)
        {
            await volunteers.CountAsync(tx, volunteerId, new VolunteerCounts { Asked = 1, Accepted = state == OfferState.Accepted ? 1 : 0 });
        }

        return true;
    }

    /// <summary>When the last one of a round has answered, the next need not wait.</summary>
    public async Task CloseIfAnsweredAsync(Transaction tx, OfferRow answered)
    {
        if ((await PendingAsync(tx, answered.OrderId)).TrueForAll(other => other.RoundId != answered.RoundId))
        {
            await CloseRoundAsync(tx, answered.RoundId);
        }
    }

    /// <summary>
    /// An offer's message has arrived (null: it will by nothing): its clock is set, and its round closes when the last who may still answer has had the time for it.
    /// The caller has locked the order.
    /// </summary>
    public async Task DeliveredAsync(Transaction tx, OfferRow offer, Carrier? by, DateTimeOffset expiresAt)
    {
        await tx.ExecuteAsync(SetDelivered, new DeliveredRow(offer.Id, clock.GetUtcNow(), by?.ToString(), expiresAt));
        var open = (await PendingAsync(tx, offer.OrderId)).Where(one => one.RoundId == offer.RoundId);
        await tx.ExecuteAsync(SetClosesAt, new ClosesRow(offer.RoundId, open.Max(one => one.ExpiresAt)));
    }

    public Task SeenAsync(Transaction tx, Id offerId) => tx.ExecuteAsync(SetSeen, new SeenRow(offerId, clock.GetUtcNow()));

    /// <summary>Whoever has not answered need not: the seats are taken, or the order is over.</summary>
    public async Task EndPendingAsync(Transaction tx, Id orderId, OfferState state, Actor actor)
    {
        foreach (var offer in await PendingAsync(tx, orderId))
        {
            await AnswerAsync(tx, offer, state, actor);
        }
    }

    /// <summary>Ends what has run out, also of rounds at levels that the order has left; gives when the next one runs out, if any is open.</summary>
    public async Task<DateTimeOffset?> ExpireAsync(Transaction tx, Id orderId)
    {
        DateTimeOffset? next = null;
        foreach (var offer in await PendingAsync(tx, orderId))
        {
            if (offer.ExpiresAt <= clock.GetUtcNow())
            {
                await AnswerAsync(tx, offer, OfferState.Expired, Actor.Clock);
            }
            else
            {
                next = next < offer.ExpiresAt ? next : offer.ExpiresAt;
            }
        }

        return next;
    }

    private sealed record BetweenQuery(Id VolunteerId, Id ResidentId);

    private sealed record CloseRow(Id Id, DateTimeOffset Now);

    private sealed record NewOfferRow(
        Id Id, Id CenterId, Id OrderId, Id RoundId, int Edition, Id? VolunteerId, Id? TeamId, int PlaceInRound, double Score, string Factors,
        DateTimeOffset SentAt, DateTimeOffset? DeliveredAt, string? DeliveredBy, DateTimeOffset ExpiresAt);

    private sealed record MineQuery(Id SubjectId, bool OpenOnly, DateTimeOffset Now, Id Before, int Take);

    private sealed record AnswerRow(Id Id, string State, DateTimeOffset Now, DateTimeOffset? SeenAt, string? Reason, string? Note);

    private sealed record DeliveredRow(Id Id, DateTimeOffset Now, string? By, DateTimeOffset ExpiresAt);

    private sealed record ClosesRow(Id Id, DateTimeOffset ClosesAt);

    private sealed record SeenRow(Id Id, DateTimeOffset Now);

    private sealed record AskedQuery(Id OrderId, int Edition, int FreshEdition);
}

/// <summary>An order as its offers know it.</summary>
public sealed record OrderRef(Id Id, Id CenterId, int Edition, int FreshEdition);

/// <summary>Somebody to be asked.</summary>
public sealed record NewOffer(Id? VolunteerId, Id? TeamId, Id? AccountId, int Place, double Score, string Factors);

/// <summary>Who was asked already.</summary>
public sealed record AskedRow
{
    public Id? VolunteerId { get; init; }

    public Id? TeamId { get; init; }
}

/// <summary>An order that somebody has been asked for and may yet promise.</summary>
public sealed record PendingOffer
{
    public Id VolunteerId { get; init; }

    public Id OrderId { get; init; }

    public DateTimeOffset WindowStart { get; init; }

    public DateTimeOffset WindowEnd { get; init; }

    public int Minutes { get; init; }

    public double Lat { get; init; }

    public double Lng { get; init; }

    /// <summary>As the rules would see it once it is promised.</summary>
    public Booking ToBooking() => new(OrderId, new Window(WindowStart, WindowEnd), new Place(Lat, Lng), Minutes);
}

/// <summary>A round to be opened.</summary>
public sealed record NewRound(
    Id Id, Id OrderId, string Mode, string Level, int Wave, Id OwnerSiteId, string PoolPath, double? RadiusM, DateTimeOffset OpenedAt, DateTimeOffset ClosesAt,
    int OffersSent, int PolicyNumber, Id? RunId);

/// <summary>What a run of matching asked, saw and found.</summary>
public sealed record NewRun(Id Id, Id OrderId, DateTimeOffset HappenedAt, long DataVersion, int PolicyNumber, string Query, string Candidates);

/// <summary>A round as it lies in the database.</summary>
public sealed record RoundRow
{
    public Id Id { get; init; }

    public Id OrderId { get; init; }

    public DispatchMode Mode { get; init; }

    public SiteKind Level { get; init; }

    public int Wave { get; init; }

    public Id OwnerSiteId { get; init; }

    public string PoolPath { get; init; } = "";

    public double? RadiusM { get; init; }

    public DateTimeOffset OpenedAt { get; init; }

    public DateTimeOffset ClosesAt { get; init; }

    public DateTimeOffset? ClosedAt { get; init; }

    public int OffersSent { get; init; }

    public int PolicyNumber { get; init; }

    public Id? RunId { get; init; }
}

/// <summary>An offer as it lies in the database.</summary>
public sealed record OfferRow
{
    public Id Id { get; init; }

    public int Version { get; init; }

    public Id CenterId { get; init; }

    public Id OrderId { get; init; }

    public Id RoundId { get; init; }

    public int Edition { get; init; }

    public Id? VolunteerId { get; init; }

    public Id? TeamId { get; init; }

    public OfferState State { get; init; }

    public int PlaceInRound { get; init; }

    public double Score { get; init; }

    public string Factors { get; init; } = "";

    public DateTimeOffset SentAt { get; init; }

    /// <summary>When its message arrived, or was given up; null while it is on its way.</summary>
    public DateTimeOffset? DeliveredAt { get; init; }

    /// <summary>By what; null: by nothing.</summary>
    public Carrier? DeliveredBy { get; init; }

    public DateTimeOffset? SeenAt { get; init; }

    public DateTimeOffset ExpiresAt { get; init; }

    public DateTimeOffset? AnsweredAt { get; init; }

    public DeclineReason? Reason { get; init; }

    public string? Note { get; init; }

    /// <summary>As the rules see it.</summary>
    public Offer ToOffer() => new()
    {
        Id = Id,
        OrderId = OrderId,
        VolunteerId = VolunteerId ?? Id.None,
        TeamId = TeamId ?? Id.None,
        State = State,
        SentAt = SentAt,
        ExpiresAt = ExpiresAt,
        SeenAt = SeenAt,
        AnsweredAt = AnsweredAt,
        Reason = Reason,
    };
}
