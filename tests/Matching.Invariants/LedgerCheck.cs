using Matching.Assignments;
using Matching.Hours;

namespace Matching.Invariants;

/// <summary>Invariant 5: each volunteer's ledger is one unbroken chain of hashes.</summary>
internal static class LedgerCheck
{
    public static Finding Check(Rows rows)
    {
        var entries = rows.List(
            """
            SELECT id, volunteer_id, order_id, assignment_id, site_id, reverses_id, posted_by, sequence, minutes, evidence, service_day, posted_at,
                previous_hash, hash
            FROM hours_entries ORDER BY volunteer_id, sequence
            """,
            row => new HoursEntry
            {
                Id = row.Id(0),
                VolunteerId = row.Id(1),
                OrderId = row.Id(2),
                AssignmentId = row.Id(3),
                SiteId = row.Id(4),
                Reverses = row.Id(5),
                WrittenBy = row.Id(6),
                Sequence = row.Int(7),
                Minutes = row.Int(8),
                Grade = row.Word<EvidenceGrade>(9),
                Day = row.DayOrNull(10)!.Value,
                WrittenAt = row.Time(11),
                PreviousHash = Convert.ToHexStringLower(row.Bytes(12)),
                Hash = Convert.ToHexStringLower(row.Bytes(13)),
            });
        var breaches = entries
            .GroupBy(entry => entry.VolunteerId)
            .Select(chain => (Volunteer: chain.Key, Line: Ledger.Verify(chain)))
            .Where(found => found.Line is not null)
            .Select(found => $"{found.Volunteer} line {found.Line + 1}");
        return new Finding(5, "Each ledger is an unbroken chain of hashes", entries.Count, [.. breaches]);
    }
}
