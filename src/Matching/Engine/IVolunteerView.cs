using Matching.Geography;
using Matching.Volunteers;

namespace Matching.Engine;

/// <summary>
/// One volunteer as the rules and formulas look at them for one need. The forms in which volunteers are kept (objects, compact rows) each give
/// such a view, so that every rule and formula is written once.
/// </summary>
public interface IVolunteerView
{
    /// <summary>Whether the home site lies in one of the need's pools.</summary>
    bool IsInPool { get; }

    VolunteerStatus Status { get; }

    bool RealName { get; }

    DateOnly? BirthDate { get; }

    bool Accompanied { get; }

    Gender? Gender { get; }

    DateOnly? InsuredUntil { get; }

    /// <summary>Whether they speak the language that the need asks for; meaningless when it asks for none.</summary>
    bool SpeaksTheLanguage { get; }

    int SkillCount { get; }

    int QualificationCount { get; }

    int PlaceCount { get; }

    double? RadiusM { get; }

    Limits Limits { get; }

    int BookingCount { get; }

    TrackRecord Record { get; }

    int RatingSum { get; }

    int RatingCount { get; }

    DateTimeOffset? LastServedAt { get; }

    int PairedCount { get; }

    int ServedCount { get; }

    int BlockedCount { get; }

    /// <summary>One of the residents will not have them, or they will not go there: as the need says it.</summary>
    bool IsBlocked { get; }

    bool WasAsked { get; }

    bool SaidPickMe { get; }

    int SkillLevel(int skill);

    /// <summary>How far a held skill lies below the need's required one: 0 for itself, -1 when it does not count as it.</summary>
    int StepsBelow(int skill, int required);

    HeldQualification Qualification(int index);

    Place Place(int index);

    /// <summary>The free ticks of a window.</summary>
    long FreeTicks(WallWindow window);

    Booking Booking(int index);

    Id Paired(int index);

    ServedResident Served(int index);

    Id Blocked(int index);
}
