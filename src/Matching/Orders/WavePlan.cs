using Matching.Policies;
using Matching.Sites;
using Matching.Wishes;

namespace Matching.Orders;

/// <summary>How many are asked at a time, how far away, and for how long.</summary>
public static class WavePlan
{
    /// <summary>How many to ask in a wave of a level (from 1) for so many open seats; null: everybody who is left there.</summary>
    public static int? Size(DispatchMode mode, Urgency urgency, int wave, int openSeats, Policy policy)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(wave, 1);
        return mode switch
        {
            DispatchMode.Direct => Math.Min(1, openSeats),
            DispatchMode.Broadcast => null,
            _ when wave > policy.ClocksOf(urgency).Waves => null,
            _ => openSeats * policy.WaveSizes[Math.Min(wave, policy.WaveSizes.Count) - 1],
        };
    }

    /// <summary>How far from the place volunteers are asked, in metres: the 15-minute circle, the site's radius, or (null) the whole subtree.</summary>
    public static double? RadiusM(SiteKind level, double siteRadiusM, Policy policy) => level switch
    {
        SiteKind.Station => policy.CircleM,
        // A site with a small radius must not narrow what its stations could already reach.
        SiteKind.Institute => Math.Max(policy.CircleM, siteRadiusM * policy.SiteRadiusFactor),
        SiteKind.Center => null,
        _ => throw new ArgumentOutOfRangeException(nameof(level), "Bases and points own no orders."),
    };

    /// <summary>When the first offers go out for an order that is ready then.</summary>
    public static DateTimeOffset FirstOfferAt(Urgency urgency, DateTimeOffset readyAt, Policy policy) => policy.ClocksOf(urgency).FirstOffer switch
    {
        FirstOffer.AtOnce => readyAt,
        FirstOffer.OutsideQuietHours => NextOfferAt(urgency, readyAt, policy),
        FirstOffer.NextBatch => NextBatch(urgency, readyAt, policy),
        _ => throw new ArgumentOutOfRangeException(nameof(urgency)),
    };

    /// <summary>When offers may go out that could go out now: at once, or when the quiet hours end if the urgency keeps them.</summary>
    public static DateTimeOffset NextOfferAt(Urgency urgency, DateTimeOffset from, Policy policy) =>
        policy.QuietHoursOf(urgency).Waking(from, policy.TimeZone);

    /// <summary>When a wave that opens now, and whose clock starts at once, closes.</summary>
    public static DateTimeOffset ClosesAt(Urgency urgency, DateTimeOffset opensAt, Window window, Policy policy) =>
        ClosesAt(urgency, opensAt, opensAt, window, policy);

    /// <summary>
    /// When a wave closes: its length after its clock has started, which is when people hear of it, quiet hours left out where they are kept, and never after the
    /// order's window.
    /// </summary>
    public static DateTimeOffset ClosesAt(Urgency urgency, DateTimeOffset opensAt, DateTimeOffset startsAt, Window window, Policy policy)
    {
        var planned = policy.QuietHoursOf(urgency).Add(startsAt, policy.ClocksOf(urgency).WaveLength, policy.TimeZone);
        return planned < window.End || window.End <= opensAt ? planned : window.End;
    }

    /// <summary>When the clock of a wave that opens now starts at the latest, whether or not people have heard of it.</summary>
    public static DateTimeOffset StartsBy(Urgency urgency, DateTimeOffset opensAt, Policy policy)
    {
        var length = policy.ClocksOf(urgency).WaveLength;
        return policy.QuietHoursOf(urgency).Add(opensAt, policy.DeliveryWithin < length ? policy.DeliveryWithin : length, policy.TimeZone);
    }

    /// <summary>Batches come at whole multiples of their interval since midnight UTC, which every process reckons alike.</summary>
    private static DateTimeOffset NextBatch(Urgency urgency, DateTimeOffset readyAt, Policy policy)
    {
        var at = readyAt;
        while (true)
        {
            var past = at.UtcTicks % policy.BatchEvery.Ticks;
            var batch = past == 0 ? at : at.AddTicks(policy.BatchEvery.Ticks - past);
            at = NextOfferAt(urgency, batch, policy);
            if (at == batch)
            {
                return at;
            }
        }
    }
}
