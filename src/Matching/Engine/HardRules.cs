using System.Numerics;
using Matching.Volunteers;

namespace Matching.Engine;

/// <summary>When the rules are asked. Not every rule makes sense at every moment.</summary>
public enum Moment
{
    /// <summary>Before somebody is asked: every rule.</summary>
    Offer,

    /// <summary>
    /// When they say yes: every rule but "not already asked". The need is that of the round in which they were asked, so that a radius
    /// which shrank meanwhile refuses nobody who was invited.
    /// </summary>
    Acceptance,

    /// <summary>
    /// When they stand at the door: their own assignment of this order is no longer in their way, and what they merely wished for (weekly hours,
    /// limits, radius) they answered by coming. Everything that protects the resident holds.
    /// </summary>
    CheckIn,
}

/// <summary>The hard rules that somebody breaks, as a set.</summary>
public readonly record struct BrokenRules(int Bits)
{
    public static readonly BrokenRules None;

    public bool IsEmpty => Bits == 0;

    public int Count => BitOperations.PopCount((uint)Bits);

    /// <summary>The first in the order of the rules; null when none is broken.</summary>
    public HardRule? First => Bits == 0 ? null : (HardRule)BitOperations.TrailingZeroCount(Bits);

    /// <summary>The one that alone stands in the way; null when none or several do.</summary>
    public HardRule? Only => Count == 1 ? First : null;

    public bool Contains(HardRule rule) => (Bits & (1 << (int)rule)) != 0;

    public BrokenRules With(HardRule rule) => new(Bits | (1 << (int)rule));

    public IReadOnlyList<HardRule> ToList()
    {
        var bits = Bits;
        return [.. HardRules.InOrder.Where(rule => (bits & (1 << (int)rule)) != 0)];
    }
}

/// <summary>Who may be asked, may accept, may begin: the same rules each time, each decided here and nowhere else.</summary>
public static class HardRules
{
    public const int AdultYears = 18;

    /// <summary>All of them, in the order in which they are asked.</summary>
    public static readonly IReadOnlyList<HardRule> InOrder = Enum.GetValues<HardRule>();

    /// <summary>The first rule that is broken; null when the volunteer may be asked.</summary>
    public static HardRule? FirstBroken(VolunteerFacts volunteer, Need need, Moment moment = Moment.Offer)
    {
        for (var rule = HardRule.InPool; rule <= HardRule.NotAlreadyAsked; rule++)
        {
            if (!Keeps(rule, volunteer, need, moment))
            {
                return rule;
            }
        }

        return null;
    }

    /// <summary>Every rule that is broken.</summary>
    public static BrokenRules AllBroken(VolunteerFacts volunteer, Need need, Moment moment = Moment.Offer)
    {
        var broken = BrokenRules.None;
        for (var rule = HardRule.InPool; rule <= HardRule.NotAlreadyAsked; rule++)
        {
            if (!Keeps(rule, volunteer, need, moment))
            {
                broken = broken.With(rule);
            }
        }

        return broken;
    }

    /// <summary>Yes, or the refusal of the first rule that is broken.</summary>
    public static Outcome<Done> Check(VolunteerFacts volunteer, Need need, Moment moment) =>
        FirstBroken(volunteer, need, moment) is { } rule ? rule.Refusal() : Done.It;

    /// <summary>Whether one rule is kept; a rule that is not asked at the moment is.</summary>
    public static bool Keeps(HardRule rule, VolunteerFacts volunteer, Need need, Moment moment = Moment.Offer) => rule switch
    {
        HardRule.InPool => IsInPool(volunteer, need),
        HardRule.ActiveAndRealName => volunteer.RealName && volunteer.Status is VolunteerStatus.Active or VolunteerStatus.Suspended,
        HardRule.NotSuspended => volunteer.Status != VolunteerStatus.Suspended,
        HardRule.OfAge => IsOfAge(volunteer, need),
        HardRule.Skills => HasSkills(volunteer, need),
        HardRule.Qualifications => HasQualifications(volunteer, need),
        HardRule.Insured => !need.InsuranceNeeded || volunteer.InsuredUntil >= need.LastDay,
        HardRule.Available => moment == Moment.CheckIn || volunteer.Availability.Covers(need.Window, need.Zone),
        HardRule.NoOverlap => HasNoOverlap(volunteer, need, moment),
        HardRule.BelowLimits => moment == Moment.CheckIn || IsBelowLimits(volunteer, need),
        HardRule.WithinRadius => moment == Moment.CheckIn || IsWithinRadius(volunteer, need),
        HardRule.NotBlocked => !need.BlockedVolunteers.Contains(volunteer.Id) && !volunteer.Blocked.Any(need.Residents.Contains),
        HardRule.LanguageAndGender => (need.Language is null || volunteer.Languages.Contains(need.Language))
            && (need.Gender is null || volunteer.Gender == need.Gender),
        HardRule.NotAlreadyAsked => moment != Moment.Offer || !need.AlreadyAsked.Contains(volunteer.Id),
        _ => throw new ArgumentOutOfRangeException(nameof(rule)),
    };

    private static bool IsInPool(VolunteerFacts volunteer, Need need)
    {
        foreach (var path in need.Pools)
        {
            if (volunteer.HomePath.StartsWith(path, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsOfAge(VolunteerFacts volunteer, Need need)
    {
        // Who was born on 29 February comes of age on 1 March of a common year.
        var adult = volunteer.BirthDate is { } born && born <= LatestBirthOfAnAdult(need.FirstDay);
        return adult || (need.MinorsAllowed && volunteer.Accompanied);
    }

    private static DateOnly LatestBirthOfAnAdult(DateOnly day) => day.AddYears(-AdultYears);

    private static bool HasSkills(VolunteerFacts volunteer, Need need)
    {
        foreach (var required in need.Skills)
        {
            var held = false;
            foreach (var skill in volunteer.Skills)
            {
                held |= skill.Level >= required.Level && required.CountsAs.ContainsKey(skill.Skill);
            }

            if (!held)
            {
                return false;
            }
        }

        return true;
    }

    private static bool HasQualifications(VolunteerFacts volunteer, Need need)
    {
        foreach (var required in need.Qualifications)
        {
            var held = false;
            foreach (var qualification in volunteer.Qualifications)
            {
                held |= qualification.Qualification == required && qualification.Holds(need.FirstDay, need.LastDay);
            }

            if (!held)
            {
                return false;
            }
        }

        return true;
    }

    private static bool HasNoOverlap(VolunteerFacts volunteer, Need need, Moment moment)
    {
        foreach (var booking in volunteer.Bookings)
        {
            var itself = moment == Moment.CheckIn && booking.OrderId == need.OrderId;
            if (!itself && Booking.Collide(need.Window, need.Place, booking.Window, booking.Place))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsBelowLimits(VolunteerFacts volunteer, Need need)
    {
        if (volunteer.Limits.OrdersAWeek is { } ordersAWeek)
        {
            var monday = Limits.MondayOf(need.FirstDay);
            var week = new Window(LocalTime.StartOf(monday, need.Zone), LocalTime.StartOf(monday.AddDays(7), need.Zone));
            if (volunteer.Bookings.Count(booking => week.Contains(booking.Window.Start)) >= ordersAWeek)
            {
                return false;
            }
        }

        if (volunteer.Limits.MinutesADay is { } minutesADay)
        {
            for (var day = need.FirstDay; day <= need.LastDay; day = day.AddDays(1))
            {
                var hours = new Window(LocalTime.StartOf(day, need.Zone), LocalTime.StartOf(day.AddDays(1), need.Zone));
                var minutes = MinutesWithin(hours, need.Window, need.Minutes)
                    + volunteer.Bookings.Sum(booking => MinutesWithin(hours, booking.Window, booking.Minutes));

                // A millionth of a minute for what dividing leaves over.
                if (minutes > minutesADay + 1e-6)
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>The minutes of a service that fall on a day: when the window runs across midnight, in proportion.</summary>
    private static double MinutesWithin(Window day, Window service, int minutes)
    {
        if (!service.IsForwards || !day.Overlaps(service))
        {
            return 0;
        }

        var start = service.Start > day.Start ? service.Start : day.Start;
        var end = service.End < day.End ? service.End : day.End;
        return minutes * ((end - start) / service.Length);
    }

    private static bool IsWithinRadius(VolunteerFacts volunteer, Need need)
    {
        // Who gave no place is nowhere near, but the whole subtree takes everybody.
        var radiusM = Math.Min(need.RadiusM ?? double.PositiveInfinity, volunteer.RadiusM ?? double.PositiveInfinity);
        return double.IsPositiveInfinity(radiusM) || volunteer.MetresTo(need.Place) <= radiusM;
    }
}
