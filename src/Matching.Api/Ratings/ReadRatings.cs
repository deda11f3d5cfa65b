using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Ratings;

namespace Matching.Api.Ratings;

public sealed record ReadRatingsRequest(Id AssignmentId);

/// <summary>What the two sides said of each other.</summary>
/// <param name="Shown">Both are in, or the time is over. Before that each side reads only its own.</param>
/// <param name="OfVolunteer">What the resident's side said.</param>
/// <param name="OfResident">What the volunteer said.</param>
public sealed record ReadRatingsResponse(Id AssignmentId, bool Shown, RatingOnWire? OfVolunteer, RatingOnWire? OfResident);

/// <summary>One rating.</summary>
/// <param name="Score">1 to 5; null for silence, which counts for nothing.</param>
public sealed record RatingOnWire(int? Score, string? Words, bool Silent, DateTimeOffset RatedAt);

/// <summary>The two ratings of an assignment, for both sides and staff, by the rule that neither is shown before the other is in.</summary>
public sealed class ReadRatings(RatingAccess access, RatingStore ratings, Database database, Caller caller) : Endpoint<ReadRatingsRequest, ReadRatingsResponse>
{
    public override void Configure()
    {
        Get("/assignments/{assignmentId}/ratings");
        Allow(Role.Resident, Role.Proxy, Role.Volunteer, Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.AssignmentUnknown);
    }

    protected override async Task<Outcome<ReadRatingsResponse>> RunAsync(ReadRatingsRequest request, CancellationToken ct)
    {
        if (await access.FindAsync(caller, request.AssignmentId) is not { } found)
        {
            return Refusals.AssignmentUnknown;
        }

        var rows = await ratings.OfAsync(database, request.AssignmentId);
        return new ReadRatingsResponse(
            request.AssignmentId, rows.Any(row => row.ShownAt is not null), Show(rows, found, RatingDirection.OfVolunteer),
            Show(rows, found, RatingDirection.OfResident));
    }

    // Staff speak for the resident, but what she said herself they read no earlier than the volunteer does.
    private RatingOnWire? Show(List<RatingRow> rows, RatedAssignment found, RatingDirection direction) => rows
        .Where(row => row.Direction == direction && (row.ShownAt is not null || (direction == found.Direction && !caller.IsStaff) || row.RatedBy == caller.AccountId))
        .Select(row => new RatingOnWire(row.Score, row.Words, row.Silent, row.RatedAt))
        .FirstOrDefault();
}
