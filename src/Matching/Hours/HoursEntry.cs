using Matching.Assignments;

namespace Matching.Hours;

/// <summary>
/// One line of a volunteer's ledger of hours. It names people by id only, so that somebody can be forgotten and the chain still verifies.
/// Never changed: a correction is another line with the same minutes below zero.
/// </summary>
public sealed record HoursEntry
{
    /// <summary>What the first line carries in place of a previous hash.</summary>
    public const string NoHash = "0000000000000000000000000000000000000000000000000000000000000000";

    public required Id Id { get; init; }

    public required Id VolunteerId { get; init; }

    public required Id OrderId { get; init; }

    public required Id AssignmentId { get; init; }

    /// <summary>The owner site of the order, for its register.</summary>
    public required Id SiteId { get; init; }

    /// <summary>The line that this one takes back; none for an ordinary one.</summary>
    public Id Reverses { get; init; }

    /// <summary>1 for the volunteer's first line, and so on without a gap.</summary>
    public required int Sequence { get; init; }

    /// <summary>Below zero in a reversal; never zero.</summary>
    public required int Minutes { get; init; }

    public required EvidenceGrade Grade { get; init; }

    /// <summary>The day of the check-in, in the center's zone.</summary>
    public required DateOnly Day { get; init; }

    /// <summary>The account that approved, corrected or confirmed it; none when it counted by itself.</summary>
    public Id WrittenBy { get; init; }

    /// <summary>In whole milliseconds; the hash knows no more.</summary>
    public required DateTimeOffset WrittenAt { get; init; }

    /// <summary>SHA-256 of the line before, 64 lower-case hex digits.</summary>
    public required string PreviousHash { get; init; }

    /// <summary>SHA-256 of this line, <see cref="PreviousHash"/> included.</summary>
    public required string Hash { get; init; }
}
