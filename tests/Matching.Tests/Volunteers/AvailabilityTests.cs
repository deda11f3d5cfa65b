using FsCheck;
using Matching.Volunteers;

namespace Matching.Tests.Volunteers;

public class AvailabilityTests
{
    private static readonly WeeklySlot TuesdayAfternoon = WeeklySlot.On(DayOfWeek.Tuesday, new(14, 0), new(18, 0));

    [Test]
    public void Who_is_free_on_Tuesday_afternoons_is_free_for_all_of_one_and_no_minute_more()
    {
        var free = Availability.Of([TuesdayAfternoon]).Value;

        Assert.That(free.Covers(A.Window(A.May(12, 14), 4), A.Shanghai), Is.True);
        Assert.That(free.Covers(new Window(A.May(12, 13, 59), A.May(12, 15)), A.Shanghai), Is.False);
        Assert.That(free.Covers(new Window(A.May(12, 17), A.May(12, 18, 1)), A.Shanghai), Is.False);
        Assert.That(free.Covers(A.Window(A.May(13, 14), 1), A.Shanghai), Is.False);
    }

    [Test]
    public void Slots_that_touch_are_one()
    {
        var free = Availability.Of([new WeeklySlot(0, 60), new WeeklySlot(60, 60)]).Value;

        Assert.That(free.Covers(A.Window(A.May(11, 0, 30), 1), A.Shanghai), Is.True);
    }

    [Test]
    public void A_night_shift_runs_across_midnight_and_from_Sunday_into_Monday()
    {
        var free = Availability.Of([WeeklySlot.On(DayOfWeek.Sunday, new(22, 0), new(6, 0))]).Value;

        Assert.That(free.Covers(A.Window(A.May(10, 22), 8), A.Shanghai), Is.True);
        Assert.That(free.Covers(A.Window(A.May(11, 5), 1), A.Shanghai), Is.True);
        Assert.That(free.Covers(A.Window(A.May(11, 6), 1), A.Shanghai), Is.False);
        Assert.That(free.Covers(A.Window(A.May(11, 22), 1), A.Shanghai), Is.False);
    }

    [Test]
    public void Away_beats_extra_and_extra_adds_to_the_week()
    {
        var free = Availability.Of([TuesdayAfternoon], extra: [A.Window(A.May(12, 18), 2)], away: [A.Window(A.May(12, 19), 3)]).Value;

        Assert.That(free.Covers(A.Window(A.May(12, 16), 3), A.Shanghai), Is.True);
        Assert.That(free.Covers(A.Window(A.May(12, 18, 30), 1), A.Shanghai), Is.False);
        Assert.That(free.Overlap(A.Window(A.May(12, 16), 4), A.Shanghai), Is.EqualTo(TimeSpan.FromHours(3)));
    }

    [Test]
    public void Two_away_periods_that_overlap_are_taken_off_once()
    {
        var free = Availability.Of([TuesdayAfternoon], away: [A.Window(A.May(12, 15), 1), A.Window(A.May(12, 15), 2)]).Value;

        Assert.That(free.Overlap(A.Window(A.May(12, 14), 4), A.Shanghai), Is.EqualTo(TimeSpan.FromHours(2)));
    }

    [Test]
    public void The_hour_that_spring_leaves_out_is_not_missed_and_the_one_that_autumn_repeats_is_free_twice()
    {
        var nights = Availability.Of(
            [WeeklySlot.On(DayOfWeek.Sunday, new(1, 0), new(2, 0)), WeeklySlot.On(DayOfWeek.Sunday, new(3, 0), new(4, 0))]).Value;

        // 01:30 PST to 03:30 PDT on 8 March 2026 is one hour.
        var spring = new Window(new(2026, 3, 8, 1, 30, 0, TimeSpan.FromHours(-8)), new(2026, 3, 8, 3, 30, 0, TimeSpan.FromHours(-7)));
        Assert.That(nights.Covers(spring, A.LosAngeles), Is.True);

        // 01:00 PDT to 02:00 PST on 1 November 2026 is two hours.
        var autumn = new Window(new(2026, 11, 1, 1, 0, 0, TimeSpan.FromHours(-7)), new(2026, 11, 1, 2, 0, 0, TimeSpan.FromHours(-8)));
        Assert.That(nights.Overlap(autumn, A.LosAngeles), Is.EqualTo(TimeSpan.FromHours(2)));
        Assert.That(nights.Covers(autumn, A.LosAngeles), Is.True);
    }

    [TestCase(-1, 60)]
    [TestCase(10_080, 60)]
    [TestCase(0, 0)]
    [TestCase(0, 10_081)]
    public void A_slot_outside_the_week_is_refused(int start, int minutes)
    {
        Assert.That(Availability.Of([new WeeklySlot(start, minutes)]).Refusal, Is.EqualTo(Refusals.SlotOutOfRange));
    }

    [Test]
    public void A_period_that_ends_before_it_begins_is_refused()
    {
        var backwards = new Window(A.May(12), A.May(11));
        Assert.That(Availability.Of([], extra: [backwards]).Refusal, Is.EqualTo(Refusals.WindowBackwards));
        Assert.That(Availability.Of([], away: [backwards]).Refusal, Is.EqualTo(Refusals.WindowBackwards));
        Assert.That(Availability.Always.Covers(backwards, A.Shanghai), Is.False);
    }

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public void It_agrees_with_going_through_the_minutes_one_by_one(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        var zone = random.Next(3) == 0 ? A.Shanghai : A.LosAngeles;

        // Around the days on which Los Angeles changes its clock.
        var change = random.Next(2) == 0
            ? new DateTimeOffset(2026, 3, 8, 10, 0, 0, TimeSpan.Zero)
            : new DateTimeOffset(2026, 11, 1, 9, 0, 0, TimeSpan.Zero);
        Window Somewhen(int mostMinutes)
        {
            var start = change.AddMinutes(random.Next(-4_000, 4_000));
            return new Window(start, start.AddMinutes(1 + random.Next(mostMinutes)));
        }

        var slots = Enumerable.Range(0, random.Next(6))
            .Select(_ => new WeeklySlot(random.Next(10_080), 1 + random.Next(random.Next(2) == 0 ? 600 : 10_080)))
            .ToArray();
        var extra = Enumerable.Range(0, random.Next(3)).Select(_ => Somewhen(600)).ToArray();
        var away = Enumerable.Range(0, random.Next(3)).Select(_ => Somewhen(600)).ToArray();
        var availability = Availability.Of(slots, extra, away).Value;
        var window = Somewhen(random.Next(4) == 0 ? 20_000 : 400);

        var minutes = 0;
        for (var at = window.Start; at < window.End; at = at.AddMinutes(1))
        {
            var wall = TimeZoneInfo.ConvertTime(at, zone);
            var minuteOfWeek = ((int)wall.DayOfWeek + 6) % 7 * 1440 + wall.Hour * 60 + wall.Minute;
            var weekly = slots.Any(slot => (minuteOfWeek - slot.StartMinute + 10_080) % 10_080 < slot.Minutes);
            minutes += (weekly || extra.Any(period => period.Contains(at))) && !away.Any(period => period.Contains(at)) ? 1 : 0;
        }

        Assert.That(availability.Overlap(window, zone), Is.EqualTo(TimeSpan.FromMinutes(minutes)));
        Assert.That(availability.Covers(window, zone), Is.EqualTo(minutes == (int)window.Length.TotalMinutes));
    }
}
