using FsCheck;
using FsCheck.Fluent;
using Matching.Policies;
using Matching.Wishes;

namespace Matching.Tests.Policies;

public class StaffReminderTests
{
    private static readonly Policy China = Policy.Default;
    private static readonly Policy California = Policy.Default with { Zone = "America/Los_Angeles" };

    // 4 May 2026 is a Monday.
    [TestCase(Urgency.Critical, "2026-05-04 10:00", "2026-05-04 10:05")]
    [TestCase(Urgency.Urgent, "2026-05-04 10:00", "2026-05-04 10:15")]
    [TestCase(Urgency.Normal, "2026-05-04 10:00", "2026-05-04 14:00")]
    [TestCase(Urgency.Scheduled, "2026-05-04 08:00", "2026-05-04 20:00")]
    [TestCase(Urgency.Critical, "2026-05-04 23:00", "2026-05-04 23:05", Description = "worth waking somebody")]
    [TestCase(Urgency.Urgent, "2026-05-04 23:00", "2026-05-04 23:15", Description = "worth waking somebody")]
    [TestCase(Urgency.Normal, "2026-05-04 18:00", "2026-05-05 08:00", Description = "not worth it: overdue at ten in the evening")]
    [TestCase(Urgency.Normal, "2026-05-08 20:00", "2026-05-09 08:00", Description = "the first reminder does not wait for a working day")]
    public void The_first_reminder_comes_when_it_is_overdue_and_lets_people_sleep_where_it_can(Urgency urgency, string since, string due)
    {
        Assert.That(NextAt(At.China(since), null, urgency), Is.EqualTo(At.China(due)));
        Assert.That(NextAt(At.China(since), At.China(since), urgency), Is.EqualTo(At.China(due)), "what was said before was about something else");
    }

    [TestCase("2026-05-04 14:00", "2026-05-05 09:00")]
    [TestCase("2026-05-05 08:59", "2026-05-05 09:00")]
    [TestCase("2026-05-05 09:00", "2026-05-06 09:00")]
    [TestCase("2026-05-08 09:00", "2026-05-11 09:00", Description = "from Friday to Monday")]
    [TestCase("2026-05-09 13:00", "2026-05-11 09:00", Description = "a first reminder on a Saturday")]
    public void After_that_it_is_in_the_digest_of_each_working_morning(string reminded, string due)
    {
        foreach (var urgency in Enum.GetValues<Urgency>())
        {
            Assert.That(NextAt(At.China(reminded).AddDays(-3), At.China(reminded), urgency), Is.EqualTo(At.China(due)));
        }
    }

    [Test]
    public void Nine_is_nine_on_the_centers_wall_also_when_its_clocks_change()
    {
        // On Sunday, 8 March 2026, California puts its clocks forward: nine is an hour earlier afterwards.
        Assert.That(StaffReminder.MorningAfter(At.Instant("2026-03-06T17:00:00Z"), California), Is.EqualTo(At.Instant("2026-03-09T16:00:00Z")));
    }

    [Test]
    public void A_center_that_puts_its_reminders_into_its_quiet_hours_has_them_afterwards()
    {
        var early = China with { RemindAt = new TimeOnly(6, 0) };

        Assert.That(StaffReminder.MorningAfter(At.China("2026-05-04 10:00"), early), Is.EqualTo(At.China("2026-05-05 08:00")));
    }

    [FsCheck.NUnit.Property]
    public Property Nothing_is_said_twice_on_a_day_nor_on_a_weekend_nor_in_the_night(int minutes, byte which, bool far)
    {
        var policy = far ? California : China;
        var since = At.Instant("2026-01-01T00:00:00Z").AddMinutes(Math.Abs((long)minutes) % (3 * 365 * 24 * 60));
        var urgency = (Urgency)(which % 4);
        var first = NextAt(since, null, urgency, policy);
        var said = new List<DateTimeOffset> { first };
        for (var i = 0; i < 10; i++)
        {
            said.Add(NextAt(since, said[^1], urgency, policy));
        }

        var digests = said[1..];
        return (first >= since + policy.ClocksOf(urgency).RemindStaff).Label("not before it is overdue")
            .And(() => said.Zip(digests).All(pair => pair.First < pair.Second)).Label("goes forward")
            .And(() => !policy.QuietHoursOf(urgency).IsQuiet(first, policy.TimeZone)).Label("the first keeps the quiet hours of its urgency")
            .And(() => digests.All(at => Wall(at).TimeOfDay == TimeSpan.FromHours(9))).Label("digests at nine")
            .And(() => digests.All(at => Wall(at).DayOfWeek is not (DayOfWeek.Saturday or DayOfWeek.Sunday))).Label("of a working day")
            .And(() => digests.Select(at => Wall(at).Date).Distinct().Count() == digests.Count).Label("one a day");

        DateTime Wall(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, policy.TimeZone).DateTime;
    }

    private static DateTimeOffset NextAt(DateTimeOffset since, DateTimeOffset? reminded, Urgency urgency, Policy? policy = null)
    {
        policy ??= China;
        return StaffReminder.NextAt(since, reminded, policy.ClocksOf(urgency).RemindStaff, policy.QuietHoursOf(urgency), policy);
    }
}
