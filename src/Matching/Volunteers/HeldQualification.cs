namespace Matching.Volunteers;

/// <summary>A certificate that somebody holds. Days are the center's, the last one included; no last one: it does not end.</summary>
public readonly record struct HeldQualification(Id Qualification, DateOnly ValidFrom, DateOnly? ValidTo, bool Verified)
{
    /// <summary>Verified by a clerk, and valid on both days and all between.</summary>
    public bool Holds(DateOnly first, DateOnly last) => Verified && ValidFrom <= first && (ValidTo is null || last <= ValidTo);
}
