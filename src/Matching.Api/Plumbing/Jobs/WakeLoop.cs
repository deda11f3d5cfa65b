namespace Matching.Api.Plumbing.Jobs;

/// <summary>Runs a job as soon as it is woken.</summary>
public sealed class WakeLoop(JobSignals signals, JobRunner runner, JobSettings settings) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            await foreach (var job in signals.AwakeAsync(stoppingToken))
            {
                // On a node that runs no jobs the work stays due, and one that does finds it within its second.
                if (settings.Runs(runner.Kinds.Single(kind => kind.Type == job)))
                {
                    await runner.RunAsync(job, stoppingToken);
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // Told to go; what is due stays due.
        }
    }
}
