using Quartz;

namespace Matching.Api.Plumbing.Jobs;

/// <summary>The lean set casts the net with Quartz.NET, its triggers in memory: the due rows are the truth.</summary>
public static partial class JobHost
{
    /// <summary>None: Quartz.NET has no pages.</summary>
    public static string? Pages => null;

    public static void AddJobHost(this WebApplicationBuilder builder, JobSettings settings)
    {
        builder.Services.AddSingleton<JobSignals>();
        builder.Services.AddSingleton<JobRunner>();
        if (!settings.Run)
        {
            return;
        }

        builder.Services.AddHostedService<WakeLoop>();
        var kinds = builder.Services.Where(service => service.ServiceType == typeof(JobKind)).Select(service => (JobKind)service.ImplementationInstance!)
            .Where(settings.Runs).ToList();
        // Left to itself it takes the clock that the container has, which is the field's: while that stands, nothing would be swept. By a name, because a scheduler
        // without one would hand its clock to everybody.
        builder.AddQuartz("sweeps", quartz =>
        {
            quartz.UseTimeProvider(TimeProvider.System);
            foreach (var kind in kinds)
            {
                quartz.AddJob<Sweep>(job => job.WithIdentity(kind.Name).UsingJobData("job", kind.Name));
                quartz.AddTrigger(trigger => trigger.ForJob(kind.Name).WithIdentity(kind.Name)
                    .StartNow().WithSimpleSchedule(schedule => schedule.WithInterval(kind.Every).RepeatForever()));
            }
        });
        builder.AddQuartzHostedService(options =>
        {
            options.WaitForJobsToComplete = true;
            options.AwaitApplicationStarted = true;
        });
    }

    /// <summary>Quartz.NET has no pages; operators read /operations/jobs.</summary>
    public static void MapJobPages(this WebApplication app)
    {
    }

    /// <summary>One tick of one job's trigger.</summary>
    [DisallowConcurrentExecution]
    public sealed class Sweep(JobRunner runner) : Quartz.IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken)
        {
            var name = context.MergedJobDataMap.GetString("job");
            await runner.RunAsync(runner.Kinds.Single(kind => kind.Name == name).Type, cancellationToken);
        }
    }
}
