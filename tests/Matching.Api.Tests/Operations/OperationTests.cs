using Matching.Accounts;
using Matching.Api.Plumbing.Outbox;
using Microsoft.Extensions.DependencyInjection;

namespace Matching.Api.Tests.Operations;

/// <summary>What operators see of jobs and messages.</summary>
public class OperationTests
{
    private Service _service = null!;
    private HttpClient _admin = null!;
    private HttpClient _platform = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _service = await Service.StartAsync();
        var world = await World.CreateAsync(_service);
        _admin = _service.As(await world.HatAsync(Role.CenterAdmin, world.Center));
        _platform = _service.As(await world.HatAsync(Role.PlatformAdmin));
    }

    [OneTimeTearDown]
    public async Task Stop() => await _service.DisposeAsync();

    [Test]
    public async Task A_job_that_is_paused_leaves_what_is_due_until_it_is_resumed_or_run_by_hand()
    {
        Assert.That((await _admin.PostAsync("/operations/jobs/DeliverOutbox/pause", new { })).Code, Is.EqualTo("role_not_allowed"));
        Assert.That((await _platform.PostAsync("/operations/jobs/NoSuchJob/pause", new { })).Code, Is.EqualTo("job_unknown"));
        (await _platform.PostAsync("/operations/jobs/DeliverOutbox/pause", new { })).Yes();
        (await _platform.PostAsync("/operations/jobs/DeliverOutbox/pause", new { })).Yes();
        Assert.That(await PausedAsync(), Is.Not.Null);

        await LeaveAsync();
        await _service.SettleAsync();
        Assert.That((int?)(await _admin.ReadAsync("/operations/outbox")).Yes()["waiting"], Is.EqualTo(1), "it stays due");
        Assert.That((int?)(await _admin.PostAsync("/operations/jobs/DeliverOutbox/run", new { })).Yes()["rowsDone"], Is.EqualTo(1));

        await LeaveAsync();
        (await _platform.PostAsync("/operations/jobs/DeliverOutbox/resume", new { })).Yes();
        Assert.That(await PausedAsync(), Is.Null);
        await _service.SettleAsync();
        Assert.That((int?)(await _admin.ReadAsync("/operations/outbox")).Yes()["waiting"], Is.Zero);
        Assert.That((await _platform.PostAsync("/operations/jobs/NoSuchJob/resume", new { })).Code, Is.EqualTo("job_unknown"));

        async Task<string?> PausedAsync() => (string?)(await _admin.ReadAsync("/operations/jobs")).Yes()["items"]!.AsArray()
            .Single(job => (string?)job!["job"] == "DeliverOutbox")!["pausedAt"];
    }

    [Test]
    public async Task This_process_is_among_the_nodes_once_it_has_said_that_it_is_there()
    {
        await _service.SettleAsync();
        var nodes = (await _admin.ReadAsync("/operations/nodes")).Yes();
        var here = nodes["items"]!.AsArray().Single(node => (int?)node!["processId"] == Environment.ProcessId)!;
        Assert.That(((bool?)here["alive"], (string?)here["name"]), Is.EqualTo((true, Environment.MachineName)));
    }

    [Test]
    public async Task What_is_due_is_counted_by_kind_with_the_age_of_the_oldest()
    {
        await LeaveAsync();
        _service.Machine.Move(TimeSpan.FromSeconds(90));
        var due = (await _admin.ReadAsync("/operations/due")).Yes()["items"]!.AsArray().ToDictionary(line => (string)line!["kind"]!, line => line!);
        Assert.That(due.Keys, Is.EquivalentTo(new[] { "orders", "wishes", "emergencies", "suspensions", "outbox", "deliveries" }));
        Assert.That(((int?)due["outbox"]["waiting"], (int?)due["orders"]["waiting"], (double?)due["orders"]["oldestSeconds"]), Is.EqualTo((1, 0, 0.0)));
        Assert.That((double)due["outbox"]["oldestSeconds"]!, Is.InRange(90, 120));
        (await _admin.PostAsync("/operations/jobs/DeliverOutbox/run", new { })).Yes();
    }

    [Test]
    public async Task A_message_that_waits_is_counted_until_its_job_is_run_by_hand()
    {
        await LeaveAsync();
        Assert.That((int?)(await _admin.ReadAsync("/operations/outbox")).Yes()["waiting"], Is.EqualTo(1));

        var run = await _admin.PostAsync("/operations/jobs/DeliverOutbox/run", new { });

        Assert.That((int?)run.Yes()["rowsDone"], Is.EqualTo(1));
        Assert.That((int?)(await _admin.ReadAsync("/operations/outbox")).Yes()["waiting"], Is.Zero);
        var jobs = (await _admin.ReadAsync("/operations/jobs")).Yes()["items"]!.AsArray();
        Assert.That((string?)jobs.Single(job => (string?)job!["job"] == "DeliverOutbox")!["lastStartedAt"], Is.Not.Null);
    }

    [Test]
    public async Task The_runs_of_a_job_are_listed_newest_first_page_by_page()
    {
        for (var i = 0; i < 3; i++)
        {
            await LeaveAsync();
            await _admin.PostAsync("/operations/jobs/DeliverOutbox/run", new { });
        }

        var first = (await _admin.ReadAsync("/operations/jobs/runs?job=DeliverOutbox&take=2")).Yes();
        var second = (await _admin.ReadAsync($"/operations/jobs/runs?job=DeliverOutbox&take=2&cursor={first["next"]}")).Yes();
        var ids = first["items"]!.AsArray().Concat(second["items"]!.AsArray()).Select(run => (string)run!["id"]!).ToList();

        Assert.That(first["items"]!.AsArray(), Has.Count.EqualTo(2));
        Assert.That(ids, Is.Ordered.Descending.Using((IComparer<string>)StringComparer.Ordinal).And.Unique);
        Assert.That((await _admin.ReadAsync($"/operations/jobs/runs?cursor={first["next"]}")).Code, Is.EqualTo("cursor_invalid"));
        Assert.That((await _admin.ReadAsync("/operations/jobs/runs")).Yes()["items"]!.AsArray(), Has.Count.GreaterThanOrEqualTo(3));
    }

    [Test]
    public async Task A_job_that_does_not_exist_is_not_run() =>
        Assert.That((await _admin.PostAsync("/operations/jobs/PaintBenches/run", new { })).Code, Is.EqualTo("job_unknown"));

    private Task LeaveAsync()
    {
        var outbox = _service.Services.GetRequiredService<OutboxStore>();
        return _service.Database.WriteAsync(tx => outbox.AddAsync(tx, "test", _service.Ids.Next(IdKind.Order), null, null, new { }), CancellationToken.None);
    }
}
