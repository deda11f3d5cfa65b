using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Sites;
using Matching.Volunteers;

namespace Matching.Api.Teams;

/// <summary>Teams, their members and their captains.</summary>
public sealed class TeamStore(Database database)
{
    private static readonly Sql<ById, Team> ById = new(
        """
        SELECT id, version, center_id, site_id, path, name, name_sort, category, captain_id, emergency, dissolved_at
        FROM teams WHERE id = @Id
        """);

    private static readonly Sql<ListQuery, Team> ListPage = new(
        """
        SELECT id, version, center_id, site_id, path, name, name_sort, category, captain_id, emergency, dissolved_at
        FROM teams
        WHERE center_id = @CenterId AND name_sort >= @AfterName AND (name_sort > @AfterName OR id > @AfterId) AND path >= @From AND path < @To
            AND (@Category IS NULL OR category = @Category) AND (@Emergency IS NULL OR emergency = @Emergency) AND dissolved_at IS NULL
        ORDER BY name_sort, id
        {page}
        """);

    private static readonly Sql<TeamValues> Insert = new(
        """
        INSERT INTO teams (id, version, center_id, site_id, path, name, name_sort, category, captain_id, emergency)
        VALUES (@Id, @Version, @CenterId, @SiteId, @Path, @Name, @NameSort, @Category, @CaptainId, @Emergency)
        """);

    private static readonly Sql<TeamValues> Update = new(
        """
        UPDATE teams SET version = version + 1, name = @Name, name_sort = @NameSort, category = @Category, captain_id = @CaptainId,
            emergency = @Emergency, dissolved_at = @DissolvedAt
        WHERE id = @Id AND version = @Version AND dissolved_at IS NULL
        """);

    private static readonly Sql<ById> Raise = new("UPDATE teams SET version = version + 1 WHERE id = @Id AND dissolved_at IS NULL");

    private static readonly Sql<Membership> Join = new(
        "INSERT INTO team_members (team_id, volunteer_id, joined_at) VALUES (@TeamId, @VolunteerId, @JoinedAt)");

    private static readonly Sql<Membership> Part = new("DELETE FROM team_members WHERE team_id = @TeamId AND volunteer_id = @VolunteerId");

    private static readonly Sql<ById, TeamMember> MembersOf = new(
        """
        SELECT m.volunteer_id, m.joined_at, v.name, v.status
        FROM team_members m JOIN volunteers v ON v.id = m.volunteer_id
        WHERE m.team_id = @Id
        """);

    private static readonly Sql<ById, TeamCaptain> CaptainsOf = new(
        """
        SELECT t.id AS team_id, c.account_id
        FROM team_members m JOIN teams t ON t.id = m.team_id JOIN volunteers c ON c.id = t.captain_id
        WHERE m.volunteer_id = @Id AND t.dissolved_at IS NULL AND c.id <> @Id AND c.status = 'Active' AND c.account_id IS NOT NULL
        """);

    public Task<Team?> FindAsync(IRows rows, Id id) => rows.FirstAsync(ById, new ById(id));

    /// <summary>Who leads a team that this volunteer is in, and can be told something; of several, the one of the oldest team.</summary>
    public async Task<TeamCaptain?> CaptainOfAsync(IRows rows, Id volunteerId) =>
        (await rows.ListAsync(CaptainsOf, new ById(volunteerId))).MinBy(captain => captain.TeamId);

    /// <summary>The team, to staff who reach its site and to its captain; to everybody else it looks absent.</summary>
    public async Task<Team?> FindForAsync(IRows rows, Caller caller, Id id) =>
        await FindAsync(rows, id) is { } team && (caller.Reach.Covers(team.Path) || (caller.Role == Role.Captain && caller.SubjectId == id)) ? team : null;

    /// <summary>A page of a center's teams by name, dissolved ones left out.</summary>
    public Task<List<Team>> ListAsync(Id centerId, Reach reach, TeamCategory? category, bool? emergency, (string Name, Id Id) after, int take) =>
        database.ListAsync(ListPage, new ListQuery(centerId, reach.From, reach.To, category?.ToString(), emergency, after.Name, after.Id, take));

    public Task InsertAsync(Transaction tx, Team team) => tx.ExecuteAsync(Insert, Values(team));

    /// <summary>False when somebody else changed it meanwhile.</summary>
    public async Task<bool> UpdateAsync(Transaction tx, Team team) => await tx.ExecuteAsync(Update, Values(team)) == 1;

    /// <summary>False when the team was dissolved. Throws <see cref="SomebodyWasFirstException"/> when the volunteer is a member.</summary>
    public async Task<bool> JoinAsync(Transaction tx, Id teamId, Id volunteerId, DateTimeOffset now)
    {
        if (await tx.ExecuteAsync(Raise, new ById(teamId)) == 0)
        {
            return false;
        }

        await tx.ExecuteAsync(Join, new Membership(teamId, volunteerId, now));
        return true;
    }

    /// <summary>False when the volunteer is no member.</summary>
    public async Task<bool> PartAsync(Transaction tx, Id teamId, Id volunteerId) =>
        await tx.ExecuteAsync(Raise, new ById(teamId)) == 1 && await tx.ExecuteAsync(Part, new Membership(teamId, volunteerId, default)) == 1;

    public Task<List<TeamMember>> MembersAsync(IRows rows, Id teamId) => rows.ListAsync(MembersOf, new ById(teamId));

    private static TeamValues Values(Team it) => new(
        it.Id, it.Version, it.CenterId, it.SiteId, it.Path, it.Name, Folded.Of(it.Name), it.Category.ToString(), it.CaptainId, it.Emergency, it.DissolvedAt);

    private sealed record TeamValues(
        Id Id, int Version, Id CenterId, Id SiteId, string Path, string Name, string NameSort, string Category, Id? CaptainId, bool Emergency,
        DateTimeOffset? DissolvedAt);

    private sealed record ListQuery(Id CenterId, string From, string To, string? Category, bool? Emergency, string AfterName, Id AfterId, int Take);

    private sealed record Membership(Id TeamId, Id VolunteerId, DateTimeOffset JoinedAt);
}

/// <summary>A team as the rows have it.</summary>
public sealed record Team
{
    public Id Id { get; init; }

    public int Version { get; init; }

    public Id CenterId { get; init; }

    public Id SiteId { get; init; }

    /// <summary>The path of the site.</summary>
    public string Path { get; init; } = "";

    public string Name { get; init; } = "";

    public string NameSort { get; init; } = "";

    public TeamCategory Category { get; init; }

    /// <summary>A member; null until one is named.</summary>
    public Id? CaptainId { get; init; }

    /// <summary>Asked first in an emergency.</summary>
    public bool Emergency { get; init; }

    public DateTimeOffset? DissolvedAt { get; init; }
}

/// <summary>A member of a team.</summary>
public sealed record TeamMember
{
    public Id VolunteerId { get; init; }

    public string Name { get; init; } = "";

    public VolunteerStatus Status { get; init; }

    public DateTimeOffset JoinedAt { get; init; }
}

/// <summary>The account of who leads a team.</summary>
public sealed record TeamCaptain
{
    public Id TeamId { get; init; }

    public Id AccountId { get; init; }
}
