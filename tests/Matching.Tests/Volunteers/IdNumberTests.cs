using FsCheck;
using Matching.Volunteers;

namespace Matching.Tests.Volunteers;

public class IdNumberTests
{
    private static readonly DateOnly Today = new(2026, 5, 10);

    // The example that the standard itself gives.
    [Test]
    public void The_example_of_the_standard_is_read()
    {
        Assert.That(IdNumber.TryParse("11010519491231002X", Today, out var number), Is.True);
        Assert.That(number!.BirthDate, Is.EqualTo(new DateOnly(1949, 12, 31)));
        Assert.That(number.Gender, Is.EqualTo(Gender.Female));
    }

    [TestCase(" 11010519491231002x ")]
    [TestCase("１１０１０５１９４９１２３１００２Ｘ")]
    public void What_phones_and_people_type_is_forgiven(string typed)
    {
        Assert.That(IdNumber.Read(typed, Today).Value.Reveal(), Is.EqualTo("11010519491231002X"));
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("110105491231002", Description = "the old form")]
    [TestCase("110105194912310021", Description = "wrong check character")]
    [TestCase("11010519491231002XX")]
    [TestCase("1101051949123100XX")]
    [TestCase("11010519491231 02X")]
    public void What_is_no_id_number_is_refused(string? typed)
    {
        Assert.That(IdNumber.Read(typed, Today).Refusal, Is.EqualTo(Refusals.IdNumberInvalid));
    }

    [Test]
    public void A_region_that_does_not_exist_is_refused()
    {
        Assert.That(IdNumber.TryParse(A.IdNumber(new DateOnly(1980, 1, 1), region: "990811"), Today, out _), Is.False);
    }

    [Test]
    public void A_birth_date_that_cannot_be_is_refused()
    {
        var born30February = "43081119800230002";
        Assert.That(IdNumber.TryParse(born30February + IdNumber.CheckCharacter(born30February), Today, out _), Is.False);
        Assert.That(IdNumber.TryParse(A.IdNumber(Today.AddDays(1)), Today, out _), Is.False);
        Assert.That(IdNumber.TryParse(A.IdNumber(Today), Today, out _), Is.True);
        Assert.That(IdNumber.TryParse(A.IdNumber(new DateOnly(1895, 1, 1)), Today, out _), Is.False);
    }

    [FsCheck.NUnit.Property]
    public void Every_slip_of_one_digit_and_every_swap_of_neighbours_is_found(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        var right = A.IdNumber(new DateOnly(1950, 1, 1).AddDays(random.Next(20_000)), random.Next(1_000));
        Assert.That(IdNumber.TryParse(right, Today, out var number), Is.True);
        Assert.That(number!.Gender, Is.EqualTo((right[16] - '0') % 2 == 1 ? Gender.Male : Gender.Female));

        var at = random.Next(17);
        var slip = right.ToCharArray();
        slip[at] = (char)('0' + (slip[at] - '0' + 1 + random.Next(9)) % 10);
        Assert.That(IdNumber.TryParse(new string(slip), Today, out _), Is.False);

        var swap = right.ToCharArray();
        at = random.Next(16);
        (swap[at], swap[at + 1]) = (swap[at + 1], swap[at]);
        Assert.That(IdNumber.TryParse(new string(swap), Today, out _), Is.EqualTo(swap[at] == swap[at + 1]));
    }

    [Test]
    public void The_number_does_not_write_itself_out()
    {
        var number = IdNumber.Read("11010519491231002X", Today).Value;

        Assert.That($"{number}", Does.Not.Contain("1101").And.Not.Contain("1949"));
    }
}
