using Hangfire;
using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Plumbing.Jobs;

/// <summary>The full set casts the net with Hangfire: in memory over SQLite, since the due rows are the truth; in SQL Server otherwise.</summary>
public static partial class JobHost
{
    /// <summary>Where the pages of Hangfire stand for somebody who is signed in at the board: below it, so that the board's cookie reaches them.</summary>
    public static string? Pages => "/board/hangfire";

    private const string Operators = "operators";

    public static void AddJobHost(this WebApplicationBuilder builder, JobSettings settings)
    {
        builder.Services.AddSingleton<JobSignals>();
        builder.Services.AddSingleton<JobRunner>();
        var database = DatabaseSettings.From(builder.Configuration, builder.Environment.ContentRootPath);
        builder.Services.AddHangfire(hangfire =>
        {
            hangfire.SetDataCompatibilityLevel(CompatibilityLevel.Version_180).UseSimpleAssemblyNameTypeSerializer().UseRecommendedSerializerSettings();
            if (database.Engine == "SqlServer")
            {
                hangfire.UseSqlServerStorage(database.ConnectionString);
            }
            else
            {
                hangfire.UseInMemoryStorage();
            }
        });
        // The dashboard checks its forms only where this is registered.
        builder.Services.AddAntiforgery();
        builder.Services.AddAuthorization(options => options.AddPolicy(Operators, policy => policy.RequireAssertion(context =>
            context.Resource is HttpContext http && http.RequestServices.GetRequiredService<CallerBox>().Caller.Role is Role.CenterAdmin or Role.PlatformAdmin)));
        if (!settings.Run)
        {
            return;
        }

        builder.Services.AddHostedService<WakeLoop>();
        builder.Services.AddHostedService<Timetable>();
        builder.Services.AddHangfireServer(options => options.SchedulePollingInterval = TimeSpan.FromSeconds(1));
    }

    /// <summary>The dashboard at /hangfire, and below the board, for those who run the service.</summary>
    public static void MapJobPages(this WebApplication app)
    {
        app.UseAuthorization();
        app.MapHangfireDashboardWithAuthorizationPolicy(Operators, "/hangfire");
        app.MapHangfireDashboardWithAuthorizationPolicy(Operators, Pages!);
    }

    /// <summary>Six fields, the first of them seconds.</summary>
    internal static string Cron(TimeSpan every) => every switch
    {
        { TotalSeconds: < 60 } => $"*/{Math.Max(1, (int)every.TotalSeconds)} * * * * *",
        { TotalMinutes: < 60 } => $"0 */{(int)every.TotalMinutes} * * * *",
        { TotalHours: < 24 } => $"0 0 */{(int)every.TotalHours} * * *",
        _ => "0 0 0 * * *",
    };

    /// <summary>Writes down which job is due how often, each time the service starts.</summary>
    private sealed class Timetable(IRecurringJobManager jobs, IEnumerable<JobKind> kinds, JobSettings settings) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            foreach (var kind in kinds.Where(settings.Runs))
            {
                var name = kind.Name;
                jobs.AddOrUpdate<Sweep>(name, sweep => sweep.RunAsync(name, CancellationToken.None), Cron(kind.Every));
            }

            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }

    /// <summary>One tick of one job. Two at once are no harm: the runner lets one after the other, and the second finds nothing due.</summary>
    public sealed class Sweep(JobRunner runner)
    {
        public Task RunAsync(string job, CancellationToken ct) => runner.RunAsync(runner.Kinds.Single(kind => kind.Name == job).Type, ct);
    }
}
