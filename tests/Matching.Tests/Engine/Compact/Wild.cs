using System.Collections.Immutable;
using Matching.Engine;
using Matching.Geography;
using Matching.Volunteers;

namespace Matching.Tests.Engine.Compact;

/// <summary>Volunteers as nobody is: whatever the types allow, at and beyond what a row has room for.</summary>
internal static class Wild
{
    private static readonly double[] OddNumbers =
        [0, -0.0, 1e-7, 29.3456, 29.34567891234, -89.9999999, 90, -180, 180, 1e300, double.NaN, double.PositiveInfinity, double.NegativeInfinity, 65_533, 65_534, 65_535, 2_500.5];

    /// <summary>Somebody of a crowd, with some of what they are replaced by something wild.</summary>
    public static VolunteerFacts Volunteer(Random random, VolunteerFacts somebody)
    {
        for (var changes = random.Next(4); changes > 0; changes--)
        {
            somebody = random.Next(19) switch
            {
                0 => somebody with { Id = Id.From(new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64())) },
                1 => somebody with { HomePath = Pick(random, "", "/", "no slash", "county/town/village/", "COUNTY/", "county/ütown/", "中心/站/") },
                2 => somebody with { Status = (VolunteerStatus)random.Next(-1, 6) },
                3 => somebody with { BirthDate = Day(random) },
                4 => somebody with { Gender = Pick<Gender?>(random, null, Gender.Female, Gender.Male, (Gender)7) },
                5 => somebody with { Languages = [.. Some(random, 4, () => Pick(random, "yue", "zh", "", "yue,zh", "sign"))] },
                6 => somebody with { InsuredUntil = Day(random) },
                7 => somebody with { Skills = [.. Some(random, 9, () => new HeldSkill(ASkill(random), random.Next(8) == 0 ? random.Next(-1, 300) : random.Next(1, 5)))] },
                8 => somebody with
                {
                    Qualifications = [.. Some(random, 4, () => new HeldQualification(
                        A.Qualification(Pick(random, "driver", "nurse")), Day(random) ?? DateOnly.MinValue, Day(random), random.Next(3) > 0))],
                },
                9 => somebody with { Places = [.. Some(random, random.Next(20) == 0 ? 40 : 4, () => APlace(random))] },
                10 => somebody with { RadiusM = random.Next(4) == 0 ? null : ANumber(random) },
                11 => somebody with { Availability = SomeAvailability(random) },
                12 => somebody with { Limits = new Limits(Whole(random), Whole(random)) },
                13 => somebody with { Bookings = [.. Some(random, 4, () => ABooking(random))] },
                14 => somebody with { Record = new TrackRecord(Count(random), Count(random), Count(random), Count(random), Count(random)) },
                15 => somebody with { RatingSum = Count(random), RatingCount = Count(random) },
                16 => somebody with { LastServedAt = Pick<DateTimeOffset?>(random, null, DateTimeOffset.MinValue, DateTimeOffset.MaxValue, A.May(9).AddTicks(random.Next())) },
                17 => somebody with { PairedWith = [.. Some(random, 3, () => AResident(random))], Blocked = [.. Some(random, 3, () => AResident(random))] },
                _ => somebody with { Served = [.. Some(random, 4, () => new ServedResident(AResident(random), random.Next(4) == 0 ? random.Next() : random.Next(5)))] },
            };
        }

        return somebody;
    }

    /// <summary>Whether two are the same in all that is known of them; doubles to the last bit.</summary>
    public static void AreTheSame(VolunteerFacts one, VolunteerFacts other)
    {
        Assert.That(Text(other), Is.EqualTo(Text(one)));
    }

    private static string Text(VolunteerFacts facts) => string.Join("\n", new object?[]
    {
        facts.Id.ToBits(), facts.HomePath, facts.Status, facts.RealName, facts.BirthDate?.DayNumber, facts.Accompanied, facts.Gender,
        List(facts.Languages), facts.InsuredUntil?.DayNumber, List(facts.Skills), List(facts.Qualifications),
        List(facts.Places.Select(PlaceText)), facts.RadiusM is { } radius ? BitConverter.DoubleToInt64Bits(radius) : null,
        List(facts.Availability.Week), List(facts.Availability.Extra.ToArray()), List(facts.Availability.Away.ToArray()), facts.Limits,
        List(facts.Bookings.Select(booking => (booking.OrderId.ToBits(), Stretch.Of(booking.Window), PlaceText(booking.Place), booking.Minutes))),
        facts.Record, facts.RatingSum, facts.RatingCount, facts.LastServedAt?.UtcTicks,
        List(facts.PairedWith.Select(id => id.ToBits())), List(facts.Served.Select(served => (served.Resident.ToBits(), served.Times))),
        List(facts.Blocked.Select(id => id.ToBits())),
    });

    private static string List<T>(IEnumerable<T> items) => string.Join("|", items.Select(item => $"[{item}]"));

    private static (long, long, long) PlaceText(Place place) =>
        (BitConverter.DoubleToInt64Bits(place.Lat), BitConverter.DoubleToInt64Bits(place.Lng), BitConverter.DoubleToInt64Bits(place.AccuracyM));

    private static IEnumerable<T> Some<T>(Random random, int most, Func<T> one) => [.. Enumerable.Range(0, random.Next(most + 1)).Select(_ => one())];

    private static Id ASkill(Random random) => A.Skill(Pick(random, "electrics", "wiring", "rewiring", "lighting", "plumbing", "cooking", "unheard of"));

    private static Id AResident(Random random) => A.Resident(Pick(random, "granny", "grandpa", "neighbour"));

    private static double ANumber(Random random) => random.Next(2) == 0 ? Pick(random, OddNumbers) : random.Next(9_000);

    private static Place APlace(Random random) => random.Next(3) switch
    {
        0 => new Place(ANumber(random), ANumber(random), ANumber(random)),
        1 => new Place(random.Next(293_000_000, 294_000_000) / 1e7, random.Next(1_105_000_000, 1_106_000_000) / 1e7, random.Next(2) * 15),
        _ => A.Home.North(random.Next(6_000)),
    };

    private static DateOnly? Day(Random random) => random.Next(6) switch
    {
        0 => null,
        1 => DateOnly.MaxValue,
        2 => DateOnly.MinValue,
        3 => DateOnly.FromDayNumber(random.Next(DateOnly.MaxValue.DayNumber)),
        _ => new DateOnly(1950 + random.Next(80), 5, 1 + random.Next(20)),
    };

    private static int? Whole(Random random) => random.Next(4) switch
    {
        0 => null,
        1 => Pick(random, -1, 0, 65_534, 65_535, 65_536, int.MinValue, int.MaxValue),
        _ => random.Next(300),
    };

    private static int Count(Random random) => Whole(random) ?? 0;

    private static Booking ABooking(Random random)
    {
        var start = A.May(10 + random.Next(6)).AddTicks(random.NextInt64(TimeSpan.TicksPerDay));
        return new Booking(A.Id(IdKind.Order, random.Next(5).ToString()), new Window(start, start.AddMinutes(random.Next(-10, 300))),
            A.Home.North(random.Next(9_000)) with { AccuracyM = ANumber(random) }, Count(random));
    }

    private static Availability SomeAvailability(Random random)
    {
        Window Period()
        {
            var start = A.May(11 + random.Next(5)).AddTicks(random.NextInt64(TimeSpan.TicksPerDay));
            return new Window(start, start.AddTicks(1 + random.NextInt64(TimeSpan.TicksPerDay)));
        }

        return Availability.Of(
            Some(random, 8, () => new WeeklySlot(random.Next(WeeklySlot.MinutesAWeek), 1 + random.Next(WeeklySlot.MinutesAWeek / (1 + random.Next(40))))),
            Some(random, 3, Period),
            Some(random, 3, Period)).Value;
    }

    private static T Pick<T>(Random random, params T[] choices) => choices[random.Next(choices.Length)];
}
