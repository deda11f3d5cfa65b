using System.Numerics;
using System.Runtime.CompilerServices;
using Matching.Geography;
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

    /// <summary>A millionth of a minute, for what dividing leaves over.</summary>
    internal const double MinuteSlack = 1e-6;

    /// <summary>All of them, in the order in which they are asked.</summary>
    public static readonly IReadOnlyList<HardRule> InOrder = Enum.GetValues<HardRule>();

    /// <summary>The first rule that is broken; null when the volunteer may be asked.</summary>
    public static HardRule? FirstBroken(VolunteerFacts volunteer, Need need, Moment moment = Moment.Offer) =>
        FirstBroken(new FactsView(volunteer, need), new PreparedNeed(need), moment);

    /// <summary>The same for any view of a volunteer.</summary>
    public static HardRule? FirstBroken<T>(T volunteer, PreparedNeed need, Moment moment = Moment.Offer)
        where T : struct, IVolunteerView => Broken(volunteer, need, moment, 1).First;

    /// <summary>Every rule that is broken.</summary>
    public static BrokenRules AllBroken(VolunteerFacts volunteer, Need need, Moment moment = Moment.Offer) =>
        AllBroken(new FactsView(volunteer, need), new PreparedNeed(need), moment);

    /// <summary>The same for any view of a volunteer.</summary>
    public static BrokenRules AllBroken<T>(T volunteer, PreparedNeed need, Moment moment = Moment.Offer)
        where T : struct, IVolunteerView => Broken(volunteer, need, moment, InOrder.Count);

    /// <summary>The first rule that somebody of the pool breaks, and whether it is the only one; null when they may be asked.</summary>
    public static HardRule? FirstBrokenInPool<T>(T volunteer, PreparedNeed need, out bool isOnly)
        where T : struct, IVolunteerView
    {
        var first = Broken(volunteer, need, Moment.Offer, 1, isInPool: true).First;
        isOnly = first is { } broken && !BreaksAnother(broken, volunteer, need);
        return first;
    }

    /// <summary>Yes, or the refusal of the first rule that is broken.</summary>
    public static Outcome<Done> Check(VolunteerFacts volunteer, Need need, Moment moment) =>
        FirstBroken(volunteer, need, moment) is { } rule ? rule.Refusal() : Done.It;

    /// <summary>Whether one rule is kept; a rule that is not asked at the moment is.</summary>
    public static bool Keeps(HardRule rule, VolunteerFacts volunteer, Need need, Moment moment = Moment.Offer) =>
        Keeps(rule, new FactsView(volunteer, need), new PreparedNeed(need), moment);

    /// <summary>The same for any view of a volunteer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Keeps<T>(HardRule rule, T volunteer, PreparedNeed need, Moment moment = Moment.Offer)
        where T : struct, IVolunteerView => rule switch
    {
        HardRule.InPool => volunteer.IsInPool,
        HardRule.ActiveAndRealName => volunteer.RealName && volunteer.Status is VolunteerStatus.Active or VolunteerStatus.Suspended,
        HardRule.NotSuspended => volunteer.Status != VolunteerStatus.Suspended,
        HardRule.OfAge => IsOfAge(volunteer, need),
        HardRule.Skills => HasSkills(volunteer, need),
        HardRule.Qualifications => HasQualifications(volunteer, need),
        HardRule.Insured => !need.Need.InsuranceNeeded || volunteer.InsuredUntil >= need.LastDay,
        HardRule.Available => moment == Moment.CheckIn || IsAvailable(volunteer, need),
        HardRule.NoOverlap => HasNoOverlap(volunteer, need, moment),
        HardRule.BelowLimits => moment == Moment.CheckIn || IsBelowLimits(volunteer, need),
        HardRule.WithinRadius => moment == Moment.CheckIn || IsWithinRadius(volunteer, need),
        HardRule.NotBlocked => !volunteer.IsBlocked && !Blocks(volunteer, need),
        HardRule.LanguageAndGender => (need.Need.Language is null || volunteer.SpeaksTheLanguage)
            && (need.Need.Gender is null || volunteer.Gender == need.Need.Gender),
        HardRule.NotAlreadyAsked => moment != Moment.Offer || !volunteer.WasAsked,
        _ => throw new ArgumentOutOfRangeException(nameof(rule)),
    };

    // Written out, and each line inlined with its rule, for this runs through millions of volunteers.
    private static BrokenRules Broken<T>(T volunteer, PreparedNeed need, Moment moment, int most, bool isInPool = false)
        where T : struct, IVolunteerView
    {
        var broken = BrokenRules.None;
        _ = (isInPool || GoesOn(HardRule.InPool, volunteer, need, moment, ref most, ref broken))
            && GoesOn(HardRule.ActiveAndRealName, volunteer, need, moment, ref most, ref broken)
            && GoesOn(HardRule.NotSuspended, volunteer, need, moment, ref most, ref broken)
            && GoesOn(HardRule.OfAge, volunteer, need, moment, ref most, ref broken)
            && GoesOn(HardRule.Skills, volunteer, need, moment, ref most, ref broken)
            && GoesOn(HardRule.Qualifications, volunteer, need, moment, ref most, ref broken)
            && GoesOn(HardRule.Insured, volunteer, need, moment, ref most, ref broken)
            && GoesOn(HardRule.Available, volunteer, need, moment, ref most, ref broken)
            && GoesOn(HardRule.NoOverlap, volunteer, need, moment, ref most, ref broken)
            && GoesOn(HardRule.BelowLimits, volunteer, need, moment, ref most, ref broken)
            && GoesOn(HardRule.WithinRadius, volunteer, need, moment, ref most, ref broken)
            && GoesOn(HardRule.NotBlocked, volunteer, need, moment, ref most, ref broken)
            && GoesOn(HardRule.LanguageAndGender, volunteer, need, moment, ref most, ref broken)
            && GoesOn(HardRule.NotAlreadyAsked, volunteer, need, moment, ref most, ref broken);
        return broken;
    }

    // Which other one does not matter: what is quickly seen and often broken is asked first, so that hardly anybody's week is looked through.
    private static bool BreaksAnother<T>(HardRule first, T volunteer, PreparedNeed need)
        where T : struct, IVolunteerView =>
        Breaks(HardRule.WithinRadius, first, volunteer, need)
            || Breaks(HardRule.Insured, first, volunteer, need)
            || Breaks(HardRule.OfAge, first, volunteer, need)
            || Breaks(HardRule.LanguageAndGender, first, volunteer, need)
            || Breaks(HardRule.Skills, first, volunteer, need)
            || Breaks(HardRule.Available, first, volunteer, need)
            || Breaks(HardRule.NotSuspended, first, volunteer, need)
            || Breaks(HardRule.Qualifications, first, volunteer, need)
            || Breaks(HardRule.NoOverlap, first, volunteer, need)
            || Breaks(HardRule.BelowLimits, first, volunteer, need)
            || Breaks(HardRule.NotBlocked, first, volunteer, need)
            || Breaks(HardRule.NotAlreadyAsked, first, volunteer, need);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Breaks<T>(HardRule rule, HardRule first, T volunteer, PreparedNeed need)
        where T : struct, IVolunteerView => rule > first && !Keeps(rule, volunteer, need, Moment.Offer);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool GoesOn<T>(HardRule rule, T volunteer, PreparedNeed need, Moment moment, ref int most, ref BrokenRules broken)
        where T : struct, IVolunteerView
    {
        if (Keeps(rule, volunteer, need, moment))
        {
            return true;
        }

        broken = broken.With(rule);
        return --most > 0;
    }

    /// <summary>Metres from the nearest of their places; null when they gave none.</summary>
    public static double? MetresTo<T>(T volunteer, DistanceTo target)
        where T : struct, IVolunteerView
    {
        double? nearest = null;
        for (var place = 0; place < volunteer.PlaceCount; place++)
        {
            var from = volunteer.Place(place);
            var metres = target.MetresFrom(from.Lat, from.Lng);
            nearest = nearest < metres ? nearest : metres;
        }

        return nearest;
    }

    private static bool IsOfAge<T>(T volunteer, PreparedNeed need)
        where T : struct, IVolunteerView
    {
        var adult = volunteer.BirthDate is { } born && born <= need.LatestBirthOfAnAdult;
        return adult || (need.Need.MinorsAllowed && volunteer.Accompanied);
    }

    private static bool HasSkills<T>(T volunteer, PreparedNeed need)
        where T : struct, IVolunteerView
    {
        var skills = need.Need.Skills;
        for (var required = 0; required < skills.Length; required++)
        {
            var held = false;
            for (var skill = 0; skill < volunteer.SkillCount && !held; skill++)
            {
                held = volunteer.SkillLevel(skill) >= skills[required].Level && volunteer.StepsBelow(skill, required) >= 0;
            }

            if (!held)
            {
                return false;
            }
        }

        return true;
    }

    private static bool HasQualifications<T>(T volunteer, PreparedNeed need)
        where T : struct, IVolunteerView
    {
        foreach (var required in need.Need.Qualifications)
        {
            var held = false;
            for (var i = 0; i < volunteer.QualificationCount && !held; i++)
            {
                var qualification = volunteer.Qualification(i);
                held = qualification.Qualification == required && qualification.Holds(need.FirstDay, need.LastDay);
            }

            if (!held)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsAvailable<T>(T volunteer, PreparedNeed need)
        where T : struct, IVolunteerView => need.Window.Ticks > 0 && volunteer.FreeTicks(need.Window) == need.Window.Ticks;

    private static bool HasNoOverlap<T>(T volunteer, PreparedNeed need, Moment moment)
        where T : struct, IVolunteerView
    {
        for (var i = 0; i < volunteer.BookingCount; i++)
        {
            var booking = volunteer.Booking(i);
            var itself = moment == Moment.CheckIn && booking.OrderId == need.Need.OrderId;
            if (!itself && Booking.Collide(need.Need.Window, need.Need.Place, booking.Window, booking.Place))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsBelowLimits<T>(T volunteer, PreparedNeed need)
        where T : struct, IVolunteerView
    {
        var limits = volunteer.Limits;
        if (limits.OrdersAWeek is { } ordersAWeek)
        {
            var orders = 0;
            for (var i = 0; i < volunteer.BookingCount; i++)
            {
                orders += need.Week.Contains(volunteer.Booking(i).Window.Start) ? 1 : 0;
            }

            if (orders >= ordersAWeek)
            {
                return false;
            }
        }

        if (limits.MinutesADay is { } minutesADay)
        {
            foreach (var day in need.Days)
            {
                var booked = 0.0;
                for (var i = 0; i < volunteer.BookingCount; i++)
                {
                    var booking = volunteer.Booking(i);
                    booked += MinutesWithin(day, booking.Window, booking.Minutes);
                }

                if (MinutesWithin(day, need.Need.Window, need.Need.Minutes) + booked > minutesADay + MinuteSlack)
                {
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>The minutes of a service on each of its days, by <see cref="DateOnly.DayNumber"/>.</summary>
    internal static (int Day, double Minutes)[] MinutesByDay(Window service, int minutes, TimeZoneInfo zone)
    {
        var first = LocalTime.DayOf(service.Start, zone).DayNumber;
        var last = service.IsForwards ? LocalTime.DayOf(service.End.AddTicks(-1), zone).DayNumber : first;
        var days = new (int, double)[last - first + 1];
        for (var day = first; day <= last; day++)
        {
            var hours = new Window(LocalTime.StartOf(DateOnly.FromDayNumber(day), zone), LocalTime.StartOf(DateOnly.FromDayNumber(day + 1), zone));
            days[day - first] = (day, MinutesWithin(hours, service, minutes));
        }

        return days;
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

    private static bool IsWithinRadius<T>(T volunteer, PreparedNeed need)
        where T : struct, IVolunteerView
    {
        // Who gave no place is nowhere near, but the whole subtree takes everybody.
        var radiusM = Math.Min(need.Need.RadiusM ?? double.PositiveInfinity, volunteer.RadiusM ?? double.PositiveInfinity);
        var isWithin = double.IsPositiveInfinity(radiusM);
        for (var place = 0; place < volunteer.PlaceCount && !isWithin; place++)
        {
            // Most are too far by a look at the map; the sphere decides about the rest.
            var from = volunteer.Place(place);
            isWithin = need.Nearness.AtLeastM(from.Lat, from.Lng) <= radiusM && need.Target.MetresFrom(from.Lat, from.Lng) <= radiusM;
        }

        return isWithin;
    }

    private static bool Blocks<T>(T volunteer, PreparedNeed need)
        where T : struct, IVolunteerView
    {
        for (var i = 0; i < volunteer.BlockedCount; i++)
        {
            if (need.Need.Residents.Contains(volunteer.Blocked(i)))
            {
                return true;
            }
        }

        return false;
    }
}
