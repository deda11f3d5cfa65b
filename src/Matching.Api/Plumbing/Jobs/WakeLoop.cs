namespace Matching.Api.Plumbing.Jobs;

/// <summary>Runs a job as soon as it is woken.</summary>
public sealed class WakeLoop(JobSignals signals, JobRunner runner) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var job in signals.AwakeAsync(stoppingToken))
        {
            await runner.RunAsync(job, stoppingToken);
        }
    }
}
