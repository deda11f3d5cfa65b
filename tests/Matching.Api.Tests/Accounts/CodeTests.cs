using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Matching.Api.Tests.Accounts;

public class CodeTests
{
    private static readonly Sql<Nothing, StoredCode> AllCodes = new("SELECT phone_hash, code_hash FROM codes");

    private static int _phones = 10_000;

    private Service _service = null!;

    [OneTimeSetUp]
    public async Task Start() => _service = await Service.StartAsync();

    [OneTimeTearDown]
    public async Task Stop() => await _service.DisposeAsync();

    [Test]
    public async Task A_code_of_six_digits_signs_a_new_phone_in()
    {
        var phone = NewPhone();
        var code = await _service.CodeAsync(phone);
        var tokens = await _service.TokensAsync(new { grant = "code", phone = "+86 " + phone, code });

        Assert.That(code, Does.Match("^[0-9]{6}$"));
        var me = (await _service.With(tokens.Yes()).ReadAsync("/me")).Yes();
        Assert.That((string?)me["phone"], Is.EqualTo($"138****{phone[^4..]}"));
        Assert.That(me["hats"]!.AsArray(), Is.Empty);
    }

    [Test]
    public async Task The_same_phone_comes_back_to_the_same_account()
    {
        var phone = NewPhone();
        var first = await _service.SignInAsync(phone);
        _service.Machine.Move(TimeSpan.FromMinutes(1));

        Assert.That((await _service.SignInAsync("０086 " + phone)).AccountId(), Is.EqualTo(first.AccountId()));
    }

    [Test]
    public async Task A_code_is_good_once()
    {
        var phone = NewPhone();
        var code = await _service.CodeAsync(phone);
        (await _service.TokensAsync(new { grant = "code", phone, code })).Yes();

        Assert.That((await _service.TokensAsync(new { grant = "code", phone, code })).Code, Is.EqualTo("code_wrong"));
    }

    [Test]
    public async Task A_code_of_another_phone_is_no_good()
    {
        var (mine, theirs) = (NewPhone(), NewPhone());
        var code = await _service.CodeAsync(theirs);
        await _service.CodeAsync(mine);

        // One in a million that both were given the same six digits.
        Assert.That((await _service.TokensAsync(new { grant = "code", phone = mine, code })).Code, Is.EqualTo("code_wrong"));
    }

    [Test]
    public async Task A_code_lives_five_minutes()
    {
        var phone = NewPhone();
        var code = await _service.CodeAsync(phone);
        _service.Machine.Move(TimeSpan.FromMinutes(5));

        var late = await _service.TokensAsync(new { grant = "code", phone, code });
        Assert.That((late.Status, late.Code), Is.EqualTo((401, "code_wrong")));
    }

    [Test]
    public async Task A_newer_code_replaces_the_older()
    {
        var phone = NewPhone();
        var older = await _service.CodeAsync(phone);
        _service.Machine.Move(TimeSpan.FromMinutes(1));
        var newer = await _service.CodeAsync(phone);

        Assume.That(older, Is.Not.EqualTo(newer));
        Assert.That((await _service.TokensAsync(new { grant = "code", phone, code = older })).Code, Is.EqualTo("code_wrong"));
        (await _service.TokensAsync(new { grant = "code", phone, code = newer })).Yes();
    }

    [Test]
    public async Task Five_tries_and_not_one_more_also_at_once()
    {
        var phone = NewPhone();
        var code = await _service.CodeAsync(phone);
        var wrong = Enumerable.Range(0, 1_000_000).Select(n => n.ToString("D6")).Where(digits => digits != code).Take(4).ToList();
        var guesses = await Signing.AtOnceAsync(4, i => _service.TokensAsync(new { grant = "code", phone, code = wrong[i] }));
        Assert.That(guesses.Select(guess => guess.Code), Is.All.EqualTo("code_wrong"));

        (await _service.TokensAsync(new { grant = "code", phone, code })).Yes();

        _service.Machine.Move(TimeSpan.FromMinutes(1));
        var second = await _service.CodeAsync(phone);
        await Signing.AtOnceAsync(20, _ => _service.TokensAsync(new { grant = "code", phone, code = second == "000000" ? "000001" : "000000" }));
        Assert.That((await _service.TokensAsync(new { grant = "code", phone, code = second })).Code, Is.EqualTo("code_wrong"));
    }

    [Test]
    public async Task Twenty_at_once_with_the_right_code_are_one_sign_in()
    {
        var phone = NewPhone();
        var code = await _service.CodeAsync(phone);
        var answers = await Signing.AtOnceAsync(20, _ => _service.TokensAsync(new { grant = "code", phone, code }));

        Assert.That(answers.Count(answer => answer.Status == 200), Is.EqualTo(1));
        Assert.That(answers.Where(answer => answer.Status != 200).Select(answer => answer.Code), Is.All.EqualTo("code_wrong"));
    }

    [Test]
    public async Task A_phone_is_given_one_code_a_minute_however_many_ask_at_once()
    {
        var phone = NewPhone();
        var answers = await Signing.AtOnceAsync(20, _ => _service.AsNobody().PostAsync("/auth/codes", new { phone }));

        Assert.That(answers.Count(answer => answer.Status == 200), Is.EqualTo(1));
        var refused = answers.First(answer => answer.Status != 200);
        Assert.That((refused.Status, refused.Code), Is.EqualTo((429, "codes_too_often")));
        Assert.That(int.Parse(refused.Headers["Retry-After"]), Is.InRange(50, 60));

        _service.Machine.Move(TimeSpan.FromMinutes(1));
        await _service.CodeAsync(phone);
    }

    [Test]
    public async Task A_phone_is_given_ten_codes_a_day()
    {
        var phone = NewPhone();
        for (var i = 0; i < 10; i++)
        {
            await _service.CodeAsync(phone);
            _service.Machine.Move(TimeSpan.FromMinutes(1));
        }

        var eleventh = await _service.AsNobody().PostAsync("/auth/codes", new { phone });
        Assert.That(eleventh.Code, Is.EqualTo("codes_too_often"));
        Assert.That(int.Parse(eleventh.Headers["Retry-After"]), Is.InRange(23 * 3600, 24 * 3600));

        _service.Machine.Move(TimeSpan.FromHours(24));
        await _service.CodeAsync(phone);
    }

    [Test]
    public async Task An_address_is_given_one_code_a_minute_and_ten_a_day()
    {
        await using var service = await Service.StartAsync(("Codes:AddressPause", "00:01:00"), ("Codes:AddressPerDay", "10"));
        await service.CodeAsync(NewPhone());
        Assert.That((await service.AsNobody().PostAsync("/auth/codes", new { phone = NewPhone() })).Code, Is.EqualTo("codes_too_often"));

        for (var i = 1; i < 10; i++)
        {
            service.Machine.Move(TimeSpan.FromMinutes(1));
            await service.CodeAsync(NewPhone());
        }

        service.Machine.Move(TimeSpan.FromMinutes(1));
        Assert.That((await service.AsNobody().PostAsync("/auth/codes", new { phone = NewPhone() })).Code, Is.EqualTo("codes_too_often"));
    }

    [TestCase("12345", "phone_invalid")]
    [TestCase("0744-8333333", "phone_takes_no_messages")]
    public async Task A_code_is_sent_only_where_it_can_arrive(string phone, string code)
    {
        var answer = await _service.AsNobody().PostAsync("/auth/codes", new { phone });
        Assert.That((answer.Status, answer.Code, (string?)answer["field"]), Is.EqualTo((400, code, "phone")));
    }

    [Test]
    public async Task Known_and_unknown_phones_are_answered_alike()
    {
        var known = NewPhone();
        await _service.SignInAsync(known);
        _service.Machine.Move(TimeSpan.FromMinutes(1));

        var answers = new[] { known, NewPhone() }.Select(phone => _service.AsNobody().PostAsync("/auth/codes", new { phone })).ToList();
        Assert.That((await answers[0]).Yes().Json.AsObject().Select(field => field.Key), Is.EqualTo((await answers[1]).Yes().Json.AsObject().Select(field => field.Key)));
    }

    [Test]
    public async Task Neither_code_nor_phone_can_be_read_in_the_database()
    {
        var phone = NewPhone();
        var code = await _service.CodeAsync(phone);
        var vault = _service.Services.GetRequiredService<Vault>();

        var rows = await _service.Database.ListAsync(AllCodes, Nothing.It);
        Assert.That(rows.Select(row => Convert.ToHexString(row.CodeHash)), Has.None.EqualTo(Convert.ToHexString(vault.LookupHash("code", code))));
        Assert.That(rows.Select(row => Convert.ToHexString(row.PhoneHash)),
            Has.Some.EqualTo(Convert.ToHexString(vault.PhoneHash(Matching.Accounts.PhoneNumber.Read(phone).Value))));
    }

    private static string NewPhone() => $"138{Interlocked.Increment(ref _phones):D8}";

    private sealed record StoredCode
    {
        public byte[] PhoneHash { get; init; } = [];

        public byte[] CodeHash { get; init; } = [];
    }
}
