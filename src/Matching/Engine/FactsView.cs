using Matching.Geography;
using Matching.Volunteers;

namespace Matching.Engine;

/// <summary>The view of a volunteer who is kept as an object.</summary>
public readonly struct FactsView(VolunteerFacts facts, Need need) : IVolunteerView
{
    public bool IsInPool
    {
        get
        {
            foreach (var path in need.Pools)
            {
                if (facts.HomePath.StartsWith(path, StringComparison.Ordinal))
                {
                    return true;
                }
            }

            return false;
        }
    }

    public VolunteerStatus Status => facts.Status;

    public bool RealName => facts.RealName;

    public DateOnly? BirthDate => facts.BirthDate;

    public bool Accompanied => facts.Accompanied;

    public Gender? Gender => facts.Gender;

    public DateOnly? InsuredUntil => facts.InsuredUntil;

    public bool SpeaksTheLanguage => need.Language is { } language && facts.Languages.Contains(language);

    public int SkillCount => facts.Skills.Length;

    public int QualificationCount => facts.Qualifications.Length;

    public int PlaceCount => facts.Places.Length;

    public double? RadiusM => facts.RadiusM;

    public Limits Limits => facts.Limits;

    public int BookingCount => facts.Bookings.Length;

    public TrackRecord Record => facts.Record;

    public int RatingSum => facts.RatingSum;

    public int RatingCount => facts.RatingCount;

    public DateTimeOffset? LastServedAt => facts.LastServedAt;

    public int PairedCount => facts.PairedWith.Length;

    public int ServedCount => facts.Served.Length;

    public int BlockedCount => facts.Blocked.Length;

    public bool IsBlocked => need.BlockedVolunteers.Contains(facts.Id);

    public bool WasAsked => need.AlreadyAsked.Contains(facts.Id);

    public bool SaidPickMe => need.PickMe.Contains(facts.Id);

    public int SkillLevel(int skill) => facts.Skills[skill].Level;

    public int StepsBelow(int skill, int required) =>
        need.Skills[required].CountsAs.TryGetValue(facts.Skills[skill].Skill, out var steps) ? steps : -1;

    public HeldQualification Qualification(int index) => facts.Qualifications[index];

    public Place Place(int index) => facts.Places[index];

    public long FreeTicks(WallWindow window) => facts.Availability.FreeTicks(window);

    public Booking Booking(int index) => facts.Bookings[index];

    public Id Paired(int index) => facts.PairedWith[index];

    public ServedResident Served(int index) => facts.Served[index];

    public Id Blocked(int index) => facts.Blocked[index];
}
