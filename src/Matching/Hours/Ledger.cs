using System.Buffers.Binary;
using System.Security.Cryptography;
using Matching.Assignments;
using Matching.Policies;

namespace Matching.Hours;

/// <summary>What is to be written into the ledger.</summary>
public sealed record ServedHours(
    Id VolunteerId, Id OrderId, Id AssignmentId, Id SiteId, int Minutes, EvidenceGrade Grade, DateOnly Day);

/// <summary>Whose yes a day's hours need before they count.</summary>
public enum HoursApproval
{
    ByItself,
    Site,
    Center,
}

/// <summary>How the minutes of one service fall under the rule of a day's hours.</summary>
/// <param name="AtOnce">What counts by itself.</param>
/// <param name="Waiting">What lies beyond a day that counts by itself, and waits for somebody's yes.</param>
/// <param name="Needs">Whose yes the waiting part needs; by itself when nothing waits.</param>
public readonly record struct DayShare(int AtOnce, int Waiting, HoursApproval Needs);

/// <summary>A volunteer's ledger: lines that each carry the hash of the one before, so that none can be changed, dropped or slipped in unseen.</summary>
public static class Ledger
{
    // The layout of the hashed bytes. A later layout takes the next number and leaves old lines as they are.
    private const byte Layout = 1;
    private const int Length = 1 + (7 * 16) + 4 + 4 + 1 + 4 + 8 + 32;

    /// <summary>The next line. Refuses minutes that are not positive: nothing served is nothing written.</summary>
    public static Outcome<HoursEntry> Append(HoursEntry? last, ServedHours served, Id id, DateTimeOffset writtenAt, Id writtenBy = default)
    {
        if (served.Minutes <= 0)
        {
            return Refusals.MinutesNotPositive;
        }

        return Chain(last, new HoursEntry
        {
            Id = id,
            VolunteerId = served.VolunteerId,
            OrderId = served.OrderId,
            AssignmentId = served.AssignmentId,
            SiteId = served.SiteId,
            Sequence = 0,
            Minutes = served.Minutes,
            Grade = served.Grade,
            Day = served.Day,
            WrittenAt = writtenAt,
            WrittenBy = writtenBy,
            PreviousHash = HoursEntry.NoHash,
            Hash = HoursEntry.NoHash,
        });
    }

    /// <summary>
    /// A correction: the next line takes an earlier one back in full; the right figure, if any, is then appended anew.
    /// Refuses a line that was taken back before, and taking back a taking-back.
    /// </summary>
    public static Outcome<HoursEntry> Reverse(HoursEntry last, HoursEntry entry, bool reversedAlready, Id id, DateTimeOffset writtenAt, Id writtenBy)
    {
        if (!entry.Reverses.IsNone)
        {
            return Refusals.ReversalNotReversible;
        }

        return reversedAlready ? Refusals.HoursReversedAlready
            : Chain(last, entry with { Id = id, Reverses = entry.Id, Minutes = -entry.Minutes, WrittenAt = writtenAt, WrittenBy = writtenBy });
    }

    /// <summary>
    /// The index of the first line that does not fit, or null when the chain holds. One volunteer's lines from the first on, in order.
    /// Lines missing at the very end leave a chain that holds: whoever keeps the head's hash compares it.
    /// </summary>
    public static int? Verify(IEnumerable<HoursEntry> chain)
    {
        var index = 0;
        HoursEntry? last = null;
        foreach (var entry in chain)
        {
            var fits = entry.Sequence == index + 1
                && entry.PreviousHash == (last?.Hash ?? HoursEntry.NoHash)
                && (last is null || entry.VolunteerId == last.VolunteerId)
                && entry.Hash == HashOf(entry);
            if (!fits)
            {
                return index;
            }

            last = entry;
            index++;
        }

        return null;
    }

    /// <summary>Whose yes is needed for a day that comes to so many minutes, what is being added included.</summary>
    public static HoursApproval ApprovalFor(int minutesThatDay, Policy policy) =>
        minutesThatDay <= policy.HoursADayByItself * 60 ? HoursApproval.ByItself
        : minutesThatDay <= policy.HoursADayBySite * 60 ? HoursApproval.Site
        : HoursApproval.Center;

    /// <summary>
    /// Splits the minutes of a service: what still fits into a day that counts by itself is written at once, so that nobody waits for hours that are in no
    /// doubt; only what is beyond waits, all of it for the yes that the whole day needs.
    /// </summary>
    /// <param name="written">Minutes of that day in the ledger already.</param>
    /// <param name="waiting">Minutes of that day that wait already.</param>
    public static DayShare Share(int written, int waiting, int minutes, Policy policy)
    {
        var atOnce = Math.Clamp(policy.HoursADayByItself * 60 - written, 0, minutes);
        return atOnce == minutes
            ? new DayShare(minutes, 0, HoursApproval.ByItself)
            : new DayShare(atOnce, minutes - atOnce, ApprovalFor(written + waiting + minutes, policy));
    }

    /// <summary>Minutes still missing for the next star; null when all are reached.</summary>
    public static long? ToNextStar(long minutes, Policy policy) =>
        policy.StarHours.Where(hours => minutes < hours * 60L).Select(hours => (long?)((hours * 60L) - minutes)).FirstOrDefault();

    /// <summary>Stars for so many verified minutes: how many of the center's thresholds are reached.</summary>
    public static int Stars(long minutes, Policy policy) => policy.StarHours.Count(hours => minutes >= hours * 60L);

    private static HoursEntry Chain(HoursEntry? last, HoursEntry entry)
    {
        if (last is not null && last.VolunteerId != entry.VolunteerId)
        {
            throw new ArgumentException("A line is chained onto the same volunteer's ledger.", nameof(last));
        }

        var linked = entry with
        {
            Sequence = (last?.Sequence ?? 0) + 1,
            PreviousHash = last?.Hash ?? HoursEntry.NoHash,
            // Both engines keep milliseconds; what they would cut off must not be in the hash.
            WrittenAt = DateTimeOffset.FromUnixTimeMilliseconds(entry.WrittenAt.ToUnixTimeMilliseconds()),
        };
        return linked with { Hash = HashOf(linked) };
    }

    /// <summary>SHA-256 over fixed fields in fixed order, all big-endian, the previous hash last.</summary>
    private static string HashOf(HoursEntry entry)
    {
        Span<byte> bytes = stackalloc byte[Length];
        bytes[0] = Layout;
        var at = 1;
        ReadOnlySpan<Id> ids = [entry.Id, entry.VolunteerId, entry.OrderId, entry.AssignmentId, entry.SiteId, entry.Reverses, entry.WrittenBy];
        foreach (var id in ids)
        {
            BinaryPrimitives.WriteUInt128BigEndian(bytes[at..], id.ToBits());
            at += 16;
        }

        BinaryPrimitives.WriteInt32BigEndian(bytes[at..], entry.Sequence);
        BinaryPrimitives.WriteInt32BigEndian(bytes[(at + 4)..], entry.Minutes);
        bytes[at + 8] = (byte)entry.Grade;
        BinaryPrimitives.WriteInt32BigEndian(bytes[(at + 9)..], entry.Day.DayNumber);
        BinaryPrimitives.WriteInt64BigEndian(bytes[(at + 13)..], entry.WrittenAt.ToUnixTimeMilliseconds());

        // A previous hash that is no hash came from a spoilt row: it is hashed as nothing, and the line does not fit.
        if (entry.PreviousHash.Length == 64 && entry.PreviousHash.All(char.IsAsciiHexDigitLower))
        {
            Convert.FromHexString(entry.PreviousHash).CopyTo(bytes[(at + 21)..]);
        }

        return Convert.ToHexStringLower(SHA256.HashData(bytes));
    }
}
