using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Sites;

namespace Matching.Api.Tests.Sites;

/// <summary>Who may change the tree, and how it may grow.</summary>
public class SiteTests
{
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
    public async Task Staff_make_sites_in_their_own_part_of_the_tree_and_nowhere_else()
    {
        var own = _service.As(await _world.HatAsync(Role.SiteAdmin, _world.NorthInstitute));
        var sibling = _service.As(await _world.HatAsync(Role.SiteAdmin, _world.SouthInstitute));
        var above = _service.As(await _world.HatAsync(Role.CenterAdmin, _world.Center));
        var nowhere = _service.As(await _world.HatAsync(Role.SiteAdmin));

        Assert.That((await own.PostAsync("/sites", Station(_world.NorthInstitute.Id), "s1")).Status, Is.EqualTo(201));
        Assert.That((await above.PostAsync("/sites", Station(_world.NorthInstitute.Id))).Status, Is.EqualTo(201));
        Assert.That((await sibling.PostAsync("/sites", Station(_world.NorthInstitute.Id))).Code, Is.EqualTo("site_unknown"));
        Assert.That((await nowhere.PostAsync("/sites", Station(_world.NorthInstitute.Id))).Code, Is.EqualTo("site_unknown"));
        Assert.That((await own.PostAsync("/sites", Station(_world.NorthStation.Id))).Code, Is.EqualTo("site_parent_wrong"));
        Assert.That((await own.PostAsync("/sites", new { kind = "center", name = "另一中心", place = Place(), radiusM = 5000 })).Code, Is.EqualTo("site_unknown"));
    }

    [Test]
    public async Task Only_the_platform_founds_a_center_and_it_has_a_zone()
    {
        var platform = _service.As(await _world.HatAsync(Role.PlatformAdmin));

        var center = (await platform.PostAsync("/sites", new { kind = "center", name = "新中心", place = Place(), radiusM = 5000 })).Yes();

        Assert.That((string?)center["timeZone"], Is.EqualTo("Asia/Shanghai"));
        Assert.That((string?)center["centerId"], Is.EqualTo((string?)center["id"]));
    }

    [Test]
    public async Task A_place_in_another_grid_comes_back_in_wgs84()
    {
        var admin = _service.As(await _world.HatAsync(Role.CenterAdmin, _world.Center));

        var site = (await admin.PostAsync("/sites", new
        {
            kind = "point",
            parentId = _world.Center.Id.ToString(),
            name = "广场点",
            place = new { lat = 29.3427, lng = 110.5551, datum = "gcj02", accuracyM = 20 },
            radiusM = 500,
        })).Yes();

        Assert.That((string?)site["place"]!["datum"], Is.EqualTo("wgs84"));
        Assert.That((double)site["place"]!["lat"]!, Is.Not.EqualTo(29.3427).And.EqualTo(29.3427).Within(0.01));
    }

    [Test]
    public async Task The_phone_of_the_responsible_person_is_sealed_and_shown_masked_to_those_who_reach_the_site()
    {
        var admin = _service.As(await _world.HatAsync(Role.SiteAdmin, _world.NorthInstitute));
        var made = (await admin.PostAsync("/sites", new
        {
            kind = "station",
            parentId = _world.NorthInstitute.Id.ToString(),
            name = "有人负责社区",
            place = Place(),
            radiusM = 2000,
            responsibleName = "覃正明",
            responsiblePhone = "13874400001",
        })).Yes();
        var sibling = _service.As(await _world.HatAsync(Role.SiteAdmin, _world.SouthInstitute));

        Assert.That((string?)made["responsiblePhone"], Is.EqualTo("138****0001"));
        var seen = (await sibling.ReadAsync($"/sites/{made["id"]}")).Yes();
        Assert.That((string?)seen["responsibleName"], Is.EqualTo("覃正明"));
        Assert.That(seen["responsiblePhone"], Is.Null);
        Assert.That((await _service.AsNobody().ReadAsync($"/sites/{made["id"]}")).Yes().Text, Does.Not.Contain("138"));
    }

    [Test]
    public async Task An_edit_needs_the_version_that_was_read()
    {
        var admin = _service.As(await _world.HatAsync(Role.SiteAdmin, _world.NorthInstitute));
        var made = (await admin.PostAsync("/sites", Station(_world.NorthInstitute.Id))).Yes();
        var address = $"/sites/{made["id"]}";

        Assert.That((await admin.AskAsync(HttpMethod.Patch, address, new { name = "甲" })).Code, Is.EqualTo("if_match_needed"));
        var changed = (await admin.AskAsync(HttpMethod.Patch, address, new { name = "甲" }, ifMatch: 1)).Yes();
        Assert.That(((string?)changed["name"], changed.Headers["ETag"]), Is.EqualTo(("甲", "\"v2\"")));
        Assert.That((await admin.AskAsync(HttpMethod.Patch, address, new { name = "乙" }, ifMatch: 1)).Code, Is.EqualTo("changed_meanwhile"));
        Assert.That((string?)(await admin.ReadAsync(address)).Yes()["name"], Is.EqualTo("甲"));
    }

    [Test]
    public async Task Of_two_who_edit_at_once_one_is_told_to_read_again()
    {
        var admin = _service.As(await _world.HatAsync(Role.SiteAdmin, _world.NorthInstitute));
        var made = (await admin.PostAsync("/sites", Station(_world.NorthInstitute.Id))).Yes();

        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i =>
            admin.AskAsync(HttpMethod.Patch, $"/sites/{made["id"]}", new { name = $"名{i}" }, ifMatch: 1)));

        Assert.That(answers.Count(answer => answer.Status == 200), Is.EqualTo(1));
        Assert.That(answers.Where(answer => answer.Status != 200).Select(answer => answer.Code), Is.All.EqualTo("changed_meanwhile"));
    }

    [Test]
    public async Task A_site_neither_moves_below_itself_nor_to_another_center()
    {
        var platform = _service.As(await _world.HatAsync(Role.PlatformAdmin));
        var elsewhere = await _world.SiteAsync(SiteKind.Center, null, "别处中心", 28.2, 112.9);

        Assert.That((await MoveAsync(platform, _world.SouthInstitute.Id, _world.SouthStation.Id)).Code, Is.EqualTo("site_circle"));
        Assert.That((await MoveAsync(platform, _world.SouthInstitute.Id, _world.SouthInstitute.Id)).Code, Is.EqualTo("site_circle"));
        Assert.That((await MoveAsync(platform, _world.SouthInstitute.Id, elsewhere.Id)).Code, Is.EqualTo("site_other_center"));
        Assert.That((await MoveAsync(platform, _world.SouthStation.Id, _world.NorthStation.Id)).Code, Is.EqualTo("site_parent_wrong"));
    }

    [Test]
    public async Task A_move_takes_along_all_that_stands_below()
    {
        var admin = _service.As(await _world.HatAsync(Role.CenterAdmin, _world.Center));
        var station = await _world.SiteAsync(SiteKind.Station, _world.SouthInstitute, "要搬的村", 29.31, 110.52);
        var point = await _world.SiteAsync(SiteKind.Point, station, "要搬的点", 29.31, 110.52);
        var southern = _service.As(await _world.HatAsync(Role.SiteAdmin, _world.SouthInstitute));
        var northern = _service.As(await _world.HatAsync(Role.SiteAdmin, _world.NorthInstitute));

        (await MoveAsync(admin, station.Id, _world.NorthInstitute.Id)).Yes();

        Assert.That(await PathOfAsync(point.Id), Is.EqualTo($"{_world.NorthInstitute.Path}{station.Id}/{point.Id}/"));
        Assert.That((await northern.AskAsync(HttpMethod.Patch, $"/sites/{point.Id}", new { name = "搬来的点" }, ifMatch: 1)).Status, Is.EqualTo(200));
        Assert.That((await southern.AskAsync(HttpMethod.Patch, $"/sites/{point.Id}", new { name = "搬走的点" }, ifMatch: 2)).Code, Is.EqualTo("site_unknown"));
    }

    [Test]
    public async Task A_move_rewrites_every_column_that_holds_a_path()
    {
        if (Service.Lend is not null)
        {
            Assert.Ignore("It asks SQLite which columns there are.");
        }

        var columns = await _service.Database.ListAsync(PathColumns, Nothing.It);

        Assert.That(columns, Is.Not.Empty);
        foreach (var column in columns)
        {
            Assert.That(Api.Sites.SiteStore.Rewrites.Select(sql => sql.Text), Has.One.StartsWith($"UPDATE {column.TableName} SET {column.ColumnName} ="));
        }
    }

    [Test]
    public async Task Staff_move_a_site_only_between_places_that_they_reach()
    {
        var northern = _service.As(await _world.HatAsync(Role.SiteAdmin, _world.NorthInstitute));

        Assert.That((await MoveAsync(northern, _world.NorthStation.Id, _world.SouthInstitute.Id)).Code, Is.EqualTo("site_unknown"));
        Assert.That((await MoveAsync(northern, _world.SouthStation.Id, _world.NorthInstitute.Id)).Code, Is.EqualTo("site_unknown"));
    }

    [Test]
    public async Task A_site_closes_after_those_below_it_and_takes_nothing_new()
    {
        var admin = _service.As(await _world.HatAsync(Role.CenterAdmin, _world.Center));
        var institute = await _world.SiteAsync(SiteKind.Institute, _world.Center, "要关的所", 29.31, 110.52);
        var station = await _world.SiteAsync(SiteKind.Station, institute, "要关的村", 29.31, 110.52);

        Assert.That((await CloseAsync(admin, institute.Id)).Code, Is.EqualTo("site_has_open_sites"));
        (await CloseAsync(admin, station.Id)).Yes();
        (await CloseAsync(admin, institute.Id)).Yes();

        Assert.That((await admin.PostAsync("/sites", Station(institute.Id))).Code, Is.EqualTo("site_closed"));
        Assert.That((await CloseAsync(admin, station.Id, 2)).Code, Is.EqualTo("site_closed"));
    }

    [Test]
    public async Task The_tree_is_listed_page_by_page_without_a_site_twice_though_it_grows_meanwhile()
    {
        var admin = _service.As(await _world.HatAsync(Role.CenterAdmin, _world.Center));
        var institute = await _world.SiteAsync(SiteKind.Institute, _world.Center, "许多村的所", 29.31, 110.52);
        for (var i = 0; i < 7; i++)
        {
            (await admin.PostAsync("/sites", Station(institute.Id))).Yes();
        }

        var seen = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await admin.ReadAsync($"/sites?under={institute.Id}&take=3{(cursor is null ? "" : $"&cursor={cursor}")}")).Yes();
            seen.AddRange(page["items"]!.AsArray().Select(item => (string)item!["id"]!));
            (await admin.PostAsync("/sites", Station(_world.NorthInstitute.Id))).Yes();
            cursor = (string?)page["next"];
        }
        while (cursor is not null);

        Assert.That(seen, Has.Count.EqualTo(8).And.Unique);
        var other = (await admin.ReadAsync($"/sites?under={institute.Id}&take=3")).Yes()["next"];
        Assert.That((await admin.ReadAsync($"/sites?take=3&cursor={other}")).Code, Is.EqualTo("cursor_invalid"));
        Assert.That((await admin.ReadAsync("/sites?take=3&cursor=rubbish")).Code, Is.EqualTo("cursor_invalid"));
        Assert.That((await admin.ReadAsync("/sites?take=101")).Code, Is.EqualTo("field_out_of_range"));
    }

    [Test]
    public async Task The_tree_of_an_institute_shows_its_stations()
    {
        var tree = (await _service.AsNobody().ReadAsync($"/sites/{_world.Center.Id}/tree")).Yes();

        var north = tree["below"]!.AsArray().Single(below => (string?)below!["site"]!["id"] == _world.NorthInstitute.Id.ToString())!;
        Assert.That(north["below"]!.AsArray().Select(below => (string?)below!["site"]!["id"]), Does.Contain(_world.NorthStation.Id.ToString()));
    }

    [TestCase("sit_00000000000000000000000000")]
    [TestCase("rubbish")]
    public async Task A_malformed_id_is_answered_like_an_unknown_one(string id) =>
        Assert.That((await _service.AsNobody().ReadAsync($"/sites/{id}")).Code, Is.EqualTo("site_unknown"));

    private static object Place() => new { lat = 29.34, lng = 110.55, datum = "wgs84" };

    private static object Station(Id parentId) => new { kind = "station", parentId = parentId.ToString(), name = "新村", place = Place(), radiusM = 3000 };

    private static Task<Answer> MoveAsync(HttpClient client, Id siteId, Id parentId) =>
        client.AskAsync(HttpMethod.Post, $"/sites/{siteId}/move", new { parentId = parentId.ToString(), reason = "区划调整" }, ifMatch: 1);

    private static Task<Answer> CloseAsync(HttpClient client, Id siteId, int version = 1) =>
        client.AskAsync(HttpMethod.Post, $"/sites/{siteId}/close", new { reason = "合并" }, ifMatch: version);

    private async Task<string?> PathOfAsync(Id id) => (await _service.Database.FirstAsync(SitePath, new ById(id)))?.Path;

    private static readonly Sql<ById, PathRow> SitePath = new("SELECT path FROM sites WHERE id = @Id");

    private static readonly Sql<Nothing, ColumnRow> PathColumns = new(
        """
        SELECT t.name AS table_name, c.name AS column_name FROM sqlite_master t JOIN pragma_table_info(t.name) c
        WHERE t.type = 'table' AND (c.name = 'path' OR c.name LIKE '%!_path' ESCAPE '!')
        """);

    private sealed record ColumnRow
    {
        public string TableName { get; init; } = "";

        public string ColumnName { get; init; } = "";
    }

    private sealed record PathRow
    {
        public string Path { get; init; } = "";
    }
}
