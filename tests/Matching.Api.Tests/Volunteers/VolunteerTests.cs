using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Volunteers;
using Matching.Engine;
using Matching.Volunteers;
using Microsoft.Extensions.DependencyInjection;

namespace Matching.Api.Tests.Volunteers;

/// <summary>Signing up, being approved, saying what one can do and when.</summary>
public class VolunteerTests
{
    private Service _service = null!;
    private World _world = null!;
    private HttpClient _admin = null!;
    private HttpClient _clerk = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _service = await Service.StartAsync();
        _world = await World.CreateAsync(_service);
        _admin = _service.As(await _world.HatAsync(Role.CenterAdmin, _world.Center));
        _clerk = _service.As(await _world.HatAsync(Role.SiteAdmin, _world.NorthStation));
    }

    [OneTimeTearDown]
    public async Task Stop() => await _service.DisposeAsync();

    [Test]
    public async Task Who_signs_up_gets_the_hat_of_a_volunteer_and_waits_to_be_approved()
    {
        var she = await People.RegisterAsync(_service, _world, _world.NorthStation);

        var mine = (await _service.As(she.Hat).ReadAsync("/me/volunteer")).Yes();

        Assert.That(((string?)mine["status"], (string?)mine["gender"], (bool)mine["realName"]!), Is.EqualTo(("registered", "female", false)));
        Assert.That((string?)mine["phone"], Is.EqualTo("+8613574400001"), "her own phone is no secret to her");
    }

    [Test]
    public async Task A_wrong_id_number_is_refused()
    {
        var account = _service.As(await _world.HatAsync(Role.Resident));
        var wrong = People.IdNumber();
        wrong = wrong[..17] + (wrong[17] == '0' ? '1' : '0');

        var answer = await account.PostAsync("/volunteers", new { name = "甲", idNumber = wrong, siteId = _world.NorthStation.Id.ToString() });

        Assert.That((answer.Code, (string?)answer["field"]), Is.EqualTo(("id_number_invalid", "idNumber")));
    }

    [Test]
    public async Task One_person_is_registered_once_also_when_two_try_at_the_same_moment()
    {
        for (var round = 0; round < 10; round++)
        {
            var idNumber = People.IdNumber();
            var accounts = new List<HttpClient>();
            for (var i = 0; i < 5; i++)
            {
                accounts.Add(_service.As(await _world.HatAsync(Role.Resident)));
            }

            var answers = await Task.WhenAll(accounts.Select((account, i) => account.PostAsync(
                "/volunteers", new { name = $"同名{i}", idNumber = i % 2 == 0 ? idNumber : $" {idNumber.ToLowerInvariant()} ", siteId = _world.NorthStation.Id.ToString() })));

            Assert.That(answers.Count(answer => answer.Status == 201), Is.EqualTo(1));
            Assert.That(answers.Where(answer => answer.Status != 201).Select(answer => answer.Code), Is.All.EqualTo("volunteer_known"));
        }
    }

    [Test]
    public async Task The_same_key_registers_once()
    {
        var account = _service.As(await _world.HatAsync(Role.Resident));
        var body = new { name = "重复", idNumber = People.IdNumber(), siteId = _world.NorthStation.Id.ToString() };

        var answers = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => account.PostAsync("/volunteers", body, "register-once")));

        Assert.That(answers.Select(answer => (string?)answer.Yes()["id"]).Distinct().Count(), Is.EqualTo(1));
    }

    [Test]
    public async Task The_id_number_is_nowhere_to_be_read()
    {
        var idNumber = People.IdNumber();
        var she = await People.RegisterAsync(_service, _world, _world.NorthStation, idNumber: idNumber);

        var row = await _service.Database.FirstAsync(Sealed, new ById(she.Id));

        Assert.That(row!.IdNumberSealed, Does.Not.Contain(idNumber));
        Assert.That((await _service.As(she.Hat).ReadAsync("/me/volunteer")).Text, Does.Not.Contain(idNumber));
        Assert.That((await _clerk.ReadAsync($"/volunteers/{she.Id}")).Yes().Text, Does.Not.Contain(idNumber));
    }

    [Test]
    public async Task A_clerk_registers_somebody_without_an_account_who_then_signs_in_by_her_phone()
    {
        var answer = (await _clerk.PostAsync("/volunteers", new
        {
            name = "田桂英",
            idNumber = People.IdNumber(),
            siteId = _world.NorthStation.Id.ToString(),
            phone = "13574409999",
            onBehalf = true,
        })).Yes();

        Assert.That((string?)answer["phone"], Is.EqualTo("135****9999"));
        var row = await _service.Database.FirstAsync(Sealed, new ById(Id.ParseOrNone((string)answer["id"]!)));
        Assert.That(row!.AccountId, Is.Not.Null);
    }

    [Test]
    public async Task A_clerk_registers_nobody_outside_her_reach()
    {
        var answer = await _clerk.PostAsync("/volunteers", new
        {
            name = "甲",
            idNumber = People.IdNumber(),
            siteId = _world.SouthStation.Id.ToString(),
            onBehalf = true,
        });

        Assert.That(answer.Code, Is.EqualTo("site_unknown"));
    }

    [Test]
    public async Task Nobody_is_approved_before_her_id_card_was_seen()
    {
        var she = await People.RegisterAsync(_service, _world, _world.NorthStation);
        var address = $"/volunteers/{she.Id}/approve";

        Assert.That((await _clerk.PostAsync(address, new { realNameChecked = false })).Code, Is.EqualTo("real_name_not_verified"));
        Assert.That((string?)(await _clerk.PostAsync(address, new { realNameChecked = true })).Yes()["status"], Is.EqualTo("active"));
        Assert.That((await _clerk.PostAsync(address, new { realNameChecked = true })).Code, Is.EqualTo("volunteer_already_approved"));
    }

    [Test]
    public async Task Of_two_clerks_who_approve_at_once_one_is_told_that_it_is_done()
    {
        var she = await People.RegisterAsync(_service, _world, _world.NorthStation);

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => _clerk.PostAsync($"/volunteers/{she.Id}/approve", new { realNameChecked = true })));

        Assert.That(answers.Count(answer => answer.Status == 200), Is.EqualTo(1));
    }

    [Test]
    public async Task A_suspension_ends_by_itself_when_its_time_is_up()
    {
        await using var service = await Service.StartAsync();
        var world = await World.CreateAsync(service);
        var she = await People.ActiveAsync(service, world, world.NorthStation);
        var clerk = service.As(await world.HatAsync(Role.SiteAdmin, world.NorthStation));
        var until = Service.Friday.AddDays(3);

        Assert.That((await clerk.PostAsync($"/volunteers/{she.Id}/suspend", new { reason = "爽约", until = Service.Friday })).Code, Is.EqualTo("window_in_past"));
        (await clerk.PostAsync($"/volunteers/{she.Id}/suspend", new { reason = "爽约", until })).Yes();
        Assert.That((await clerk.PostAsync($"/volunteers/{she.Id}/suspend", new { reason = "再次" })).Code, Is.EqualTo("volunteer_not_active"));

        await service.UntilAsync(until.AddMinutes(-1));
        Assert.That(await StatusAsync(service, she.Id), Is.EqualTo(VolunteerStatus.Suspended));
        await service.UntilAsync(until);
        Assert.That(await StatusAsync(service, she.Id), Is.EqualTo(VolunteerStatus.Active));
    }

    [Test]
    public async Task Who_left_comes_back_to_the_old_record()
    {
        var idNumber = People.IdNumber();
        var she = await People.ActiveAsync(_service, _world, _world.NorthStation, idNumber: idNumber);
        (await _service.As(she.Hat).PostAsync("/me/volunteer/leave", new { reason = "搬家" })).Yes();
        var body = new { name = "向小溪", idNumber, siteId = _world.NorthStation2.Id.ToString() };
        var stranger = _service.As(await _world.HatAsync(Role.Resident));

        Assert.That((await stranger.PostAsync("/volunteers", body)).Code, Is.EqualTo("volunteer_known"), "the record is not a stranger's to take");
        var back = (await _service.As(she.Account).PostAsync("/volunteers", body)).Yes();

        Assert.That(((string?)back["id"], (string?)back["status"], (string?)back["siteId"]), Is.EqualTo((she.Id.ToString(), "registered", _world.NorthStation2.Id.ToString())));
        Assert.That((bool)back["realName"]!, Is.False);
    }

    [Test]
    public async Task Staff_see_the_volunteers_of_their_own_part_of_the_tree()
    {
        var she = await People.RegisterAsync(_service, _world, _world.NorthStation);
        var parent = _service.As(await _world.HatAsync(Role.Dispatcher, _world.NorthInstitute));
        var sibling = _service.As(await _world.HatAsync(Role.Dispatcher, _world.NorthStation2));
        var nowhere = _service.As(await _world.HatAsync(Role.Dispatcher));
        var address = $"/volunteers/{she.Id}";

        Assert.That((await _clerk.ReadAsync(address)).Status, Is.EqualTo(200));
        Assert.That((await parent.ReadAsync(address)).Status, Is.EqualTo(200));
        Assert.That((await sibling.ReadAsync(address)).Code, Is.EqualTo("volunteer_unknown"));
        Assert.That((await nowhere.ReadAsync(address)).Code, Is.EqualTo("volunteer_unknown"));
        Assert.That((await sibling.PostAsync($"{address}/approve", new { realNameChecked = true })).Code, Is.EqualTo("role_not_allowed"));
        Assert.That((await _service.As(she.Hat).ReadAsync(address)).Code, Is.EqualTo("role_not_allowed"));
        Assert.That((await sibling.ReadAsync($"/volunteers?siteId={_world.NorthStation.Id}")).Code, Is.EqualTo("site_unknown"));
    }

    [Test]
    public async Task A_phone_is_masked_until_somebody_says_why_and_the_look_is_on_record()
    {
        var she = await People.RegisterAsync(_service, _world, _world.NorthStation);
        var shown = (await _clerk.ReadAsync($"/volunteers/{she.Id}")).Yes();
        var dispatcher = _service.As(await _world.HatAsync(Role.Dispatcher, _world.NorthStation));

        Assert.That((string?)shown["phone"], Is.EqualTo("135****0001"));
        Assert.That((await dispatcher.PostAsync($"/volunteers/{she.Id}/reveal", new { what = "idNumber", reason = "好奇" })).Code, Is.EqualTo("role_not_allowed"));
        Assert.That((string?)(await dispatcher.PostAsync($"/volunteers/{she.Id}/reveal", new { what = "phone", reason = "联系改期" })).Yes()["value"], Is.EqualTo("+8613574400001"));
        var looks = await _service.Database.ListAsync(RevealsOf, new ById(she.Id));
        Assert.That(looks.Select(look => (look.What, look.Role, look.Reason)), Is.EqualTo(new[] { ("phone", "Dispatcher", "联系改期") }));
    }

    [Test]
    public async Task A_place_is_exact_to_herself_and_blurred_to_staff()
    {
        var she = await People.RegisterAsync(_service, _world, _world.NorthStation);
        var places = new[] { new { label = "家", place = new { lat = 29.36123, lng = 110.55123, datum = "wgs84", accuracyM = 10 } } };

        var own = (await _service.As(she.Hat).AskAsync(HttpMethod.Put, "/me/volunteer/places", new { places })).Yes();
        var shown = (await _clerk.ReadAsync($"/volunteers/{she.Id}")).Yes();

        Assert.That((double)own["places"]![0]!["place"]!["lat"]!, Is.EqualTo(29.36123));
        Assert.That((double)shown["places"]![0]!["place"]!["accuracyM"]!, Is.GreaterThan(100));
        Assert.That((double)shown["places"]![0]!["place"]!["lat"]!, Is.Not.EqualTo(29.36123).And.EqualTo(29.36123).Within(0.01));
    }

    [Test]
    public async Task Everything_that_matching_asks_for_arrives_in_the_facts()
    {
        var skill = await CreateAsync("/skills", new { code = "plumbing", nameZh = "水管", nameEn = "Plumbing" });
        var certificate = await CreateAsync("/qualifications", new { code = "electrician", nameZh = "电工证", nameEn = "Electrician" });
        var she = await People.ActiveAsync(_service, _world, _world.NorthStation);
        var me = _service.As(she.Hat);
        var place = new { lat = 29.36, lng = 110.55, datum = "wgs84" };

        (await me.AskAsync(HttpMethod.Put, "/me/volunteer/skills", new { skills = new[] { new { skillId = skill, level = 3 } } })).Yes();
        (await me.AskAsync(HttpMethod.Put, "/me/volunteer/places", new { places = new[] { new { label = (string?)null, place } } })).Yes();
        (await me.AskAsync(HttpMethod.Put, "/me/volunteer/availability", new
        {
            weekly = new[] { new { day = "saturday", from = "09:00:00", to = "12:00:00" }, new { day = "sunday", from = "22:00:00", to = "02:00:00" } },
            exceptions = new[] { new { start = "2026-05-16T00:00:00+08:00", end = "2026-05-17T00:00:00+08:00", free = false } },
        })).Yes();
        (await me.AskAsync(HttpMethod.Put, "/me/volunteer/limits", new { ordersAWeek = 2, minutesADay = 240 })).Yes();
        (await me.AskAsync(HttpMethod.Patch, "/me/volunteer", new { radiusM = 3000, languages = new[] { "zh", "tujia" } })).Yes();
        var held = (await me.PostAsync("/me/volunteer/qualifications", new { qualificationId = certificate, issuer = "应急局", number = "T430811198503120", validTo = "2027-12-31" })).Yes();
        var heldId = (string)held["qualifications"]![0]!["id"]!;

        var before = await FactsAsync(she.Id);
        (await _clerk.PostAsync($"/volunteers/{she.Id}/qualifications/{heldId}/verify", new { })).Yes();
        var facts = await FactsAsync(she.Id);

        Assert.That(facts.Status, Is.EqualTo(VolunteerStatus.Active));
        Assert.That((facts.RealName, facts.Gender, facts.BirthDate?.Month), Is.EqualTo((true, Gender.Female, 3)));
        Assert.That(facts.HomePath, Is.EqualTo(_world.NorthStation.Path));
        Assert.That(facts.Skills, Is.EqualTo(new[] { new HeldSkill(Id.ParseOrNone(skill), 3) }));
        Assert.That(before.Qualifications[0].Verified, Is.False);
        Assert.That(facts.Qualifications, Is.EqualTo(new[] { new HeldQualification(Id.ParseOrNone(certificate), DateOnly.MinValue, new DateOnly(2027, 12, 31), true) }));
        Assert.That(facts.Places.Single().Lat, Is.EqualTo(29.36));
        Assert.That((facts.RadiusM, facts.Limits, facts.Languages), Is.EqualTo((3000, new Limits(2, 240), new[] { "zh", "tujia" })));
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Asia/Shanghai");
        Assert.That(facts.Availability.Covers(At("2026-05-09T09:30:00+08:00", 60), zone), Is.True, "a Saturday");
        Assert.That(facts.Availability.Covers(At("2026-05-16T09:30:00+08:00", 60), zone), Is.False, "the Saturday she is away");
        Assert.That(facts.Availability.Covers(At("2026-05-10T23:30:00+08:00", 60), zone), Is.True, "from Sunday into Monday");
        Assert.That(facts.Availability.Covers(At("2026-05-13T09:30:00+08:00", 60), zone), Is.False, "a Wednesday");
    }

    [Test]
    public async Task Weekly_hours_come_back_as_they_were_given()
    {
        var she = await People.RegisterAsync(_service, _world, _world.NorthStation);
        var weekly = new[] { new { day = "monday", from = "08:00:00", to = "11:30:00" }, new { day = "sunday", from = "20:00:00", to = "06:00:00" } };

        var answer = (await _service.As(she.Hat).AskAsync(HttpMethod.Put, "/me/volunteer/availability", new { weekly })).Yes();

        Assert.That(answer["weekly"]!.ToJsonString(), Is.EqualTo(
            """[{"day":"monday","from":"08:00:00","to":"11:30:00"},{"day":"sunday","from":"20:00:00","to":"06:00:00"}]"""));
        var overlapping = new[] { weekly[1], new { day = "monday", from = "05:00:00", to = "07:00:00" } };
        Assert.That((await _service.As(she.Hat).AskAsync(HttpMethod.Put, "/me/volunteer/availability", new { weekly = overlapping })).Code, Is.EqualTo("slots_overlap"));
    }

    [Test]
    public async Task Every_change_that_matching_must_see_is_in_the_feed()
    {
        var store = _service.Services.GetRequiredService<VolunteerStore>();
        var she = await People.RegisterAsync(_service, _world, _world.NorthStation);
        var me = _service.As(she.Hat);
        var last = await store.LastChangeAsync();

        (await me.AskAsync(HttpMethod.Put, "/me/volunteer/limits", new { ordersAWeek = 3, minutesADay = 100 })).Yes();
        Assert.That(await ChangedAsync(), Is.EqualTo(new[] { she.Id }));
        (await me.AskAsync(HttpMethod.Put, "/me/volunteer/skills", new { skills = Array.Empty<object>() })).Yes();
        Assert.That(await ChangedAsync(), Is.EqualTo(new[] { she.Id }));
        (await _clerk.PostAsync($"/volunteers/{she.Id}/approve", new { realNameChecked = true })).Yes();
        Assert.That(await ChangedAsync(), Is.EqualTo(new[] { she.Id }));
        Assert.That((await me.AskAsync(HttpMethod.Put, "/me/volunteer/limits", new { ordersAWeek = 0, minutesADay = 100 })).Code, Is.EqualTo("field_out_of_range"));
        Assert.That(await ChangedAsync(), Is.Empty);

        async Task<List<Id>> ChangedAsync()
        {
            var changes = await store.ChangesAfterAsync(last);
            last = changes.Count > 0 ? changes[^1].Sequence : last;
            return changes.Select(change => change.VolunteerId).Distinct().ToList();
        }
    }

    [Test]
    public async Task When_a_station_moves_its_volunteers_move_with_it()
    {
        var station = await _world.SiteAsync(Matching.Sites.SiteKind.Station, _world.SouthInstitute, "志愿者很多的村", 29.3, 110.5);
        var she = await People.ActiveAsync(_service, _world, station);
        var store = _service.Services.GetRequiredService<VolunteerStore>();
        var last = await store.LastChangeAsync();

        (await _admin.AskAsync(HttpMethod.Post, $"/sites/{station.Id}/move", new { parentId = _world.NorthInstitute.Id.ToString(), reason = "区划" }, ifMatch: 1)).Yes();

        Assert.That((await FactsAsync(she.Id)).HomePath, Is.EqualTo($"{_world.NorthInstitute.Path}{station.Id}/"));
        Assert.That((await store.ChangesAfterAsync(last)).Select(change => change.VolunteerId), Does.Contain(she.Id));
    }

    [Test]
    public async Task A_clerk_edits_what_she_read_and_no_newer_version()
    {
        var she = await People.RegisterAsync(_service, _world, _world.NorthStation);
        var version = (int)(await _clerk.ReadAsync($"/volunteers/{she.Id}")).Yes()["version"]!;

        var answers = await Task.WhenAll(Enumerable.Range(1, 6).Select(i =>
            _clerk.AskAsync(HttpMethod.Patch, $"/volunteers/{she.Id}", new { radiusM = 1000 * i }, ifMatch: version)));

        Assert.That(answers.Count(answer => answer.Status == 200), Is.EqualTo(1));
        Assert.That(answers.Where(answer => answer.Status != 200).Select(answer => answer.Code), Is.All.EqualTo("changed_meanwhile"));
    }

    [Test]
    public async Task A_minor_is_accompanied_by_an_active_adult_only()
    {
        var minor = await People.RegisterAsync(_service, _world, _world.NorthStation, "小朋友", People.IdNumber("20130601"));
        var unapproved = await People.RegisterAsync(_service, _world, _world.NorthStation);
        var adult = await People.ActiveAsync(_service, _world, _world.NorthStation);
        var me = _service.As(minor.Hat);

        Assert.That((await me.AskAsync(HttpMethod.Patch, "/me/volunteer", new { companionId = unapproved.Id.ToString() })).Code, Is.EqualTo("companion_wrong"));
        Assert.That((await me.AskAsync(HttpMethod.Patch, "/me/volunteer", new { companionId = minor.Id.ToString() })).Code, Is.EqualTo("companion_wrong"));
        (await me.AskAsync(HttpMethod.Patch, "/me/volunteer", new { companionId = adult.Id.ToString() })).Yes();
        Assert.That((await FactsAsync(minor.Id)).Accompanied, Is.True);
    }

    [Test]
    public async Task The_list_goes_by_name_page_by_page_while_people_come_and_go()
    {
        var station = await _world.SiteAsync(Matching.Sites.SiteKind.Station, _world.NorthInstitute, "名册村", 29.36, 110.55);
        var skill = await CreateAsync("/skills", new { code = "list-broad", nameZh = "宽", nameEn = "Broad" });
        var narrow = await CreateAsync("/skills", new { code = "list-narrow", nameZh = "窄", nameEn = "Narrow", parentId = skill });
        var expected = new List<string>();
        for (var i = 0; i < 9; i++)
        {
            expected.Add((await People.RegisterAsync(_service, _world, station, $"周{(char)('一' + i)}")).Id.ToString());
        }

        var singer = await People.RegisterAsync(_service, _world, station, "ＡＮＮ Wu");
        (await _service.As(singer.Hat).AskAsync(HttpMethod.Put, "/me/volunteer/skills", new { skills = new[] { new { skillId = narrow, level = 1 } } })).Yes();

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await _admin.ReadAsync($"/volunteers?siteId={station.Id}&name=周&take=4{(cursor is null ? "" : $"&cursor={cursor}")}")).Yes();
            seen.AddRange(page["items"]!.AsArray().Select(line => (string)line!["id"]!));
            // Before the cursor and elsewhere: neither may come twice, nor push anybody out.
            await People.RegisterAsync(_service, _world, station, "周一");
            await People.RegisterAsync(_service, _world, _world.SouthStation, "周九");
            cursor = (string?)page["next"];
        }
        while (cursor is not null);

        Assert.That(seen, Is.Unique.And.SupersetOf(expected));
        var byName = (await _admin.ReadAsync($"/volunteers?siteId={station.Id}&name=ann")).Yes()["items"]!.AsArray();
        Assert.That(byName.Select(line => (string?)line!["id"]), Is.EqualTo(new[] { singer.Id.ToString() }));
        var bySkill = (await _admin.ReadAsync($"/volunteers?siteId={station.Id}&skillId={skill}&status=registered")).Yes()["items"]!.AsArray();
        Assert.That(bySkill.Select(line => (string?)line!["id"]), Is.EqualTo(new[] { singer.Id.ToString() }), "a narrower skill counts");
        Assert.That((await _admin.ReadAsync($"/volunteers?siteId={station.Id}&status=active")).Yes()["items"]!.AsArray(), Is.Empty);
    }

    private static Window At(string start, int minutes) => new(DateTimeOffset.Parse(start), DateTimeOffset.Parse(start).AddMinutes(minutes));

    private static async Task<VolunteerStatus> StatusAsync(Service service, Id id) => (await service.Services.GetRequiredService<VolunteerStore>().FindAsync(id))!.Status;

    private async Task<VolunteerFacts> FactsAsync(Id id) => (await _service.Services.GetRequiredService<VolunteerStore>().FactsAsync([id])).Single();

    private async Task<string> CreateAsync(string address, object body) => (string)(await _admin.PostAsync(address, body)).Yes()["id"]!;

    private static readonly Sql<ById, SealedRow> Sealed = new("SELECT account_id, id_number_sealed FROM volunteers WHERE id = @Id");

    private static readonly Sql<ById, RevealRow> RevealsOf = new("SELECT what, role, reason FROM reveals WHERE subject_id = @Id ORDER BY id");

    private sealed record SealedRow
    {
        public Id? AccountId { get; init; }

        public string IdNumberSealed { get; init; } = "";
    }

    private sealed record RevealRow
    {
        public string What { get; init; } = "";

        public string Role { get; init; } = "";

        public string? Reason { get; init; }
    }
}
