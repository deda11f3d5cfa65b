using Matching.Webhooks;

namespace Matching.Tests.Webhooks;

public class RetryPlanTests
{
    private static readonly DateTimeOffset First = new(2026, 5, 8, 9, 0, 0, TimeSpan.Zero);

    [FsCheck.NUnit.Property]
    public bool The_pauses_never_shrink(byte tries, double chance)
    {
        var luck = double.IsFinite(chance) ? Math.Abs(chance % 1) : 0.5;
        return RetryPlan.After(tries + 1, luck) >= RetryPlan.After(tries, luck) && RetryPlan.After(tries, luck) >= TimeSpan.FromSeconds(4.5);
    }

    [TestCase(0.0)]
    [TestCase(0.5)]
    [TestCase(1.0)]
    public void It_goes_on_for_three_days_and_no_longer(double chance)
    {
        var (now, tries) = (First, 1);
        while (RetryPlan.Next(First, tries, now, chance) is { } next)
        {
            Assert.That(next, Is.GreaterThan(now));
            (now, tries) = (next, tries + 1);
        }

        Assert.That(now - First, Is.InRange(TimeSpan.FromHours(60), TimeSpan.FromHours(72)));
        Assert.That(tries, Is.InRange(12, 25));
    }

    [Test]
    public void A_receiver_is_left_alone_for_as_long_as_it_asks_up_to_an_hour()
    {
        Assert.That(RetryPlan.After(1, 0.5, TimeSpan.FromMinutes(20)), Is.EqualTo(TimeSpan.FromMinutes(20)));
        Assert.That(RetryPlan.After(1, 0.5, TimeSpan.FromDays(9)), Is.EqualTo(RetryPlan.LongestAskedFor));
        Assert.That(RetryPlan.After(9, 0.5, TimeSpan.FromDays(9)), Is.EqualTo(TimeSpan.FromHours(8)));
        Assert.That(RetryPlan.After(1, 0.5, TimeSpan.FromSeconds(-5)), Is.EqualTo(TimeSpan.FromSeconds(5)));
    }
}
