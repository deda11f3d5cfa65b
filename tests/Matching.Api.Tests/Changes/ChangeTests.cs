using Matching.Accounts;
using Matching.Api.Changes;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Tests.Partners;
using Matching.Api.Tests.Serving;
using Matching.Api.Tests.Wishes;
using Matching.Changes;
using Matching.Sites;
using Microsoft.Extensions.DependencyInjection;

namespace Matching.Api.Tests.Changes;

/// <summary>What changes, as those hear of it whom it concerns: by asking again and again, and by a stream.</summary>
public class ChangeTests
{
    private Service _service = null!;
    private PartnerWorld _world = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _service = await Service.StartAsync(("Changes:Beat", "00:00:00.100"));
        _world = await PartnerWorld.CreateAsync(_service);
    }

    [OneTimeTearDown]
    public async Task Stop() => await _service.DisposeAsync();

    [Test]
    public async Task Each_hears_of_what_concerns_them_and_of_nothing_else()
    {
        var (_, neighbour) = await _world.Wishes.ResidentAsync(_world.World.NorthStation);
        var curator = _world.Wishes.Curator;
        var above = await _world.Wishes.TheAsync(Role.Dispatcher, _world.World.NorthInstitute);
        var south = await _world.Wishes.TheAsync(Role.SiteAdmin, _world.World.SouthInstitute);
        var (_, partner, _) = await _world.PartnerAsync("另一个平台");
        var clients = new[] { _world.Wishes.Resident, curator, above, neighbour, south, partner };
        var starts = await Task.WhenAll(clients.Select(NowAsync));

        var id = await _world.Wishes.SubmitAsync();
        (await WishWorld.DoAsync(curator, id, "claim")).Yes();

        var heard = await Task.WhenAll(clients.Select((client, i) => client.ReadAsync($"/changes?after={starts[i]}")));
        foreach (var answer in heard.Take(3))
        {
            Assert.That(answer.Yes()["items"]!.AsArray().Select(item => (string?)item!["type"]), Is.EqualTo(new[] { "wish.submitted", "wish.triaging" }));
            Assert.That(answer["items"]![1]!["wishIds"]!.AsArray().Select(wish => (string?)wish), Is.EqualTo(new[] { id }));
            Assert.That((string?)answer["items"]![1]!["from"], Is.EqualTo("submitted"));
        }

        foreach (var answer in heard.Skip(3))
        {
            Assert.That(answer.Yes()["items"]!.AsArray(), Is.Empty);
        }

        Assert.That((await _world.Wishes.Resident.ReadAsync($"/changes?after={heard[0]["next"]}")).Yes()["items"]!.AsArray(), Is.Empty);
    }

    [Test]
    public async Task A_volunteer_hears_of_her_offers_and_of_where_she_goes()
    {
        await using var service = await Service.StartAsync();
        var world = await ServingWorld.CreateAsync(service);
        var she = await world.VolunteerAsync();
        var he = await world.VolunteerAsync("赵强");
        var (hers, his, residents) = (await NowAsync(she.Client), await NowAsync(he.Client), await NowAsync(world.Resident));

        var errand = await world.AcceptedAsync(await world.ItemAsync(), she);

        var heard = (await she.Client.ReadAsync($"/changes?after={hers}")).Yes()["items"]!.AsArray();
        Assert.That(heard.Select(item => (string?)item!["type"]), Is.EqualTo(new[] { "offer.pending", "offer.accepted", "assignment.confirmed" }).AsCollection
            .Or.EqualTo(new[] { "offer.pending", "assignment.confirmed", "offer.accepted" }).AsCollection);
        Assert.That(heard.Select(item => (string?)item!["orderId"]), Is.All.EqualTo(errand.OrderId));
        Assert.That(heard.SelectMany(item => item!["wishIds"]!.AsArray()), Is.Empty);
        var others = (await he.Client.ReadAsync($"/changes?after={his}")).Yes()["items"]!.AsArray();
        Assert.That(others.Select(item => (string?)item!["type"]), Has.None.StartsWith("assignment."));
        Assert.That(others.Select(item => (string?)item!["subjectId"]).Intersect(heard.Select(item => (string?)item!["subjectId"])), Is.Empty);
        var asked = (await world.Resident.ReadAsync($"/changes?after={residents}")).Yes()["items"]!.AsArray().Select(item => (string)item!["type"]!).ToList();
        Assert.That(asked, Does.Contain("order.accepted").And.Contain("wish.ordered"));
        Assert.That(asked, Has.None.StartsWith("offer.").And.None.StartsWith("assignment."));
    }

    [Test]
    public async Task A_partner_hears_of_its_own_wishes_and_their_orders()
    {
        var (_, partner, _) = await _world.PartnerAsync("听消息的平台");
        var after = await NowAsync(partner);
        await _world.Wishes.SubmitAsync(_world.Wishes.Lamp);

        var wish = (await partner.PostAsync("/partner/wishes", _world.Wish("c-1", menuItemId: _world.Wishes.Lamp), key: "c-1")).Yes();

        var heard = (await partner.ReadAsync($"/changes?after={after}")).Yes()["items"]!.AsArray();
        Assert.That(heard.Select(item => (string?)item!["type"]), Is.SupersetOf(new[] { "wish.submitted", "wish.ordered", "order.draft", "order.ready" }));
        Assert.That(heard.SelectMany(item => item!["wishIds"]!.AsArray()).Select(id => (string?)id), Is.All.EqualTo((string?)wish["id"]));
    }

    [Test]
    public async Task Of_ten_wishes_that_became_one_lesson_each_hears_of_their_own()
    {
        var (_, other) = await _world.Wishes.ResidentAsync(_world.World.NorthStation);
        var mine = await _world.Wishes.SubmitAsync(_world.Wishes.Visit);
        var theirs = (string)(await other.PostAsync("/wishes", WishWorld.Words(menuItemId: _world.Wishes.Visit))).Yes()["id"]!;
        foreach (var id in new[] { mine, theirs })
        {
            (await WishWorld.DoAsync(_world.Wishes.Curator, id, "claim")).Yes();
        }

        var after = await NowAsync(_world.Wishes.Resident);
        (await WishWorld.DoAsync(_world.Wishes.Curator, mine, "curate", new { with = new[] { theirs } })).Yes();

        var heard = (await _world.Wishes.Resident.ReadAsync($"/changes?after={after}")).Yes()["items"]!.AsArray();
        Assert.That(heard.Any(item => ((string)item!["type"]!).StartsWith("order.", StringComparison.Ordinal)));
        Assert.That(heard.SelectMany(item => item!["wishIds"]!.AsArray()).Select(id => (string?)id), Is.All.EqualTo(mine));
    }

    [Test]
    public async Task Who_waits_hears_of_it_as_soon_as_it_happens()
    {
        var after = await NowAsync(_world.Wishes.Resident);
        var waiting = _world.Wishes.Resident.ReadAsync($"/changes?after={after}&wait=30");
        await FollowedAsync(_service);

        var id = await _world.Wishes.SubmitAsync();

        var heard = (await waiting.WaitAsync(TimeSpan.FromSeconds(20))).Yes();
        Assert.That((string?)heard["items"]![0]!["subjectId"], Is.EqualTo(id));
    }

    [Test]
    public async Task Who_waits_in_vain_is_told_where_to_go_on()
    {
        var after = await NowAsync(_world.Wishes.Resident);

        var answer = (await _world.Wishes.Resident.ReadAsync($"/changes?after={after}&wait=1")).Yes();

        Assert.That(answer["items"]!.AsArray(), Is.Empty);
        Assert.That((string?)answer["next"], Is.Not.Empty);
    }

    [Test]
    public async Task A_stream_goes_on_after_the_last_event_that_was_heard()
    {
        string lastId;
        string first;
        using (var stream = await EventStream.OpenAsync(_world.Wishes.Resident))
        {
            first = await _world.Wishes.SubmitAsync();
            Assert.That((string?)(await stream.TakeAsync(1))[0]["subjectId"], Is.EqualTo(first));
            lastId = stream.LastId!;
        }

        var missed = await _world.Wishes.SubmitAsync();
        using var again = await EventStream.OpenAsync(_world.Wishes.Resident, lastId);
        var later = await _world.Wishes.SubmitAsync();

        Assert.That((await again.TakeAsync(2)).Select(item => (string?)item["subjectId"]), Is.EqualTo(new[] { missed, later }));
    }

    [Test]
    public async Task A_stream_on_which_nothing_happens_still_learns_where_to_go_on()
    {
        var (_, quiet) = await _world.Wishes.ResidentAsync(_world.World.SouthStation);
        using var stream = await EventStream.OpenAsync(quiet);

        // Other people's changes move the place, and the beats say so.
        await _world.Wishes.SubmitAsync();

        Assert.That(await stream.MovesOnAsync(), Is.Null);
    }

    [Test]
    public async Task A_stream_ends_when_its_caller_may_no_longer()
    {
        var (id, partner, _) = await _world.PartnerAsync("流到一半");
        using var stream = await EventStream.OpenAsync(partner);

        (await _world.Admin.AskAsync(HttpMethod.Delete, $"/partners/{id}")).Yes();

        Assert.That(await stream.NextAsync(), Is.Null);
    }

    [Test]
    public async Task Another_node_tells_of_it_too()
    {
        using var other = new Service([.. _service.Shared, ("Changes:Beat", "00:00:00.100")]);
        var elsewhere = other.CreateClient();
        elsewhere.DefaultRequestHeaders.Authorization = _world.Wishes.Resident.DefaultRequestHeaders.Authorization;
        using var stream = await EventStream.OpenAsync(elsewhere);

        var id = await _world.Wishes.SubmitAsync();

        Assert.That((string?)(await stream.TakeAsync(1))[0]["subjectId"], Is.EqualTo(id));
    }

    [Test]
    public async Task Nothing_is_lost_or_said_twice_while_many_write_at_once()
    {
        const int Writers = 60;
        var admin = _service.As(await _world.World.HatAsync(Role.CenterAdmin, _world.World.Center));
        using var stream = await EventStream.OpenAsync(admin);
        var after = await NowAsync(admin);

        var written = await Task.WhenAll(Enumerable.Range(0, Writers).Select(_ => _world.Wishes.SubmitAsync()));

        var streamed = (await stream.TakeAsync(Writers)).Select(item => (string)item["subjectId"]!).ToList();
        Assert.That(streamed, Is.EquivalentTo(written));
        var polled = (await admin.ReadAsync($"/changes?after={after}")).Yes()["items"]!.AsArray().Select(item => (string)item!["subjectId"]!);
        Assert.That(polled, Is.EqualTo(streamed));
    }

    [Test]
    public async Task Who_falls_behind_misses_nothing()
    {
        const int Many = 7_000;
        await using var service = await Service.StartAsync();
        var world = await WishWorld.CreateAsync(service);
        var wish = Id.ParseOrNone(await world.SubmitAsync());
        var feed = service.Services.GetRequiredService<ChangeFeed>();
        var place = await service.Services.GetRequiredService<ChangeStore>().NewestAsync();
        var viewer = new Viewer { Reach = Reach.Everything };
        var idle = TimeSpan.FromSeconds(20);
        await using var slow = feed.FollowAsync(viewer, place, idle, CancellationToken.None).GetAsyncEnumerator();
        await using var quick = feed.FollowAsync(viewer, place, idle, CancellationToken.None).GetAsyncEnumerator();
        var (slowly, quickly) = (slow.MoveNextAsync().AsTask(), quick.MoveNextAsync().AsTask());
        await FollowedAsync(service, 2);

        var timeline = service.Services.GetRequiredService<Timeline>();
        for (var i = 0; i < Many / 500; i++)
        {
            await service.Database.WriteAsync(
                tx => timeline.AddEachAsync(tx, Enumerable.Repeat(wish, 500), "Submitted", "Triaging", "Claim", Actor.System), CancellationToken.None);
            service.Services.GetRequiredService<ChangePulse>().Beat();
        }

        // When the quick one has heard all of it, all of it has been handed to the slow one, who took none.
        var heard = await AllAsync(quick, quickly, Many);
        Assert.That(heard, Is.Ordered.Ascending.And.Unique);
        Assert.That(await AllAsync(slow, slowly, Many), Is.EqualTo(heard));
    }

    [TestCase("/changes?after=nonsense!")]
    [TestCase("/changes?after=b3JkLjAxSg")]
    public async Task A_cursor_of_another_list_is_refused(string address)
    {
        var answer = await _world.Wishes.Resident.ReadAsync(address);

        Assert.That((answer.Status, answer.Code, (string?)answer["field"]), Is.EqualTo((400, "cursor_invalid", "after")));
    }

    [Test]
    public async Task Staff_follow_one_site_of_theirs_and_none_of_others()
    {
        var admin = _world.Admin;
        var south = (await admin.ReadAsync($"/changes?siteId={_world.World.SouthStation.Id}")).Yes();
        await _world.Wishes.SubmitAsync();

        Assert.That((await admin.ReadAsync($"/changes?siteId={_world.World.SouthStation.Id}&after={south["next"]}")).Yes()["items"]!.AsArray(), Is.Empty);
        Assert.That(
            (await _world.Wishes.Curator.ReadAsync($"/changes?siteId={_world.World.SouthStation.Id}")).Code, Is.EqualTo("site_unknown"));
        Assert.That((await _world.Wishes.Resident.ReadAsync($"/changes?siteId={_world.World.NorthStation.Id}")).Code, Is.EqualTo("site_unknown"));
    }

    private static async Task<string> NowAsync(HttpClient client) => (string)(await client.ReadAsync("/changes")).Yes()["next"]!;

    private static async Task<List<long>> AllAsync(IAsyncEnumerator<ChangeBatch> follower, Task<bool> first, int count)
    {
        var heard = new List<long>();
        await first;
        do
        {
            heard.AddRange(follower.Current.Changes.Select(change => change.Sequence));
        }
        while (heard.Count < count && await follower.MoveNextAsync());

        return heard;
    }

    // The request has been heard once somebody follows.
    private static async Task FollowedAsync(Service service, int many = 1)
    {
        var feed = service.Services.GetRequiredService<ChangeFeed>();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (feed.Following < many)
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
