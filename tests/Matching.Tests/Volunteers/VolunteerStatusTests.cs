using Matching.Volunteers;
using static Matching.Volunteers.VolunteerStatus;

namespace Matching.Tests.Volunteers;

public class VolunteerStatusTests
{
    [TestCase(Registered, Active, null)]
    [TestCase(Active, null, "volunteer_already_approved")]
    [TestCase(Suspended, null, "volunteer_already_approved")]
    [TestCase(Left, null, "volunteer_has_left")]
    public void Approving(VolunteerStatus from, VolunteerStatus? to, string? refusal) => Is(from.Approve(realNameVerified: true), to, refusal);

    [Test]
    public void Nobody_is_approved_without_a_verified_real_name() => Is(Registered.Approve(realNameVerified: false), null, "real_name_not_verified");

    [TestCase(Registered, null, "volunteer_not_active")]
    [TestCase(Active, Suspended, null)]
    [TestCase(Suspended, null, "volunteer_not_active")]
    [TestCase(Left, null, "volunteer_has_left")]
    public void Suspending(VolunteerStatus from, VolunteerStatus? to, string? refusal) => Is(from.Suspend(), to, refusal);

    [TestCase(Registered, null, "volunteer_not_suspended")]
    [TestCase(Active, null, "volunteer_not_suspended")]
    [TestCase(Suspended, Active, null)]
    [TestCase(Left, null, "volunteer_has_left")]
    public void Resuming(VolunteerStatus from, VolunteerStatus? to, string? refusal) => Is(from.Resume(), to, refusal);

    [TestCase(Registered, Left, null)]
    [TestCase(Active, Left, null)]
    [TestCase(Suspended, Left, null)]
    [TestCase(Left, null, "volunteer_has_left")]
    public void Leaving(VolunteerStatus from, VolunteerStatus? to, string? refusal) => Is(from.Leave(openAssignments: 0), to, refusal);

    [Test]
    public void Nobody_leaves_with_service_promised() => Is(Active.Leave(openAssignments: 1), null, "volunteer_has_assignments");

    [TestCase(Registered, null, "volunteer_has_not_left")]
    [TestCase(Active, null, "volunteer_has_not_left")]
    [TestCase(Suspended, null, "volunteer_has_not_left")]
    [TestCase(Left, Registered, null)]
    public void Coming_back(VolunteerStatus from, VolunteerStatus? to, string? refusal) => Is(from.Return(), to, refusal);

    [TestCase(0, 60)]
    [TestCase(101, 60)]
    [TestCase(1, 0)]
    [TestCase(1, 1441)]
    public void Limits_that_make_no_sense_are_refused(int ordersAWeek, int minutesADay)
    {
        Assert.That(new Limits(ordersAWeek, minutesADay).Check(), NUnit.Framework.Is.EqualTo(Refusals.LimitsOutOfRange));
    }

    [Test]
    public void A_week_starts_on_Monday()
    {
        Assert.That(Limits.MondayOf(new DateOnly(2026, 5, 11)), NUnit.Framework.Is.EqualTo(new DateOnly(2026, 5, 11)));
        Assert.That(Limits.MondayOf(new DateOnly(2026, 5, 17)), NUnit.Framework.Is.EqualTo(new DateOnly(2026, 5, 11)));
        Assert.That(Limits.MondayOf(new DateOnly(2026, 5, 18)), NUnit.Framework.Is.EqualTo(new DateOnly(2026, 5, 18)));
    }

    private static void Is(Outcome<VolunteerStatus> outcome, VolunteerStatus? to, string? refusal)
    {
        Assert.That(outcome.Refusal?.Code, NUnit.Framework.Is.EqualTo(refusal));
        if (to is { } status)
        {
            Assert.That(outcome.Value, NUnit.Framework.Is.EqualTo(status));
        }
    }
}
