using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;
using Matching.Geography;
using Matching.Volunteers;

namespace Matching.Api.Volunteers;

/// <summary>A skill that somebody has, from 1 (has done it) to 4 (teaches it).</summary>
public sealed record SkillOnWire(Id SkillId, int Level);

/// <summary>A stretch of every week, on the clock of the center. An end at or before the start means the next day.</summary>
public sealed record SlotOnWire(DayOfWeek Day, TimeOnly From, TimeOnly To)
{
    public static SlotOnWire Of(WeeklySlot slot) => new(
        (DayOfWeek)((slot.StartMinute / 1440 + 1) % 7), TimeOf(slot.StartMinute), TimeOf(slot.StartMinute + slot.Minutes));

    public WeeklySlot ToSlot() => WeeklySlot.On(Day, From, To);

    private static TimeOnly TimeOf(int minute) => TimeOnly.MinValue.AddMinutes(minute % 1440);
}

/// <summary>A period in which the weekly hours do not hold: free all of it, or away.</summary>
public sealed record ExceptionOnWire(DateTimeOffset Start, DateTimeOffset End, bool Free);

/// <summary>Where a volunteer sets out from: home, work.</summary>
public sealed record StartingPlace(string? Label, PlaceOnWire Place);

/// <summary>The most that a volunteer wants.</summary>
public sealed record LimitsOnWire(int OrdersAWeek, int MinutesADay);

/// <summary>A certificate that a volunteer holds; the days are the first and the last on which it is valid.</summary>
/// <param name="Number">Masked.</param>
/// <param name="VerifiedAt">When a clerk saw it; until then it does not count.</param>
public sealed record HeldOnWire(
    Id Id, Id QualificationId, string Issuer, string Number, DateOnly? ValidFrom, DateOnly? ValidTo, DateTimeOffset? VerifiedAt);

/// <summary>How it went so far.</summary>
public sealed record RecordOnWire(int Asked, int Accepted, int Came, int OnTime, int NoShows, int Served, int VerifiedMinutes, double? Rating);

/// <summary>
/// A volunteer. To herself all but the id number's middle; to staff who reach her home site the name, the age and what matching goes by, her places
/// blurred, her numbers masked.
/// </summary>
public sealed record VolunteerResponse(
    Id Id, int Version, Id CenterId, Id SiteId, VolunteerStatus Status, string Name, Gender Gender, int? Age, bool RealName, string? Phone, string? IdNumber,
    IReadOnlyList<string> Languages, DateOnly? InsuredUntil, Id? CompanionId, int RadiusM, LimitsOnWire Limits, IReadOnlyList<SkillOnWire> Skills,
    IReadOnlyList<HeldOnWire> Qualifications, IReadOnlyList<StartingPlace> Places, IReadOnlyList<SlotOnWire> Weekly,
    IReadOnlyList<ExceptionOnWire> Exceptions, RecordOnWire Record, DateTimeOffset RegisteredAt, DateTimeOffset? SuspendedUntil) : IVersioned
{
    public static VolunteerResponse ToHerself(VolunteerDetails details, Vault vault, DateTimeOffset now) => Of(details, vault, now, own: true);

    public static VolunteerResponse ToStaff(VolunteerDetails details, Vault vault, DateTimeOffset now) => Of(details, vault, now, own: false);

    private static VolunteerResponse Of(VolunteerDetails details, Vault vault, DateTimeOffset now, bool own)
    {
        var it = details.Volunteer;
        return new VolunteerResponse(
            it.Id, it.Version, it.CenterId, it.SiteId, it.Status, it.Name, it.Gender, AgeOn(it.BornOn, now), it.RealName,
            own && vault.OpenIfAny(it.PhoneSealed) is { } phone ? phone : Masks.Phone(vault, it.PhoneSealed),
            Masks.Middle(vault.OpenIfAny(it.IdNumberSealed)),
            it.Languages.Split(',', StringSplitOptions.RemoveEmptyEntries), Days.ReadIfAny(it.InsuredUntil), it.CompanionId, it.RadiusM,
            new LimitsOnWire(it.MaxOrdersAWeek, it.MaxMinutesADay),
            [.. details.Skills.Select(skill => new SkillOnWire(skill.Skill, skill.Level))],
            [.. details.Qualifications.Select(held => held.Shown(vault))],
            [.. details.Places.Select(place => new StartingPlace(place.Label, PlaceOnWire.Of(own ? place.Place : Geography.Places.Blur(place.Place))))],
            [.. details.Weekly.Select(SlotOnWire.Of)],
            details.Exceptions,
            new RecordOnWire(
                it.Asked, it.Accepted, it.Came, it.OnTime, it.NoShows, it.Served, it.VerifiedMinutes,
                it.RatingCount == 0 ? null : Math.Round((double)it.RatingSum / it.RatingCount, 2)),
            it.RegisteredAt, it.SuspendedUntil);
    }

    // By the calendar of UTC: half a day off at the birthday hurts nobody on a screen; the hard rule asks the center's own calendar.
    private static int? AgeOn(string? bornOn, DateTimeOffset now)
    {
        if (Days.ReadIfAny(bornOn) is not { } born)
        {
            return null;
        }

        var today = DateOnly.FromDateTime(now.UtcDateTime);
        return today.Year - born.Year - (today < born.AddYears(today.Year - born.Year) ? 1 : 0);
    }
}

/// <summary>Checks of shape that the requests about volunteers share.</summary>
public static class VolunteerShapes
{
    private const int MostSlots = 50;
    private const int MostExceptions = 100;
    private const int MostPlaces = 5;
    private const int MostSkills = 50;

    public static void Skills<T>(this IRuleBuilder<T, IReadOnlyList<SkillOnWire>?> rule) => rule
        .Must(all => all is null or { Count: <= MostSkills }).Refuse(Refusals.FieldTooLong)
        .Must(all => all is null || all.All(skill => HeldSkill.CheckLevel(skill.Level) is null)).Refuse(Refusals.SkillLevelOutOfRange)
        .Must(all => all is null || all.Select(skill => skill.SkillId).Distinct().Count() == all.Count).Refuse(Refusals.SkillTwice);

    public static void Weekly<T>(this IRuleBuilder<T, IReadOnlyList<SlotOnWire>?> rule) => rule
        .Must(all => all is null or { Count: <= MostSlots }).Refuse(Refusals.FieldTooLong)
        .Must(all => all is null || all.All(slot => slot.ToSlot().Check() is null)).Refuse(Refusals.SlotOutOfRange)
        .Must(all => all is null || !Overlap([.. all.Select(slot => slot.ToSlot())])).Refuse(Refusals.SlotsOverlap);

    public static void Exceptions<T>(this IRuleBuilder<T, IReadOnlyList<ExceptionOnWire>?> rule) => rule
        .Must(all => all is null or { Count: <= MostExceptions }).Refuse(Refusals.FieldTooLong)
        .Must(all => all is null || all.All(one => one.End > one.Start)).Refuse(Refusals.WindowBackwards);

    public static void StartingPlaces<T>(this IRuleBuilder<T, IReadOnlyList<StartingPlace>?> rule) => rule
        .Must(all => all is null or { Count: <= MostPlaces }).Refuse(Refusals.FieldTooLong)
        .Must(all => all is null || all.All(one => one.Label is null or { Length: <= 40 })).Refuse(Refusals.FieldTooLong)
        .Must(all => all is null || all.All(one => one.Place.Read().Refusal is null)).Refuse(Refusals.PlaceOffEarth);

    public static void Limits<T>(this IRuleBuilder<T, LimitsOnWire?> rule) => rule
        .Must(limits => limits is null || new Limits(limits.OrdersAWeek, limits.MinutesADay).Check() is null).Refuse(Refusals.LimitsOutOfRange);

    /// <summary>Tags such as zh, yue or en; at most five.</summary>
    public static void Languages<T>(this IRuleBuilder<T, IReadOnlyList<string>?> rule) => rule
        .Must(all => all is null or { Count: <= 5 }).Refuse(Refusals.FieldTooLong)
        .Must(all => all is null || all.All(tag => tag.Length is >= 2 and <= 19 && tag.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '-')))
        .Refuse(Refusals.FieldInvalid);

    public static void OptionalPhone<T>(this IRuleBuilder<T, string?> rule) => rule
        .Must(phone => phone is null || PhoneNumber.TryParse(phone, out _)).Refuse(Refusals.PhoneInvalid);

    private static bool Overlap(List<WeeklySlot> slots)
    {
        slots.Sort((a, b) => a.StartMinute.CompareTo(b.StartMinute));
        for (var i = 0; i < slots.Count; i++)
        {
            var next = i + 1 < slots.Count ? slots[i + 1].StartMinute : slots[0].StartMinute + WeeklySlot.MinutesAWeek;
            if (slots[i].StartMinute + slots[i].Minutes > next)
            {
                return true;
            }
        }

        return false;
    }
}
