using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Residents;
using Matching.Api.Tests.Volunteers;
using Matching.Api.Volunteers;
using Microsoft.Extensions.DependencyInjection;

namespace Matching.Api.Tests.Residents;

/// <summary>Who is known, who may ask for whom, and what is shown of a person to whom.</summary>
public class ResidentTests
{
    private Service _service = null!;
    private World _world = null!;
    private HttpClient _clerk = null!;
    private HttpClient _gridWorker = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _service = await Service.StartAsync();
        _world = await World.CreateAsync(_service);
        _clerk = _service.As(await _world.HatAsync(Role.Curator, _world.NorthStation));
        _gridWorker = _service.As(await _world.HatAsync(Role.Proxy, _world.NorthStation));
    }

    [OneTimeTearDown]
    public async Task Stop() => await _service.DisposeAsync();

    [Test]
    public async Task A_resident_sees_all_of_herself_and_a_clerk_sees_her_phone_masked_and_her_place_blurred()
    {
        var account = _service.As(await _world.HatAsync(Role.Volunteer));
        var mine = (await account.PostAsync("/residents", new
        {
            name = "彭大妈",
            siteId = _world.NorthStation.Id.ToString(),
            phone = "0744-5611234",
            address = "北一社区 3 栋 201",
            place = new { lat = 29.36111, lng = 110.55111, datum = "wgs84", accuracyM = 5 },
        }, "r1")).Yes();

        Assert.That(((string?)mine["phone"], (string?)mine["address"]), Is.EqualTo(("+867445611234", "北一社区 3 栋 201")));
        var shown = (await _clerk.ReadAsync($"/residents/{mine["id"]}")).Yes();
        Assert.That((string?)shown["name"], Is.EqualTo("彭大妈"));
        Assert.That((string?)shown["phone"], Does.Contain("****"));
        Assert.That(((bool)shown["hasAddress"]!, shown["address"]), Is.EqualTo((true, (object?)null)));
        Assert.That((double)shown["place"]!["accuracyM"]!, Is.GreaterThan(100));
        var hats = (await account.ReadAsync("/me")).Yes()["hats"]!.AsArray();
        Assert.That(hats.Select(hat => ((string?)hat!["role"], (string?)hat["subjectId"])), Does.Contain(("resident", (string?)mine["id"])));
    }

    [Test]
    public async Task To_show_a_phone_or_an_address_is_a_deed_that_is_on_record()
    {
        var id = await KnownAsync("13574411111", "北一社区 1 栋");

        Assert.That((string?)(await _clerk.PostAsync($"/residents/{id}/reveal", new { what = "address", reason = "上门核实" })).Yes()["value"], Is.EqualTo("北一社区 1 栋"));
        Assert.That((string?)(await _clerk.PostAsync($"/residents/{id}/reveal", new { what = "phone", reason = "回访" })).Yes()["value"], Is.EqualTo("+8613574411111"));
        Assert.That((await _clerk.PostAsync($"/residents/{id}/reveal", new { what = "phone" })).Code, Is.EqualTo("field_missing"));
        var looks = await _service.Database.ListAsync(RevealsOf, new ById(Id.ParseOrNone(id)));
        Assert.That(looks.Select(look => (look.What, look.Reason)), Is.EqualTo(new[] { ("address", "上门核实"), ("phone", "回访") }));
    }

    [Test]
    public async Task Staff_and_grid_workers_look_after_the_residents_of_their_own_site()
    {
        var id = await KnownAsync();
        var parent = _service.As(await _world.HatAsync(Role.Dispatcher, _world.NorthInstitute));
        var sibling = _service.As(await _world.HatAsync(Role.Curator, _world.NorthStation2));
        var nowhere = _service.As(await _world.HatAsync(Role.Curator));
        var elsewhere = _service.As(await _world.HatAsync(Role.Proxy, _world.SouthStation));
        var stranger = _service.As(await _world.HatAsync(Role.Resident));

        foreach (var may in new[] { _clerk, _gridWorker, parent })
        {
            Assert.That((await may.ReadAsync($"/residents/{id}")).Status, Is.EqualTo(200));
        }

        foreach (var mayNot in new[] { sibling, nowhere, elsewhere, stranger })
        {
            Assert.That((await mayNot.ReadAsync($"/residents/{id}")).Code, Is.EqualTo("resident_unknown"));
        }

        Assert.That((await sibling.PostAsync($"/residents/{id}/reveal", new { what = "phone", reason = "x" })).Code, Is.EqualTo("resident_unknown"));
        Assert.That((await sibling.ReadAsync($"/residents?siteId={_world.NorthStation.Id}")).Code, Is.EqualTo("site_unknown"));
        Assert.That((await elsewhere.PostAsync("/residents", new { name = "甲", siteId = _world.NorthStation.Id.ToString(), relation = "gridWorker" })).Code, Is.EqualTo("site_unknown"));
    }

    [Test]
    public async Task An_old_couple_shares_a_phone_and_is_found_by_it()
    {
        var his = await KnownAsync("13574422222", name: "覃大爷");
        var hers = await KnownAsync("13574422222", name: "覃大妈");

        var found = (await _clerk.ReadAsync("/residents?phone=135-7442-2222")).Yes()["items"]!.AsArray();

        Assert.That(found.Select(item => (string?)item!["id"]), Is.EquivalentTo(new[] { his, hers }));
    }

    [Test]
    public async Task A_child_asks_for_both_parents_until_one_takes_it_back()
    {
        var child = await _world.HatAsync(Role.Resident);
        var client = _service.As(child);
        var mother = (string)(await client.PostAsync("/residents", new { name = "母亲", siteId = _world.NorthStation.Id.ToString(), relation = "relative" })).Yes()["id"]!;
        var father = (string)(await client.PostAsync("/residents", new { name = "父亲", siteId = _world.NorthStation.Id.ToString(), relation = "relative" })).Yes()["id"]!;

        var entrusted = (await client.ReadAsync("/me/residents")).Yes()["entrusted"]!.AsArray();
        Assert.That(entrusted.Select(item => (string?)item!["id"]), Is.EquivalentTo(new[] { mother, father }));

        Assert.That((await client.ReadAsync($"/residents/{mother}/proxies")).Code, Is.EqualTo("resident_unknown"), "a proxy names no further ones");
        var proxies = (await _clerk.ReadAsync($"/residents/{mother}/proxies")).Yes()["items"]!.AsArray();
        Assert.That(proxies.Select(item => (string?)item!["accountId"]), Is.EqualTo(new[] { child.AccountId.ToString() }));
        Assert.That((await _clerk.AskAsync(HttpMethod.Delete, $"/residents/{mother}/proxies/{child.AccountId}")).Status, Is.EqualTo(200));
        Assert.That((await client.ReadAsync($"/residents/{mother}")).Code, Is.EqualTo("resident_unknown"));
        Assert.That((await client.ReadAsync($"/residents/{father}")).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task A_proxy_is_named_by_phone_and_only_once()
    {
        var id = await KnownAsync();

        var granted = (await _clerk.PostAsync($"/residents/{id}/proxies", new { phone = "13574433333", relation = "neighbour" })).Yes();

        Assert.That((string?)granted["phone"], Is.EqualTo("135****3333"));
        Assert.That((await _clerk.PostAsync($"/residents/{id}/proxies", new { phone = "+86 135 7443 3333", relation = "relative" })).Code, Is.EqualTo("proxy_already"));
        Assert.That((await _clerk.AskAsync(HttpMethod.Delete, $"/residents/{id}/proxies/{_service.Ids.Next(IdKind.Account)}")).Code, Is.EqualTo("proxy_unknown"));
    }

    [Test]
    public async Task Care_tags_are_set_by_those_who_look_after_residents()
    {
        var resident = _service.As(await _world.HatAsync(Role.Resident));
        var body = new { name = "自己", siteId = _world.NorthStation.Id.ToString(), careTags = new[] { "hardship" } };

        Assert.That((await resident.PostAsync("/residents", body)).Code, Is.EqualTo("care_tags_not_yours"));
        var id = await KnownAsync(tags: ["emptyNestElder", "disabled"], name: "有标签的人");
        var found = (await _clerk.ReadAsync("/residents?careTag=disabled&name=有标签")).Yes()["items"]!.AsArray();
        Assert.That(found.Select(item => (string?)item!["id"]), Is.EqualTo(new[] { id }));
        (await _clerk.AskAsync(HttpMethod.Patch, $"/residents/{id}", new { careTags = new[] { "orphan" } }, ifMatch: 1)).Yes();
        Assert.That((await _clerk.AskAsync(HttpMethod.Patch, $"/residents/{id}", new { name = "晚了" }, ifMatch: 1)).Code, Is.EqualTo("changed_meanwhile"));
        Assert.That((await _clerk.ReadAsync($"/residents/{id}")).Yes()["careTags"]!.ToJsonString(), Is.EqualTo("""["orphan"]"""));
    }

    [Test]
    public async Task A_phone_that_is_taken_away_is_gone_and_the_rest_stays()
    {
        var id = await KnownAsync("13574444444", "北一社区 9 栋");

        var changed = (await _clerk.AskAsync(HttpMethod.Patch, $"/residents/{id}", new { phone = "" }, ifMatch: 1)).Yes();

        Assert.That((changed["phone"], (bool)changed["hasAddress"]!), Is.EqualTo(((object?)null, true)));
        Assert.That((await _clerk.PostAsync($"/residents/{id}/reveal", new { what = "phone", reason = "x" })).Code, Is.EqualTo("nothing_to_reveal"));
        Assert.That((await _clerk.ReadAsync("/residents?phone=13574444444")).Yes()["items"]!.AsArray(), Is.Empty);
    }

    [Test]
    public async Task Either_side_may_say_that_they_shall_not_meet()
    {
        var volunteers = _service.Services.GetRequiredService<VolunteerStore>();
        var resident = await KnownAsync();
        var she = await People.ActiveAsync(_service, _world, _world.NorthStation);
        var residentId = Id.ParseOrNone(resident);

        (await _clerk.PostAsync($"/residents/{resident}/blocks", new { volunteerId = she.Id.ToString() })).Yes();
        (await _service.As(she.Hat).PostAsync("/me/volunteer/blocks", new { residentId = resident })).Yes();
        Assert.That((await volunteers.FactsAsync([she.Id])).Single().Blocked, Is.EqualTo(new[] { residentId }));

        (await _clerk.AskAsync(HttpMethod.Delete, $"/residents/{resident}/blocks/{she.Id}")).Yes();
        Assert.That((await volunteers.FactsAsync([she.Id])).Single().Blocked, Is.EqualTo(new[] { residentId }), "what the volunteer said still holds");
        (await _service.As(she.Hat).AskAsync(HttpMethod.Delete, $"/me/volunteer/blocks/{resident}")).Yes();
        Assert.That((await volunteers.FactsAsync([she.Id])).Single().Blocked, Is.Empty);
    }

    [Test]
    public async Task What_is_sealed_is_not_in_the_rows()
    {
        var id = await KnownAsync("13574455555", "北一社区 77 号");

        var row = (await _service.Database.FirstAsync(Sealed, new ById(Id.ParseOrNone(id))))!;

        Assert.That($"{row.PhoneSealed}{row.AddressSealed}", Does.Not.Contain("13574455555").And.Not.Contain("社区"));
        Assert.That((await _service.Services.GetRequiredService<ResidentStore>().FindAsync(Id.ParseOrNone(id)))!.Name, Is.EqualTo("居民"));
    }

    private async Task<string> KnownAsync(string? phone = null, string? address = null, string[]? tags = null, string name = "居民") => (string)(await _gridWorker.PostAsync(
        "/residents", new { name, siteId = _world.NorthStation.Id.ToString(), relation = "gridWorker", phone, address, careTags = tags })).Yes()["id"]!;

    private static readonly Sql<ById, RevealRow> RevealsOf = new("SELECT what, reason FROM reveals WHERE subject_id = @Id ORDER BY id");

    private static readonly Sql<ById, SealedRow> Sealed = new("SELECT phone_sealed, address_sealed FROM residents WHERE id = @Id");

    private sealed record RevealRow
    {
        public string What { get; init; } = "";

        public string? Reason { get; init; }
    }

    private sealed record SealedRow
    {
        public string? PhoneSealed { get; init; }

        public string? AddressSealed { get; init; }
    }
}
