using System.Text.Json.Serialization;

namespace Matching.Assignments;

/// <summary>
/// How well it is proved that somebody was there. A: two proofs that do not know of each other, the resident's service code and the place.
/// B: the service code alone, or the organiser's word and the place. C: the place alone, which only the volunteer's own phone tells.
/// D: the organiser's word alone. Check-in and check-out together are worth the worse of the two; 48 hours of silence make it one lower.
/// </summary>
public enum EvidenceGrade
{
    [JsonStringEnumMemberName("A")]
    A,

    [JsonStringEnumMemberName("B")]
    B,

    [JsonStringEnumMemberName("C")]
    C,

    [JsonStringEnumMemberName("D")]
    D,
}

/// <summary>Grades put together.</summary>
public static class EvidenceGrades
{
    /// <summary>One lower; nothing is below D.</summary>
    public static EvidenceGrade Lower(this EvidenceGrade grade) => grade == EvidenceGrade.D ? EvidenceGrade.D : grade + 1;

    /// <summary>Of a whole service: the worse end, one lower when nobody confirmed it.</summary>
    public static EvidenceGrade Whole(EvidenceGrade checkIn, EvidenceGrade checkOut, bool confirmed)
    {
        var worse = checkIn > checkOut ? checkIn : checkOut;
        return confirmed ? worse : worse.Lower();
    }
}
