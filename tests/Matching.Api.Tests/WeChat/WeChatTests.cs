using Matching.Api.Tests.Accounts;
using Matching.Api.Tests.Plumbing;

namespace Matching.Api.Tests.WeChat;

/// <summary>Signing in from the mini-program.</summary>
public class WeChatTests
{
    private FakeWeChat _weChat = null!;
    private int _logins;
    private Service _service = null!;

    [SetUp]
    public async Task Start()
    {
        _weChat = await FakeWeChat.StartAsync();
        _service = await Service.StartAsync(_weChat.Settings);
    }

    [TearDown]
    public async Task Stop()
    {
        await _service.DisposeAsync();
        await _weChat.DisposeAsync();
    }

    [Test]
    public async Task The_first_time_she_shows_her_phone_and_from_then_on_she_is_known()
    {
        _weChat.Phones["p1"] = "13800000001";
        var known = (await _service.SignInAsync()).AccountId();

        Assert.That((await LoginAsync("open-1")).Code, Is.EqualTo("wechat_phone_needed"));
        var first = (await LoginAsync("open-1", "p1")).Yes();
        var later = (await LoginAsync("open-1")).Yes();

        Assert.That(first.AccountId(), Is.EqualTo(known), "the account of her phone");
        Assert.That(later.AccountId(), Is.EqualTo(known));
        (await _service.With(later).ReadAsync("/me")).Yes();
    }

    [Test]
    public async Task Two_who_share_a_phone_share_an_account()
    {
        _weChat.Phones["p1"] = _weChat.Phones["p2"] = "13800000002";

        var she = (await LoginAsync("open-she", "p1")).Yes();
        var he = (await LoginAsync("open-he", "p2")).Yes();

        Assert.That(he.AccountId(), Is.EqualTo(she.AccountId()));
    }

    [Test]
    public async Task A_code_that_was_used_or_that_nobody_gave_lets_nobody_in()
    {
        _weChat.Phones["p1"] = "13800000003";
        _weChat.Logins["once"] = "open-3";
        (await SendAsync("once", "p1")).Yes();

        Assert.That((await SendAsync("once", "p1")).Code, Is.EqualTo("wechat_code_wrong"));
        var unknown = await SendAsync("made-up", null);
        Assert.That((unknown.Status, unknown.Code, (string?)unknown["field"]), Is.EqualTo((401, "wechat_code_wrong", "weChatCode")));
        Assert.That((await LoginAsync("open-new", "made-up")).Code, Is.EqualTo("wechat_code_wrong"));
    }

    [TestCase(-1, 503, "wechat_not_answering")]
    [TestCase(40013, 503, "wechat_not_answering")]
    [TestCase(45011, 429, "wechat_too_often")]
    [TestCase(40226, 403, "wechat_user_blocked")]
    public async Task What_WeChat_says_becomes_an_answer_of_ours(int error, int status, string code)
    {
        _weChat.Error = error;

        var answer = await LoginAsync("open-4");

        Assert.That((answer.Status, answer.Code), Is.EqualTo((status, code)));
    }

    [Test]
    public async Task When_WeChat_is_not_there_she_is_told_to_come_again()
    {
        await _weChat.DisposeAsync();

        Assert.That((await LoginAsync("open-5")).Code, Is.EqualTo("wechat_not_answering"));
        _weChat = await FakeWeChat.StartAsync();
    }

    [TestCase(40001)]
    [TestCase(40014)]
    [TestCase(42001)]
    public async Task A_token_that_another_node_had_replaced_is_asked_for_and_not_replaced_again(int staleError)
    {
        _weChat.StaleError = staleError;
        (await PhoneAsync("13800000006")).Yes();
        _weChat.ReplaceToken();

        (await PhoneAsync("13800000007")).Yes();

        Assert.That(_weChat.Tokens, Is.EqualTo((2, 0)));
    }

    [Test]
    public async Task A_token_that_WeChat_refuses_and_gives_again_is_replaced_by_force_once()
    {
        (await PhoneAsync("13800000006")).Yes();
        _weChat.KillToken();

        (await PhoneAsync("13800000007")).Yes();
        (await PhoneAsync("13800000009")).Yes();

        Assert.That(_weChat.Tokens, Is.EqualTo((3, 1)));
    }

    [Test]
    public async Task One_token_does_for_all_who_ask_at_once_until_it_is_nearly_over()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async number => (await PhoneAsync($"1380000010{number}")).Yes()));
        Assert.That(_weChat.Tokens.Asked, Is.EqualTo(1));

        _service.Machine.Move(TimeSpan.FromMinutes(116));
        (await PhoneAsync("13800000109")).Yes();

        Assert.That(_weChat.Tokens, Is.EqualTo((2, 0)));
    }

    [TestCase(-1)]
    [TestCase(40125)]
    [TestCase(40164)]
    public async Task Without_a_token_she_is_told_to_come_again(int error)
    {
        _weChat.TokenError = error;

        var answer = await PhoneAsync("13800000010");

        Assert.That((answer.Status, answer.Code, (string?)answer["field"]), Is.EqualTo((503, "wechat_not_answering", "weChatPhoneCode")));
    }

    [Test]
    public async Task What_WeChat_said_stands_in_no_log_and_her_open_id_lies_nowhere_in_the_clear()
    {
        var log = new KeptLog();
        await using var service = new Service([.. _weChat.Settings, ("Logging:LogLevel:Default", "Trace"), ("Logging:LogLevel:Matching", "Trace")]) { Log = log };
        _weChat.Phones["p1"] = "13800000011";
        _weChat.Logins["login"] = "open-secret";
        (await service.TokensAsync(new { grant = "weChat", weChatCode = "login", weChatPhoneCode = "p1" })).Yes();
        _weChat.Error = 40226;
        await service.TokensAsync(new { grant = "weChat", weChatCode = "login", weChatPhoneCode = "p1" });

        var said = log.Text;
        Assert.That(said, Is.Not.Empty.And.Not.Contain("open-secret").And.Not.Contain("13800000011").And.Not.Contain("not-a-real-secret").And.Not.Contain("token-1"));
        foreach (var file in Directory.GetFiles(Path.GetDirectoryName(service.DatabaseFile)!, "matching.db*"))
        {
            Assert.That(System.Text.Encoding.UTF8.GetString(await File.ReadAllBytesAsync(file)), Does.Not.Contain("open-secret"));
        }
    }

    [Test]
    public async Task Whoever_is_forgotten_is_a_stranger_in_the_mini_program_too()
    {
        _weChat.Phones["p1"] = "13800000008";
        var client = _service.With((await LoginAsync("open-8", "p1")).Yes());
        (await client.AskAsync(HttpMethod.Delete, "/me/data")).Yes();

        Assert.That((await LoginAsync("open-8")).Code, Is.EqualTo("wechat_phone_needed"));
    }

    [Test]
    public async Task Where_there_is_no_mini_program_she_is_told_so()
    {
        await using var service = await Service.StartAsync();
        var answer = await service.TokensAsync(new { grant = "weChat", weChatCode = "x" });

        Assert.That((answer.Status, answer.Code), Is.EqualTo((422, "wechat_not_set_up")));
    }

    private Task<Answer> LoginAsync(string openId, string? phoneCode = null)
    {
        var code = $"login-{Interlocked.Increment(ref _logins)}";
        _weChat.Logins[code] = openId;
        return SendAsync(code, phoneCode);
    }

    private Task<Answer> PhoneAsync(string phone)
    {
        _weChat.Phones[phone] = phone;
        return LoginAsync($"open-{phone}", phone);
    }

    private Task<Answer> SendAsync(string code, string? phoneCode) => _service.TokensAsync(new { grant = "weChat", weChatCode = code, weChatPhoneCode = phoneCode });
}
