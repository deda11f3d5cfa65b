using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Matching.Api.Dispatch;
using Matching.Api.Plumbing.Health;
using Matching.Api.Plumbing.Jobs;
using Matching.Api.Webhooks;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Matching.Api.Tests.Plumbing;

/// <summary>What a load balancer is told, and how the service goes.</summary>
public class HealthTests
{
    [Test]
    public async Task A_service_that_runs_is_alive_and_ready_and_says_which_build_it_is()
    {
        await using var service = await Service.StartAsync();

        var live = await service.AsNobody().AskAsync(HttpMethod.Get, "http://localhost/health/live");
        var ready = await service.AsNobody().AskAsync(HttpMethod.Get, "http://localhost/health/ready");

        Assert.That((live.Status, (string?)live["status"]), Is.EqualTo((200, "alive")));
        Assert.That((ready.Status, (string?)ready["status"]), Is.EqualTo((200, "ready")), ready.Text);
        Assert.That((string?)ready["version"], Is.EqualTo(Build.Version));
        Assert.That((string?)ready["commit"], Is.EqualTo(Build.Commit).And.Not.Empty);
        Assert.That((string?)ready["checks"]!["database"], Is.EqualTo("ok"));
    }

    [Test]
    public async Task A_service_that_is_stopping_is_alive_and_no_longer_ready()
    {
        await using var service = await Service.StartAsync();
        var readiness = service.Services.GetRequiredService<Readiness>();
        service.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        Assert.That((await readiness.ChecksAsync(CancellationToken.None))["running"], Is.EqualTo("stopping"));
    }

    [Test]
    public async Task A_service_whose_jobs_do_not_run_is_not_ready()
    {
        // The service of this test runs no jobs, and is asked as one that should.
        await using var service = await Service.StartAsync();
        var readiness = ActivatorUtilities.CreateInstance<Readiness>(service.Services, new JobSettings());
        Assert.That((await readiness.ChecksAsync(CancellationToken.None))["jobs"], Is.EqualTo("ok"));

        service.Machine.Move(TimeSpan.FromDays(2));
        Assert.That((await readiness.ChecksAsync(CancellationToken.None))["jobs"], Does.EndWith("is late"));
    }

    [Test]
    public async Task A_process_whose_port_is_taken_says_so_in_one_line_and_goes()
    {
        var folder = Directory.CreateTempSubdirectory("matching-").FullName;
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var url = $"http://127.0.0.1:{((IPEndPoint)taken.LocalEndpoint).Port}";
        using var process = new ServerProcess(folder, ("Urls", url));
        await process.ExitAsync();

        var lines = process.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.That(process.ExitCode, Is.EqualTo(1), process.Output);
        Assert.That(lines.Count(line => line.Contains(url, StringComparison.Ordinal)), Is.EqualTo(1), process.Output);
        Assert.That(lines.Single(line => line.Contains(url, StringComparison.Ordinal)), Does.Contain("端口已被占用").And.Contain("--urls"));
        Assert.That(process.Output, Does.Not.Contain("BackgroundService").And.Not.Contain("Exception").And.Not.Contain("   at "));
        Directory.Delete(folder, recursive: true);
    }

    [Test]
    public async Task A_service_is_not_ready_before_its_volunteers_are_loaded()
    {
        // The service of this test runs no jobs, so nobody has asked for volunteers yet.
        await using var service = await Service.StartAsync();
        var readiness = ActivatorUtilities.CreateInstance<Readiness>(service.Services, new JobSettings());
        Assert.That((await readiness.ChecksAsync(CancellationToken.None))[nameof(VolunteerPool)], Does.StartWith("loading"));

        await service.Services.GetRequiredService<VolunteerPool>().CurrentAsync(CancellationToken.None);
        Assert.That((await readiness.ChecksAsync(CancellationToken.None))[nameof(VolunteerPool)], Is.EqualTo("ok"));
    }

    [Test]
    public async Task A_process_that_is_told_to_go_goes_within_thirty_seconds_and_without_a_sound()
    {
        var folder = Directory.CreateTempSubdirectory("matching-").FullName;
        using var process = new ServerProcess(folder);
        await process.ReadyAsync();
        var watch = Stopwatch.StartNew();

        process.Terminate();
        await process.ExitAsync();

        Assert.That(watch.Elapsed, Is.LessThan(TimeSpan.FromSeconds(30)));
        Assert.That(process.ExitCode, Is.Zero, process.Output);
        Assert.That(process.Output, Does.Not.Contain("\"level\":\"Error\"").And.Not.Contain("\"level\":\"Critical\"").And.Not.Contain("Unhandled"));
        // Outside of Development every line is JSON.
        Assert.That(process.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!["level"]), Has.All.Not.Null);
        Directory.Delete(folder, recursive: true);
    }

    [Test]
    public async Task While_the_field_clock_stands_the_sweeps_go_on()
    {
        var folder = Directory.CreateTempSubdirectory("matching-").FullName;
        using var process = new ServerProcess(
            folder, ("ASPNETCORE_ENVIRONMENT", "Development"), ("Demonstration:Seed", "false"), ("Admin:Username", "operator"), ("Admin:Password", "Look-after-all-of-it-26"));
        await process.ReadyAsync();
        (await process.Client.PostAsync("/development/clock", new { at = "2026-05-08T09:00:00+08:00" })).Yes();
        var tokens = (await process.Client.PostAsync("/auth/tokens", new { grant = "password", username = "operator", password = "Look-after-all-of-it-26" })).Yes();
        process.Client.DefaultRequestHeaders.Authorization = new("Bearer", (string)tokens["accessToken"]!);

        var before = await SweptAsync();
        using var giveUp = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (await SweptAsync() == before)
        {
            await Task.Delay(100, giveUp.Token);
        }

        process.Terminate();
        await process.ExitAsync();
        Directory.Delete(folder, recursive: true);

        async Task<string?> SweptAsync() => (string?)(await process.Client.ReadAsync("/operations/jobs")).Yes()["items"]!.AsArray()
            .Single(job => (string?)job!["job"] == nameof(OpenLanes))!["lastStartedAt"];
    }

    [Test]
    public async Task A_process_that_drains_says_that_it_is_not_ready_and_still_answers_and_then_goes()
    {
        var folder = Directory.CreateTempSubdirectory("matching-").FullName;
        using var process = new ServerProcess(folder, ("Nodes:Drain", "00:00:06"));
        await process.ReadyAsync();

        process.Terminate();
        JsonNode? ready;
        do
        {
            await Task.Delay(20);
            ready = JsonNode.Parse(await (await process.Client.GetAsync("/health/ready")).Content.ReadAsStringAsync());
        }
        while ((string?)ready!["status"] == "ready");

        Assert.That((string?)ready["checks"]!["running"], Is.EqualTo("stopping"));
        Assert.That((int)(await process.Client.GetAsync("/health/live")).StatusCode, Is.EqualTo(200));
        await process.ExitAsync();
        Assert.That(process.ExitCode, Is.Zero, process.Output);
        Directory.Delete(folder, recursive: true);
    }
}
