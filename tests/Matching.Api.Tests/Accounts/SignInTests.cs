using Matching.Accounts;
using Matching.Api.Accounts;
using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Matching.Api.Tests.Accounts;

public class SignInTests
{
    private static readonly Sql<ById> TakeHatAway = new("UPDATE hats SET revoked_at = granted_at WHERE id = @Id");

    private static int _people = 20_000;

    private Service _service = null!;
    private World _world = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _service = await Service.StartAsync();
        _world = await World.CreateAsync(_service);
    }

    [OneTimeTearDown]
    public async Task Stop() => await _service.DisposeAsync();

    // ── Hats ────────────────────────────────────────────────────────────────────────────────────────────────────────
    [Test]
    public async Task The_only_hat_is_worn_without_asking()
    {
        var (username, hats) = await PersonAsync(Role.Curator);
        var tokens = await ByPasswordAsync(username);

        Assert.That((string?)tokens.Yes()["hat"]!["id"], Is.EqualTo(hats[0].ToString()));
        Assert.That((string?)tokens["hat"]!["siteName"], Is.EqualTo("北一社区"));
        Assert.That((string?)(await _service.With(tokens).ReadAsync("/me")).Yes()["hat"]!["role"], Is.EqualTo("curator"));
    }

    [Test]
    public async Task Of_several_hats_one_is_named()
    {
        var (username, hats) = await PersonAsync(Role.Curator, Role.Dispatcher);
        var bare = await ByPasswordAsync(username);
        Assert.That(bare.Yes()["hat"], Is.Null);
        Assert.That(bare["hats"]!.AsArray().Select(hat => (string?)hat!["id"]), Is.EqualTo(hats.Select(hat => hat.ToString())));
        Assert.That((await _service.With(bare).ReadAsync("/me")).Yes()["hat"], Is.Null);

        var named = await ByPasswordAsync(username, hatId: hats[1]);
        Assert.That((string?)named.Yes()["hat"]!["role"], Is.EqualTo("dispatcher"));
    }

    [Test]
    public async Task A_refresh_keeps_the_hat_or_changes_it()
    {
        var (username, hats) = await PersonAsync(Role.Curator, Role.Dispatcher);
        var first = await ByPasswordAsync(username, hatId: hats[0]);
        var same = await _service.RefreshAsync(first);
        var other = await _service.RefreshAsync(same, hats[1]);

        Assert.That((string?)same.Yes()["hat"]!["id"], Is.EqualTo(hats[0].ToString()));
        Assert.That((string?)other.Yes()["hat"]!["id"], Is.EqualTo(hats[1].ToString()));
        Assert.That((string?)(await _service.With(other).ReadAsync("/me")).Yes()["hat"]!["role"], Is.EqualTo("dispatcher"));
    }

    [Test]
    public async Task A_hat_of_somebody_else_is_unknown()
    {
        var (username, _) = await PersonAsync(Role.Curator);
        var theirs = await _world.HatAsync(Role.SiteAdmin, _world.NorthStation);

        var answer = await ByPasswordAsync(username, hatId: theirs.Id);
        Assert.That((answer.Status, answer.Code), Is.EqualTo((404, "hat_unknown")));
        Assert.That((await _service.RefreshAsync(await ByPasswordAsync(username), theirs.Id)).Code, Is.EqualTo("hat_unknown"));
    }

    [Test]
    public async Task A_hat_that_was_taken_away_counts_at_once()
    {
        var (username, hats) = await PersonAsync(Role.Curator, Role.Dispatcher);
        var tokens = await ByPasswordAsync(username, hatId: hats[0]);
        await _service.Database.WriteAsync(tx => tx.ExecuteAsync(TakeHatAway, new ById(hats[0])), CancellationToken.None);

        Assert.That((await _service.With(tokens).ReadAsync("/me")).Code, Is.EqualTo("token_invalid"));
        Assert.That((string?)(await _service.RefreshAsync(tokens)).Yes()["hat"]!["role"], Is.EqualTo("dispatcher"));
    }

    // ── Passwords ───────────────────────────────────────────────────────────────────────────────────────────────────
    [Test]
    public async Task A_username_is_the_same_however_it_is_typed()
    {
        var (username, _) = await PersonAsync(Role.Curator);

        (await ByPasswordAsync($" {username.ToUpperInvariant()} ")).Yes();
    }

    [Test]
    public async Task A_wrong_password_and_an_unknown_username_are_answered_alike()
    {
        var (username, _) = await PersonAsync(Role.Curator);
        var wrong = await ByPasswordAsync(username, "not the right one");
        var unknown = await ByPasswordAsync("nobody.by.this.name");

        Assert.That((wrong.Status, wrong.Code, (string?)wrong["detail"]), Is.EqualTo((401, "password_wrong", (string?)unknown["detail"])));
        Assert.That((unknown.Status, unknown.Code), Is.EqualTo((401, "password_wrong")));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task The_rest_after_wrong_passwords_grows_whether_the_username_is_known_or_not(bool known)
    {
        var username = known ? (await PersonAsync(Role.Curator)).Username : "nobody." + Interlocked.Increment(ref _people);
        for (var i = 0; i < 5; i++)
        {
            Assert.That((await ByPasswordAsync(username, "not the right one")).Code, Is.EqualTo("password_wrong"));
        }

        foreach (var minutes in new[] { 1, 2, 4 })
        {
            var locked = await ByPasswordAsync(username);
            Assert.That((locked.Status, locked.Code), Is.EqualTo((429, "sign_in_locked")));
            Assert.That(int.Parse(locked.Headers["Retry-After"]), Is.InRange((minutes * 60) - 10, minutes * 60));

            _service.Machine.Move(TimeSpan.FromMinutes(minutes));
            Assert.That((await ByPasswordAsync(username, "not the right one")).Code, Is.EqualTo("password_wrong"));
        }
    }

    [Test]
    public async Task A_right_password_or_a_day_of_quiet_begins_the_count_anew()
    {
        var (username, _) = await PersonAsync(Role.Curator);
        for (var i = 0; i < 3; i++)
        {
            await WrongAsync(4);
            (await ByPasswordAsync(username)).Yes();
        }

        await WrongAsync(5);
        _service.Machine.Move(TimeSpan.FromDays(1));
        await WrongAsync(4);
        (await ByPasswordAsync(username)).Yes();

        async Task WrongAsync(int times)
        {
            for (var i = 0; i < times; i++)
            {
                Assert.That((await ByPasswordAsync(username, "not the right one")).Code, Is.EqualTo("password_wrong"));
            }
        }
    }

    [Test]
    public async Task Twenty_guesses_at_once_are_five_guesses()
    {
        var (username, _) = await PersonAsync(Role.Curator);
        var answers = await Signing.AtOnceAsync(20, _ => ByPasswordAsync(username, "not the right one"));

        Assert.That(answers.Count(answer => answer.Code == "password_wrong"), Is.EqualTo(5));
        Assert.That(answers.Count(answer => answer.Code == "sign_in_locked"), Is.EqualTo(15));
    }

    // ── Refresh tokens ──────────────────────────────────────────────────────────────────────────────────────────────
    [Test]
    public async Task A_refresh_token_is_used_once_and_replaced_by_the_next()
    {
        var first = await _service.SignInAsync(NewPhone());
        var second = (await _service.RefreshAsync(first)).Yes();
        var third = (await _service.RefreshAsync(second)).Yes();

        Assert.That(new[] { first, second, third }.Select(tokens => (string?)tokens["refreshToken"]), Is.Unique);
        (await _service.With(third).ReadAsync("/me")).Yes();
    }

    [Test]
    public async Task A_replaced_token_that_comes_back_late_ends_the_whole_family()
    {
        var stolen = await _service.SignInAsync(NewPhone());
        var rightful = (await _service.RefreshAsync(stolen)).Yes();
        _service.Machine.Move(TimeSpan.FromSeconds(11));

        var thief = await _service.RefreshAsync(stolen);
        Assert.That((thief.Status, thief.Code), Is.EqualTo((401, "refresh_token_invalid")));
        Assert.That((await _service.RefreshAsync(rightful)).Code, Is.EqualTo("refresh_token_invalid"));
        Assert.That((await _service.With(rightful).ReadAsync("/me")).Code, Is.EqualTo("token_invalid"));
    }

    [Test]
    public async Task A_replaced_token_whose_successor_was_used_ends_the_family_even_at_once()
    {
        var first = await _service.SignInAsync(NewPhone());
        var second = await _service.RefreshAsync(first);
        var third = await _service.RefreshAsync(second);

        Assert.That((await _service.RefreshAsync(first)).Code, Is.EqualTo("refresh_token_invalid"));
        Assert.That((await _service.RefreshAsync(third)).Code, Is.EqualTo("refresh_token_invalid"));
    }

    [Test]
    public async Task A_client_that_did_not_hear_the_answer_gets_the_same_successor()
    {
        var first = await _service.SignInAsync(NewPhone());
        var lost = (await _service.RefreshAsync(first)).Yes();
        _service.Machine.Move(TimeSpan.FromSeconds(5));
        var again = (await _service.RefreshAsync(first)).Yes();

        Assert.That((string?)again["refreshToken"], Is.EqualTo((string?)lost["refreshToken"]));
        Assert.That((string?)again["refreshExpiresAt"], Is.EqualTo((string?)lost["refreshExpiresAt"]));
        (await _service.RefreshAsync(again)).Yes();
    }

    [Test]
    public async Task Twenty_refreshes_at_once_are_one_and_all_hear_of_it()
    {
        var first = await _service.SignInAsync(NewPhone());
        var answers = await Signing.AtOnceAsync(20, _ => _service.RefreshAsync(first));

        Assert.That(answers.Select(answer => (string?)answer.Yes()["refreshToken"]).Distinct().Count(), Is.EqualTo(1));
        (await _service.RefreshAsync(answers[0])).Yes();
    }

    [Test]
    public async Task A_refresh_token_lives_thirty_days()
    {
        var tokens = await _service.SignInAsync(NewPhone());
        _service.Machine.Move(TimeSpan.FromDays(30));

        Assert.That((await _service.RefreshAsync(tokens)).Code, Is.EqualTo("refresh_token_invalid"));
    }

    [Test]
    public async Task A_made_up_refresh_token_is_refused() => Assert.That(
        (await _service.TokensAsync(new { grant = "refresh", refreshToken = "made-up" })).Code, Is.EqualTo("refresh_token_invalid"));

    // ── Signing out ─────────────────────────────────────────────────────────────────────────────────────────────────
    [Test]
    public async Task Signing_out_ends_this_sign_in_and_no_other()
    {
        var (username, _) = await PersonAsync(Role.Curator);
        var (here, there) = (await ByPasswordAsync(username), await ByPasswordAsync(username));
        (await _service.With(here).PostAsync("/auth/logout", new { })).Yes();

        Assert.That((await _service.With(here).ReadAsync("/me")).Code, Is.EqualTo("token_invalid"));
        Assert.That((await _service.RefreshAsync(here)).Code, Is.EqualTo("refresh_token_invalid"));
        (await _service.With(there).ReadAsync("/me")).Yes();
        (await _service.RefreshAsync(there)).Yes();
    }

    [Test]
    public async Task One_can_sign_out_with_the_refresh_token_alone()
    {
        var tokens = await _service.SignInAsync(NewPhone());
        (await _service.AsNobody().PostAsync("/auth/logout", new { refreshToken = (string)tokens["refreshToken"]! })).Yes();

        Assert.That((await _service.RefreshAsync(tokens)).Code, Is.EqualTo("refresh_token_invalid"));
        Assert.That((await _service.AsNobody().PostAsync("/auth/logout", new { })).Code, Is.EqualTo("sign_in_needed"));
    }

    // ── Access tokens ───────────────────────────────────────────────────────────────────────────────────────────────
    [Test]
    public async Task An_access_token_lives_fifteen_minutes()
    {
        var tokens = await _service.SignInAsync(NewPhone());
        _service.Machine.Move(TimeSpan.FromMinutes(14));
        (await _service.With(tokens).ReadAsync("/me")).Yes();
        _service.Machine.Move(TimeSpan.FromMinutes(2));

        Assert.That((await _service.With(tokens).ReadAsync("/me")).Code, Is.EqualTo("token_invalid"));
    }

    [Test]
    public async Task Keys_can_change_while_tokens_of_the_older_one_are_about()
    {
        const string Old = "demo-older-token-key-of-forty-characters";
        const string New = "demo-newer-token-key-of-forty-characters";
        await using var service = await Service.StartAsync(
            ("Tokens:Keys:0:Id", "demo-new"), ("Tokens:Keys:0:Secret", New), ("Tokens:Keys:1:Id", "demo-old"), ("Tokens:Keys:1:Secret", Old));
        var hat = await (await World.CreateAsync(service)).HatAsync(Role.Resident);

        Assert.That((await service.WithToken(Issue(service, hat, "demo-old", Old)).ReadAsync("/me")).Status, Is.EqualTo(200));
        Assert.That((await service.WithToken(Issue(service, hat, "demo-new", New)).ReadAsync("/me")).Status, Is.EqualTo(200));
        Assert.That((await service.WithToken(Issue(service, hat, "demo-old", "demo-token-key-that-somebody-made-up")).ReadAsync("/me")).Code, Is.EqualTo("token_invalid"));
        Assert.That(TokenHeader((string)(await service.SignInAsync(NewPhone()))["accessToken"]!), Does.Contain("\"demo-new\""));
    }

    [TestCase("""{"grant":"code","phone":"13800000000"}""", "field_missing", "code")]
    [TestCase("""{"grant":"password","username":"zhang"}""", "field_missing", "password")]
    [TestCase("""{"grant":"refresh"}""", "field_missing", "refreshToken")]
    [TestCase("""{"grant":"magic"}""", "field_wrong_type", "grant")]
    [TestCase("""{"grant":"code","phone":"1","code":"123456"}""", "phone_invalid", "phone")]
    public async Task What_a_grant_needs_must_be_there(string body, string code, string field)
    {
        var answer = await _service.AsNobody().AskAsync(HttpMethod.Post, "/auth/tokens", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

        Assert.That((answer.Status, answer.Code, (string?)answer["field"]), Is.EqualTo((400, code, field)));
    }

    private static string Issue(Service service, Hat hat, string keyId, string secret) => new Tokens(
        new TokenSettings { Keys = [new VaultKey { Id = keyId, Secret = secret }] },
        service.Services.GetRequiredService<MachineClock>()).Issue(hat.AccountId, hat.Id, service.Ids.Next(IdKind.Session)).Token;

    private static string TokenHeader(string token) => System.Text.Encoding.UTF8.GetString(System.Buffers.Text.Base64Url.DecodeFromChars(token.Split('.')[0]));

    private static string NewPhone() => $"139{Interlocked.Increment(ref _people):D8}";

    private Task<Answer> ByPasswordAsync(string username, string password = Signing.Password, Id? hatId = null) =>
        _service.TokensAsync(new { grant = "password", username, password, hatId = hatId?.ToString() });

    private async Task<(string Username, List<Id> Hats)> PersonAsync(params Role[] roles)
    {
        var username = "clerk." + Interlocked.Increment(ref _people);
        var (accounts, hats, hash) = (_service.Services.GetRequiredService<AccountStore>(), _service.Services.GetRequiredService<HatStore>(), Passwords.Hash(Signing.Password));
        return await _service.Database.WriteAsync(
            async tx =>
            {
                var accountId = await accounts.CreateAccountAsync(tx, username: username, passwordHash: hash);
                var held = new List<Id>();
                foreach (var role in roles)
                {
                    held.Add(await hats.GrantHatAsync(tx, accountId, role, _world.NorthStation.Id));
                }

                return (username, held);
            },
            CancellationToken.None);
    }
}
