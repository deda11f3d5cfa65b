using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Outbox;
using Matching.Api.Volunteers;
using Matching.Orders;
using Matching.Sites;

namespace Matching.Api.Queues;

/// <summary>
/// Word for those whose work it is (<see cref="Duties"/>): at once about one thing, and of a working morning one message a person and site with the figures of
/// all that lies there.
/// </summary>
public sealed class StaffStore(OutboxStore outbox)
{
    private static readonly Sql<ByIds, RoleAtSite> StaffOfSites = new(
        """
        SELECT site_id, role, account_id FROM hats
        WHERE site_id IN @Ids AND role IN ('Curator', 'Dispatcher', 'SiteAdmin', 'CenterAdmin') AND revoked_at IS NULL
        """);

    private static readonly Sql<SubtreeQuery, RoleAtSite> StaffOfSubtree = new(
        """
        SELECT h.site_id, h.role, h.account_id FROM sites s JOIN hats h ON h.site_id = s.id
        WHERE s.center_id = @CenterId AND s.path >= @From AND s.path < @To
            AND h.role IN ('Curator', 'Dispatcher', 'SiteAdmin', 'CenterAdmin') AND h.revoked_at IS NULL
        """);

    private static readonly Sql<SubtreeQuery, WaitingOrders> CountOrders = new(
        """
        SELECT owner_path AS path, state, COUNT(*) AS number, MIN(state_since) AS oldest
        FROM orders
        WHERE center_id = @CenterId AND due_at IS NOT NULL AND owner_path >= @From AND owner_path < @To
            AND (state IN ('Draft', 'ManualHold', 'Disputed') OR (state = 'Ready' AND mode = 'Manual'))
        GROUP BY owner_path, state
        """);

    private static readonly Sql<SubtreeQuery, WaitingWishes> CountWishes = new(
        """
        SELECT path, COUNT(*) AS number, MIN(state_since) AS oldest
        FROM wishes
        WHERE center_id = @CenterId AND state = 'Submitted' AND path >= @From AND path < @To
        GROUP BY path
        """);

    // Of all that is due at nine whoever comes first sends the digest; the others find the day written down.
    private static readonly Sql<DayRow> MarkDay = new(
        """
        UPDATE hats SET digest_day = @Day
        WHERE site_id = @SiteId AND account_id = @AccountId AND revoked_at IS NULL AND (digest_day IS NULL OR digest_day < @Day)
        """);

    /// <summary>Leaves word about one thing that lies with the site of this path.</summary>
    public async Task TellAsync(Transaction tx, Duty duty, string path, string topic, Id subjectId, Id centerId, object body)
    {
        foreach (var account in (await WhoAnswersAsync(tx, duty, path)).Accounts)
        {
            await outbox.AddAsync(tx, topic, subjectId, centerId, account, body);
        }
    }

    /// <summary>Leaves word about an order that lies with its owner site.</summary>
    public Task TellAsync(Transaction tx, Orders.OrderRow order, string topic) =>
        TellAsync(tx, DutyOf(order.State), order.OwnerPath, topic, order.Id, order.CenterId, new { orderId = order.Id });

    /// <summary>Leaves word about a wish that lies with the curators of its site.</summary>
    public Task TellAsync(Transaction tx, Wishes.WishRow wish, string topic) =>
        TellAsync(tx, Duty.Wishes, wish.Path, topic, wish.Id, wish.CenterId, new { wishId = wish.Id });

    /// <summary>Sends this day's digest to whoever answers for a duty at the site of this path, unless they have it.</summary>
    public async Task TellOfMorningAsync(Transaction tx, Duty duty, string path, Id centerId, DateOnly day)
    {
        var answerers = await WhoAnswersAsync(tx, duty, path);
        var unaware = new List<Id>();
        foreach (var account in answerers.Accounts)
        {
            if (await tx.ExecuteAsync(MarkDay, new DayRow(answerers.SiteId, account, Days.Write(day))) > 0)
            {
                unaware.Add(account);
            }
        }

        if (unaware.Count == 0)
        {
            return;
        }

        var lying = await LyingAsync(tx, answerers.SiteId, path, centerId);
        foreach (var account in unaware)
        {
            await outbox.AddAsync(tx, "staff.morning", answerers.SiteId, centerId, account, DigestOf(answerers.SiteId, lying.Where(one => one.With.Contains(account))));
        }
    }

    public Task TellOfMorningAsync(Transaction tx, Orders.OrderRow order, DateOnly day) =>
        TellOfMorningAsync(tx, DutyOf(order.State), order.OwnerPath, order.CenterId, day);

    public Task TellOfMorningAsync(Transaction tx, Wishes.WishRow wish, DateOnly day) => TellOfMorningAsync(tx, Duty.Wishes, wish.Path, wish.CenterId, day);

    private static Duty DutyOf(OrderState state) => state == OrderState.Disputed ? Duty.Disputes : Duty.Orders;

    private static async Task<Answerers> WhoAnswersAsync(IRows rows, Duty duty, string path) =>
        duty.WhoAnswers(path, await rows.ListAsync(StaffOfSites, ByIds.Chunks(Duties.SitesOf(path)).Single()));

    /// <summary>All that lies with the staff of one site: what is the site's own, and what comes to it because a site below has nobody for it.</summary>
    private static async Task<List<Lying>> LyingAsync(IRows rows, Id siteId, string path, Id centerId)
    {
        var reach = Reach.Of(path[..(path.IndexOf($"/{siteId}/", StringComparison.Ordinal) + $"/{siteId}/".Length)]);
        var query = new SubtreeQuery(centerId, reach.From, reach.To);
        var staff = await rows.ListAsync(StaffOfSubtree, query);
        var orders = (await rows.ListAsync(CountOrders, query)).Select(row => (Duty: DutyOf(row.State), row.Path, Row: new Lying(row.State, row.Number, row.Oldest, [])));
        var wishes = (await rows.ListAsync(CountWishes, query)).Select(row => (Duty: Duty.Wishes, row.Path, Row: new Lying(null, row.Number, row.Oldest, [])));
        return [.. orders.Concat(wishes)
            .Select(one => (one.Row, Who: one.Duty.WhoAnswers(one.Path, staff)))
            .Where(one => one.Who.SiteId == siteId)
            .Select(one => one.Row with { With = one.Who.Accounts })];
    }

    private static MorningDigest DigestOf(Id siteId, IEnumerable<Lying> lying)
    {
        var theirs = lying.ToList();
        return new MorningDigest(
            siteId, NumberOf(null), NumberOf(OrderState.Draft), NumberOf(OrderState.Ready), NumberOf(OrderState.ManualHold), NumberOf(OrderState.Disputed),
            theirs.Min(one => one.Oldest));

        int NumberOf(OrderState? state) => theirs.Where(one => one.State == state).Sum(one => one.Number);
    }

    /// <summary>So many in one state (null: wishes) with these people.</summary>
    private sealed record Lying(OrderState? State, int Number, DateTimeOffset? Oldest, IReadOnlyList<Id> With);

    private sealed record SubtreeQuery(Id CenterId, string From, string To);

    private sealed record DayRow(Id SiteId, Id AccountId, string Day);

    private sealed record WaitingOrders
    {
        public string Path { get; init; } = "";

        public OrderState State { get; init; }

        public int Number { get; init; }

        public DateTimeOffset? Oldest { get; init; }
    }

    private sealed record WaitingWishes
    {
        public string Path { get; init; } = "";

        public int Number { get; init; }

        public DateTimeOffset? Oldest { get; init; }
    }
}

/// <summary>What lies with somebody in the morning.</summary>
/// <param name="SiteId">At which site they answer for it.</param>
/// <param name="Wishes">Nobody has taken them up.</param>
/// <param name="Drafts">They wait for a second person.</param>
/// <param name="ToBegin">Their dispatcher picks whom to ask, and has not begun.</param>
/// <param name="Held">Nobody was found.</param>
/// <param name="Disputed">They wait for the center's word.</param>
/// <param name="OldestSince">Since when the oldest of them lies there.</param>
public sealed record MorningDigest(Id SiteId, int Wishes, int Drafts, int ToBegin, int Held, int Disputed, DateTimeOffset? OldestSince);
