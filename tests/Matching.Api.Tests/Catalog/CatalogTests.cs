using System.Text.Json.Nodes;
using Matching.Accounts;
using Matching.Api.Catalog;
using Microsoft.Extensions.DependencyInjection;

namespace Matching.Api.Tests.Catalog;

/// <summary>Skills, qualifications and the menu.</summary>
public class CatalogTests
{
    private Service _service = null!;
    private World _world = null!;
    private HttpClient _admin = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _service = await Service.StartAsync();
        _world = await World.CreateAsync(_service);
        _admin = _service.As(await _world.HatAsync(Role.CenterAdmin, _world.Center));
    }

    [OneTimeTearDown]
    public async Task Stop() => await _service.DisposeAsync();

    [Test]
    public async Task Skills_make_a_tree_and_never_a_circle()
    {
        var broad = await SkillAsync("repairs");
        var narrow = await SkillAsync("wiring", broad);
        var narrowest = await SkillAsync("three-phase", narrow);

        Assert.That((await ChangeAsync(broad, narrowest, 1)).Code, Is.EqualTo("skill_circle"));
        Assert.That((await ChangeAsync(broad, broad, 1)).Code, Is.EqualTo("skill_circle"));
        Assert.That((await ChangeAsync(broad, "ski_00000000000000000000000000", 1)).Code, Is.EqualTo("skill_unknown"));
        Assert.That((await ChangeAsync(narrowest, broad, 1)).Status, Is.EqualTo(200));
        var tree = await _service.Services.GetRequiredService<CatalogStore>().SkillTreeAsync(_world.Center.Id);
        Assert.That(tree.StepsBelow(Id.ParseOrNone(narrowest), Id.ParseOrNone(broad)), Is.EqualTo(1));
    }

    [Test]
    public async Task Two_edits_at_once_do_not_close_a_circle()
    {
        for (var round = 0; round < 5; round++)
        {
            var one = await SkillAsync($"one-{round}");
            var other = await SkillAsync($"other-{round}");

            var answers = await Task.WhenAll(ChangeAsync(one, other, 1), ChangeAsync(other, one, 1));

            Assert.That(answers.Select(answer => answer.Code), Is.EquivalentTo(new[] { null, "skill_circle" }));
        }
    }

    [Test]
    public async Task Names_come_in_the_callers_language_and_in_both()
    {
        await SkillAsync("singing", name: ("唱歌", "Singing"));
        var chinese = _service.CreateClient();
        chinese.DefaultRequestHeaders.AcceptLanguage.ParseAdd("zh-CN");

        Assert.That((await NamesAsync(chinese), await NamesAsync(_service.AsNobody())), Is.EqualTo(("唱歌/唱歌/Singing", "Singing/唱歌/Singing")));

        async Task<string> NamesAsync(HttpClient client)
        {
            var skill = (await client.ReadAsync($"/skills?centerId={_world.Center.Id}")).Yes()["items"]!.AsArray().Single(one => (string?)one!["code"] == "singing")!;
            return $"{skill["name"]}/{skill["nameZh"]}/{skill["nameEn"]}";
        }
    }

    [Test]
    public async Task A_skill_retires_after_the_narrower_ones_and_nothing_new_asks_for_it()
    {
        var broad = await SkillAsync("music");
        var narrow = await SkillAsync("piano", broad);

        Assert.That((await _admin.AskAsync(HttpMethod.Post, $"/skills/{broad}/retire", new { }, ifMatch: 1)).Code, Is.EqualTo("skill_has_narrower"));
        (await _admin.AskAsync(HttpMethod.Post, $"/skills/{narrow}/retire", new { }, ifMatch: 1)).Yes();

        Assert.That((await _admin.PostAsync("/menu-items", Item("piano-lesson", narrow))).Code, Is.EqualTo("skill_unknown"));
    }

    [Test]
    public async Task A_code_names_one_thing_also_when_two_take_it_at_once()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => _admin.PostAsync("/qualifications", new { code = "first-aid", nameZh = "急救证", nameEn = "First aid" })));

        Assert.That(answers.Count(answer => answer.Status == 201), Is.EqualTo(1));
        Assert.That(answers.Where(answer => answer.Status != 201).Select(answer => answer.Code), Is.All.EqualTo("code_taken"));
    }

    [Test]
    public async Task A_menu_item_comes_back_as_it_was_written_and_retires()
    {
        var skill = await SkillAsync("haircut");
        var qualification = (string)(await _admin.PostAsync("/qualifications", new { code = "health", nameZh = "健康证", nameEn = "Health card" })).Yes()["id"]!;
        var made = (await _admin.PostAsync("/menu-items", Item("haircut", skill, 2, qualification), "m1")).Yes();
        var address = $"/menu-items/{made["id"]}";

        var read = (await _service.AsNobody().ReadAsync(address)).Yes();
        Assert.That((string?)read["skills"]![0]!["skillId"], Is.EqualTo(skill));
        Assert.That((int?)read["skills"]![0]!["level"], Is.EqualTo(2));
        Assert.That((string?)read["qualifications"]![0], Is.EqualTo(qualification));
        Assert.That(((string?)read["urgency"], (bool)read["needsCuration"]!, (string?)read["risk"]), Is.EqualTo(("normal", true, "low")));

        var written = ((JsonNode)System.Text.Json.JsonSerializer.SerializeToNode(Item("haircut", skill))!)["item"]!;
        (await _admin.AskAsync(HttpMethod.Put, address, new { item = written, retired = true }, ifMatch: 1)).Yes();
        Assert.That((await _admin.AskAsync(HttpMethod.Put, address, new { item = written }, ifMatch: 1)).Code, Is.EqualTo("changed_meanwhile"));
        var menu = (await _admin.ReadAsync("/menu-items")).Yes()["items"]!.AsArray();
        Assert.That(menu.Select(item => (string?)item!["code"]), Does.Not.Contain("haircut"));
    }

    [Test]
    public async Task A_center_writes_its_own_menu_and_nobody_elses()
    {
        var elsewhere = await _world.SiteAsync(Matching.Sites.SiteKind.Center, null, "别处", 28, 112);
        var stranger = _service.As(await _world.HatAsync(Role.CenterAdmin, elsewhere));
        var clerk = _service.As(await _world.HatAsync(Role.SiteAdmin, _world.NorthInstitute));
        var skill = await SkillAsync("cooking");
        var made = (await _admin.PostAsync("/menu-items", Item("cooking", skill))).Yes();
        var written = ((JsonNode)System.Text.Json.JsonSerializer.SerializeToNode(Item("cooking", skill))!)["item"]!;

        Assert.That((await clerk.PostAsync("/menu-items", Item("x", skill))).Code, Is.EqualTo("role_not_allowed"));
        Assert.That((await stranger.AskAsync(HttpMethod.Put, $"/menu-items/{made["id"]}", new { item = written }, ifMatch: 1)).Code, Is.EqualTo("menu_item_unknown"));
        Assert.That((await stranger.PostAsync("/menu-items", Item("x", skill))).Code, Is.EqualTo("skill_unknown"), "a skill of another center");
        Assert.That((await stranger.AskAsync(HttpMethod.Put, $"/skills/{skill}", new { nameZh = "甲", nameEn = "A" }, ifMatch: 1)).Code, Is.EqualTo("skill_not_here"));
    }

    [Test]
    public async Task Needing_more_people_than_are_wanted_is_refused()
    {
        var answer = await _admin.PostAsync("/menu-items", Item("crowd", null, wanted: 2, needed: 3));

        Assert.That((answer.Code, (string?)answer["field"]), Is.EqualTo(("people_needed_above_wanted", "item.peopleNeeded")));
    }

    private async Task<string> SkillAsync(string code, string? parentId = null, (string Zh, string En)? name = null) => (string)(await _admin.PostAsync(
        "/skills", new { code, nameZh = name?.Zh ?? code, nameEn = name?.En ?? code, parentId })).Yes()["id"]!;

    private Task<Answer> ChangeAsync(string skillId, string parentId, int version) =>
        _admin.AskAsync(HttpMethod.Put, $"/skills/{skillId}", new { nameZh = "甲", nameEn = "A", parentId }, ifMatch: version);

    private static object Item(string code, string? skillId, int level = 1, string? qualificationId = null, int wanted = 1, int needed = 1) => new
    {
        code,
        item = new
        {
            category = "helpInNeed",
            nameZh = "项目",
            nameEn = "Item",
            minutes = 60,
            peopleWanted = wanted,
            peopleNeeded = needed,
            risk = "low",
            urgency = "normal",
            skills = skillId is null ? [] : new[] { new { skillId, level } },
            qualifications = qualificationId is null ? [] : new[] { qualificationId },
        },
    };
}
