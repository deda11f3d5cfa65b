using Matching.Api.Plumbing;
using System.Text.Json;
using Matching.Api.Offers;
using Matching.Api.Orders;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Engine;
using Matching.Orders;

namespace Matching.Api.Dispatch;

/// <summary>Finds the teams to ask: those of the owner's subtree with the most members who could go, emergency teams first in an emergency.</summary>
[Shared]
public sealed class TeamSearch(Database database, VolunteerPool pool)
{
    private static readonly Sql<TeamQuery, MemberRow> Members = new(
        """
        SELECT t.id AS team_id, t.emergency, c.account_id, m.volunteer_id
        FROM teams t JOIN team_members m ON m.team_id = t.id JOIN volunteers c ON c.id = t.captain_id
        WHERE t.center_id = @CenterId AND t.path >= @From AND t.path < @To AND t.dissolved_at IS NULL
            AND t.id NOT IN (
                SELECT o.team_id FROM offers o
                WHERE o.order_id = @OrderId AND o.team_id IS NOT NULL
                    AND ((o.edition >= @FreshEdition AND o.state NOT IN ('TooLate', 'Withdrawn')) OR o.edition = @Edition))
        ORDER BY t.id
        """);

    public async Task<IReadOnlyList<NewOffer>> BestAsync(OrderRow order, OrderSearch search, int count, CancellationToken ct)
    {
        var current = await pool.CurrentAsync(ct);
        // The team is asked, not its members: what they answered for themselves does not count here.
        var asTeam = search.Need with { AlreadyAsked = [] };
        var fit = current.Best(asTeam, search.Policy.Weights, int.MaxValue).Candidates.ToDictionary(candidate => candidate.VolunteerId, candidate => candidate.Score);
        var reach = Matching.Sites.Reach.Of(order.OwnerPath);
        var members = await database.ListAsync(Members, new TeamQuery(order.CenterId, reach.From, reach.To, order.Id, order.Edition, order.FreshEdition));
        return [.. members
            .GroupBy(member => (member.TeamId, member.Emergency, member.AccountId))
            .Select(team => (team.Key.TeamId, team.Key.Emergency, team.Key.AccountId, Able: team.Count(member => fit.ContainsKey(member.VolunteerId)),
                Score: team.Select(member => fit.GetValueOrDefault(member.VolunteerId)).OrderDescending().Take(order.PeopleWanted).Average()))
            .Where(team => team.Able > 0)
            .OrderByDescending(team => search.Policy.Emergency && team.Emergency)
            .ThenByDescending(team => Math.Min(team.Able, order.PeopleWanted)).ThenByDescending(team => team.Score).ThenBy(team => team.TeamId)
            .Take(count)
            .Select((team, place) => new NewOffer(
                null, team.TeamId, team.AccountId, place + 1, team.Score, JsonSerializer.Serialize(new { able = team.Able }, Wire.Json)))];
    }

    private sealed record TeamQuery(Id CenterId, string From, string To, Id OrderId, int Edition, int FreshEdition);

    private sealed record MemberRow
    {
        public Id TeamId { get; init; }

        public bool Emergency { get; init; }

        public Id? AccountId { get; init; }

        public Id VolunteerId { get; init; }
    }
}
