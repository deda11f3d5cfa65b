using System.Globalization;
using Matching.Api.Volunteers;
using Matching.Assignments;
using Matching.Hours;

namespace Matching.Api.Hours;

/// <summary>
/// A line of the ledger as it lies in the database. Grade and day are read as text: whoever walks the chain wants to find a spoilt row, not to stumble over it.
/// </summary>
public sealed record HoursRow
{
    public Id Id { get; init; }

    public Id VolunteerId { get; init; }

    public int Sequence { get; init; }

    public Id CenterId { get; init; }

    public Id SiteId { get; init; }

    /// <summary>The path of the site, as it was when the line was written.</summary>
    public string Path { get; init; } = "";

    public Id OrderId { get; init; }

    public Id AssignmentId { get; init; }

    public Id? ReversesId { get; init; }

    public int Minutes { get; init; }

    public string Evidence { get; init; } = "";

    /// <summary>yyyy-MM-dd.</summary>
    public string ServiceDay { get; init; } = "";

    public DateTimeOffset PostedAt { get; init; }

    public Id? PostedBy { get; init; }

    public string? Reason { get; init; }

    public byte[] PreviousHash { get; init; } = [];

    public byte[] Hash { get; init; } = [];

    /// <summary>As the rules see it; null when somebody has spoilt it beyond reading.</summary>
    public HoursEntry? ToEntry() =>
        Enum.TryParse<EvidenceGrade>(Evidence, out var grade) && grade.ToString() == Evidence
        && DateOnly.TryParseExact(ServiceDay, Days.Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? new HoursEntry
            {
                Id = Id,
                VolunteerId = VolunteerId,
                OrderId = OrderId,
                AssignmentId = AssignmentId,
                SiteId = SiteId,
                Reverses = ReversesId ?? Id.None,
                Sequence = Sequence,
                Minutes = Minutes,
                Grade = grade,
                Day = day,
                WrittenBy = PostedBy ?? Id.None,
                WrittenAt = PostedAt,
                PreviousHash = Convert.ToHexStringLower(PreviousHash),
                Hash = Convert.ToHexStringLower(Hash),
            }
            : null;
}

/// <summary>Hours that wait for somebody's yes.</summary>
public sealed record HoursApprovalRow
{
    public Id Id { get; init; }

    public int Version { get; init; }

    public Id AssignmentId { get; init; }

    public Id VolunteerId { get; init; }

    public Id CenterId { get; init; }

    public Id SiteId { get; init; }

    public string Path { get; init; } = "";

    public string ServiceDay { get; init; } = "";

    public int Minutes { get; init; }

    public HoursApproval Needs { get; init; }

    public HoursApprovalState State { get; init; }

    public DateTimeOffset AskedAt { get; init; }

    public DateTimeOffset? DecidedAt { get; init; }
}

/// <summary>Where a request for approval stands.</summary>
public enum HoursApprovalState
{
    /// <summary>待核</summary>
    Waiting,

    /// <summary>已批准</summary>
    Approved,

    /// <summary>未批准</summary>
    Refused,
}
