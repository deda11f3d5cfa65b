using System.Collections.Frozen;
using System.Collections.Immutable;
using Matching.Benchmarks.Crowds;
using Matching.Engine;
using Matching.Geography;
using Matching.Volunteers;
using Matching.Wishes;

namespace Matching.Benchmarks.Product;

/// <summary>
/// The same made-up people with everything that the product knows of volunteers, and needs as orders put them. Shares are those of a county that keeps
/// its books: 70 % active, a quarter has ever served, one in sixteen has something booked, every third limits what she takes on.
/// </summary>
internal sealed class ProductCrowd
{
    /// <summary>A Tuesday morning; windows lie in the week after.</summary>
    public static readonly DateTimeOffset Now = new(2026, 5, 12, 9, 0, 0, TimeSpan.FromHours(8));

    private static readonly TimeZoneInfo Shanghai = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");
    private static readonly Id[] SkillIds = [.. Enumerable.Range(0, Crowd.SkillCount).Select(number => IdOf(IdKind.Skill, (ulong)number))];

    // Twelve broad skills, the rest narrower ones of theirs: who asks for the broad one is content with any of them.
    private static readonly SkillTree Tree = SkillTree.Of(SkillIds.Select((id, number) => new SkillNode(id, number is >= 40 and < 96 && number % 4 == 0 ? SkillIds[16 + number % 12] : null))).Value;

    private static readonly FrozenDictionary<int, RequiredSkill> Required =
        Enumerable.Range(0, Crowd.SkillCount * 4).ToFrozenDictionary(key => key, key => Tree.Require(SkillIds[key / 4], 1 + key % 4).Value);

    public static readonly string[] Centers = ["west/", "east/"];

    private readonly Crowd _crowd;
    private readonly double _middleLng;

    // Hours kept by personal chance make nearly every week different; weeks as people enter them recur.
    private readonly bool _ownWeeks;

    public ProductCrowd(int count, bool ownWeeks = false)
    {
        _crowd = new Crowd(World.Of(count), count);
        _ownWeeks = ownWeeks;
        var lngs = Enumerable.Range(0, Math.Min(count, 1_001)).Select(number => _crowd.PlaceOf(number).LngE7).Order().ToArray();
        _middleLng = lngs[lngs.Length / 2] / 1e7;
    }

    public World World => _crowd.World;

    public int Count => _crowd.Count;

    /// <summary>West goes by the default; east thinks more of distance and of who has done little.</summary>
    public static ScoreWeights WeightsOf(string center) => center == "west/"
        ? ScoreWeights.Default
        : new ScoreWeights { Skill = 0.15, Distance = 0.30, Slack = 0.05, Reliability = 0.10, Rating = 0.05, Rotation = 0.20, Continuity = 0.10, PickMe = 0.05 };

    public static Id VolunteerId(int number) => IdOf(IdKind.Volunteer, (ulong)number);

    public VolunteerFacts At(int number)
    {
        var dice = new Dice(_crowd.Seed, (ulong)number);
        var person = _crowd.Next(ref dice);
        return Somebody(number, person, ref dice);
    }

    /// <summary>The same volunteer as something has happened to her: another week, another place, a booking, a history.</summary>
    public VolunteerFacts Changed(int number, ulong change)
    {
        var dice = new Dice(change + 0xC0FFEE, (ulong)number);
        var person = _crowd.Next(ref dice);
        var before = At(number);
        var after = Somebody(number, person, ref dice);
        return dice.Below(5) switch
        {
            0 => before with { Availability = after.Availability },
            1 => before with { Places = after.Places, HomePath = after.HomePath },
            2 => before with { Bookings = [ABooking(ref dice, before)], LastServedAt = Now.AddDays(-dice.Below(20)) },
            3 => before with { Status = after.Status },
            _ => before with { Record = after.Record, RatingSum = after.RatingSum, RatingCount = after.RatingCount, LastServedAt = after.LastServedAt },
        };
    }

    public IEnumerable<VolunteerFacts> All()
    {
        for (var number = 0; number < Count; number++)
        {
            yield return At(number);
        }
    }

    /// <summary>An order as dispatch would ask for it: the ask's skills, radius and window, a pool that is a center or a part of one, and the rest of the rules.</summary>
    public (Need Need, ScoreWeights Weights) ANeed(AskClass kind, int number)
    {
        var ask = Ask.Draw(World, kind, number);
        var dice = new Dice(0xAB, (ulong)((int)kind * 10_000_000 + number));
        var path = PathOf(ask.Lat, ask.Lng);
        var parts = path.Split('/');
        var isWide = kind is AskClass.CommonWide or AskClass.RareWide;
        var pool = isWide || dice.Chance(0.5) ? parts[0] + "/" : $"{parts[0]}/{parts[1]}/";
        ImmutableArray<string> pools = dice.Chance(0.1) ? [pool, Centers[0], Centers[1]] : [pool];
        var start = Now.Date.AddDays(6).AddHours(ask.FirstHour % 24);
        var window = new DateTimeOffset(start.AddDays(ask.FirstHour / 24), Now.Offset);
        var need = new Need
        {
            OrderId = IdOf(IdKind.Order, (ulong)number),
            Pools = pools,
            Place = new Place(ask.Lat, ask.Lng),
            Window = new Window(window, window.AddHours(ask.NeededHours)),
            Minutes = ask.NeededHours * 60,
            Zone = Shanghai,
            AsOf = Now,
            Urgency = (Urgency)dice.Below(4),
            Skills = [.. ask.Skills.Select(skill => Required[skill.Skill * 4 + skill.Level - 1])],
            Qualifications = dice.Chance(0.03) ? [IdOf(IdKind.Qualification, (ulong)dice.Below(3))] : [],
            InsuranceNeeded = dice.Chance(0.1),
            MinorsAllowed = dice.Chance(0.2),
            Language = dice.Chance(0.02) ? "yue" : null,
            Gender = ask.Female is { } female ? female ? Gender.Female : Gender.Male : null,
            RadiusM = ask.RadiusM,
            Residents = [IdOf(IdKind.Resident, (ulong)dice.Below(Math.Max(1, Count / 20)))],
            AlreadyAsked = dice.Chance(0.3) ? [.. Enumerable.Range(0, 6).Select(_ => VolunteerId(dice.Below(Count)))] : [],
            PickMe = dice.Chance(0.2) ? [VolunteerId(dice.Below(Count))] : [],
        };
        return (need, WeightsOf(parts[0] + "/"));
    }

    private static Id IdOf(IdKind kind, ulong number)
    {
        var dice = new Dice((ulong)kind, number);
        return Id.From(((UInt128)(1_700_000_000_000 + number) << 80) | ((UInt128)dice.Next() << 8) | (byte)kind);
    }

    /// <summary>Institutes are squares of about ten kilometres, stations of about two.</summary>
    private string PathOf(double lat, double lng)
    {
        var (row, column) = ((int)Math.Floor(lat / 0.1), (int)Math.Floor(lng / 0.1));
        var (stationRow, stationColumn) = ((int)Math.Floor(lat / 0.02), (int)Math.Floor(lng / 0.02));
        return $"{Centers[lng < _middleLng ? 0 : 1]}{row}.{column}/{stationRow}.{stationColumn}/";
    }

    private VolunteerFacts Somebody(int number, Person person, ref Dice dice)
    {
        var place = new Place(person.LatE7 / 1e7, person.LngE7 / 1e7);
        var served = dice.Chance(0.25) ? 1 + person.Load : 0;
        var facts = new VolunteerFacts
        {
            Id = VolunteerId(number),
            HomePath = PathOf(place.Lat, place.Lng),
            Status = person.Active ? VolunteerStatus.Active : dice.Chance(0.1) ? VolunteerStatus.Suspended : VolunteerStatus.Registered,
            RealName = dice.Chance(0.97),
            BirthDate = new DateOnly(1946, 1, 1).AddDays(dice.Below(64 * 365)),
            Accompanied = dice.Chance(0.05),
            Gender = person.Female ? Gender.Female : Gender.Male,
            Languages = dice.Chance(0.05) ? ["yue"] : [],
            InsuredUntil = dice.Chance(0.6) ? new DateOnly(2026, 5, 10).AddDays(dice.Below(360)) : null,
            Skills = SkillsOf(person),
            Qualifications = dice.Chance(0.06)
                ? [new HeldQualification(IdOf(IdKind.Qualification, (ulong)dice.Below(3)), new DateOnly(2024, 1, 1), new DateOnly(2026, 4, 1).AddDays(dice.Below(700)), dice.Chance(0.9))]
                : [],
            Places = dice.Chance(0.02) ? [] : dice.Chance(0.06) ? [place, Near(ref dice, place)] : [place],
            RadiusM = dice.Chance(0.3) ? 1_000 * (1 + dice.Below(20)) : null,
            Availability = AWeek(ref dice, person),
            Limits = dice.Chance(0.3) ? new Limits(1 + dice.Below(4), dice.Chance(0.5) ? 60 * (2 + dice.Below(4)) : null) : default,
        };
        if (served == 0)
        {
            return facts;
        }

        var came = Math.Max(0, served - dice.Below(2));
        var rated = came / 2;
        facts = facts with
        {
            Record = new TrackRecord(served + dice.Below(6), served, came, served - came, (int)(came * (person.Reliability / 255.0))),
            RatingCount = rated,
            RatingSum = Enumerable.Range(0, rated).Sum(_ => 3),
            LastServedAt = Now.AddMinutes(-dice.Below(400 * 1440)),
            Served = dice.Chance(0.3) ? [new ServedResident(IdOf(IdKind.Resident, (ulong)dice.Below(Math.Max(1, Count / 20))), 1 + dice.Below(4))] : [],
            PairedWith = dice.Chance(0.05) ? [IdOf(IdKind.Resident, (ulong)dice.Below(Math.Max(1, Count / 20)))] : [],
            Blocked = dice.Chance(0.02) ? [IdOf(IdKind.Resident, (ulong)dice.Below(Math.Max(1, Count / 20)))] : [],
        };
        return dice.Chance(0.25) ? facts with { Bookings = [ABooking(ref dice, facts)] } : facts;
    }

    private static ImmutableArray<HeldSkill> SkillsOf(Person person)
    {
        var skills = ImmutableArray.CreateBuilder<HeldSkill>(Person.MostSkills);
        for (var bits = person.Skills; bits != 0; bits >>= 10)
        {
            skills.Add(new HeldSkill(SkillIds[(int)(bits & 127)], (int)(bits >> 7) & 7));
        }

        return skills.ToImmutable();
    }

    private static Place Near(ref Dice dice, Place place) =>
        new(Math.Round(place.Lat + 0.05 * dice.Normal(), 7), Math.Round(place.Lng + 0.05 * dice.Normal(), 7));

    private static Booking ABooking(ref Dice dice, VolunteerFacts facts)
    {
        var start = Now.AddDays(-10).AddHours(dice.Below(17 * 24));
        return new Booking(
            IdOf(IdKind.Order, dice.Next() >> 1), new Window(start, start.AddHours(1 + dice.Below(3))),
            facts.Places.IsEmpty ? new Place(36.2, 113.1) : Near(ref dice, facts.Places[0]), 60);
    }

    /// <summary>Some days of the week, each from one half hour to another; one in thirty is away, or free besides.</summary>
    private Availability AWeek(ref Dice dice, Person person)
    {
        var slots = new List<WeeklySlot>();
        if (_ownWeeks)
        {
            for (var hour = 0; hour < 168; hour++)
            {
                if (person.IsFree(hour))
                {
                    slots.Add(new WeeklySlot(hour * 60, 60));
                }
            }
        }
        else
        {
            var (from, hours, days) = dice.Below(100) switch
            {
                < 30 => (17 + dice.Below(3), 3, dice.Chance(0.5) ? 0b0011111 : dice.Below(127) + 1),
                < 55 => (8 + dice.Below(3), 6 + dice.Below(5), 0b1100000),
                < 75 => (15 + dice.Below(3), 4 + dice.Below(3), dice.Chance(0.5) ? 0b1111111 : 0b1100000 | dice.Below(32)),
                < 92 => (8 + dice.Below(2), 6 + dice.Below(4), dice.Chance(0.7) ? 0b0011111 : dice.Below(127) + 1),
                _ => (8, 14, 0b1111111),
            };
            var half = dice.Chance(0.2) ? 30 : 0;
            for (var day = 0; day < 7; day++)
            {
                if ((days & (1 << day)) != 0)
                {
                    slots.Add(new WeeklySlot(day * 1440 + from * 60 + half, hours * 60));
                }
            }
        }

        if (!dice.Chance(1 / 30.0))
        {
            return Availability.Of(slots).Value;
        }

        var start = Now.Date.AddDays(dice.Below(20));
        var period = new Window(new DateTimeOffset(start, Now.Offset), new DateTimeOffset(start.AddDays(1 + dice.Below(10)), Now.Offset));
        return dice.Chance(0.7) ? Availability.Of(slots, away: [period]).Value : Availability.Of(slots, extra: [period]).Value;
    }
}
