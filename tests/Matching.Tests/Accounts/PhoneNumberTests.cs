using Matching.Accounts;

namespace Matching.Tests.Accounts;

public class PhoneNumberTests
{
    [TestCase("13812345678")]
    [TestCase(" 138 1234 5678 ")]
    [TestCase("138-1234-5678")]
    [TestCase("１３８１２３４５６７８")]
    [TestCase("+86 138 1234 5678")]
    [TestCase("＋８６　１３８１２３４５６７８")]
    [TestCase("(+86)13812345678")]
    [TestCase("0086 13812345678")]
    [TestCase("8613812345678")]
    public void A_mainland_mobile_is_one_number_however_it_is_typed(string typed)
    {
        Assert.That(PhoneNumber.TryParse(typed, out var phone), Is.True);
        Assert.That(phone!.Text, Is.EqualTo("+8613812345678"));
        Assert.That(phone.TakesMessages, Is.True);
    }

    [TestCase("0744-8333333", "+867448333333", false)]
    [TestCase("010 8888 8888", "+861088888888", false)]
    [TestCase("+86 744 8333333", "+867448333333", false)]
    [TestCase("+1 213 555 0123", "+12135550123", true)]
    [TestCase("00852 2345 6789", "+85223456789", true)]
    public void Landlines_and_numbers_from_abroad_are_numbers_too(string typed, string text, bool takesMessages)
    {
        Assert.That(PhoneNumber.TryParse(typed, out var phone), Is.True);
        Assert.That((phone!.Text, phone.TakesMessages), Is.EqualTo((text, takesMessages)));
    }

    [TestCase("")]
    [TestCase("1381234567")]
    [TestCase("138123456789")]
    [TestCase("12812345678")]
    [TestCase("1381234567x")]
    [TestCase("138+12345678")]
    [TestCase("+0123456789")]
    [TestCase("+123456")]
    [TestCase("+1234567890123456")]
    [TestCase("83333333")]
    [TestCase("138一2345678")]
    public void What_cannot_be_dialled_is_refused(string typed) => Assert.That(PhoneNumber.Read(typed).Refusal, Is.EqualTo(Refusals.PhoneInvalid));

    [Test]
    public void A_missing_number_is_refused() => Assert.That(PhoneNumber.TryParse(null, out _), Is.False);

    [TestCase("13812345678", "138****5678")]
    [TestCase("+12135550123", "+12****0123")]
    [TestCase("+1234567", "****67")]
    public void A_number_shows_itself_masked(string typed, string masked) => Assert.That(PhoneNumber.Read(typed).Value.ToString(), Is.EqualTo(masked));

    [FsCheck.NUnit.Property]
    public bool Reading_a_number_again_changes_nothing(ulong digits) =>
        !PhoneNumber.TryParse($"+{digits}", out var phone) || PhoneNumber.Read(phone.Text).Value == phone;
}
