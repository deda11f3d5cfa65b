using Matching.Accounts;
using Matching.Wishes;

namespace Matching.Tests.Wishes;

public class WishTermsTests
{
    private static readonly DateTimeOffset Now = At.China("2026-05-04 09:00");

    [Test]
    public void A_window_that_has_begun_and_is_not_over_can_still_be_served() =>
        Assert.That(WishTerms.Check(new Window(Now.AddHours(-1), Now.AddMinutes(1)), Now), Is.Null);

    [Test]
    public void A_window_that_is_over_backwards_or_too_far_is_refused()
    {
        Assert.That(WishTerms.Check(new Window(Now.AddHours(-1), Now), Now), Is.EqualTo(Refusals.WindowInPast));
        Assert.That(WishTerms.Check(new Window(Now.AddHours(2), Now.AddHours(2)), Now), Is.EqualTo(Refusals.WindowBackwards));
        Assert.That(WishTerms.Check(new Window(Now.AddDays(89), Now.AddDays(90)), Now), Is.Null);
        Assert.That(WishTerms.Check(new Window(Now.AddDays(89), Now.AddDays(90).AddMilliseconds(1)), Now), Is.EqualTo(Refusals.WindowTooFar));
    }

    [Test]
    public void Nobody_says_how_urgent_and_it_is_as_usual([Values] Role role, [Values] Urgency usual) =>
        Assert.That(WishTerms.Ask(null, usual, role).Value, Is.EqualTo(usual));

    [Test]
    public void Anybody_may_ask_for_something_calmer_than_usual([Values] Role role) =>
        Assert.That(WishTerms.Ask(Urgency.Scheduled, Urgency.Critical, role).Value, Is.EqualTo(Urgency.Scheduled));

    [TestCase(Role.Resident, Urgency.Urgent, false)]
    [TestCase(Role.Proxy, Urgency.Urgent, true)]
    [TestCase(Role.Proxy, Urgency.Critical, false)]
    [TestCase(Role.Curator, Urgency.Critical, true)]
    [TestCase(Role.PlatformAdmin, Urgency.Urgent, false)]
    public void Only_staff_ring_people_at_night(Role role, Urgency asked, bool granted) =>
        Assert.That(WishTerms.Ask(asked, Urgency.Normal, role).Refused, Is.EqualTo(!granted));

    [Test]
    public void What_is_usually_critical_needs_nobodys_leave() =>
        Assert.That(WishTerms.Ask(Urgency.Critical, Urgency.Critical, Role.Resident).Value, Is.EqualTo(Urgency.Critical));
}
