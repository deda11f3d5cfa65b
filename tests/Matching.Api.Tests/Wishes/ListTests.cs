using Matching.Accounts;

namespace Matching.Api.Tests.Wishes;

/// <summary>The queue of a site, and what one has asked for oneself.</summary>
public class ListTests
{
    private Service _service = null!;
    private WishWorld _world = null!;

    [SetUp]
    public async Task Start()
    {
        _service = await Service.StartAsync();
        _world = await WishWorld.CreateAsync(_service);
    }

    [TearDown]
    public async Task Stop() => await _service.DisposeAsync();

    [Test]
    public async Task The_queue_shows_the_oldest_first_page_by_page_whatever_their_states()
    {
        var ids = new List<string>();
        for (var i = 0; i < 7; i++)
        {
            await _service.AtAsync(Service.Friday.AddSeconds(i / 2));
            ids.Add(i % 3 == 1 ? await _world.ClaimedAsync() : await _world.SubmitAsync());
        }

        Assert.That(await WalkAsync(_world.Curator, "/wishes?take=3"), Is.EqualTo(ids));
        Assert.That(await WalkAsync(_world.Curator, "/wishes?take=1&state=triaging"), Is.EqualTo(new[] { ids[1], ids[4] }));
    }

    [Test]
    public async Task The_queue_says_who_is_at_work_until_when()
    {
        var (free, taken) = (await _world.SubmitAsync(), await _world.ClaimedAsync());
        var items = (await _world.Curator.ReadAsync("/wishes")).Yes()["items"]!.AsArray().ToDictionary(item => (string)item!["id"]!);

        Assert.That(items[free]!["leasedBy"], Is.Null);
        Assert.That((string?)items[taken]!["leasedBy"], Does.StartWith("acc_"));
        Assert.That((DateTimeOffset)items[taken]!["leasedUntil"]!, Is.EqualTo(Service.Friday.AddMinutes(15)));

        await _service.AtAsync(Service.Friday.AddMinutes(15));
        var later = (await _world.Curator.ReadAsync("/wishes?state=triaging")).Yes()["items"]!.AsArray().Single()!;
        Assert.That(later["leasedBy"], Is.Null);
    }

    [Test]
    public async Task The_queue_is_searched_by_urgency_and_by_words_as_they_stand()
    {
        var lamp = (string)(await _world.Resident.PostAsync("/wishes", WishWorld.Words("灯坏了 100%_[sic]"))).Yes()["id"]!;
        var urgent = (string)(await _world.Proxy.PostAsync("/wishes", WishWorld.Words("水管漏了", residentId: _world.ResidentId, urgency: "urgent"))).Yes()["id"]!;

        Assert.That(await WalkAsync(_world.Curator, "/wishes?urgency=urgent"), Is.EqualTo(new[] { urgent }));
        Assert.That(await WalkAsync(_world.Curator, $"/wishes?text={Uri.EscapeDataString("坏了")}"), Is.EqualTo(new[] { lamp }));
        Assert.That(await WalkAsync(_world.Curator, $"/wishes?text={Uri.EscapeDataString("100%_[sic]")}"), Is.EqualTo(new[] { lamp }));
        Assert.That(await WalkAsync(_world.Curator, $"/wishes?text={Uri.EscapeDataString("%")}"), Is.EqualTo(new[] { lamp }));
        Assert.That(await WalkAsync(_world.Curator, $"/wishes?text={Uri.EscapeDataString("___")}"), Is.Empty);
    }

    [Test]
    public async Task The_search_does_not_mind_capitals_or_wide_letters()
    {
        var id = (string)(await _world.Resident.PostAsync("/wishes", WishWorld.Words("家里的ＷｉＦｉ坏了"))).Yes()["id"]!;
        Assert.That(await WalkAsync(_world.Curator, "/wishes?text=WIFI"), Is.EqualTo(new[] { id }));
        Assert.That((await _world.Curator.ReadAsync("/wishes?text=%20")).Code, Is.EqualTo("field_missing"));
    }

    [Test]
    public async Task Each_site_sees_its_subtree_and_nothing_else()
    {
        var north = await _world.SubmitAsync();
        var (_, southerner) = await _world.ResidentAsync(_world.World.SouthStation);
        var south = (string)(await southerner.PostAsync("/wishes", WishWorld.Words())).Yes()["id"]!;

        foreach (var (role, site, seen) in new[]
        {
            (Role.Curator, _world.World.NorthStation, new[] { north }),
            (Role.Curator, _world.World.NorthStation2, []),
            (Role.Dispatcher, _world.World.NorthInstitute, [north]),
            (Role.SiteAdmin, _world.World.SouthInstitute, [south]),
            (Role.CenterAdmin, _world.World.Center, [north, south]),
        })
        {
            Assert.That(await WalkAsync(await _world.TheAsync(role, site), "/wishes"), Is.EqualTo(seen), $"{role} {site.Kind}");
        }

        var above = await _world.TheAsync(Role.CenterAdmin, _world.World.Center);
        Assert.That(await WalkAsync(above, $"/wishes?siteId={_world.World.SouthStation.Id}"), Is.EqualTo(new[] { south }));
        Assert.That((await _world.Curator.ReadAsync($"/wishes?siteId={_world.World.SouthStation.Id}")).Code, Is.EqualTo("site_unknown"));
        Assert.That((await _world.Curator.ReadAsync($"/wishes?siteId={_world.World.NorthInstitute.Id}")).Code, Is.EqualTo("site_unknown"));
        Assert.That((await _world.Curator.ReadAsync("/wishes?siteId=nonsense")).Code, Is.EqualTo("site_unknown"));
    }

    [Test]
    public async Task An_appealed_wish_moves_to_the_queue_above()
    {
        var id = await _world.ClaimedAsync();
        (await WishWorld.DoAsync(_world.Curator, id, "reject", new { reason = "不属于志愿服务范围" })).Yes();
        (await WishWorld.DoAsync(_world.Resident, id, "appeal")).Yes();

        Assert.That(await WalkAsync(_world.Curator, "/wishes"), Is.Empty);
        var item = (await (await _world.TheAsync(Role.Curator, _world.World.NorthInstitute)).ReadAsync("/wishes")).Yes()["items"]!.AsArray().Single()!;
        Assert.That(((string?)item["id"], (bool)item["appealed"]!), Is.EqualTo((id, true)));
    }

    [Test]
    public async Task My_wishes_are_those_I_asked_for_and_those_for_me_each_once()
    {
        var mine = await _world.SubmitAsync();
        var forMe = (string)(await _world.Proxy.PostAsync("/wishes", WishWorld.Words(residentId: _world.ResidentId))).Yes()["id"]!;
        var (_, neighbour) = await _world.ResidentAsync(_world.World.NorthStation);
        (await neighbour.PostAsync("/wishes", WishWorld.Words())).Yes();

        Assert.That(await WalkAsync(_world.Resident, "/me/wishes?take=1"), Is.EqualTo(new[] { forMe, mine }));
        Assert.That(await WalkAsync(_world.Proxy, "/me/wishes"), Is.EqualTo(new[] { forMe }));
    }

    [Test]
    public async Task A_cursor_of_another_list_is_refused()
    {
        await _world.SubmitAsync();
        await _world.SubmitAsync();
        var mine = (string)(await _world.Resident.ReadAsync("/me/wishes?take=1")).Yes()["next"]!;
        var queue = (string)(await _world.Curator.ReadAsync("/wishes?take=1")).Yes()["next"]!;

        Assert.That((await _world.Curator.ReadAsync($"/wishes?cursor={mine}")).Code, Is.EqualTo("cursor_invalid"));
        (await _world.Curator.ReadAsync($"/wishes?cursor={queue}")).Yes();
        Assert.That((await _world.Curator.ReadAsync($"/wishes?state=ordered&cursor={queue}")).Code, Is.EqualTo("cursor_invalid"), "of another filter");
        Assert.That((await _world.Resident.ReadAsync("/me/wishes?cursor=nonsense")).Code, Is.EqualTo("cursor_invalid"));
        Assert.That((await _world.Curator.ReadAsync("/wishes?take=101")).Code, Is.EqualTo("field_out_of_range"));
        Assert.That((await _world.Curator.ReadAsync("/wishes?state=nonsense")).Code, Is.EqualTo("field_wrong_type"));
    }

    private static async Task<List<string>> WalkAsync(HttpClient client, string address)
    {
        var ids = new List<string>();
        for (string? cursor = null; ;)
        {
            var page = (await client.ReadAsync(cursor is null ? address : $"{address}{(address.Contains('?') ? '&' : '?')}cursor={cursor}")).Yes();
            ids.AddRange(page["items"]!.AsArray().Select(item => (string)item!["id"]!));
            cursor = (string?)page["next"];
            if (cursor is null)
            {
                return ids;
            }
        }
    }
}
