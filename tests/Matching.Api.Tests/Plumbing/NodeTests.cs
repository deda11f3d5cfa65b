using Matching.Accounts;
using Matching.Api.Dispatch;
using Matching.Api.Plumbing.Jobs;
using Matching.Api.Plumbing.Nodes;
using Matching.Api.Sites;
using Matching.Policies;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;

namespace Matching.Api.Tests.Plumbing;

/// <summary>Several processes on one database, each with its part.</summary>
public class NodeTests
{
    [TestCase("api", 200, "ready", TestName = "A_node_that_takes_requests_is_ready_for_them")]
    [TestCase("both", 200, "ready", TestName = "A_node_that_does_both_is_ready_for_requests")]
    [TestCase("jobs", 503, "notReady", TestName = "A_node_that_only_runs_jobs_is_never_ready_for_requests")]
    public async Task The_load_balancer_is_told_the_truth(string role, int status, string word)
    {
        await using var service = await Service.StartAsync(("Nodes:Role", role));
        var ready = await service.AsNobody().AskAsync(HttpMethod.Get, "http://localhost/health/ready");
        var working = await service.AsNobody().AskAsync(HttpMethod.Get, "http://localhost/health/working");

        Assert.That((ready.Status, (string?)ready["status"], (string?)ready["role"]), Is.EqualTo((status, word, role)), ready.Text);
        Assert.That((working.Status, (string?)working["status"]), Is.EqualTo((200, "working")), working.Text);
        Assert.That((string?)ready["checks"]!["requests"], status == 200 ? Is.EqualTo("ok") : Does.Contain("only runs jobs"));
    }

    [Test]
    public async Task A_node_that_only_runs_jobs_answers_requests_with_a_no()
    {
        await using var service = await Service.StartAsync(("Nodes:Role", "jobs"));
        var answer = await service.AsNobody().PostAsync("/auth/codes", new { phone = "13800000009" });
        Assert.That((answer.Status, answer.Code), Is.EqualTo((503, "node_takes_no_requests")));
    }

    [Test]
    public async Task A_node_that_takes_requests_runs_only_what_every_node_does_for_itself()
    {
        await using var service = await Service.StartAsync();
        var kinds = service.Services.GetRequiredService<JobRunner>().Kinds;
        var onApi = kinds.Where(new JobSettings { Role = NodeRole.Api }.Runs).Select(kind => kind.Name);

        Assert.That(onApi, Is.EquivalentTo(new[] { nameof(FollowVolunteers), nameof(SayHere) }));
        Assert.That(kinds.Where(new JobSettings { Role = NodeRole.Jobs }.Runs), Is.EquivalentTo(kinds));
        Assert.That(kinds.Where(new JobSettings { Run = false }.Runs), Is.Empty);
    }

    [Test]
    public async Task What_one_node_changes_another_reads_and_says_how_far_behind_it_is()
    {
        await using var one = await Service.StartAsync();
        await using var other = new Service(one.Shared);
        var world = await Serving.ServingWorld.CreateAsync(one);
        await one.SettleAsync();
        await other.SettleAsync();
        await world.VolunteerAsync();

        var behind = await BehindAsync();
        Assert.That(behind, Is.GreaterThan(0));
        Assert.That(await other.AsNobody().GetStringAsync("/metrics"), Does.Contain($"matching_index_behind{{part=\"VolunteerPool\"}} {behind}"));

        await one.SettleAsync();
        await other.SettleAsync();
        Assert.That(await BehindAsync(), Is.Zero);
        Assert.That(other.Services.GetRequiredService<VolunteerPool>().Count, Is.EqualTo(one.Services.GetRequiredService<VolunteerPool>().Count));

        async Task<int> BehindAsync() => (int)(await other.AsNobody().AskAsync(HttpMethod.Get, "http://localhost/health/ready"))["behind"]!["VolunteerPool"]!;
    }

    [Test]
    public async Task What_one_node_switches_holds_on_another_a_second_later_by_whichever_clock()
    {
        await using var one = await Service.StartAsync();
        await using var other = new Service([.. one.Shared, ("FieldClock:Memory", "00:00:00")]);
        var world = await World.CreateAsync(one);
        var site = world.NorthStation;
        var admin = one.As(await world.HatAsync(Role.SiteAdmin, site));
        var policies = other.Services.GetRequiredService<PolicyStore>();
        Assert.That((await EffectiveAsync()).Emergency, Is.False);
        (await admin.PostAsync($"/sites/{site.Id}/emergency", new { reason = "内涝", endsAt = Service.Friday.AddDays(1) })).Yes();
        Assert.That((await EffectiveAsync()).Emergency, Is.False, "remembered");

        await one.AtAsync(Service.Friday.AddSeconds(1));
        Assert.That((await EffectiveAsync()).Emergency, Is.True);

        Task<Policy> EffectiveAsync() => policies.EffectiveAsync(site.CenterId, site.Path, other.Services.GetRequiredService<TimeProvider>().GetUtcNow());
    }

    [Test]
    public async Task What_one_node_seals_for_a_page_another_opens()
    {
        await using var one = await Service.StartAsync();
        await using var other = new Service(one.Shared);
        var cookie = one.Services.GetDataProtector("test").Protect("zhang");

        Assert.That(other.Services.GetDataProtector("test").Unprotect(cookie), Is.EqualTo("zhang"));
    }

    [Test]
    public async Task The_key_ring_lies_sealed_in_the_database()
    {
        await using var service = await Service.StartAsync();
        service.Services.GetDataProtector("test").Protect("zhang");
        var keys = await service.Database.ListAsync(Keys, Api.Plumbing.Database.Nothing.It);

        Assert.That(keys, Has.Count.EqualTo(1));
        Assert.That(keys[0].XmlSealed, Does.StartWith("demo-1.").And.Not.Contain("<"));
    }

    private static readonly Api.Plumbing.Database.Sql<Api.Plumbing.Database.Nothing, KeyRow> Keys = new("SELECT xml_sealed FROM ring_keys ORDER BY id");

    private sealed record KeyRow
    {
        public string XmlSealed { get; init; } = "";
    }
}
