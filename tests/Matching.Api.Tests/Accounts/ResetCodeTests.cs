using System.Text.Json;
using Matching.Accounts;
using Matching.Api.Accounts;
using Matching.Api.Plumbing.Database;

namespace Matching.Api.Tests.Accounts;

/// <summary>Somebody who works at a site has forgotten the password.</summary>
public class ResetCodeTests
{
    private const string NewPassword = "river stone lantern";

    private static readonly Sql<ById, StepRow> StepsOf = new("SELECT deed, reason, account_id FROM transitions WHERE subject_id = @Id ORDER BY id");

    private static int _people;

    private Service _service = null!;
    private World _world = null!;
    private Hat _adminHat = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _service = await Service.StartAsync();
        _world = await World.CreateAsync(_service);
        _adminHat = await _world.HatAsync(Role.SiteAdmin, _world.NorthInstitute);
    }

    [OneTimeTearDown]
    public async Task Stop() => await _service.DisposeAsync();

    [Test]
    public async Task With_a_code_from_the_administrator_a_new_password_is_set_once_and_all_sign_ins_end()
    {
        var (account, username) = await PersonAsync(Role.Curator, _world.NorthStation);
        var before = (await SignInAsync(username, Signing.Password)).Yes();

        var code = (string)(await IssueAsync(account)).Yes()["code"]!;
        Assert.That((await _service.With(before).ReadAsync("/me")).Code, Is.EqualTo("token_invalid"), "whoever was signed in is not any more");
        Assert.That((await SetAsync(username, code)).Status, Is.EqualTo(200));

        Assert.That((await SignInAsync(username, Signing.Password)).Code, Is.EqualTo("password_wrong"));
        var after = (await SignInAsync(username, NewPassword)).Yes();
        Assert.That((await SetAsync(username, code)).Code, Is.EqualTo("reset_code_wrong"), "once");

        await _service.SettleAsync();
        var told = (await _service.With(after).ReadAsync("/me/notices")).Yes()["items"]!.AsArray();
        Assert.That(told.Select(notice => (string?)notice!["topic"]), Is.EqualTo(new[] { "account.passwordSet", "account.resetCode" }));
        Assert.That((string?)told[1]!["body"]!["by"], Is.EqualTo(_adminHat.AccountId.ToString()));
        var steps = await _service.Database.ListAsync(StepsOf, new ById(account));
        Assert.That(
            steps.Select(step => (step.Deed, step.Reason, step.AccountId)),
            Is.EqualTo(new[] { ("IssueResetCode", "本人来站，凭身份证", _adminHat.AccountId), ("SetForgottenPassword", (string?)null, account) }));
    }

    [Test]
    public async Task A_code_may_be_typed_as_it_was_heard()
    {
        var (account, username) = await PersonAsync(Role.Dispatcher, _world.NorthStation);
        var code = (string)(await IssueAsync(account)).Yes()["code"]!;

        Assert.That((await SetAsync(username.ToUpperInvariant(), " " + code.Replace("-", " ").ToLowerInvariant())).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task A_code_is_good_for_half_an_hour_and_only_the_newest_counts()
    {
        var (account, username) = await PersonAsync(Role.Curator, _world.NorthStation);
        var first = (string)(await IssueAsync(account)).Yes()["code"]!;
        var second = (string)(await IssueAsync(account)).Yes()["code"]!;
        Assert.That((await SetAsync(username, first)).Code, Is.EqualTo("reset_code_wrong"));

        _service.Machine.Move(ResetCodeStore.Lifetime);
        Assert.That((await SetAsync(username, second)).Code, Is.EqualTo("reset_code_wrong"));
        Assert.That((await SignInAsync(username, Signing.Password)).Status, Is.EqualTo(200), "what was not used changed nothing");
    }

    [Test]
    public async Task Of_several_at_once_with_one_code_one_sets_the_password()
    {
        var (account, username) = await PersonAsync(Role.Curator, _world.NorthStation);
        var code = (string)(await IssueAsync(account)).Yes()["code"]!;

        var answers = await Signing.AtOnceAsync(4, i => _service.AsNobody().PostAsync("/auth/password", new { username, code, password = NewPassword + i }));

        Assert.That(answers.Count(answer => answer.Status == 200), Is.EqualTo(1));
        // Wrong guesses count like wrong passwords, so the last of them may find the door locked already.
        Assert.That(answers.Where(answer => answer.Status != 200).Select(answer => answer.Code), Is.All.AnyOf("reset_code_wrong", "sign_in_locked"));
    }

    [Test]
    public async Task Guesses_count_like_wrong_passwords_and_an_unknown_username_looks_like_a_wrong_code()
    {
        var (account, username) = await PersonAsync(Role.Curator, _world.NorthStation);
        await IssueAsync(account);
        foreach (var name in new[] { username, "nobody.of.that.name" })
        {
            for (var i = 0; i < 5; i++)
            {
                Assert.That((await SetAsync(name, "00000-00000")).Code, Is.EqualTo("reset_code_wrong"));
            }

            Assert.That((await SetAsync(name, "00000-00000")).Code, Is.EqualTo("sign_in_locked"));
        }
    }

    [Test]
    public async Task Who_has_tried_too_often_need_not_wait_once_there_is_a_code()
    {
        var (account, username) = await PersonAsync(Role.Curator, _world.NorthStation);
        for (var i = 0; i < 6; i++)
        {
            await SignInAsync(username, "not the right one");
        }

        Assert.That((await SignInAsync(username, Signing.Password)).Code, Is.EqualTo("sign_in_locked"));
        var code = (string)(await IssueAsync(account)).Yes()["code"]!;
        Assert.That((await SetAsync(username, code)).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task A_weak_password_is_refused_and_the_code_is_still_good()
    {
        var (account, username) = await PersonAsync(Role.Curator, _world.NorthStation);
        var code = (string)(await IssueAsync(account)).Yes()["code"]!;

        var weak = await _service.AsNobody().PostAsync("/auth/password", new { username, code, password = username + "1" });
        Assert.That((weak.Status, weak.Code), Is.EqualTo((400, "password_too_weak")).Or.EqualTo((422, "password_too_weak")));
        Assert.That((await SetAsync(username, code)).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task Nobody_gives_a_code_for_an_account_above_or_beside_their_own_reach()
    {
        var (sibling, _) = await PersonAsync(Role.Curator, _world.SouthStation);
        var (above, _) = await PersonAsync(Role.CenterAdmin, _world.Center);
        var (both, _) = await PersonAsync(Role.Curator, _world.NorthStation);
        await _world.AlsoAsync(both, Role.CenterAdmin, _world.Center);
        var volunteer = await _world.HatAsync(Role.Volunteer, null, _service.Ids.Next(IdKind.Volunteer));
        var byPhone = await _world.HatAsync(Role.Curator, _world.NorthStation);

        Assert.That((await IssueAsync(sibling)).Code, Is.EqualTo("account_unknown"));
        Assert.That((await IssueAsync(above)).Code, Is.EqualTo("account_unknown"));
        Assert.That((await IssueAsync(volunteer.AccountId)).Code, Is.EqualTo("account_unknown"));
        Assert.That((await IssueAsync(_service.Ids.Next(IdKind.Account))).Code, Is.EqualTo("account_unknown"));
        Assert.That((await IssueAsync(both)).Code, Is.EqualTo("reset_not_yours"), "it would open the center's hat too");
        Assert.That((await IssueAsync(_adminHat.AccountId)).Code, Is.EqualTo("reset_own_password"));
        Assert.That((await IssueAsync(byPhone.AccountId)).Code, Is.EqualTo("account_has_no_password"));

        var center = _service.As(await _world.HatAsync(Role.CenterAdmin, _world.Center));
        Assert.That((await center.PostAsync($"/accounts/{both}/reset-codes", new { reason = "本人来电" })).Status, Is.EqualTo(201));
    }

    private async Task<(Id Account, string Username)> PersonAsync(Role role, World.Place site)
    {
        var username = $"forgetful.{Interlocked.Increment(ref _people)}";
        var center = _service.As(await _world.HatAsync(Role.CenterAdmin, _world.Center));
        var made = (await center.PostAsync("/accounts", new
        {
            name = "周小满",
            username,
            password = Signing.Password,
            role = JsonNamingPolicy.CamelCase.ConvertName(role.ToString()),
            siteId = site.Id.ToString(),
        })).Yes();
        return (Id.ParseOrNone((string)made["accountId"]!), username);
    }

    // With a new token each time: a test moves the machine's clock.
    private Task<Answer> IssueAsync(Id account) => _service.As(_adminHat).PostAsync($"/accounts/{account}/reset-codes", new { reason = "本人来站，凭身份证" });

    private Task<Answer> SetAsync(string username, string code) => _service.AsNobody().PostAsync("/auth/password", new { username, code, password = NewPassword });

    private Task<Answer> SignInAsync(string username, string password) => _service.TokensAsync(new { grant = "password", username, password });

    private sealed record StepRow
    {
        public string Deed { get; init; } = "";

        public string? Reason { get; init; }

        public Id AccountId { get; init; }
    }
}
