using Matching.Api.Plumbing.Database;
using Matching.Changes;

namespace Matching.Api.Changes;

/// <summary>
/// The feed of changes: every entry of every timeline in the order in which they became visible, read behind the horizon, so that none is passed over because
/// its transaction took longer. Nothing is written for it; who is concerned is looked up when it is read.
/// </summary>
public sealed class ChangeStore(Database database)
{
    /// <summary>How many entries are read at a time.</summary>
    public const int Page = 500;

    private static readonly Sql<Span, EntryRow> After = new(
        """
        SELECT {sequence} AS sequence, id, subject_id, from_state, to_state, happened_at
        FROM transitions
        WHERE {position} > {place @After} AND {position} < {place @Before}
        ORDER BY {position}
        {page}
        """);

    private static readonly Sql<UpTo, LastRow> Last = new("SELECT {newest} AS sequence FROM transitions WHERE {position} < {place @Before}");

    private static readonly Sql<Nothing, PlaceRow> Horizon = new("SELECT {horizon} AS sequence");

    private static readonly Sql<ByIds, WishRow> Wishes = new(
        "SELECT id, center_id, path, resident_id, submitted_by, partner_id, partner_reference FROM wishes WHERE id IN @Ids");

    private static readonly Sql<ByIds, OrderRow> Orders = new("SELECT id, center_id, home_path, owner_path FROM orders WHERE id IN @Ids");

    private static readonly Sql<ByIds, WishRow> WishesOfOrders = new(
        """
        SELECT l.order_id, w.id, w.center_id, w.path, w.resident_id, w.submitted_by, w.partner_id, w.partner_reference
        FROM wish_orders l INNER JOIN wishes w ON w.id = l.wish_id
        WHERE l.order_id IN @Ids
        """);

    private static readonly Sql<ByIds, ServingRow> Offers = new(
        """
        SELECT f.id, f.order_id, f.volunteer_id, f.team_id, o.center_id, o.home_path, o.owner_path
        FROM offers f INNER JOIN orders o ON o.id = f.order_id
        WHERE f.id IN @Ids
        """);

    private static readonly Sql<ByIds, ServingRow> Assignments = new(
        """
        SELECT a.id, a.order_id, a.volunteer_id, a.team_id, o.center_id, o.home_path, o.owner_path
        FROM assignments a INNER JOIN orders o ON o.id = a.order_id
        WHERE a.id IN @Ids
        """);

    /// <summary>The place of the newest change; 0 when there is none.</summary>
    public async Task<long> NewestAsync() => (await database.FirstAsync(Last, new UpTo(await HorizonAsync())))?.Sequence ?? 0;

    /// <summary>The changes after a place, and the place up to which was read; the same place when there is nothing new.</summary>
    public async Task<ReadChanges> AfterAsync(long place)
    {
        var entries = await database.ListAsync(After, new Span(place, await HorizonAsync(), Page));
        return entries.Count == 0 ? new ReadChanges([], place, false) : new ReadChanges(await ConcernAsync(entries), entries[^1].Sequence, entries.Count == Page);
    }

    // The horizon in a statement of its own, before: what ended before it was read is seen by a statement that begins after.
    private async Task<long> HorizonAsync() => (await database.FirstAsync(Horizon, Nothing.It))!.Sequence;

    private async Task<IReadOnlyList<Change>> ConcernAsync(List<EntryRow> entries)
    {
        var wishes = (await ListAsync(Wishes, entries, IdKind.Wish)).ToDictionary(row => row.Id);
        var orders = (await ListAsync(Orders, entries, IdKind.Order)).ToDictionary(row => row.Id);
        var wishesOf = (await ListAsync(WishesOfOrders, entries, IdKind.Order)).ToLookup(row => row.OrderId, Concerned);
        var offers = (await ListAsync(Offers, entries, IdKind.Offer)).ToDictionary(row => row.Id);
        var assignments = (await ListAsync(Assignments, entries, IdKind.Assignment)).ToDictionary(row => row.Id);
        var changes = new List<Change>(entries.Count);
        foreach (var entry in entries)
        {
            var change = entry.SubjectId.Kind switch
            {
                IdKind.Wish when wishes.TryGetValue(entry.SubjectId, out var wish) =>
                    Make(entry, wish.CenterId, [wish.Path]) with { Wishes = [Concerned(wish)] },
                IdKind.Order when orders.TryGetValue(entry.SubjectId, out var order) =>
                    Make(entry, order.CenterId, [order.HomePath, order.OwnerPath]) with { OrderId = order.Id, Wishes = [.. wishesOf[order.Id]] },
                IdKind.Offer when offers.TryGetValue(entry.SubjectId, out var offer) => Serving(entry, offer),
                IdKind.Assignment when assignments.TryGetValue(entry.SubjectId, out var assignment) => Serving(entry, assignment),
                // People, sites, partners: their timelines are read where they stand.
                _ => null,
            };
            if (change is not null)
            {
                changes.Add(change);
            }
        }

        return changes;
    }

    private async Task<List<TRow>> ListAsync<TRow>(Sql<ByIds, TRow> query, List<EntryRow> entries, IdKind kind)
    {
        var rows = new List<TRow>();
        foreach (var chunk in ByIds.Chunks(entries.Select(entry => entry.SubjectId).Where(id => id.Kind == kind).Distinct()))
        {
            rows.AddRange(await database.ListAsync(query, chunk));
        }

        return rows;
    }

    private static Change Make(EntryRow entry, Id centerId, IReadOnlyList<string> paths) => new()
    {
        Sequence = entry.Sequence,
        Id = entry.Id,
        SubjectId = entry.SubjectId,
        From = entry.FromState,
        To = entry.ToState,
        At = entry.HappenedAt,
        CenterId = centerId,
        Paths = paths,
    };

    private static Change Serving(EntryRow entry, ServingRow row) => Make(entry, row.CenterId, [row.HomePath, row.OwnerPath]) with
    {
        OrderId = row.OrderId,
        ServedBy = row.VolunteerId ?? row.TeamId ?? Id.None,
        TeamId = row.TeamId ?? Id.None,
    };

    private static WishConcerned Concerned(WishRow row) => new(row.Id, row.ResidentId, row.SubmittedBy, row.PartnerId ?? Id.None, row.PartnerReference);

    private sealed record Span(long After, long Before, int Take);

    private sealed record UpTo(long Before);

    private sealed record PlaceRow
    {
        public long Sequence { get; init; }
    }

    private sealed record LastRow
    {
        public long? Sequence { get; init; }
    }

    private sealed record EntryRow
    {
        public long Sequence { get; init; }

        public Id Id { get; init; }

        public Id SubjectId { get; init; }

        public string? FromState { get; init; }

        public string ToState { get; init; } = "";

        public DateTimeOffset HappenedAt { get; init; }
    }

    private sealed record WishRow
    {
        public Id OrderId { get; init; }

        public Id Id { get; init; }

        public Id CenterId { get; init; }

        public string Path { get; init; } = "";

        public Id ResidentId { get; init; }

        public Id SubmittedBy { get; init; }

        public Id? PartnerId { get; init; }

        public string? PartnerReference { get; init; }
    }

    private sealed record OrderRow
    {
        public Id Id { get; init; }

        public Id CenterId { get; init; }

        public string HomePath { get; init; } = "";

        public string OwnerPath { get; init; } = "";
    }

    private sealed record ServingRow
    {
        public Id Id { get; init; }

        public Id OrderId { get; init; }

        public Id? VolunteerId { get; init; }

        public Id? TeamId { get; init; }

        public Id CenterId { get; init; }

        public string HomePath { get; init; } = "";

        public string OwnerPath { get; init; } = "";
    }
}

/// <summary>A stretch of the feed.</summary>
/// <param name="Changes">Those that concern anybody.</param>
/// <param name="Place">How far was read.</param>
/// <param name="More">There may be more after it.</param>
public sealed record ReadChanges(IReadOnlyList<Change> Changes, long Place, bool More);
