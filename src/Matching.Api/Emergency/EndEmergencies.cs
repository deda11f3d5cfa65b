using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Plumbing.Jobs;

namespace Matching.Api.Emergency;

/// <summary>Ends what has run its time. The guard in the row lets one of two processes do it; nothing else depends on it having run.</summary>
public sealed class EndEmergencies(EmergencyStore emergencies, Database database) : IJob
{
    private const int Page = 50;

    public static TimeSpan Every => TimeSpan.FromSeconds(5);

    public async Task<int> RunAsync(CancellationToken ct)
    {
        var done = 0;
        await using var lease = await emergencies.TakeDueAsync(Page, ct);
        foreach (var due in lease.Rows)
        {
            done += await lease.DoAsync(due, () => database.WriteAsync(tx => emergencies.EndAsync(tx, due, Actor.Clock, null), ct)) ? 1 : 0;
        }

        return done;
    }
}
