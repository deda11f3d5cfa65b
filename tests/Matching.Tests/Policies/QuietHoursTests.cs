using FsCheck;
using Matching.Policies;

namespace Matching.Tests.Policies;

public class QuietHoursTests
{
    private static readonly QuietHours Nights = new(new TimeOnly(21, 0), new TimeOnly(8, 0));

    [TestCase("2026-05-04 20:59:59", false)]
    [TestCase("2026-05-04 21:00", true)]
    [TestCase("2026-05-05 00:00", true)]
    [TestCase("2026-05-05 07:59:59", true)]
    [TestCase("2026-05-05 08:00", false)]
    public void It_is_quiet_from_nine_in_the_evening_up_to_eight(string wall, bool quiet)
    {
        Assert.That(Nights.IsQuiet(At.China(wall), At.Shanghai), Is.EqualTo(quiet));
    }

    [Test]
    public void Hours_within_one_day_can_be_quiet_too()
    {
        var siesta = new QuietHours(new TimeOnly(12, 0), new TimeOnly(14, 0));

        Assert.That(siesta.IsQuiet(At.China("2026-05-04 13:00"), At.Shanghai));
        Assert.That(siesta.IsQuiet(At.China("2026-05-04 14:00"), At.Shanghai), Is.False);
        Assert.That(siesta.Waking(At.China("2026-05-04 12:00"), At.Shanghai), Is.EqualTo(At.China("2026-05-04 14:00")));
    }

    [Test]
    public void Without_quiet_hours_no_hour_is_quiet()
    {
        var midnight = At.China("2026-05-04 00:00");

        Assert.That(QuietHours.None.IsQuiet(midnight, At.Shanghai), Is.False);
        Assert.That(QuietHours.None.Add(midnight, TimeSpan.FromHours(30), At.Shanghai), Is.EqualTo(midnight.AddHours(30)));
    }

    [TestCase("2026-05-04 09:00", 2, "2026-05-04 11:00")]
    [TestCase("2026-05-04 20:30", 2, "2026-05-05 09:30")]
    [TestCase("2026-05-04 23:00", 2, "2026-05-05 10:00")]
    [TestCase("2026-05-04 09:00", 12, "2026-05-05 08:00")]
    [TestCase("2026-05-04 20:00", 36, "2026-05-07 17:00")]
    public void A_wave_stands_still_in_quiet_hours(string opens, int hours, string closes)
    {
        Assert.That(Nights.Add(At.China(opens), TimeSpan.FromHours(hours), At.Shanghai), Is.EqualTo(At.China(closes)));
    }

    [TestCase("2026-03-07T20:30:00-08:00", "2026-03-08T09:30:00-07:00", Description = "the night that is an hour short")]
    [TestCase("2026-10-31T20:30:00-07:00", "2026-11-01T09:30:00-08:00", Description = "the night that is an hour long")]
    public void A_night_with_a_changed_clock_still_ends_at_eight(string opens, string closes)
    {
        Assert.That(Nights.Add(At.Instant(opens), TimeSpan.FromHours(2), At.LosAngeles), Is.EqualTo(At.Instant(closes)));
    }

    [Test]
    public void Quiet_hours_that_end_in_the_skipped_hour_end_when_it_is_skipped()
    {
        var early = new QuietHours(new TimeOnly(21, 0), new TimeOnly(2, 30));

        Assert.That(early.Waking(At.Instant("2026-03-08T01:00:00-08:00"), At.LosAngeles), Is.EqualTo(At.Instant("2026-03-08T03:00:00-07:00")));
    }

    [Test]
    public void Quiet_hours_that_end_in_the_hour_that_comes_twice_begin_again_with_it()
    {
        var early = new QuietHours(new TimeOnly(21, 0), new TimeOnly(1, 30));

        // Awake from the first 01:30 to the first 02:00, which is 01:00 again; then asleep to the second 01:30.
        Assert.That(
            early.Add(At.Instant("2026-11-01T01:30:00-07:00"), TimeSpan.FromMinutes(30), At.LosAngeles),
            Is.EqualTo(At.Instant("2026-11-01T01:30:00-08:00")));
    }

    [FsCheck.NUnit.Property(MaxTest = 500)]
    public void What_is_added_is_waking_time_and_never_ends_in_quiet_hours(DoNotSize<uint> at, DoNotSize<ushort> length, byte from, byte until, bool america)
    {
        var zone = america ? At.LosAngeles : At.Shanghai;
        var quiet = new QuietHours(Quarter(from), Quarter(until));
        var start = At.Instant("2026-01-01T00:00:00Z").AddSeconds(at.Item % (366L * 86_400));
        var added = TimeSpan.FromMinutes(length.Item % 6_000);

        var end = quiet.Add(start, added, zone);

        Assert.That(quiet.IsQuiet(end, zone), Is.False);
        Assert.That(end, Is.GreaterThanOrEqualTo(start + added));
        Assert.That(quiet.WakingBetween(start, end, zone), Is.EqualTo(added));
        Assert.That(MinutesAwake(quiet, start, end, zone), Is.EqualTo(added.TotalMinutes).Within(2));
    }

    [FsCheck.NUnit.Property(MaxTest = 500)]
    public void Waking_is_the_first_instant_that_is_not_quiet(DoNotSize<uint> at, byte from, byte until, bool america)
    {
        var zone = america ? At.LosAngeles : At.Shanghai;
        var quiet = new QuietHours(Quarter(from), Quarter(until));
        var start = At.Instant("2026-01-01T00:00:00Z").AddSeconds(at.Item % (366L * 86_400));

        var awake = quiet.Waking(start, zone);

        Assert.That(quiet.IsQuiet(awake, zone), Is.False);
        Assert.That(awake == start || quiet.IsQuiet(awake.AddTicks(-1), zone));
        Assert.That(MinutesAwake(quiet, start, awake, zone), Is.Zero);
    }

    private static TimeOnly Quarter(byte number) => new TimeOnly(0, 0).AddMinutes(number % 96 * 15);

    /// <summary>Counted the slow way, minute by minute.</summary>
    private static int MinutesAwake(QuietHours quiet, DateTimeOffset start, DateTimeOffset end, TimeZoneInfo zone)
    {
        var awake = 0;
        for (var at = start; at < end; at = at.AddMinutes(1))
        {
            awake += quiet.IsQuiet(at, zone) ? 0 : 1;
        }

        return awake;
    }
}
