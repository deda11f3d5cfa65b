using Matching.Api.Plumbing.Database;
using Matching.Api.Volunteers;
using Matching.Ratings;

namespace Matching.Api.Ratings;

/// <summary>What the two sides say of each other. Hidden until both are in or time is up; only then does it weigh in matching.</summary>
public sealed class RatingStore(Ids ids, TimeProvider clock, VolunteerStore volunteers)
{
    private static readonly Sql<NewRating> Insert = new(
        """
        INSERT INTO ratings (id, order_id, assignment_id, direction, score, words, silent, rated_by, rated_at)
        VALUES (@Id, @OrderId, @AssignmentId, @Direction, @Score, @Words, @Silent, @RatedBy, @RatedAt)
        """);

    private static readonly Sql<ById, RatingRow> OfAssignment = new(
        "SELECT assignment_id, direction, score, words, silent, rated_by, rated_at, shown_at FROM ratings WHERE assignment_id = @Id ORDER BY direction");

    private static readonly Sql<ShowRow> Show = new("UPDATE ratings SET shown_at = @Now WHERE assignment_id = @AssignmentId AND shown_at IS NULL");

    public Task<List<RatingRow>> OfAsync(IRows rows, Id assignmentId) => rows.ListAsync(OfAssignment, new ById(assignmentId));

    /// <summary>The two of one assignment, as the rules see them.</summary>
    public async Task<RatingPair> PairAsync(IRows rows, Id assignmentId, DateTimeOffset closesAt)
    {
        var given = (await OfAsync(rows, assignmentId)).ToDictionary(row => row.Direction, row => new Rating(row.Direction, row.Score, row.RatedAt));
        return new RatingPair(closesAt, given.GetValueOrDefault(RatingDirection.OfVolunteer), given.GetValueOrDefault(RatingDirection.OfResident));
    }

    public Task AddAsync(Transaction tx, Id orderId, Id assignmentId, Rating rating, string? words, Id? by) => tx.ExecuteAsync(Insert, new NewRating(
        ids.Next(IdKind.Rating), orderId, assignmentId, rating.Direction.ToString(), rating.Score, words, rating.IsSilence, by, rating.At));

    /// <summary>From now on both sides see it, and what was said of the volunteer counts; silence counts for nothing.</summary>
    public async Task ShowAsync(Transaction tx, Id assignmentId, Id volunteerId, RatingPair pair)
    {
        if (await tx.ExecuteAsync(Show, new ShowRow(assignmentId, clock.GetUtcNow())) > 0 && pair.OfVolunteer?.Score is { } score)
        {
            await volunteers.CountAsync(tx, volunteerId, new VolunteerCounts { RatingSum = score, RatingCount = 1 });
        }
    }

    private sealed record NewRating(
        Id Id, Id OrderId, Id AssignmentId, string Direction, int? Score, string? Words, bool Silent, Id? RatedBy, DateTimeOffset RatedAt);

    private sealed record ShowRow(Id AssignmentId, DateTimeOffset Now);
}

/// <summary>What one side said, or that it said nothing.</summary>
public sealed record RatingRow
{
    public Id AssignmentId { get; init; }

    public RatingDirection Direction { get; init; }

    public int? Score { get; init; }

    public string? Words { get; init; }

    public bool Silent { get; init; }

    public Id? RatedBy { get; init; }

    public DateTimeOffset RatedAt { get; init; }

    public DateTimeOffset? ShownAt { get; init; }
}
