namespace Matching.Volunteers;

/// <summary>A certificate that somebody holds. Dates are days of the center's calendar, the last one included; no last one: it does not end.</summary>
public readonly record struct HeldQualification(Id Qualification, DateOnly ValidFrom, DateOnly? ValidTo, bool Verified)
{
    /// <summary>Seen by a clerk, and valid on both days and all between.</summary>
    public bool Holds(DateOnly first, DateOnly last) => Verified && ValidFrom <= first && (ValidTo is null || last <= ValidTo);
}
