using Matching.Api.Catalog;
using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Plumbing.Jobs;
using Matching.Api.Sites;
using Matching.Sites;

namespace Matching.Api.Volunteers;

/// <summary>Volunteers and what hangs on them. Whatever matching must see goes through <see cref="TouchAsync"/>.</summary>
public sealed partial class VolunteerStore(Database database, Ids ids, FieldClock clock, SiteStore sites, CatalogStore catalog, Vault vault, Leases leases)
{
    /// <summary>Who has served so lately is awake.</summary>
    public static readonly TimeSpan AwakeFor = TimeSpan.FromDays(90);

    private static readonly Sql<ById, Volunteer> ById = new(
        """
        SELECT id, version, account_id, center_id, site_id, path, status, name, name_sort, gender, born_on, id_number_sealed, real_name, phone_sealed,
            languages, insured_until, companion_id, radius_m, max_orders_a_week, max_minutes_a_day, asked, accepted, came, on_time, no_shows, rating_sum,
            rating_count, served, last_served_at, verified_minutes, registered_at, suspended_until
        FROM volunteers WHERE id = @Id
        """);

    private static readonly Sql<ById> Raise = new("UPDATE volunteers SET version = version + 1 WHERE id = @Id");

    private static readonly Sql<AtVersion> RaiseIf = new("UPDATE volunteers SET version = version + 1 WHERE id = @Id AND version = @Version");

    private static readonly Sql<NewChange> InsertChange = new("INSERT INTO volunteer_changes (id, volunteer_id) VALUES (@Id, @VolunteerId)");

    private static readonly Sql<Below, IdRow> IdsBelow = new("SELECT id FROM volunteers WHERE center_id = @CenterId AND path >= @From AND path < @To");

    private static readonly Sql<AfterChange, VolunteerChange> ChangesAfter = new(
        """
        SELECT {sequence} AS sequence, volunteer_id
        FROM volunteer_changes
        WHERE {position} > {place @After} AND {position} < {place @Before}
        ORDER BY {position}
        {page}
        """);

    private static readonly Sql<UpTo, LastChange> Last = new("SELECT {newest} AS sequence FROM volunteer_changes WHERE {position} < {place @Before}");

    private static readonly Sql<FeedPlace, BehindRow> CountAfter = new("SELECT COUNT(id) AS behind FROM volunteer_changes WHERE {position} > {place @After}");

    private static readonly Sql<Nothing, HorizonRow> Horizon = new("SELECT {horizon} AS sequence");

    public Task<Volunteer?> FindAsync(Id id) => FindAsync(database, id);

    public Task<Volunteer?> FindAsync(IRows rows, Id id) => rows.FirstAsync(ById, new ById(id));

    /// <summary>A volunteer whose home site the caller reaches; everybody else looks absent.</summary>
    public async Task<Volunteer?> FindInReachAsync(IRows rows, Caller caller, Id id) =>
        await FindAsync(rows, id) is { } volunteer && caller.Reach.Covers(volunteer.Path) ? volunteer : null;

    /// <summary>
    /// Says that matching must look at this volunteer again, and raises the version. As the first statement of a transaction it also makes all others
    /// that touch the volunteer wait, so that what is checked then still holds when it is written.
    /// </summary>
    public async Task TouchAsync(Transaction tx, Id volunteerId)
    {
        await tx.ExecuteAsync(Raise, new ById(volunteerId));
        await tx.ExecuteAsync(InsertChange, new NewChange(ids.Next(IdKind.Change), volunteerId));
    }

    /// <summary>The same for an edit of what was read as this version; false when it changed meanwhile.</summary>
    public async Task<bool> TouchIfAsync(Transaction tx, Id volunteerId, int version)
    {
        if (await tx.ExecuteAsync(RaiseIf, new AtVersion(volunteerId, version)) == 0)
        {
            return false;
        }

        await tx.ExecuteAsync(InsertChange, new NewChange(ids.Next(IdKind.Change), volunteerId));
        return true;
    }

    /// <summary>The same for everybody below a site, where what changed is not theirs alone.</summary>
    public async Task TouchBelowAsync(Transaction tx, Id centerId, Reach reach)
    {
        foreach (var row in await tx.ListAsync(IdsBelow, new Below(centerId, reach.From, reach.To)))
        {
            await TouchAsync(tx, row.Id);
        }
    }

    /// <summary>What changed after a place in the feed, in its order; one volunteer may come several times.</summary>
    public async Task<List<VolunteerChange>> ChangesAfterAsync(long sequence, int take = 1_000) =>
        await database.ListAsync(ChangesAfter, new AfterChange(sequence, await HorizonAsync(), take));

    /// <summary>The newest place in the feed; 0 when nothing ever changed.</summary>
    public async Task<long> LastChangeAsync() => (await database.FirstAsync(Last, new UpTo(await HorizonAsync())))?.Sequence ?? 0;

    /// <summary>How many changes stand in the feed after a place; of transactions that are still open, none.</summary>
    public async Task<int> CountChangesAfterAsync(long sequence) => (await database.FirstAsync(CountAfter, new FeedPlace(sequence)))!.Behind;

    // SQL Server hands out places before COMMIT, so a lower one may become visible after a higher. Below the horizon no transaction is open any more. It is asked
    // first, in a statement of its own: what ended before it was read is seen by a statement that begins after.
    private async Task<long> HorizonAsync() => (await database.FirstAsync(Horizon, Nothing.It))!.Sequence;

    private sealed record Below(Id CenterId, string From, string To);

    private sealed record AtVersion(Id Id, int Version);

    private sealed record NewChange(Id Id, Id VolunteerId);

    private sealed record AfterChange(long After, long Before, int Take);

    private sealed record UpTo(long Before);

    private sealed record FeedPlace(long After);

    private sealed record BehindRow
    {
        public int Behind { get; init; }
    }

    private sealed record HorizonRow
    {
        public long Sequence { get; init; }
    }

    private sealed record LastChange
    {
        public long? Sequence { get; init; }
    }
}

/// <summary>One line of the feed: this volunteer has changed.</summary>
public sealed record VolunteerChange
{
    public long Sequence { get; init; }

    public Id VolunteerId { get; init; }
}
