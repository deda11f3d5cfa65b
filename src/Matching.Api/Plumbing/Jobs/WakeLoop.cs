namespace Matching.Api.Plumbing.Jobs;

/// <summary>Runs a job as soon as it is woken.</summary>
public sealed class WakeLoop(JobSignals signals, JobRunner runner) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var job in signals.AwakeAsync(stoppingToken))
            {
                await runner.RunAsync(job, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to go; what is due stays due.
        }
    }
}
