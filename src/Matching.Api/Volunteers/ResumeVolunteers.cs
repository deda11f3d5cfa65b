using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Plumbing.Jobs;
using Matching.Volunteers;

namespace Matching.Api.Volunteers;

/// <summary>Ends suspensions whose time is up. Twice, late or half-way does no harm: the state decides once, in the row's own transaction.</summary>
public sealed class ResumeVolunteers(VolunteerStore volunteers, Database database, Timeline timeline, TimeProvider clock) : IJob
{
    private const int Page = 50;

    public static TimeSpan Every => TimeSpan.FromMinutes(1);

    public async Task<int> RunAsync(CancellationToken ct)
    {
        var done = 0;
        await using var lease = await volunteers.TakeDueToResumeAsync(Page, ct);
        foreach (var due in lease.Rows)
        {
            done += await lease.DoAsync(due, () => database.WriteAsync(tx => ResumeAsync(tx, due.Id), ct)) ? 1 : 0;
        }

        return done;
    }

    private async Task<bool> ResumeAsync(Transaction tx, Id id)
    {
        // Read anew: somebody may have ended the suspension, or made it longer, since the list was read.
        if (await volunteers.FindAsync(tx, id) is not { Status: VolunteerStatus.Suspended } volunteer || !(volunteer.SuspendedUntil <= clock.GetUtcNow())
            || !await volunteers.MoveAsync(tx, volunteer, VolunteerStatus.Active))
        {
            return false;
        }

        await timeline.AddAsync(tx, id, nameof(VolunteerStatus.Suspended), nameof(VolunteerStatus.Active), nameof(ResumeVolunteers), Actor.Clock);
        return true;
    }
}
