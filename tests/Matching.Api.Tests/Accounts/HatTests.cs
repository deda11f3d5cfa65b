using Matching.Accounts;

namespace Matching.Api.Tests.Accounts;

public class HatTests
{
    private static int _people = 30_000;

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

    [Test]
    public async Task A_site_admin_makes_a_curator_who_signs_in_and_changes_the_password()
    {
        var username = NewName();
        var made = (await CreateAsync(await AdminAsync(), username, Role.Curator, _world.NorthStation)).Yes();
        var tokens = await ByPasswordAsync(username, Signing.Password);
        var other = await ByPasswordAsync(username, Signing.Password);
        Assert.That((string?)tokens.Yes()["hat"]!["id"], Is.EqualTo((string?)made["hatId"]));
        Assert.That((string?)(await _service.With(tokens).ReadAsync("/me")).Yes()["name"], Is.EqualTo("陶小满"));

        (await PutPasswordAsync(tokens, Signing.Password, "another horse battery")).Yes();

        Assert.That((await ByPasswordAsync(username, Signing.Password)).Code, Is.EqualTo("password_wrong"));
        (await ByPasswordAsync(username, "another horse battery")).Yes();
        (await _service.RefreshAsync(tokens)).Yes();
        Assert.That((await _service.RefreshAsync(other)).Code, Is.EqualTo("refresh_token_invalid"));
    }

    [Test]
    public async Task A_password_is_changed_by_whoever_knows_it_to_one_that_is_strong()
    {
        var username = NewName();
        (await CreateAsync(await AdminAsync(), username, Role.Curator, _world.NorthStation)).Yes();
        var tokens = await ByPasswordAsync(username, Signing.Password);

        Assert.That((await PutPasswordAsync(tokens, Signing.Password, "short")).Code, Is.EqualTo("password_too_weak"));
        for (var i = 0; i < 5; i++)
        {
            Assert.That((await PutPasswordAsync(tokens, "not the right one", "another horse battery")).Code, Is.EqualTo("password_wrong"));
        }

        Assert.That((await PutPasswordAsync(tokens, Signing.Password, "another horse battery")).Code, Is.EqualTo("sign_in_locked"));
        Assert.That((await PutPasswordAsync(await _service.SignInAsync(), "x", "another horse battery")).Code, Is.EqualTo("password_wrong"));
    }

    [TestCase("li", Signing.Password, "username_invalid")]
    [TestCase("li.lei.of.the.north", "li.lei.of.the.north!", "password_too_weak")]
    [TestCase("li.lei.of.the.north", "short", "password_too_weak")]
    public async Task An_account_needs_a_username_and_a_strong_password(string username, string password, string code)
    {
        var answer = await (await AdminAsync()).PostAsync(
            "/accounts", new { name = "李雷", username, password, role = "curator", siteId = _world.NorthStation.Id.ToString() });

        Assert.That((answer.Status, answer.Code), Is.EqualTo((400, code)));
    }

    [Test]
    public async Task A_username_is_taken_once_however_many_ask_at_once()
    {
        var (admin, username) = (await AdminAsync(), NewName());
        var answers = await Signing.AtOnceAsync(10, i => CreateAsync(admin, i % 2 == 0 ? username : username.ToUpperInvariant(), Role.Curator, _world.NorthStation));

        Assert.That(answers.Count(answer => answer.Status == 201), Is.EqualTo(1));
        Assert.That(answers.Where(answer => answer.Status != 201).Select(answer => answer.Code), Is.All.EqualTo("username_taken"));
    }

    [Test]
    public async Task A_hat_is_given_to_a_phone_and_taken_away_again()
    {
        var admin = await AdminAsync();
        var phone = $"137{Interlocked.Increment(ref _people):D8}";
        var hat = (await admin.PostAsync("/hats", new { phone, role = "proxy", siteId = _world.NorthStation.Id.ToString() }, key: phone)).Yes();
        var tokens = await _service.SignInAsync(phone);
        Assert.That((string?)tokens["hat"]!["role"], Is.EqualTo("proxy"));

        (await admin.AskAsync(HttpMethod.Delete, $"/hats/{hat["id"]}")).Yes();

        Assert.That((await _service.With(tokens).ReadAsync("/me")).Code, Is.EqualTo("token_invalid"));
        Assert.That((await _service.RefreshAsync(tokens)).Yes()["hat"], Is.Null);
        Assert.That((await admin.AskAsync(HttpMethod.Delete, $"/hats/{hat["id"]}")).Code, Is.EqualTo("hat_unknown"));
    }

    [Test]
    public async Task A_hat_that_is_held_already_is_not_given_twice()
    {
        var admin = await AdminAsync();
        var phone = $"137{Interlocked.Increment(ref _people):D8}";
        var answers = await Signing.AtOnceAsync(10, _ => admin.PostAsync("/hats", new { phone, role = "proxy", siteId = _world.NorthStation.Id.ToString() }));

        Assert.That(answers.Select(answer => (string?)answer.Yes()["id"]).Distinct().Count(), Is.EqualTo(1));
    }

    [Test]
    public async Task Nobody_gives_a_hat_above_the_own_one_or_out_of_reach()
    {
        var admin = await AdminAsync();
        var account = (await _service.SignInAsync($"137{Interlocked.Increment(ref _people):D8}")).AccountId().ToString();

        Assert.That(await CodeAsync("centerAdmin", _world.NorthStation), Is.EqualTo("hat_not_yours_to_grant"));
        Assert.That(await CodeAsync("platformAdmin", null), Is.EqualTo("hat_not_yours_to_grant"));
        Assert.That(await CodeAsync("volunteer", _world.NorthStation), Is.EqualTo("hat_not_yours_to_grant"));
        Assert.That(await CodeAsync("curator", _world.SouthStation), Is.EqualTo("site_unknown"));
        Assert.That(await CodeAsync("curator", _world.Center), Is.EqualTo("site_unknown"));
        Assert.That(await CodeAsync("curator", null), Is.EqualTo("hat_site_wrong"));
        Assert.That(await CodeAsync("siteAdmin", _world.NorthStation), Is.Null);

        async Task<string?> CodeAsync(string role, World.Place? site) =>
            (await admin.PostAsync("/hats", new { accountId = account, role, siteId = site?.Id.ToString() })).Code;
    }

    [Test]
    public async Task Nobody_takes_a_hat_above_the_own_one_or_out_of_reach()
    {
        var admin = await AdminAsync();
        var south = await _world.HatAsync(Role.Curator, _world.SouthStation);
        var above = await _world.HatAsync(Role.CenterAdmin, _world.NorthInstitute);
        var volunteer = await _world.HatAsync(Role.Volunteer);

        Assert.That((await admin.AskAsync(HttpMethod.Delete, $"/hats/{south.Id}")).Code, Is.EqualTo("hat_unknown"));
        Assert.That((await admin.AskAsync(HttpMethod.Delete, $"/hats/{above.Id}")).Code, Is.EqualTo("hat_not_yours_to_grant"));
        Assert.That((await admin.AskAsync(HttpMethod.Delete, $"/hats/{volunteer.Id}")).Code, Is.EqualTo("hat_unknown"));
        Assert.That((await admin.AskAsync(HttpMethod.Delete, "/hats/nonsense")).Code, Is.EqualTo("hat_unknown"));
    }

    [TestCase("""{"role":"curator"}""", "field_missing")]
    [TestCase("""{"role":"curator","username":"a.b","phone":"13800000000"}""", "field_invalid")]
    [TestCase("""{"role":"king","username":"a.b"}""", "field_wrong_type")]
    public async Task An_account_is_named_in_one_way(string body, string code)
    {
        var answer = await (await AdminAsync()).AskAsync(HttpMethod.Post, "/hats", new StringContent(body, System.Text.Encoding.UTF8, "application/json"));

        Assert.That((answer.Status, answer.Code), Is.EqualTo((400, code)));
    }

    [Test]
    public async Task An_unknown_account_gets_no_hat()
    {
        var admin = await AdminAsync();
        var site = _world.NorthStation.Id.ToString();

        Assert.That((await admin.PostAsync("/hats", new { username = "nobody.there", role = "curator", siteId = site })).Code, Is.EqualTo("account_unknown"));
        Assert.That((await admin.PostAsync("/hats", new { accountId = site, role = "curator", siteId = site })).Code, Is.EqualTo("account_unknown"));
    }

    [Test]
    public async Task The_hats_of_a_site_come_in_pages()
    {
        var site = await _world.SiteAsync(Matching.Sites.SiteKind.Station, _world.NorthInstitute, "北三社区", 29.36, 110.55);
        var hats = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            hats.Add((await _world.HatAsync(Role.Proxy, site)).Id.ToString());
        }

        var admin = await AdminAsync();
        var (seen, next) = (new List<string>(), (string?)null);
        do
        {
            var page = (await admin.ReadAsync($"/sites/{site.Id}/hats?take=2{(next is null ? "" : "&cursor=" + next)}")).Yes();
            seen.AddRange(page["items"]!.AsArray().Select(hat => (string)hat!["id"]!));
            next = (string?)page["next"];
        }
        while (next is not null);

        Assert.That(seen, Is.EqualTo(hats));
        Assert.That((await admin.ReadAsync($"/sites/{site.Id}/hats?take=101")).Code, Is.EqualTo("field_out_of_range"));
        Assert.That((await admin.ReadAsync($"/sites/{_world.SouthStation.Id}/hats")).Code, Is.EqualTo("site_unknown"));
    }

    [TestCase("nonsense")]
    [TestCase("!!")]
    [TestCase("")]
    public async Task A_cursor_that_is_none_is_refused(string cursor) => Assert.That(
        (await (await AdminAsync()).ReadAsync($"/sites/{_world.NorthStation.Id}/hats?cursor={cursor}")).Code, Is.EqualTo("cursor_invalid"));

    [Test]
    public async Task A_cursor_of_another_list_is_refused()
    {
        await _world.HatAsync(Role.Proxy, _world.NorthStation);
        await _world.HatAsync(Role.Proxy, _world.NorthStation);
        var admin = await AdminAsync();
        var next = (string)(await admin.ReadAsync($"/sites/{_world.NorthStation.Id}/hats?take=1")).Yes()["next"]!;

        Assert.That((await admin.ReadAsync($"/sites/{_world.NorthStation2.Id}/hats?cursor={next}")).Code, Is.EqualTo("cursor_invalid"));
    }

    [Test]
    public async Task The_last_platform_admin_stays()
    {
        await using var service = await Service.StartAsync();
        var world = await World.CreateAsync(service);
        var admins = new[] { await world.HatAsync(Role.PlatformAdmin), await world.HatAsync(Role.PlatformAdmin), await world.HatAsync(Role.PlatformAdmin) };

        // Each takes the next one's, all at once; somebody is left.
        var answers = await Signing.AtOnceAsync(3, i => service.As(admins[i]).AskAsync(HttpMethod.Delete, $"/hats/{admins[(i + 1) % 3].Id}"));
        Assert.That(answers.Count(answer => answer.Status == 200), Is.LessThan(3));

        var left = new List<HttpClient>();
        foreach (var admin in admins)
        {
            var client = service.As(admin);
            if ((await client.ReadAsync("/me")).Status == 200)
            {
                var own = await client.AskAsync(HttpMethod.Delete, $"/hats/{admin.Id}");
                left.Add(own.Code == "last_platform_admin" ? client : null!);
            }
        }

        Assert.That(left.Count(client => client is not null), Is.EqualTo(1));
    }

    [Test]
    public async Task The_first_platform_admin_comes_from_the_settings_once()
    {
        await using var service = await Service.StartAsync(("Admin:Username", "first.admin"), ("Admin:Password", Signing.Password));
        var body = new { grant = "password", username = "first.admin", password = Signing.Password };
        Assert.That((string?)(await service.TokensAsync(body)).Yes()["hat"]!["role"], Is.EqualTo("platformAdmin"));

        await using var second = new Service([.. service.Shared, ("Admin:Username", "second.admin"), ("Admin:Password", Signing.Password)]);
        (await second.TokensAsync(body)).Yes();
        Assert.That((await second.TokensAsync(body with { username = "second.admin" })).Code, Is.EqualTo("password_wrong"));
    }

    [Test]
    public void A_first_platform_admin_with_a_weak_password_stops_the_start()
    {
        using var service = new Service(("Admin:Username", "first.admin"), ("Admin:Password", "admin"));

        Assert.That(() => service.CreateClient(), Throws.Exception.With.Message.Contains("Admin:Password"));
    }

    private static string NewName() => "clerk.h" + Interlocked.Increment(ref _people);

    private static Task<Answer> CreateAsync(HttpClient admin, string username, Role role, World.Place site) => admin.PostAsync(
        "/accounts",
        new { name = "陶小满", username, password = Signing.Password, role = char.ToLowerInvariant(role.ToString()[0]) + role.ToString()[1..], siteId = site.Id.ToString() });

    private Task<Answer> PutPasswordAsync(Answer tokens, string current, string password) =>
        _service.With(tokens).AskAsync(HttpMethod.Put, "/me/password", new { current, password });

    private Task<Answer> ByPasswordAsync(string username, string password) => _service.TokensAsync(new { grant = "password", username, password });

    private async Task<HttpClient> AdminAsync() => _service.As(await _world.HatAsync(Role.SiteAdmin, _world.NorthInstitute));
}
