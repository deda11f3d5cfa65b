using Matching.Api.Plumbing.Database;
using Matching.Sites;

namespace Matching.Api.Hours;

/// <summary>The half that reads ledgers: a volunteer's own, a site's register, and the chains to be verified.</summary>
public sealed partial class HoursStore
{
    private static readonly Sql<MineQuery, HoursRow> Mine = new(
        $$"""
        SELECT {{Columns}} FROM hours_entries
        WHERE volunteer_id = @VolunteerId AND sequence < @Before
        ORDER BY sequence DESC
        {page}
        """);

    private static readonly Sql<RegisterQuery, RegisterRow> RegisterOf = new(
        """
        SELECT e.id, e.volunteer_id, v.name AS volunteer_name, e.sequence, e.order_id, e.assignment_id, e.reverses_id, m.name_zh AS item_zh,
            m.name_en AS item_en, e.minutes, e.evidence, e.service_day, e.posted_at, e.posted_by, e.reason, e.hash
        FROM hours_entries e
        JOIN volunteers v ON v.id = e.volunteer_id
        JOIN orders o ON o.id = e.order_id
        JOIN menu_items m ON m.id = o.menu_item_id
        WHERE e.center_id = @CenterId AND e.id > @After AND e.path >= @From AND e.path < @To
            AND (@FromDay IS NULL OR e.service_day >= @FromDay) AND (@ToDay IS NULL OR e.service_day <= @ToDay)
        ORDER BY e.id
        {page}
        """);

    private static readonly Sql<ChainQuery, HoursRow> Chain = new(
        $$"""
        SELECT {{Columns}} FROM hours_entries
        WHERE volunteer_id = @VolunteerId AND sequence > @After
        ORDER BY sequence
        {page}
        """);

    private static readonly Sql<HoldersQuery, HolderRow> Holders = new(
        """
        SELECT id, name_sort, verified_minutes FROM volunteers
        WHERE center_id = @CenterId AND name_sort >= @AfterName AND (name_sort > @AfterName OR id > @After) AND path >= @From AND path < @To
        ORDER BY name_sort, id
        {page}
        """);

    /// <summary>One volunteer's lines, the newest first.</summary>
    public Task<List<HoursRow>> MineAsync(Id volunteerId, int before, int take) => database.ListAsync(Mine, new MineQuery(volunteerId, before, take));

    /// <summary>The lines of a part of the tree, the oldest first; days are yyyy-MM-dd, both included.</summary>
    public Task<List<RegisterRow>> RegisterAsync(Id centerId, Reach part, string? fromDay, string? toDay, Id after, int take) =>
        database.ListAsync(RegisterOf, new RegisterQuery(centerId, part.From, part.To, fromDay, toDay, after, take));

    /// <summary>One chain from its first line on, a page at a time.</summary>
    public async IAsyncEnumerable<HoursRow> ChainAsync(Id volunteerId)
    {
        var after = 0;
        while (await database.ListAsync(Chain, new ChainQuery(volunteerId, after, 500)) is { Count: > 0 } page)
        {
            foreach (var row in page)
            {
                yield return row;
            }

            // Spoilt sequences must not send us round in circles.
            after = Math.Max(after + 1, page[^1].Sequence);
        }
    }

    /// <summary>Who has a ledger in a part of the tree, and what their total says.</summary>
    public async IAsyncEnumerable<HolderRow> HoldersAsync(Id centerId, Reach part)
    {
        var (name, after) = ("", Id.None);
        while (await database.ListAsync(Holders, new HoldersQuery(centerId, part.From, part.To, name, after, 500)) is { Count: > 0 } page)
        {
            foreach (var row in page)
            {
                yield return row;
            }

            (name, after) = (page[^1].NameSort, page[^1].Id);
        }
    }

    private sealed record MineQuery(Id VolunteerId, int Before, int Take);

    private sealed record RegisterQuery(Id CenterId, string From, string To, string? FromDay, string? ToDay, Id After, int Take);

    private sealed record ChainQuery(Id VolunteerId, int After, int Take);

    private sealed record HoldersQuery(Id CenterId, string From, string To, string AfterName, Id After, int Take);
}

/// <summary>A line of a site's register.</summary>
public sealed record RegisterRow
{
    public Id Id { get; init; }

    public Id VolunteerId { get; init; }

    public string VolunteerName { get; init; } = "";

    public int Sequence { get; init; }

    public Id OrderId { get; init; }

    public Id AssignmentId { get; init; }

    public Id? ReversesId { get; init; }

    public string ItemZh { get; init; } = "";

    public string ItemEn { get; init; } = "";

    public int Minutes { get; init; }

    public string Evidence { get; init; } = "";

    public string ServiceDay { get; init; } = "";

    public DateTimeOffset PostedAt { get; init; }

    public Id? PostedBy { get; init; }

    public string? Reason { get; init; }

    public byte[] Hash { get; init; } = [];
}

/// <summary>Whose ledger, and the total that is shown of it.</summary>
public sealed record HolderRow
{
    public Id Id { get; init; }

    public string NameSort { get; init; } = "";

    public int VerifiedMinutes { get; init; }
}
