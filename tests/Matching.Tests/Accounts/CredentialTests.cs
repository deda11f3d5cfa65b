using Matching.Accounts;

namespace Matching.Tests.Accounts;

public class CredentialTests
{
    [TestCase("zhang.wei", true)]
    [TestCase("北一社区_制单", true)]
    [TestCase("li", false)]
    [TestCase("li lei", false)]
    [TestCase("li/lei", false)]
    public void A_username_is_letters_digits_and_a_few_signs(string username, bool fits) =>
        Assert.That(Credentials.IsUsername(username), Is.EqualTo(fits));

    [TestCase("correct horse battery", true)]
    [TestCase("short-one", false)]
    [TestCase("aaaaaaaaaaaaaaaa", false)]
    [TestCase("my-ZHANGWEI-2026", false)]
    [TestCase("ｚｈａｎｇｗｅｉ-2026", false)]
    public void A_password_is_long_varied_and_not_the_name_again(string password, bool strong) =>
        Assert.That(Credentials.IsStrong(password, "zhangwei"), Is.EqualTo(strong));
}
