using Matching.Accounts;

namespace Matching.Tests.Accounts;

public class LockOutTests
{
    [TestCase(0, 0)]
    [TestCase(4, 0)]
    [TestCase(5, 1)]
    [TestCase(6, 2)]
    [TestCase(7, 4)]
    [TestCase(10, 32)]
    [TestCase(11, 60)]
    [TestCase(int.MaxValue, 60)]
    public void The_rest_doubles_from_the_fifth_wrong_password_on(int failures, int minutes) =>
        Assert.That(LockOut.After(failures), Is.EqualTo(TimeSpan.FromMinutes(minutes)));
}
