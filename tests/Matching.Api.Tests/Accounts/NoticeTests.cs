using Matching.Accounts;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Plumbing.Outbox;
using Microsoft.Extensions.DependencyInjection;

namespace Matching.Api.Tests.Accounts;

public class NoticeTests
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
    public async Task What_somebody_was_told_is_in_their_inbox_the_newest_first()
    {
        var (mine, theirs) = (await _world.HatAsync(Role.Volunteer), await _world.HatAsync(Role.Volunteer));
        foreach (var topic in new[] { "test.first", "test.second", "test.third" })
        {
            await TellAsync(mine.AccountId, topic);
            await TellAsync(theirs.AccountId, topic);
        }

        var client = _service.As(mine);
        var first = (await client.ReadAsync("/me/notices?take=2")).Yes();
        var second = (await client.ReadAsync($"/me/notices?take=2&cursor={first["next"]}")).Yes();

        Assert.That(Topics(first), Is.EqualTo(new[] { "test.third", "test.second" }));
        Assert.That(Topics(second), Is.EqualTo(new[] { "test.first" }));
        Assert.That(second["next"], Is.Null);
        Assert.That((int?)first["items"]![0]!["body"]!["round"], Is.EqualTo(7));
    }

    [Test]
    public async Task A_notice_is_marked_as_seen_once_and_by_nobody_else()
    {
        var (mine, theirs) = (await _world.HatAsync(Role.Volunteer), await _world.HatAsync(Role.Volunteer));
        await TellAsync(mine.AccountId, "test.seen");
        var client = _service.As(mine);
        var id = (string)(await client.ReadAsync("/me/notices")).Yes()["items"]![0]!["id"]!;

        Assert.That((await _service.As(theirs).PostAsync($"/me/notices/{id}/seen", new { })).Code, Is.EqualTo("notice_unknown"));
        var seen = (string?)(await client.PostAsync($"/me/notices/{id}/seen", new { }, key: "seen-1")).Yes()["seenAt"];
        await _service.AtAsync(Service.Friday.AddHours(1));
        var again = (string?)(await client.PostAsync($"/me/notices/{id}/seen", new { })).Yes()["seenAt"];

        Assert.That(seen, Is.Not.Null);
        Assert.That(again, Is.EqualTo(seen));
    }

    [Test]
    public async Task In_development_all_notices_can_be_followed_in_the_order_of_their_ids()
    {
        var hat = await _world.HatAsync(Role.Volunteer);
        var nobody = _service.AsNobody();
        var last = (await nobody.ReadAsync("/development/notices?take=1000")).Yes()["items"]!.AsArray().LastOrDefault()?["id"];
        await TellAsync(hat.AccountId, "test.one");
        await TellAsync(hat.AccountId, "test.two");

        var news = (await nobody.ReadAsync("/development/notices" + (last is null ? "" : "?after=" + last))).Yes();
        Assert.That(Topics(news), Is.EqualTo(new[] { "test.one", "test.two" }));
        Assert.That((string?)news["items"]![0]!["accountId"], Is.EqualTo(hat.AccountId.ToString()));
    }

    [Test]
    public async Task A_person_sees_who_looked_at_which_of_their_data()
    {
        var person = await PersonRows.CreateAsync(_service, _world);
        var curator = await _world.HatAsync(Role.Curator, _world.NorthStation);
        var reveals = _service.Services.GetRequiredService<Reveals>();
        var order = _service.Ids.Next(IdKind.Order);
        await reveals.AddAsync(person.VolunteerId, new Actor(curator.AccountId, curator.Id, "Curator"), "phone", order, CancellationToken.None);
        await reveals.AddAsync(person.ResidentId, Actor.System, "name", null, CancellationToken.None);
        await reveals.AddAsync(_service.Ids.Next(IdKind.Volunteer), Actor.System, "name", null, CancellationToken.None);

        var client = _service.As(person.Volunteer);
        var first = (await client.ReadAsync("/me/reveals?take=1")).Yes();
        var second = (await client.ReadAsync($"/me/reveals?take=1&cursor={first["next"]}")).Yes();

        Assert.That((string?)first["items"]![0]!["role"], Is.EqualTo("system"));
        var look = second["items"]![0]!;
        Assert.That(((string?)look["role"], (string?)look["what"], (string?)look["contextId"], (string?)look["bySite"]), Is.EqualTo(("curator", "phone", order.ToString(), "北一社区")));
        Assert.That(second["next"], Is.Null);
        Assert.That((await client.ReadAsync($"/me/notices?cursor={first["next"]}")).Code, Is.EqualTo("cursor_invalid"));
    }

    private static IEnumerable<string?> Topics(Answer answer) => answer["items"]!.AsArray().Select(notice => (string?)notice!["topic"]);

    private async Task TellAsync(Id accountId, string topic)
    {
        var outbox = _service.Services.GetRequiredService<OutboxStore>();
        await _service.Database.WriteAsync(tx => outbox.AddAsync(tx, topic, _service.Ids.Next(IdKind.Order), null, accountId, new { round = 7 }), CancellationToken.None);
        await _service.SettleAsync();
    }
}
