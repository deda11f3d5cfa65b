using Matching.Api.Plumbing.Database;
using Matching.Api.Sites;
using Matching.Sites;

namespace Matching.Api.Figures;

/// <summary>Where people wait and where volunteers are, counted so that nobody is found by it: by site, by square of about half a kilometre, by skill.</summary>
public sealed class MapStore(Database database)
{
    /// <summary>Squares a degree, as <see cref="Squares"/> counts them: about 556 m from south to north.</summary>
    public const double SquaresADegree = 200;

    private static readonly Sql<MapQuery, WaitingAtSite> WaitingBySite = new(
        """
        SELECT home_path AS path, COUNT(*) AS number, MIN(created_at) AS oldest
        FROM orders
        WHERE center_id = @CenterId AND state IN ('Ready', 'Dispatching', 'ManualHold') AND home_path >= @From AND home_path < @To
        GROUP BY home_path
        """);

    private static readonly Sql<MapQuery, Square> Squares = new(
        """
        SELECT north, east, COUNT(*) AS number, MIN(created_at) AS oldest
        FROM (
            SELECT CAST(FLOOR(lat * 200) AS INT) AS north, CAST(FLOOR(lng * 200) AS INT) AS east, created_at
            FROM orders
            WHERE center_id = @CenterId AND state IN ('Ready', 'Dispatching', 'ManualHold') AND home_path >= @From AND home_path < @To
        ) waiting
        GROUP BY north, east
        """);

    private static readonly Sql<MapQuery, VolunteersAtSite> VolunteersBySite = new(
        """
        SELECT path, COUNT(*) AS number
        FROM volunteers
        WHERE center_id = @CenterId AND status = 'Active' AND path >= @From AND path < @To
        GROUP BY path
        """);

    private static readonly Sql<MapQuery, SkillCount> SkillsWanted = new(
        """
        SELECT w.skill_id, COUNT(*) AS number
        FROM orders o JOIN order_skills w ON w.order_id = o.id
        WHERE o.center_id = @CenterId AND o.state IN ('Ready', 'Dispatching', 'ManualHold') AND o.home_path >= @From AND o.home_path < @To
        GROUP BY w.skill_id
        """);

    private static readonly Sql<HoldersQuery, Holders> CountHolders = new(
        """
        SELECT COUNT(DISTINCT v.id) AS number
        FROM volunteers v JOIN volunteer_skills h ON h.volunteer_id = v.id
        WHERE v.center_id = @CenterId AND v.status = 'Active' AND v.path >= @From AND v.path < @To AND h.skill_id IN @Ids
        """);

    public Task<List<WaitingAtSite>> WaitingAsync(Site site) => database.ListAsync(WaitingBySite, Query(site));

    public Task<List<Square>> SquaresAsync(Site site) => database.ListAsync(Squares, Query(site));

    public Task<List<VolunteersAtSite>> VolunteersAsync(Site site) => database.ListAsync(VolunteersBySite, Query(site));

    /// <summary>Waiting orders that ask for each skill.</summary>
    public Task<List<SkillCount>> WantedAsync(Site site) => database.ListAsync(SkillsWanted, Query(site));

    /// <summary>Active volunteers who hold one of these skills.</summary>
    public async Task<int> HoldersAsync(Site site, IEnumerable<Id> skills)
    {
        var reach = Reach.Of(site.Path);
        return (await database.FirstAsync(CountHolders, new HoldersQuery(site.CenterId, reach.From, reach.To, [.. skills.Select(skill => skill.ToBytes())])))!.Number;
    }

    private static MapQuery Query(Site site)
    {
        var reach = Reach.Of(site.Path);
        return new MapQuery(site.CenterId, reach.From, reach.To);
    }

    private sealed record MapQuery(Id CenterId, string From, string To);

    private sealed record HoldersQuery(Id CenterId, string From, string To, IReadOnlyList<byte[]> Ids);

    private sealed record Holders
    {
        public int Number { get; init; }
    }
}

/// <summary>Orders that look for somebody, by the site they come from.</summary>
public sealed record WaitingAtSite
{
    public string Path { get; init; } = "";

    public int Number { get; init; }

    public DateTimeOffset? Oldest { get; init; }
}

/// <summary>Orders that look for somebody, by the square they lie in.</summary>
public sealed record Square
{
    public int North { get; init; }

    public int East { get; init; }

    public int Number { get; init; }

    public DateTimeOffset? Oldest { get; init; }
}

/// <summary>Active volunteers of a site.</summary>
public sealed record VolunteersAtSite
{
    public string Path { get; init; } = "";

    public int Number { get; init; }
}

/// <summary>How many, of a skill.</summary>
public sealed record SkillCount
{
    public Id SkillId { get; init; }

    public int Number { get; init; }
}
