using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Assignments;

namespace Matching.Api.Assignments;

/// <summary>The half that knows of coming, going and minutes. In each the caller holds the order's lock, so the state is as it was read.</summary>
public sealed partial class AssignmentStore
{
    private static readonly Sql<CameRow> SetCame = new(
        "UPDATE assignments SET state = 'CheckedIn', checked_in_at = @At, version = version + 1 WHERE id = @Id AND state = 'Confirmed'");

    private static readonly Sql<LeftRow> SetLeft = new(
        "UPDATE assignments SET state = 'CheckedOut', checked_out_at = @At, version = version + 1 WHERE id = @Id AND state = 'CheckedIn'");

    private static readonly Sql<VerifiedRow> SetVerified = new(
        """
        UPDATE assignments SET state = 'Verified', verified_at = @At, minutes = @Minutes, evidence = @Evidence, version = version + 1
        WHERE id = @Id AND state = 'CheckedOut'
        """);

    private static readonly Sql<MinutesRow> AddMinutes = new("UPDATE assignments SET minutes = minutes + @More, version = version + 1 WHERE id = @Id");

    /// <summary>She is there.</summary>
    public async Task CheckInAsync(Transaction tx, Assignment came, Actor actor)
    {
        Expect(await tx.ExecuteAsync(SetCame, new CameRow(came.Id, came.CheckedInAt!.Value)));
        await timeline.AddAsync(
            tx, came.Id, nameof(AssignmentState.Confirmed), nameof(AssignmentState.CheckedIn), nameof(AssignmentDeed.CheckIn), actor);
    }

    /// <summary>She has left, or the clock says so.</summary>
    public async Task CheckOutAsync(Transaction tx, Assignment left, Actor actor)
    {
        Expect(await tx.ExecuteAsync(SetLeft, new LeftRow(left.Id, left.CheckedOutAt!.Value)));
        await timeline.AddAsync(
            tx, left.Id, nameof(AssignmentState.CheckedIn), nameof(AssignmentState.CheckedOut), nameof(AssignmentDeed.CheckOut), actor);
        await volunteers.TouchAsync(tx, left.VolunteerId);
    }

    /// <summary>Her minutes count: those in the ledger and those that still wait for somebody's yes.</summary>
    public async Task VerifyAsync(Transaction tx, Id id, int minutes, EvidenceGrade evidence)
    {
        Expect(await tx.ExecuteAsync(SetVerified, new VerifiedRow(id, clock.GetUtcNow(), minutes, evidence.ToString())));
        await timeline.AddAsync(
            tx, id, nameof(AssignmentState.CheckedOut), nameof(AssignmentState.Verified), nameof(AssignmentDeed.Verify), Actor.System);
    }

    /// <summary>Minutes of a verified assignment were taken back, put right or refused: it follows its ledger.</summary>
    public Task AddMinutesAsync(Transaction tx, Id id, int more) => tx.ExecuteAsync(AddMinutes, new MinutesRow(id, more));

    private static void Expect(int rows)
    {
        if (rows == 0)
        {
            throw new InvalidOperationException("The order is locked, so nobody else can have moved its assignment.");
        }
    }

    private sealed record CameRow(Id Id, DateTimeOffset At);

    private sealed record LeftRow(Id Id, DateTimeOffset At);

    private sealed record VerifiedRow(Id Id, DateTimeOffset At, int Minutes, string Evidence);

    private sealed record MinutesRow(Id Id, int More);
}
