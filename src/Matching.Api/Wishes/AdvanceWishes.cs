using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Plumbing.Jobs;
using Matching.Api.Queues;
using Matching.Policies;
using Matching.Wishes;

namespace Matching.Api.Wishes;

/// <summary>
/// What happens to wishes by the clock: curators are reminded, lapsed leases go back to the queue, silence withdraws. The wish is held, read again and asked
/// whether it is really due, so a second run, or another process at the same moment, finds nothing left to do.
/// </summary>
public sealed class AdvanceWishes(WishStore wishes, StaffStore staff, Database database, TimeProvider clock) : IJob
{
    private const int Page = 50;

    public static TimeSpan Every => TimeSpan.FromSeconds(1);

    public async Task<int> RunAsync(CancellationToken ct)
    {
        var done = 0;
        await using var lease = await wishes.TakeDueAsync(Page, ct);
        foreach (var due in lease.Rows)
        {
            if (ct.IsCancellationRequested)
            {
                break;
            }

            done += await lease.DoAsync(due, () => database.WriteAsync(tx => AdvanceAsync(tx, due.Id), ct)) ? 1 : 0;
        }

        return done;
    }

    private async Task<bool> AdvanceAsync(Transaction tx, Id id)
    {
        var now = clock.GetUtcNow();
        if (await wishes.HoldAsync(tx, id) is not { } row || row.DueAt is not { } due || due > now)
        {
            return false;
        }

        var wish = row.ToWish();
        var policy = await wishes.PolicyOfAsync(row);
        if (wish.Next(policy) is not { } step || step.DueAt > now)
        {
            // The policy has given it more time since the date was written.
            await wishes.MoveAsync(tx, row, wish, null, Actor.Clock);
            return true;
        }

        switch (step.Action)
        {
            case WishAction.RemindCurators:
                if (StaffReminder.IsFirst(wish.Since, wish.RemindedAt))
                {
                    await staff.TellAsync(tx, row, "wish.waiting");
                }
                else
                {
                    await staff.TellOfMorningAsync(tx, row, LocalTime.DayOf(now, policy.TimeZone));
                }

                await wishes.MoveAsync(tx, row, wish with { RemindedAt = now }, null, Actor.Clock);
                return true;
            case WishAction.LapseLease:
                await wishes.MoveAsync(tx, row, wish.LapseLease(now).Value, nameof(WishDeed.LapseLease), Actor.Clock);
                return true;
            case WishAction.FallSilent:
                await wishes.MoveAsync(tx, row, wish.FallSilent(now, policy).Value, nameof(WishDeed.FallSilent), Actor.Clock);
                return true;
            default:
                throw new InvalidOperationException($"Nobody does {step.Action}.");
        }
    }
}
