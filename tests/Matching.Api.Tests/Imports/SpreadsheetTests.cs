using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Matching.Accounts;
using Matching.Api.Tests.Volunteers;

namespace Matching.Api.Tests.Imports;

/// <summary>Files of sites and of items of the menu, and files that are spreadsheets.</summary>
public class SpreadsheetTests
{
    private Service _service = null!;
    private World _world = null!;
    private HttpClient _admin = null!;

    [SetUp]
    public async Task Start()
    {
        _service = await Service.StartAsync();
        _world = await World.CreateAsync(_service);
        _admin = _service.As(await _world.HatAsync(Role.CenterAdmin, _world.Center));
    }

    [TearDown]
    public async Task Stop() => await _service.DisposeAsync();

    [Test]
    public async Task A_spreadsheet_is_read_as_its_cells_are_meant()
    {
        var import = await BeginAsync("volunteers");
        var north = _world.NorthStation.Id.ToString();
        var file = new Workbook()
            .Row("姓名", "身份证号", "站点", "手机号", "服务半径", "纬度", "经度", "保险到期", "已核验实名", "服务时间")
            .Row("导入甲", People.IdNumber(), north, Workbook.Number(13574407777), Workbook.Number(3000), Workbook.Number(29.345700000000001), Workbook.Number(110.55),
                Workbook.Day(new DateOnly(2027, 6, 30)), "<c r=\"{at}\" t=\"b\"><v>1</v></c>", "<c r=\"{at}\" t=\"inlineStr\"><is><r><t>Mon 09:00-</t></r><r><t>12:00</t></r><rPh><t>x</t></rPh></is></c>")
            .Skip()
            .Row("导入乙", People.IdNumber(), "<c r=\"{at}\" t=\"str\"><f>CONCATENATE(\"a\",\"b\")</f><v>" + north + "</v></c>", null, null, null, null,
                Workbook.Day(new DateOnly(2028, 2, 29), style: 2), "否");

        var answer = (await HandInAsync(import, file.Bytes())).Yes();

        Assert.That(((int)answer["taken"]!, (int)answer["refused"]!, (string?)answer["state"]), Is.EqualTo((2, 0, "finished")), string.Join('\n', await ProblemsAsync(import)));
        var first = await VolunteerAsync("导入甲");
        Assert.That((string?)first["phone"], Is.EqualTo("135****7777"));
        Assert.That(((int)first["radiusM"]!, (string?)first["insuredUntil"], (string?)first["status"]), Is.EqualTo((3000, "2027-06-30", "active")));
        Assert.That(first["places"]!.AsArray(), Has.Count.EqualTo(1));
        Assert.That(first["weekly"]!.AsArray(), Has.Count.EqualTo(1));
        Assert.That((string?)(await VolunteerAsync("导入乙"))["insuredUntil"], Is.EqualTo("2028-02-29"));
    }

    [Test]
    public async Task A_row_is_told_all_that_is_wrong_with_it_by_row_and_column()
    {
        var import = await BeginAsync("volunteers", dryRun: true);
        var file = new Workbook()
            .Row("name", "idNumber", "site", "phone", "radiusM", "skills", "insuredUntil")
            .Skip()
            .Row(new string('长', 61), "430811198503120011", "nowhere", "12", Workbook.Number(5.5), "no-such-skill", "soon")
            .Row("<c r=\"{at}\" t=\"e\"><v>#REF!</v></c>", People.IdNumber(), "<c r=\"{at}\"><f>A1</f></c>");

        var answer = (await HandInAsync(import, file.Bytes())).Yes();

        Assert.That(((int)answer["taken"]!, (int)answer["refused"]!), Is.EqualTo((0, 2)));
        Assert.That(await ProblemsAsync(import), Is.EquivalentTo(new[]
        {
            "3 name field_too_long", "3 idNumber id_number_invalid", "3 site site_unknown", "3 phone phone_invalid", "3 radiusM field_wrong_type", "3 skills skill_unknown",
            "3 insuredUntil field_wrong_type", "4 name import_cell_broken", "4 site import_cell_broken",
        }));
    }

    [Test]
    public async Task What_is_no_workbook_is_refused_as_a_whole()
    {
        const string Doctype = "<!DOCTYPE worksheet [<!ENTITY x SYSTEM \"file:///etc/hostname\">]><worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"inlineStr\"><is><t>&x;</t></is></c></row></sheetData></worksheet>";
        byte[][] files =
        [
            "name,idNumber,site\n"u8.ToArray(),
            new Workbook().Row("name").Bytes()[..^30],
            new Workbook().Row("name").Bytes(sheet: "<worksheet><sheetData><row r=\"1\"><c r=\"ZZZZ1\"><v>1</v></c></row></sheetData></worksheet>"),
            new Workbook().Row("name").Bytes(sheet: "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>99</v></c></row></sheetData></worksheet>"),
            new Workbook().Row("name").Bytes(sheet: Doctype),
        ];
        var import = await BeginAsync("volunteers", dryRun: true);

        foreach (var file in files)
        {
            var answer = await HandInAsync(import, file);
            Assert.That((answer.Status, answer.Code), Is.EqualTo((400, "import_not_xlsx")));
        }
    }

    [TestCase("xl/sharedStrings.xml", "<sst>", "<si><t>x</t></si>", 200, TestName = "Texts_without_end")]
    [TestCase("xl/sharedStrings.xml", "<sst><si><t>", "x", 20, TestName = "A_text_without_end")]
    [TestCase("xl/worksheets/sheet1.xml", "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"str\"><v>", "x", 20, TestName = "A_cell_without_end")]
    [TestCase("xl/styles.xml", "<styleSheet>", "<xf/>", 20, TestName = "Styles_without_end")]
    public async Task An_archive_that_unpacks_to_a_mountain_is_not_unpacked(string part, string opening, string again, int megabytes)
    {
        var import = await BeginAsync("volunteers", dryRun: true);
        var bomb = Workbook.Bomb(part, opening, again, megabytes * 1024L * 1024);

        var answer = await HandInAsync(import, bomb);

        Assert.That(bomb, Has.Length.LessThan(4 * 1024 * 1024));
        Assert.That((answer.Status, answer.Code), Is.EqualTo((413, "import_file_too_large")));
    }

    [Test]
    public async Task Sites_come_in_with_those_that_stand_above_them_in_the_file()
    {
        var import = await BeginAsync("sites");
        var file = Text(
            "名称,类型,上级站点,纬度,经度,服务半径,负责人,负责人电话",
            $"新东所,所,{_world.Center.Id},29.35,110.55,8000,高远,13574407777",
            "新东一站,站,新东所,29.36,110.56,,,",
            "新东广场,点,新东一站,29.36,110.56,500,,");

        var answer = (await HandInAsync(import, file, "text/csv")).Yes();

        Assert.That(((string?)answer["kind"], (int)answer["taken"]!, (int)answer["refused"]!), Is.EqualTo(("sites", 3, 0)), string.Join('\n', await ProblemsAsync(import)));
        var sites = (await _admin.ReadAsync("/sites?take=100")).Yes()["items"]!.AsArray();
        var institute = sites.Single(site => (string?)site!["name"] == "新东所")!;
        var station = sites.Single(site => (string?)site!["name"] == "新东一站")!;
        Assert.That(((string?)institute["parentId"], (string?)institute["kind"]), Is.EqualTo((_world.Center.Id.ToString(), "institute")));
        Assert.That((string?)station["parentId"], Is.EqualTo((string?)institute["id"]));
        Assert.That((string?)sites.Single(site => (string?)site!["name"] == "新东广场")!["parentId"], Is.EqualTo((string?)station["id"]));

        var again = await BeginAsync("sites");
        Assert.That((int)(await HandInAsync(again, file, "text/csv")).Yes()["taken"]!, Is.Zero);
        Assert.That(await ProblemsAsync(again), Is.EqualTo(new[] { "2 name import_site_known", "3 name import_site_known", "4 name import_site_known" }));
    }

    [Test]
    public async Task A_dry_run_of_sites_says_what_is_wrong_and_opens_none()
    {
        var before = (await _admin.ReadAsync("/sites?take=100")).Yes()["items"]!.AsArray().Count;
        var import = await BeginAsync("sites", dryRun: true);
        var file = new Workbook()
            .Row("name", "kind", "parent", "lat", "lng", "radiusM", "responsiblePhone")
            .Row("新西所", "Institute", null, Workbook.Number(29.35), Workbook.Number(110.55))
            .Row("新西一站", "station", "新西所", Workbook.Number(29.35), Workbook.Number(110.55))
            .Row("新西二站", "station", "没有这个所", Workbook.Number(29.35), Workbook.Number(110.55))
            .Row(null, "castle", "新西一站", Workbook.Number(99), Workbook.Number(110.55), Workbook.Number(5), "12")
            .Row("新西三站", "institute", "新西所", null, null)
            .Row("新西一站", "station", "新西所", Workbook.Number(29.35), Workbook.Number(110.55));

        var answer = (await HandInAsync(import, file.Bytes())).Yes();

        Assert.That(((int)answer["taken"]!, (int)answer["refused"]!), Is.EqualTo((2, 4)));
        Assert.That(await ProblemsAsync(import), Is.EquivalentTo(new[]
        {
            "4 parent site_unknown", "5 name field_missing", "5 kind field_wrong_type", "5 lat place_off_earth", "5 radiusM field_out_of_range", "5 responsiblePhone phone_invalid",
            "6 parent site_parent_wrong", "6 lat field_missing", "7 name import_site_known",
        }));
        Assert.That((await _admin.ReadAsync("/sites?take=100")).Yes()["items"]!.AsArray(), Has.Count.EqualTo(before));
    }

    [Test]
    public async Task Sites_are_opened_only_below_the_site_of_the_import()
    {
        var clerk = _service.As(await _world.HatAsync(Role.SiteAdmin, _world.NorthInstitute));
        var import = (string)(await clerk.PostAsync("/imports", new { kind = "sites" })).Yes()["id"]!;

        (await HandInAsync(import, Text("name,kind,parent,lat,lng", "新站,station,,29.35,110.55", $"远站,station,{_world.SouthInstitute.Id},29.35,110.55"), "text/csv", clerk)).Yes();

        Assert.That(await ProblemsAsync(import), Is.EqualTo(new[] { "3 parent site_unknown" }));
    }

    [Test]
    public async Task Items_of_the_menu_come_in_by_chinese_or_english_words()
    {
        var import = await BeginAsync("menuItems");
        var file = new Workbook()
            .Row("编码", "类别", "中文名称", "英文名称", "分钟", "风险", "需要人数", "最少人数", "紧急程度", "派单方式", "需要制单", "可选性别")
            .Row("haircut-at-home", "扶危帮困", "上门理发", "A haircut at home", Workbook.Number(45), "低风险", Workbook.Number(2), Workbook.Number(1), "紧急", "抢单", "否", "是")
            .Row("phone-lesson", "education", "手机课", "A phone lesson", Workbook.Number(90), "Low");

        var answer = (await HandInAsync(import, file.Bytes())).Yes();

        Assert.That((int)answer["taken"]!, Is.EqualTo(2), string.Join('\n', await ProblemsAsync(import)));
        var items = (await _admin.ReadAsync("/menu-items?take=100")).Yes()["items"]!.AsArray();
        var haircut = items.Single(item => (string?)item!["code"] == "haircut-at-home")!;
        Assert.That(((string?)haircut["category"], (string?)haircut["urgency"], (string?)haircut["mode"], (int)haircut["peopleNeeded"]!, (bool)haircut["needsCuration"]!, (bool)haircut["mayAskGender"]!),
            Is.EqualTo(("helpInNeed", "urgent", "broadcast", 1, false, true)));
        var lesson = items.Single(item => (string?)item!["code"] == "phone-lesson")!;
        Assert.That(((string?)lesson["urgency"], (int)lesson["peopleWanted"]!, (bool)lesson["needsCuration"]!), Is.EqualTo(("normal", 1, true)));
    }

    [Test]
    public async Task A_dry_run_of_the_menu_says_what_is_wrong_and_writes_nothing()
    {
        var file = Text(
            "code,category,nameZh,nameEn,minutes,risk,peopleWanted,peopleNeeded,skills,qualifications",
            "fine-item,health,量血压,Blood pressure,30,low,1,1,,",
            "fine-item,health,量血压,Blood pressure,30,low,1,1,,",
            "No Code,castle,,Name,,huge,1,2,no-such:2,no-such");
        foreach (var (dryRun, problems) in new[] { (true, 1), (false, 1), (true, 2) })
        {
            var import = await BeginAsync("menuItems", dryRun);
            (await HandInAsync(import, file, "text/csv")).Yes();
            Assert.That((await ProblemsAsync(import)).Count(problem => problem.EndsWith("code code_taken", StringComparison.Ordinal)), Is.EqualTo(problems));
            Assert.That((await ProblemsAsync(import)).Where(problem => problem.StartsWith("4 ", StringComparison.Ordinal)), Is.EquivalentTo(new[]
            {
                "4 code field_invalid", "4 category field_wrong_type", "4 nameZh field_missing", "4 minutes field_missing", "4 risk field_wrong_type", "4 peopleNeeded people_needed_above_wanted",
                "4 skills skill_unknown", "4 qualifications qualification_unknown",
            }));
        }
    }

    [Test]
    public async Task The_menu_is_brought_in_by_who_may_write_it()
    {
        var clerk = _service.As(await _world.HatAsync(Role.SiteAdmin, _world.NorthInstitute));

        var refused = await clerk.PostAsync("/imports", new { kind = "menuItems" });
        var below = await _admin.PostAsync("/imports", new { kind = "menuItems", siteId = _world.NorthStation.Id.ToString() });

        Assert.That((refused.Status, refused.Code), Is.EqualTo((403, "role_not_allowed")));
        Assert.That(below.Code, Is.EqualTo("site_unknown"));
    }

    private static byte[] Text(params string[] lines) => Encoding.UTF8.GetBytes(string.Join("\r\n", lines) + "\r\n");

    private async Task<string> BeginAsync(string kind, bool dryRun = false) => (string)(await _admin.PostAsync("/imports", new { kind, dryRun })).Yes()["id"]!;

    private Task<Answer> HandInAsync(string import, byte[] file, string contentType = Workbook.ContentType, HttpClient? as_ = null)
    {
        var content = new ByteArrayContent(file);
        content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        return (as_ ?? _admin).AskAsync(HttpMethod.Put, $"/imports/{import}/file", content);
    }

    private async Task<string[]> ProblemsAsync(string import) =>
        [.. (await _admin.ReadAsync($"/imports/{import}/problems")).Yes()["items"]!.AsArray().Select(one => $"{one!["line"]} {one["column"]} {one["code"]}")];

    private async Task<JsonNode> VolunteerAsync(string name)
    {
        var found = (await _admin.ReadAsync($"/volunteers?name={name}")).Yes()["items"]!.AsArray().Single()!;
        return (await _admin.ReadAsync($"/volunteers/{found["id"]}")).Yes().Json;
    }
}
