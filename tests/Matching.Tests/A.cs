using System.Collections.Immutable;
using Matching.Engine;
using Matching.Geography;
using Matching.Tests.Engine;
using Matching.Volunteers;

namespace Matching.Tests;

/// <summary>
/// Makes what tests need. <c>A.Volunteer()</c> may be asked for <c>A.Need()</c>: each test says only what is different.
/// Tuesday, 12 May 2026, four to six in the afternoon in Shanghai; the county's path is <c>county/</c>.
/// </summary>
public static partial class A
{
    public const string Village = "county/town/village/";

    public static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");

    public static readonly TimeZoneInfo LosAngeles = TimeZoneInfo.FindSystemTimeZoneById("America/Los_Angeles");

    public static readonly Place Home = new(29.3456, 110.5432);

    /// <summary>Narrower skills are named after the broader ones.</summary>
    public static readonly SkillTree Skills = SkillTree.Of(
    [
        new SkillNode(Skill("electrics")),
        new SkillNode(Skill("wiring"), Skill("electrics")),
        new SkillNode(Skill("rewiring"), Skill("wiring")),
        new SkillNode(Skill("lighting"), Skill("electrics")),
        new SkillNode(Skill("plumbing")),
        new SkillNode(Skill("cooking")),
    ]).Value;

    /// <summary>The same name always gives the same id.</summary>
    public static Id Id(IdKind kind, string name)
    {
        var bits = (UInt128)14695981039346656037;
        foreach (var c in name)
        {
            bits = (bits ^ c) * 1099511628211;
        }

        return Matching.Id.From((bits << 8) | (byte)kind);
    }

    public static Id Skill(string name) => Id(IdKind.Skill, name);

    public static Id Qualification(string name) => Id(IdKind.Qualification, name);

    public static Id Resident(string name) => Id(IdKind.Resident, name);

    /// <summary>A time in May 2026 in Shanghai.</summary>
    public static DateTimeOffset May(int day, int hour = 0, int minute = 0) => new(2026, 5, day, hour, minute, 0, TimeSpan.FromHours(8));

    public static Window Window(DateTimeOffset start, double hours) => new(start, start.AddHours(hours));

    /// <summary>So many metres north of a place.</summary>
    public static Place North(this Place place, double metres) =>
        place with { Lat = place.Lat + metres / Distance.EarthRadiusM * (180 / Math.PI) };

    public static Need Need(string order = "order") => new()
    {
        OrderId = Id(IdKind.Order, order),
        Pools = [Village],
        Place = Home,
        Window = Window(May(12, 16), 2),
        Minutes = 120,
        Zone = Shanghai,
        AsOf = May(10, 9),
        Residents = [Resident("granny")],
    };

    public static Need Asking(this Need need, string skill, int level = 1) =>
        need with { Skills = need.Skills.Add(Skills.Require(Skill(skill), level).Value) };

    public static Need AskingQualification(this Need need, string name) =>
        need with { Qualifications = need.Qualifications.Add(Qualification(name)) };

    public static VolunteerFacts Volunteer(string name = "anybody") => new()
    {
        Id = Id(IdKind.Volunteer, name),
        HomePath = Village,
        Status = VolunteerStatus.Active,
        RealName = true,
        BirthDate = new DateOnly(1980, 1, 1),
        Gender = Gender.Female,
        Places = [Home],
        Availability = Availability.Always,
    };

    public static VolunteerFacts WithSkill(this VolunteerFacts volunteer, string skill, int level = 2) =>
        volunteer with { Skills = volunteer.Skills.Add(new HeldSkill(Skill(skill), level)) };

    public static VolunteerFacts WithQualification(
        this VolunteerFacts volunteer, string name, DateOnly from, DateOnly? to = null, bool verified = true) =>
        volunteer with { Qualifications = volunteer.Qualifications.Add(new HeldQualification(Qualification(name), from, to, verified)) };

    public static VolunteerFacts Booked(
        this VolunteerFacts volunteer, Window window, Place? place = null, int? minutes = null, string order = "other") =>
        volunteer with
        {
            Bookings = volunteer.Bookings.Add(
                new Booking(Id(IdKind.Order, order), window, place ?? Home, minutes ?? (int)window.Length.TotalMinutes)),
        };

    public static VolunteerFacts Free(this VolunteerFacts volunteer, params WeeklySlot[] weekly) =>
        volunteer with { Availability = Availability.Of(weekly).Value };

    public static VolunteerFacts Away(this VolunteerFacts volunteer, Window period) =>
        volunteer with { Availability = Availability.Of([new WeeklySlot(0, WeeklySlot.MinutesAWeek)], away: [period]).Value };

    public static VolunteerFacts At(this VolunteerFacts volunteer, params Place[] places) => volunteer with { Places = [.. places] };

    public static VolunteerScan Pool(params IEnumerable<VolunteerFacts> volunteers)
    {
        var pool = new VolunteerScan();
        pool.Apply([.. volunteers], [], 1);
        return pool;
    }

    /// <summary>An id number that checks, of nobody.</summary>
    public static string IdNumber(DateOnly born, int sequence = 2, string region = "430811")
    {
        var seventeen = $"{region}{born:yyyyMMdd}{sequence:000}";
        return seventeen + Matching.Volunteers.IdNumber.CheckCharacter(seventeen);
    }

    /// <summary>
    /// Volunteers of every kind, most of whom break some rule for most needs: what properties are tried on. The same seed, the same people.
    /// </summary>
    public static VolunteerFacts[] Crowd(Random random, int count)
    {
        return [.. Enumerable.Range(0, count).Select(i => Somebody(random, i))];
    }

    public static Need SomeNeed(Random random)
    {
        var need = Need() with
        {
            Pools = Pick<ImmutableArray<string>>(random, [Village], ["county/town/"], ["county/"], ["county/", Village], ["county/town/", "next/"], ["county/", "county/"]),
            Window = Window(May(12 + random.Next(4), random.Next(24), random.Next(60)), 0.5 + random.Next(8) / 2.0),
            InsuranceNeeded = random.Next(4) == 0,
            MinorsAllowed = random.Next(2) == 0,
            Language = random.Next(6) == 0 ? "yue" : null,
            Gender = random.Next(6) == 0 ? Gender.Female : null,
            RadiusM = random.Next(3) == 0 ? null : 500 + random.Next(5_000),
            Place = Home.North(random.Next(4_000)),
            PickMe = [Id(IdKind.Volunteer, "0"), Id(IdKind.Volunteer, "3")],
            AlreadyAsked = random.Next(2) == 0 ? [] : [Id(IdKind.Volunteer, "1"), Id(IdKind.Volunteer, "5")],
            BlockedVolunteers = random.Next(3) == 0 ? [Id(IdKind.Volunteer, "2")] : [],
        };
        need = random.Next(2) == 0 ? need.Asking(Pick(random, "electrics", "wiring", "plumbing"), 1 + random.Next(3)) : need;
        return random.Next(4) == 0 ? need.AskingQualification("driver") : need;
    }

    private static VolunteerFacts Somebody(Random random, int number)
    {
        var slots = Enumerable.Range(0, random.Next(1, 6))
            .Select(_ => new WeeklySlot(random.Next(WeeklySlot.MinutesAWeek), 600 + random.Next(2_000)));
        var away = random.Next(5) == 0 ? new[] { Window(May(12 + random.Next(3), random.Next(24)), 5) } : [];
        var served = random.Next(20);
        var volunteer = Volunteer(number.ToString()) with
        {
            HomePath = Pick(random, Village, Village, Village, "county/town/", "county/town/hamlet/", "county/", "next/town/",
                "county/town/villagers/"),
            Status = Pick(random, VolunteerStatus.Active, VolunteerStatus.Active, VolunteerStatus.Active, VolunteerStatus.Active,
                VolunteerStatus.Suspended, VolunteerStatus.Registered),
            RealName = random.Next(12) > 0,
            BirthDate = new DateOnly(1950 + random.Next(64), 1 + random.Next(12), 1),
            Accompanied = random.Next(2) == 0,
            Gender = Pick<Gender?>(random, Gender.Female, Gender.Male, null),
            Languages = random.Next(2) == 0 ? ["yue"] : [],
            InsuredUntil = random.Next(2) == 0 ? new DateOnly(2026, 5, 10 + random.Next(10)) : null,
            Places = random.Next(10) == 0 ? [] : [Home.North(random.Next(6_000)), Home.North(-random.Next(6_000))],
            RadiusM = random.Next(2) == 0 ? null : 1_000 + random.Next(6_000),
            Availability = random.Next(3) == 0 ? Availability.Always : Availability.Of(slots, away: away).Value,
            Limits = new Limits(random.Next(3) == 0 ? 2 : null, random.Next(3) == 0 ? 240 : null),
            Record = new TrackRecord(served + random.Next(9), served, served - served / 5, served / 5, served / 2),
            RatingCount = served,
            RatingSum = served * (1 + random.Next(5)),
            LastServedAt = served == 0 ? null : May(1 + random.Next(9)),
            PairedWith = random.Next(8) == 0 ? [Resident("granny")] : [],
            Served = random.Next(4) == 0 ? [new ServedResident(Resident("granny"), 1 + random.Next(5))] : [],
            Blocked = random.Next(10) == 0 ? [Resident("granny")] : [],
        };
        volunteer = Enumerable.Range(0, random.Next(4)).Aggregate(volunteer, (v, _) =>
            v.WithSkill(Pick(random, "electrics", "wiring", "rewiring", "lighting", "plumbing", "cooking"), 1 + random.Next(4)));
        volunteer = random.Next(3) == 0
            ? volunteer.WithQualification("driver", new DateOnly(2020, 1, 1), new DateOnly(2026, 5, 11 + random.Next(9)))
            : volunteer;
        return Enumerable.Range(0, random.Next(3)).Aggregate(volunteer, (v, i) =>
            v.Booked(Window(May(10 + random.Next(7), random.Next(24)), 1 + random.Next(3)), Home.North(random.Next(5_000)), order: $"other{i}"));
    }

    private static T Pick<T>(Random random, params T[] choices) => choices[random.Next(choices.Length)];
}
