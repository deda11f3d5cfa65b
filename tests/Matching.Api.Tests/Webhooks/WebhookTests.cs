using Matching.Accounts;
using Matching.Api.Tests.Partners;
using Matching.Api.Tests.Wishes;
using Matching.Api.Webhooks;
using Matching.Samples;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Matching.Api.Tests.Webhooks;

/// <summary>Partners are called when something changes: once at least, in order, signed, and nobody is held up by anybody else.</summary>
public class WebhookTests
{
    private Service _service = null!;
    private PartnerWorld _world = null!;
    private HttpClient _partner = null!;
    private Receiver _receiver = null!;

    [SetUp]
    public async Task Start()
    {
        _service = await Service.StartAsync(("Webhooks:AllowPrivate", "true"), ("Webhooks:Timeout", "00:00:05"));
        _world = await PartnerWorld.CreateAsync(_service);
        (_, _partner, _) = await _world.PartnerAsync("听电话的平台");
        _receiver = await Receiver.StartAsync();
    }

    [TearDown]
    public async Task Stop()
    {
        await _receiver.DisposeAsync();
        await _service.DisposeAsync();
    }

    [Test]
    public async Task What_is_delivered_is_signed_and_says_what_has_changed()
    {
        var (id, secret) = await HookAsync();
        var wish = await WishAsync("w-1");
        await DeliverAsync();

        var call = _receiver.Calls.Single();
        var (isNew, refusal) = Webhook.Verify([secret], name => call.Headers.GetValueOrDefault(name), call.Bytes, _ => false, _service.Machine.GetUtcNow());
        Assert.That((isNew, refusal), Is.EqualTo((true, WebhookRefusal.None)));
        Assert.That((string?)call.Body["specversion"], Is.EqualTo("1.0"));
        Assert.That((call.Type, call.Subject), Is.EqualTo(("wish.submitted.v1", wish)));
        Assert.That((string?)call.Body["id"], Is.EqualTo(call.Id));
        Assert.That((string?)call.Body["data"]!["wishes"]![0]!["reference"], Is.EqualTo("w-1"));
        Assert.That(call.Text, Does.Not.Contain("陶小满").And.Not.Contain("139"));
        Assert.That(call.Headers, Does.Not.ContainKey("traceparent"));
        var log = (await _partner.ReadAsync($"/partner/webhooks/{id}/deliveries")).Yes()["items"]!.AsArray();
        Assert.That(log.Select(one => ((string?)one!["state"], (int?)one["lastStatus"], (int?)one["tries"])), Is.EqualTo(new[] { ("delivered", (int?)204, (int?)1) }));
    }

    [Test]
    public async Task Only_what_was_asked_for_and_only_the_own_is_told()
    {
        await HookAsync("wish.withdrawn");
        var (_, other, _) = await _world.PartnerAsync("另一个");
        var mine = await WishAsync("o-1");
        var theirs = (string)(await other.PostAsync("/partner/wishes", _world.Wish("o-1"), key: "o-1")).Yes()["id"]!;
        foreach (var (client, id) in new[] { (_partner, mine), (other, theirs) })
        {
            (await client.PostAsync($"/wishes/{id}/withdraw", new { }, key: $"take-{id}")).Yes();
        }

        await DeliverAsync();

        Assert.That(_receiver.Calls.Select(call => (call.Type, call.Subject)), Is.EqualTo(new[] { ("wish.withdrawn.v1", mine) }));
    }

    [Test]
    public async Task Events_about_one_thing_come_one_after_another_whatever_fails()
    {
        await HookAsync("wish.*");
        var failures = 3;
        _receiver.Answers = (_, _) => Task.FromResult(Interlocked.Decrement(ref failures) >= 0 ? 500 : 204);
        var wish = await WishAsync("r-1");
        (await WishWorld.DoAsync(_world.Wishes.Curator, wish, "claim")).Yes();
        (await WishWorld.DoAsync(_world.Wishes.Curator, wish, "ask", new { question = "几楼？" })).Yes();
        for (var i = 0; i < 8; i++)
        {
            await DeliverAsync();
            _service.Machine.Move(TimeSpan.FromMinutes(15));
        }

        Assert.That(
            _receiver.Calls.Select(call => call.Type),
            Is.EqualTo(new[] { "wish.submitted.v1", "wish.submitted.v1", "wish.submitted.v1", "wish.submitted.v1", "wish.triaging.v1", "wish.needsInfo.v1" }));
        Assert.That(_receiver.Calls.Take(4).Select(call => call.Id).Distinct().Count(), Is.EqualTo(1), "the same id each time");
        Assert.That(_receiver.Calls.Select(call => call.Headers["webhook-timestamp"]).Distinct().Count(), Is.GreaterThan(1), "a fresh time each time");
    }

    [Test]
    public async Task One_that_fails_holds_up_nothing_else()
    {
        await HookAsync("wish.submitted");
        var stuck = await WishAsync("stuck");
        _receiver.Answers = (call, _) => Task.FromResult(call.Subject == stuck ? 500 : 204);
        var free = new[] { await WishAsync("free-1"), await WishAsync("free-2") };

        await DeliverAsync();

        Assert.That(_receiver.Calls.Select(call => call.Subject), Is.EquivalentTo(free.Append(stuck)));
    }

    [Test]
    public async Task An_operator_sees_what_was_given_up_and_sends_it_again()
    {
        var (id, _) = await HookAsync("wish.submitted");
        var lost = await WishAsync("lost");
        _receiver.Answers = (call, _) => Task.FromResult(call.Subject == lost ? 500 : 204);
        await PassAsync(TimeSpan.FromDays(2));
        await WishAsync("taken");
        await PassAsync(TimeSpan.FromDays(2));

        var admin = await _world.Wishes.AsAsync(Role.CenterAdmin, _world.World.Center);
        var hook = (await admin.ReadAsync("/operations/webhooks")).Yes()["items"]!.AsArray().Single()!;
        Assert.That(
            ((string?)hook["id"], (string?)hook["partner"], (string?)hook["host"], (int?)hook["deadLetters"], (int?)hook["waiting"]),
            Is.EqualTo((id, "听电话的平台", "127.0.0.1", 1, 0)));
        var dead = (await admin.ReadAsync($"/operations/webhooks/{id}/dead-letters")).Yes()["items"]!.AsArray().Single()!;
        Assert.That((string?)dead["subject"], Is.EqualTo(lost));
        var elsewhere = await _world.Wishes.AsAsync(Role.CenterAdmin, _world.World.SouthStation);
        Assert.That((await elsewhere.ReadAsync("/operations/webhooks")).Yes()["items"]!.AsArray(), Is.Empty, "only of a center that she reaches");
        Assert.That((await elsewhere.PostAsync($"/operations/webhooks/{id}/redeliver", new { })).Code, Is.EqualTo("webhook_unknown"));

        _receiver.Answers = (_, _) => Task.FromResult(204);
        Assert.That((int?)(await admin.PostAsync($"/operations/webhooks/{id}/redeliver", new { })).Yes()["redelivered"], Is.EqualTo(1));
        Assert.That((int?)(await admin.ReadAsync("/operations/webhooks")).Yes()["items"]![0]!["waiting"], Is.EqualTo(1));
        await DeliverAsync();
        Assert.That((_receiver.Calls[^1].Subject, _receiver.Calls[^1].Id), Is.EqualTo((lost, (string?)dead["eventId"])), "under the same id");
        Assert.That((int?)(await admin.ReadAsync("/operations/webhooks")).Yes()["items"]![0]!["deadLetters"], Is.Zero);
    }

    [Test]
    public async Task A_slow_receiver_slows_no_other()
    {
        await HookAsync("wish.submitted");
        var (_, other, _) = await _world.PartnerAsync("快的平台");
        await using var quick = await Receiver.StartAsync();
        await HookAsync("wish.submitted", quick.Url, other);
        var release = new TaskCompletionSource();
        _receiver.Answers = async (_, _) =>
        {
            await release.Task;
            return 204;
        };
        await WishAsync("slow-1");
        await _service.SettleAsync();

        for (var i = 0; i < 3; i++)
        {
            (await other.PostAsync("/partner/wishes", _world.Wish($"quick-{i}"), key: $"q-{i}")).Yes();
            await _service.SettleAsync();
            await quick.NextAsync();
        }

        Assert.That(quick.Calls, Has.Count.EqualTo(3));
        release.SetResult();
        await Lanes.ClosedAsync();
    }

    [Test]
    public async Task After_three_days_it_is_given_up_and_the_receiver_is_told()
    {
        var (id, _) = await HookAsync("wish.submitted");
        var lost = await WishAsync("lost");
        _receiver.Answers = (call, _) => Task.FromResult(call.Subject == lost ? 500 : 204);
        await PassAsync(TimeSpan.FromDays(2));
        // Something else is taken meanwhile: the endpoint is not dead.
        await WishAsync("taken");
        await PassAsync(TimeSpan.FromDays(2));

        var dead = (await _partner.ReadAsync($"/partner/webhooks/{id}/deliveries?state=dead")).Yes()["items"]!.AsArray().Single()!;
        Assert.That((string?)dead["subject"], Is.EqualTo(lost));
        Assert.That((int?)dead["tries"], Is.GreaterThan(10));
        var told = _receiver.Calls[^1];
        Assert.That(told.Type, Is.EqualTo("webhook.deadLettered.v1"));
        Assert.That((string?)told.Body["data"]!["deliveryId"], Is.EqualTo((string?)dead["id"]));
        var hook = (await _partner.ReadAsync($"/partner/webhooks/{id}")).Yes();
        Assert.That(((string?)hook["state"], (int?)hook["deadLetters"]), Is.EqualTo(("active", 1)));

        _receiver.Answers = (_, _) => Task.FromResult(200);
        (await _partner.PostAsync($"/partner/webhooks/{id}/deliveries/{dead["id"]}/redeliver", new { }, key: "again")).Yes();
        await DeliverAsync();
        Assert.That((_receiver.Calls[^1].Subject, _receiver.Calls[^1].Id), Is.EqualTo((lost, (string?)dead["eventId"])));
        Assert.That((int?)(await _partner.ReadAsync($"/partner/webhooks/{id}")).Yes()["deadLetters"], Is.Zero);
    }

    [Test]
    public async Task An_endpoint_that_takes_nothing_for_three_days_is_switched_off()
    {
        var (id, _) = await HookAsync("wish.*");
        _receiver.Answers = (_, _) => Task.FromResult(503);
        await WishAsync("dead-1");
        await PassAsync(TimeSpan.FromDays(4));

        var hook = (await _partner.ReadAsync($"/partner/webhooks/{id}")).Yes();
        Assert.That(((string?)hook["state"], (string?)hook["disabledWhy"]), Is.EqualTo(("disabled", "dead")));
        var before = _receiver.Calls.Count;
        await WishAsync("dead-2");
        await DeliverAsync();
        Assert.That(_receiver.Calls, Has.Count.EqualTo(before));
        Assert.That((await _partner.PostAsync($"/partner/webhooks/{id}/test", new { }, key: "t")).Code, Is.EqualTo("webhook_disabled"));

        _receiver.Answers = (_, _) => Task.FromResult(204);
        (await _partner.AskAsync(HttpMethod.Patch, $"/partner/webhooks/{id}", new { enabled = true }, ifMatch: (int)hook["version"]!)).Yes();
        var later = await WishAsync("dead-3");
        await DeliverAsync();
        Assert.That(_receiver.Calls.Skip(before).Select(call => call.Subject), Is.EqualTo(new[] { later }));
    }

    [Test]
    public async Task One_that_says_it_is_gone_is_switched_off_at_once()
    {
        var (id, _) = await HookAsync();
        _receiver.Answers = (_, _) => Task.FromResult(410);
        await WishAsync("gone");
        await DeliverAsync();

        Assert.That((string?)(await _partner.ReadAsync($"/partner/webhooks/{id}")).Yes()["disabledWhy"], Is.EqualTo("gone"));
    }

    [Test]
    public async Task While_a_secret_is_changed_both_sign()
    {
        var (id, old) = await HookAsync();
        var fresh = (string)(await _partner.PostAsync($"/partner/webhooks/{id}/secret", new { overlapHours = 1 })).Yes()["secret"]!;
        await TestAsync(id);
        _service.Machine.Move(TimeSpan.FromHours(1.1));
        await TestAsync(id);

        Assert.That(_receiver.Calls.Select(call => call.Type), Is.All.EqualTo("webhook.test.v1"));
        Assert.That(_receiver.Calls.Select(call => (Takes(call, old), Takes(call, fresh))), Is.EqualTo(new[] { (true, true), (false, true) }));

        bool Takes(Receiver.Call call, string secret) => Webhook.Verify(
            [secret], name => call.Headers.GetValueOrDefault(name), call.Bytes, _ => false,
            DateTimeOffset.FromUnixTimeSeconds(long.Parse(call.Headers["webhook-timestamp"]))).Refusal == WebhookRefusal.None;
    }

    [Test]
    public async Task The_log_says_what_was_answered_and_how_long_it_took()
    {
        var (id, _) = await HookAsync();
        var turn = 0;
        _receiver.Answers = async (_, context) =>
        {
            context.Response.StatusCode = turn++ == 0 ? 500 : 200;
            await context.Response.WriteAsync("数据库\0正忙");
            return context.Response.StatusCode;
        };
        await WishAsync("log");
        await DeliverAsync();
        _service.Machine.Move(TimeSpan.FromMinutes(1));
        await DeliverAsync();

        var one = (await _partner.ReadAsync($"/partner/webhooks/{id}/deliveries")).Yes()["items"]![0]!;
        var shown = (await _partner.ReadAsync($"/partner/webhooks/{id}/deliveries/{one["id"]}")).Yes();
        Assert.That(shown["attempts"]!.AsArray().Select(attempt => ((int?)attempt!["status"], (string?)attempt["problem"], (string?)attempt["answer"])), Is.EqualTo(new[]
        {
            ((int?)500, "status", "数据库正忙"), ((int?)200, (string?)null, "数据库正忙"),
        }));
        Assert.That((int?)shown["attempts"]![0]!["tookMs"], Is.GreaterThanOrEqualTo(0));
        Assert.That((string?)shown["body"]!["subject"], Is.EqualTo((string?)one["subject"]));
    }

    [Test]
    public async Task A_stretch_of_time_is_sent_again()
    {
        var (id, _) = await HookAsync("wish.submitted");
        var wishes = new[] { await WishAsync("s-1"), await WishAsync("s-2"), await WishAsync("s-3") };
        await DeliverAsync();
        var now = _service.Machine.GetUtcNow();

        var again = (await _partner.PostAsync(
            $"/partner/webhooks/{id}/redeliver", new { from = now.AddHours(-1), to = now.AddHours(1), onlyDead = false }, key: "range")).Yes();
        await DeliverAsync();

        Assert.That((int?)again["redelivered"], Is.EqualTo(3));
        Assert.That(_receiver.Calls.Select(call => call.Subject), Is.EquivalentTo(wishes.Concat(wishes)));
        Assert.That(_receiver.Calls.Select(call => call.Id).Distinct().Count(), Is.EqualTo(3));
        Assert.That((int?)(await _partner.PostAsync(
            $"/partner/webhooks/{id}/redeliver", new { from = now.AddHours(-1), to = now.AddHours(1) }, key: "dead")).Yes()["redelivered"], Is.Zero);
    }

    [Test]
    public async Task What_was_taken_by_one_that_died_goes_out_again_under_the_same_id()
    {
        var (id, _) = await HookAsync();
        await WishAsync("lease");
        await _service.Services.GetRequiredService<Api.Plumbing.Jobs.JobRunner>().RunAsync(typeof(SpreadChanges), CancellationToken.None);
        var deliveries = _service.Services.GetRequiredService<DeliveryStore>();
        await Lanes.ClosedAsync();
        var taken = await deliveries.TakeAsync(Id.ParseOrNone(id), 5, CancellationToken.None);
        Assert.That(taken.Deliveries, Has.Count.EqualTo(1));

        await DeliverAsync();
        Assert.That(_receiver.Calls, Is.Empty, "nobody else has it while it is leased");
        _service.Machine.Move(DeliveryStore.Lease + TimeSpan.FromSeconds(1));
        await DeliverAsync();

        Assert.That(_receiver.Calls.Single().Id, Is.EqualTo(taken.Deliveries[0].EventId.ToString()));
    }

    [Test]
    public async Task Two_nodes_tell_of_everything_once()
    {
        await HookAsync("wish.submitted");
        using var other = new Service([.. _service.Shared, ("Webhooks:AllowPrivate", "true")]);
        var wishes = new List<string>();
        for (var i = 0; i < 20; i++)
        {
            wishes.Add(await WishAsync($"n-{i}"));
        }

        await Task.WhenAll(_service.SettleAsync(), other.SettleAsync());
        await Task.WhenAll(Lanes.ClosedAsync(), other.Services.GetRequiredService<WebhookLanes>().ClosedAsync());
        await DeliverAsync();

        Assert.That(_receiver.Calls.Select(call => call.Subject), Is.EquivalentTo(wishes));
    }

    [Test]
    public async Task An_address_that_leads_home_is_not_called_though_its_name_looked_well()
    {
        await using var service = await Service.StartAsync(("Webhooks:Names:hooks.example.org", "127.0.0.1"), ("Webhooks:Names:six.example.org", "::ffff:10.0.0.7"));
        var world = await PartnerWorld.CreateAsync(service);
        var (_, partner, _) = await world.PartnerAsync("指向自己家");
        foreach (var host in new[] { "hooks.example.org", "six.example.org" })
        {
            var made = (await partner.PostAsync("/partner/webhooks", new { url = $"https://{host}:{new Uri(_receiver.Url).Port}/hook", types = new[] { "*" } })).Yes();
            var id = (string)made["webhook"]!["id"]!;
            (await partner.PostAsync($"/partner/webhooks/{id}/test", new { }, key: host)).Yes();
            await service.SettleAsync();
            await service.Services.GetRequiredService<WebhookLanes>().ClosedAsync();

            var log = (await partner.ReadAsync($"/partner/webhooks/{id}/deliveries")).Yes()["items"]![0]!;
            Assert.That(((string?)log["state"], (string?)log["lastProblem"]), Is.EqualTo(("waiting", "address")));
        }

        Assert.That(_receiver.Calls, Is.Empty);
    }

    [Test]
    public async Task A_name_that_led_into_the_world_when_it_was_told_us_and_home_when_we_call_is_not_called()
    {
        await using var service = await Service.StartAsync(("Webhooks:Names:hooks.example.org", "93.184.215.14"));
        var world = await PartnerWorld.CreateAsync(service);
        var (_, partner, _) = await world.PartnerAsync("改了指向");
        var made = (await partner.PostAsync(
            "/partner/webhooks", new { url = $"https://hooks.example.org:{new Uri(_receiver.Url).Port}/hook", types = new[] { "wish.submitted" } })).Yes();
        service.Services.GetRequiredService<WebhookSettings>().Names["hooks.example.org"] = "127.0.0.1";
        (await partner.PostAsync("/partner/wishes", world.Wish("rebound"), key: "rebound")).Yes();
        await service.SettleAsync();
        await service.Services.GetRequiredService<WebhookLanes>().ClosedAsync();

        var log = (await partner.ReadAsync($"/partner/webhooks/{made["webhook"]!["id"]}/deliveries")).Yes()["items"]![0]!;
        Assert.That(((string?)log["state"], (string?)log["lastProblem"], (int?)log["lastStatus"]), Is.EqualTo(("waiting", "address", (int?)null)));
        Assert.That(_receiver.Calls, Is.Empty);
    }

    [TestCase("http://hooks.example.org/")]
    [TestCase("https://127.0.0.1/")]
    [TestCase("https://169.254.169.254/latest/meta-data")]
    [TestCase("https://localhost/")]
    [TestCase("https://me:word@hooks.example.org/")]
    public async Task An_address_that_cannot_be_is_refused(string url)
    {
        await using var service = await Service.StartAsync();
        var (_, partner, _) = await (await PartnerWorld.CreateAsync(service)).PartnerAsync("错的地址");

        Assert.That((await partner.PostAsync("/partner/webhooks", new { url, types = new[] { "*" } })).Code, Is.EqualTo("webhook_url_wrong"));
    }

    [Test]
    public async Task A_certificate_that_nobody_vouches_for_is_not_trusted()
    {
        await using var tls = await Receiver.StartAsync(tls: true);
        var (id, _) = await HookAsync("*", tls.Url);
        await TestAsync(id);

        Assert.That(tls.Url, Does.StartWith("https://"));
        Assert.That(tls.Calls, Is.Empty);
        Assert.That((string?)(await _partner.ReadAsync($"/partner/webhooks/{id}/deliveries")).Yes()["items"]![0]!["lastProblem"], Is.EqualTo("tls"));
    }

    [Test]
    public async Task A_redirect_is_followed_to_the_same_host_and_no_further()
    {
        await using var elsewhere = await Receiver.StartAsync();
        var (id, _) = await HookAsync();
        var to = "/moved";
        _receiver.Answers = (call, context) =>
        {
            context.Response.Headers.Location = to;
            return Task.FromResult(call.Path == "/hook" ? 308 : 204);
        };
        await TestAsync(id);
        to = elsewhere.Url;
        await TestAsync(id);

        Assert.That(_receiver.Calls.Select(call => call.Path), Is.EqualTo(new[] { "/hook", "/moved", "/hook" }));
        Assert.That(elsewhere.Calls, Is.Empty);
        var log = (await _partner.ReadAsync($"/partner/webhooks/{id}/deliveries")).Yes()["items"]!.AsArray();
        Assert.That(log.Select(one => (string?)one!["lastProblem"]), Is.EqualTo(new[] { "redirect", null }));
    }

    [Test]
    public async Task One_that_does_not_answer_is_let_go()
    {
        await using var service = await Service.StartAsync(("Webhooks:AllowPrivate", "true"), ("Webhooks:Timeout", "00:00:00.200"));
        var (_, partner, _) = await (await PartnerWorld.CreateAsync(service)).PartnerAsync("不接电话");
        var made = (await partner.PostAsync("/partner/webhooks", new { url = _receiver.Url, types = new[] { "*" } })).Yes();
        var release = new TaskCompletionSource();
        _receiver.Answers = async (_, context) =>
        {
            await Task.WhenAny(release.Task, Task.Delay(Timeout.Infinite, context.RequestAborted));
            return 204;
        };
        (await partner.PostAsync($"/partner/webhooks/{made["webhook"]!["id"]}/test", new { }, key: "t")).Yes();
        await service.SettleAsync();
        await service.Services.GetRequiredService<WebhookLanes>().ClosedAsync();

        var log = (await partner.ReadAsync($"/partner/webhooks/{made["webhook"]!["id"]}/deliveries")).Yes()["items"]![0]!;
        Assert.That((string?)log["lastProblem"], Is.EqualTo("timeout"));
        release.SetResult();
    }

    [Test]
    public async Task When_a_partner_has_ended_nothing_goes_out_any_more()
    {
        var (partnerId, partner, _) = await _world.PartnerAsync("要走的平台");
        await HookAsync("*", client: partner);
        (await partner.PostAsync("/partner/wishes", _world.Wish("e-1"), key: "e-1")).Yes();
        await _service.Services.GetRequiredService<Api.Plumbing.Jobs.JobRunner>().RunAsync(typeof(SpreadChanges), CancellationToken.None);
        await Lanes.ClosedAsync();
        (await _world.Admin.AskAsync(HttpMethod.Delete, $"/partners/{partnerId}")).Yes();
        await DeliverAsync();

        Assert.That(_receiver.Calls, Is.Empty);
    }

    [Test]
    public async Task A_webhook_is_its_partners_alone()
    {
        var (id, _) = await HookAsync();
        var (_, other, _) = await _world.PartnerAsync("别的平台");
        var (_, without, _) = await _world.PartnerAsync("没有权限的平台", scopes: ["wishesWrite"]);

        Assert.That((await other.ReadAsync($"/partner/webhooks/{id}")).Code, Is.EqualTo("webhook_unknown"));
        Assert.That((await other.ReadAsync($"/partner/webhooks/{id}/deliveries")).Code, Is.EqualTo("webhook_unknown"));
        Assert.That((await other.AskAsync(HttpMethod.Delete, $"/partner/webhooks/{id}")).Code, Is.EqualTo("webhook_unknown"));
        Assert.That((await without.ReadAsync("/partner/webhooks")).Code, Is.EqualTo("scope_missing"));
        Assert.That((await _partner.PostAsync("/partner/webhooks", new { url = _receiver.Url, types = new[] { "*" } })).Code, Is.EqualTo("webhook_exists"));
        Assert.That((await _partner.PostAsync("/partner/webhooks", new { url = _receiver.Url + "2", types = new[] { "wish.eaten" } })).Code, Is.EqualTo("event_type_unknown"));
        (await _partner.AskAsync(HttpMethod.Delete, $"/partner/webhooks/{id}")).Yes();
        Assert.That((await _partner.ReadAsync("/partner/webhooks")).Yes()["items"]!.AsArray(), Is.Empty);
        await HookAsync();
    }

    private WebhookLanes Lanes => _service.Services.GetRequiredService<WebhookLanes>();

    private async Task<(string Id, string Secret)> HookAsync(string types = "*", string? url = null, HttpClient? client = null)
    {
        var made = (await (client ?? _partner).PostAsync("/partner/webhooks", new { url = url ?? _receiver.Url, types = types.Split(',') })).Yes();
        Assert.That((string?)made["secret"], Does.StartWith("whsec_"));
        return ((string)made["webhook"]!["id"]!, (string)made["secret"]!);
    }

    private async Task<string> WishAsync(string reference) =>
        (string)(await _partner.PostAsync("/partner/wishes", _world.Wish(reference), key: reference)).Yes()["id"]!;

    private async Task TestAsync(string id)
    {
        (await _partner.PostAsync($"/partner/webhooks/{id}/test", new { }, key: $"test-{_receiver.Calls.Count}-{id}")).Yes();
        await DeliverAsync();
    }

    private async Task DeliverAsync()
    {
        var deliveries = _service.Services.GetRequiredService<DeliveryStore>();
        do
        {
            await _service.SettleAsync();
            await Lanes.ClosedAsync();
        }
        while ((await deliveries.DueWebhooksAsync()).Count > 0);
    }

    // Hour by hour, as the machine's clock goes.
    private async Task PassAsync(TimeSpan time)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromHours(1))
        {
            await DeliverAsync();
            _service.Machine.Move(TimeSpan.FromHours(1));
        }

        await DeliverAsync();
    }
}
