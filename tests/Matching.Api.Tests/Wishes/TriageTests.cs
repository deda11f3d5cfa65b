using Matching.Accounts;
using Matching.Api.Wishes;
using Microsoft.Extensions.DependencyInjection;

namespace Matching.Api.Tests.Wishes;

/// <summary>What curators and residents do with a wish before it is an order.</summary>
public class TriageTests
{
    private static readonly string[] CuratorDeeds = ["ask", "reject", "refer", "merge", "curate", "split"];

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
    public async Task A_curator_has_a_claimed_wish_for_fifteen_minutes()
    {
        var id = await _world.SubmitAsync();
        var answer = (await WishWorld.DoAsync(_world.Curator, id, "claim")).Yes();

        Assert.That((string?)answer["state"], Is.EqualTo("triaging"));
        Assert.That((DateTimeOffset)answer["leasedUntil"]!, Is.EqualTo(Service.Friday.AddMinutes(15)));
    }

    [Test]
    public async Task Of_two_curators_at_once_one_has_the_wish_and_the_other_is_told_until_when()
    {
        var other = await _world.AsAsync(Role.Curator, _world.World.NorthInstitute);
        for (var round = 0; round < 30; round++)
        {
            var id = await _world.SubmitAsync();
            var answers = await Task.WhenAll(WishWorld.DoAsync(_world.Curator, id, "claim"), WishWorld.DoAsync(other, id, "claim"));

            Assert.That(answers.Select(answer => answer.Status).Order(), Is.EqualTo(new[] { 200, 409 }));
            var loser = answers.Single(answer => answer.Status == 409);
            Assert.That(loser.Code, Is.EqualTo("wish_claimed_by_other"));
            Assert.That(loser.Headers["Retry-After"], Is.EqualTo("900"));
        }
    }

    [Test]
    public async Task A_wish_that_its_curator_lets_go_of_can_be_taken_up_by_another_at_once()
    {
        var other = await _world.AsAsync(Role.Curator, _world.World.NorthInstitute);
        var id = await _world.ClaimedAsync();

        Assert.That((await WishWorld.DoAsync(other, id, "release")).Code, Is.EqualTo("wish_claimed_by_other"));
        Assert.That((string?)(await WishWorld.DoAsync(_world.Curator, id, "release")).Yes()["state"], Is.EqualTo("submitted"));
        Assert.That((await WishWorld.DoAsync(_world.Curator, id, "release")).Code, Is.EqualTo("wish_state_wrong"));
        (await WishWorld.DoAsync(other, id, "claim")).Yes();
    }

    [Test]
    public async Task Who_does_not_hold_the_lease_can_do_none_of_its_deeds()
    {
        var other = await _world.AsAsync(Role.SiteAdmin, _world.World.NorthStation);
        var unclaimed = await _world.SubmitAsync();
        var claimed = await _world.ClaimedAsync();
        foreach (var deed in CuratorDeeds)
        {
            var notClaimed = await WishWorld.DoAsync(other, unclaimed, deed, BodyOf(deed, claimed));
            Assert.That(notClaimed.Status, Is.EqualTo(409), $"{deed}: {notClaimed.Text}");
            var another = await WishWorld.DoAsync(other, claimed, deed, BodyOf(deed, unclaimed));
            Assert.That(another.Code, Is.EqualTo("wish_claimed_by_other"), deed);
        }

        Assert.That((await WishWorld.DoAsync(other, claimed, "renew")).Code, Is.EqualTo("wish_claimed_by_other"));
    }

    [Test]
    public async Task A_lease_runs_out_by_itself_and_the_late_curator_is_told()
    {
        var id = await _world.ClaimedAsync();
        await _service.AtAsync(Service.Friday.AddMinutes(15));
        foreach (var deed in CuratorDeeds.Append("renew"))
        {
            var answer = await WishWorld.DoAsync(_world.Curator, id, deed, BodyOf(deed, await _world.SubmitAsync()));
            Assert.That(answer.Code, Is.EqualTo("wish_lease_lapsed"), deed);
        }

        await _service.SettleAsync();
        Assert.That(await _world.StateAsync(id), Is.EqualTo("submitted"));
        (await WishWorld.DoAsync(await _world.AsAsync(Role.Curator, _world.World.NorthInstitute), id, "claim")).Yes();
    }

    [Test]
    public async Task Two_processes_that_find_a_lease_over_at_once_end_it_once()
    {
        using var second = new Service(_service.Shared);
        for (var round = 1; round <= 10; round++)
        {
            var id = await _world.ClaimedAsync();
            await _service.AtAsync(Service.Friday.AddMinutes(20 * round));
            await Task.WhenAll(Lapse(_service), Lapse(second), Lapse(_service));

            var deeds = (await _world.Curator.ReadAsync($"/wishes/{id}")).Yes()["timeline"]!.AsArray().Select(step => (string?)step!["deed"]);
            Assert.That(deeds, Is.EqualTo(new[] { "Submit", "Claim", "LapseLease" }));
        }

        static async Task Lapse(Service service)
        {
            using var scope = service.Services.CreateScope();
            await scope.ServiceProvider.GetRequiredService<AdvanceWishes>().RunAsync(CancellationToken.None);
        }
    }

    [Test]
    public async Task A_renewed_lease_lasts_longer()
    {
        var id = await _world.ClaimedAsync();
        await _service.UntilAsync(Service.Friday.AddMinutes(10));
        (await WishWorld.DoAsync(_world.Curator, id, "renew")).Yes();
        await _service.UntilAsync(Service.Friday.AddMinutes(24));
        Assert.That(await _world.StateAsync(id), Is.EqualTo("triaging"));
        await _service.UntilAsync(Service.Friday.AddMinutes(25));
        Assert.That(await _world.StateAsync(id), Is.EqualTo("submitted"));
    }

    [Test]
    public async Task A_question_is_answered_and_the_curator_has_the_wish_back()
    {
        var id = await _world.ClaimedAsync();
        (await WishWorld.DoAsync(_world.Curator, id, "ask", new { question = "几楼？" })).Yes();
        var asked = (await _world.Resident.ReadAsync($"/wishes/{id}")).Yes();
        Assert.That(((string?)asked["state"], (string?)asked["question"]), Is.EqualTo(("needsInfo", "几楼？")));

        await _service.UntilAsync(Service.Friday.AddDays(1));
        (await WishWorld.DoAsync(_world.Resident, id, "answer", new { answer = "三楼" })).Yes();
        var back = (await _world.Curator.ReadAsync($"/wishes/{id}")).Yes();
        Assert.That(((string?)back["state"], (string?)back["answer"]), Is.EqualTo(("triaging", "三楼")));
        (await WishWorld.DoAsync(_world.Curator, id, "refer", new { to = "12345" })).Yes();
        Assert.That(await _world.ToldAsync(id), Does.Contain("wish.question").And.Contain("wish.answered").And.Contain("wish.referred"));
    }

    [Test]
    public async Task Seven_days_of_silence_withdraw_a_wish()
    {
        var id = await _world.ClaimedAsync();
        (await WishWorld.DoAsync(_world.Curator, id, "ask", new { question = "几楼？" })).Yes();

        await _service.UntilAsync(Service.Friday.AddDays(7).AddSeconds(-1));
        Assert.That(await _world.StateAsync(id), Is.EqualTo("needsInfo"));
        await _service.UntilAsync(Service.Friday.AddDays(7));
        Assert.That(await _world.StateAsync(id), Is.EqualTo("withdrawn"));
        Assert.That((await WishWorld.DoAsync(_world.Resident, id, "answer", new { answer = "三楼" })).Code, Is.EqualTo("wish_state_wrong"));
    }

    [Test]
    public async Task A_wish_that_nobody_takes_up_is_brought_to_the_curators_mind_once()
    {
        var id = await _world.SubmitAsync();
        await _service.UntilAsync(Service.Friday.AddDays(4));

        Assert.That((await _world.ToldAsync(id)).Count(topic => topic == "wish.waiting"), Is.EqualTo(1));
    }

    [Test]
    public async Task A_rejection_says_why_and_is_appealed_to_the_parent_site_once()
    {
        var id = await _world.ClaimedAsync();
        Assert.That((await WishWorld.DoAsync(_world.Curator, id, "reject")).Code, Is.EqualTo("reason_missing"));
        (await WishWorld.DoAsync(_world.Curator, id, "reject", new { reason = "不属于志愿服务范围" })).Yes();
        Assert.That((string?)(await _world.Resident.ReadAsync($"/wishes/{id}")).Yes()["reason"], Is.EqualTo("不属于志愿服务范围"));

        (await WishWorld.DoAsync(_world.Resident, id, "appeal")).Yes();
        Assert.That((await WishWorld.DoAsync(_world.Curator, id, "claim")).Code, Is.EqualTo("wish_unknown"));
        var above = await _world.AsAsync(Role.Curator, _world.World.NorthInstitute);
        (await WishWorld.DoAsync(above, id, "claim")).Yes();
        (await WishWorld.DoAsync(above, id, "reject", new { reason = "同上" })).Yes();
        Assert.That((await WishWorld.DoAsync(_world.Resident, id, "appeal")).Code, Is.EqualTo("wish_appealed_before"));
    }

    [Test]
    public async Task An_appeal_is_for_a_rejected_wish_only()
    {
        Assert.That((await WishWorld.DoAsync(_world.Resident, await _world.SubmitAsync(), "appeal")).Code, Is.EqualTo("wish_state_wrong"));
    }

    [TestCase("12345")]
    [TestCase("110")]
    [TestCase("120")]
    public async Task A_wish_that_is_not_for_volunteers_is_sent_on(string to)
    {
        var id = await _world.ClaimedAsync();
        Assert.That((await WishWorld.DoAsync(_world.Curator, id, "refer", new { to = "119" })).Code, Is.EqualTo("field_invalid"));
        (await WishWorld.DoAsync(_world.Curator, id, "refer", new { to })).Yes();

        var wish = (await _world.Resident.ReadAsync($"/wishes/{id}")).Yes();
        Assert.That(((string?)wish["state"], (string?)wish["referredTo"]), Is.EqualTo(("referred", to)));
    }

    [Test]
    public async Task A_duplicate_shows_the_state_of_the_wish_at_the_end_of_the_chain()
    {
        var (first, second, third) = (await _world.ClaimedAsync(), await _world.ClaimedAsync(), await _world.ClaimedAsync());
        (await WishWorld.DoAsync(_world.Curator, first, "merge", new { into = second })).Yes();
        (await WishWorld.DoAsync(_world.Curator, second, "merge", new { into = third })).Yes();
        (await WishWorld.DoAsync(_world.Curator, third, "ask", new { question = "几楼？" })).Yes();

        var wish = (await _world.Resident.ReadAsync($"/wishes/{first}")).Yes();
        Assert.That(((string?)wish["state"], (string?)wish["shownState"]), Is.EqualTo(("merged", "needsInfo")));
    }

    [Test]
    public async Task A_wish_is_not_merged_into_itself_or_into_one_that_is_over_or_out_of_reach()
    {
        var id = await _world.ClaimedAsync();
        var over = await _world.SubmitAsync();
        (await WishWorld.DoAsync(_world.Resident, over, "withdraw")).Yes();
        var (_, south) = await _world.ResidentAsync(_world.World.SouthStation);
        var elsewhere = (string)(await south.PostAsync("/wishes", WishWorld.Words())).Yes()["id"]!;

        Assert.That((await WishWorld.DoAsync(_world.Curator, id, "merge", new { into = id })).Code, Is.EqualTo("wish_merge_target_wrong"));
        Assert.That((await WishWorld.DoAsync(_world.Curator, id, "merge", new { into = over })).Code, Is.EqualTo("wish_merge_target_wrong"));
        Assert.That((await WishWorld.DoAsync(_world.Curator, id, "merge", new { into = elsewhere })).Code, Is.EqualTo("wish_unknown"));
        Assert.That((await WishWorld.DoAsync(_world.Curator, id, "merge", new { into = "nonsense" })).Code, Is.EqualTo("wish_unknown"));
    }

    [Test]
    public async Task Two_wishes_merged_into_each_other_at_once_make_no_circle()
    {
        for (var round = 0; round < 20; round++)
        {
            var (one, two) = (await _world.ClaimedAsync(), await _world.ClaimedAsync());
            var answers = await Task.WhenAll(
                WishWorld.DoAsync(_world.Curator, one, "merge", new { into = two }), WishWorld.DoAsync(_world.Curator, two, "merge", new { into = one }));

            Assert.That(answers.Select(answer => answer.Status).Order(), Is.EqualTo(new[] { 200, 422 }));
        }
    }

    [TestCase("submitted")]
    [TestCase("triaging")]
    [TestCase("needsInfo")]
    public async Task A_wish_can_be_taken_back_before_it_is_an_order(string state)
    {
        var id = state == "submitted" ? await _world.SubmitAsync() : await _world.ClaimedAsync();
        if (state == "needsInfo")
        {
            (await WishWorld.DoAsync(_world.Curator, id, "ask", new { question = "几楼？" })).Yes();
        }

        (await WishWorld.DoAsync(_world.Resident, id, "withdraw", new { reason = "儿子来修了" })).Yes();
        Assert.That(await _world.StateAsync(id), Is.EqualTo("withdrawn"));
        Assert.That((await WishWorld.DoAsync(_world.Resident, id, "withdraw")).Code, Is.EqualTo("wish_state_wrong"));
        var timeline = (await _world.Curator.ReadAsync($"/wishes/{id}")).Yes()["timeline"]!.AsArray();
        Assert.That(timeline.Select(step => (string?)step!["reason"]), Has.None.EqualTo("儿子来修了"));
    }

    [Test]
    public async Task Strangers_do_nothing_to_a_wish()
    {
        var id = await _world.SubmitAsync();
        var (_, neighbour) = await _world.ResidentAsync(_world.World.NorthStation);
        var sibling = await _world.AsAsync(Role.Curator, _world.World.NorthStation2);
        foreach (var (client, deed) in new[] { (neighbour, "withdraw"), (neighbour, "appeal"), (neighbour, "answer") }
            .Concat(CuratorDeeds.Append("claim").Append("renew").Select(deed => (sibling, deed))))
        {
            var answer = await WishWorld.DoAsync(client, id, deed, BodyOf(deed, id));
            Assert.That((answer.Status, answer.Code), Is.EqualTo((404, "wish_unknown")), deed);
        }
    }

    [Test]
    public async Task What_is_over_stays_over()
    {
        var id = await _world.ClaimedAsync();
        (await WishWorld.DoAsync(_world.Curator, id, "refer", new { to = "110" })).Yes();
        foreach (var deed in CuratorDeeds.Append("claim").Append("renew"))
        {
            var answer = await WishWorld.DoAsync(_world.Curator, id, deed, BodyOf(deed, await _world.SubmitAsync()));
            Assert.That(answer.Code, Is.EqualTo("wish_state_wrong"), deed);
        }
    }

    private static object BodyOf(string deed, string other) => deed switch
    {
        "ask" => new { question = "几楼？" },
        "answer" => new { answer = "三楼" },
        "reject" => new { reason = "不属于志愿服务范围" },
        "refer" => new { to = "12345" },
        "merge" => new { into = other },
        "split" => new { orders = new[] { new { }, new { } } },
        _ => new { },
    };
}
