using System.Collections.Concurrent;
using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Plumbing.Http;

/// <summary>
/// How often partners may ask, by the minute and over all processes. A process takes a twentieth of a minute's share from the database at a time and hands it
/// out by itself, so that not every request writes; one that dies loses the rest of that for the minute.
/// </summary>
public sealed class RateLimits(Database.Database database, MachineClock clock)
{
    private const int Slices = 20;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan UseNoted = TimeSpan.FromHours(1);

    private static readonly Sql<ById, TakenRow> Read = new("SELECT minute_start, taken FROM partner_minutes WHERE partner_id = @Id");

    private static readonly Sql<SliceRow> Take = new(
        """
        UPDATE partner_minutes
        SET taken = CASE WHEN minute_start = @MinuteStart THEN taken + @Slice ELSE @Slice END, minute_start = @MinuteStart
        WHERE partner_id = @PartnerId AND (minute_start < @MinuteStart OR (minute_start = @MinuteStart AND taken <= @Most - @Slice))
        """);

    private static readonly Sql<UseRow> NoteUse = new(
        "UPDATE partner_keys SET last_used_at = @Now WHERE id = @KeyId AND (last_used_at IS NULL OR last_used_at <= @Before)");

    private readonly ConcurrentDictionary<Id, Allowance> _allowances = new();

    /// <summary>Takes one request of the partner's share.</summary>
    public async Task<RateShare> TakeAsync(PartnerRights partner, CancellationToken ct)
    {
        var allowance = _allowances.GetOrAdd(partner.Id, _ => new Allowance());
        await allowance.Gate.WaitAsync(ct);
        try
        {
            var now = clock.Now;
            var minute = now - TimeSpan.FromTicks(now.UtcTicks % Minute.Ticks);
            if (allowance.MinuteStart != minute)
            {
                (allowance.MinuteStart, allowance.InHand, allowance.TakenByAll) = (minute, 0, 0);
            }

            var granted = allowance.InHand > 0 || (allowance.TakenByAll < partner.RequestsAMinute && await RefillAsync(allowance, partner, now));
            allowance.InHand -= granted ? 1 : 0;
            return new RateShare(granted, Math.Max(0, partner.RequestsAMinute - allowance.TakenByAll + allowance.InHand), minute + Minute - now);
        }
        finally
        {
            allowance.Gate.Release();
        }
    }

    private async Task<bool> RefillAsync(Allowance allowance, PartnerRights partner, DateTimeOffset now)
    {
        while (true)
        {
            var row = await database.FirstAsync(Read, new ById(partner.Id));
            var taken = row is not null && row.MinuteStart == allowance.MinuteStart ? row.Taken : 0;
            var slice = Math.Min(Math.Max(1, partner.RequestsAMinute / Slices), partner.RequestsAMinute - taken);
            if (row is null || slice <= 0)
            {
                allowance.TakenByAll = partner.RequestsAMinute;
                return false;
            }

            var mine = await database.WriteAsync(
                async tx =>
                {
                    await tx.ExecuteAsync(NoteUse, new UseRow(partner.KeyId, now, now - UseNoted));
                    return await tx.ExecuteAsync(Take, new SliceRow(partner.Id, allowance.MinuteStart, slice, partner.RequestsAMinute)) == 1;
                },
                CancellationToken.None);
            if (mine)
            {
                (allowance.InHand, allowance.TakenByAll) = (slice, taken + slice);
                return true;
            }

            // Another process took some meanwhile, or its clock is a minute ahead of ours: then this minute has nothing left here.
            if (row.MinuteStart > allowance.MinuteStart)
            {
                allowance.TakenByAll = partner.RequestsAMinute;
                return false;
            }
        }
    }

    private sealed class Allowance
    {
        public SemaphoreSlim Gate { get; } = new(1, 1);

        public DateTimeOffset MinuteStart { get; set; }

        /// <summary>Requests that this process may still let through.</summary>
        public int InHand { get; set; }

        /// <summary>What all processes have taken, as last seen.</summary>
        public int TakenByAll { get; set; }
    }

    private sealed record SliceRow(Id PartnerId, DateTimeOffset MinuteStart, int Slice, int Most);

    private sealed record UseRow(Id KeyId, DateTimeOffset Now, DateTimeOffset Before);

    private sealed record TakenRow
    {
        public DateTimeOffset MinuteStart { get; init; }

        public int Taken { get; init; }
    }
}

/// <summary>Whether a request is let through, how many may follow in this minute, and how long it lasts.</summary>
public readonly record struct RateShare(bool Granted, int Left, TimeSpan Until);
