namespace Matching.Webhooks;

/// <summary>When a delivery that was not taken is tried again: after seconds at first, then longer and longer, for three days.</summary>
public static class RetryPlan
{
    /// <summary>After so long nobody expects the receiver any more.</summary>
    public static readonly TimeSpan GivesUpAfter = TimeSpan.FromDays(3);

    /// <summary>The most that a receiver may ask for by Retry-After.</summary>
    public static readonly TimeSpan LongestAskedFor = TimeSpan.FromHours(1);

    private static readonly TimeSpan[] Pauses =
    [
        TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30), TimeSpan.FromHours(1),
        TimeSpan.FromHours(2), TimeSpan.FromHours(4), TimeSpan.FromHours(8),
    ];

    /// <summary>The pause after so many tries, a tenth longer or shorter by chance (0 to 1), so that not all come back at once; the receiver may ask for a longer one.</summary>
    public static TimeSpan After(int tries, double chance, TimeSpan? asked = null)
    {
        var pause = Pauses[Math.Clamp(tries, 1, Pauses.Length) - 1] * (0.9 + (0.2 * chance));
        return asked is { } wanted && wanted > pause ? TimeSpan.FromTicks(Math.Min(wanted.Ticks, Math.Max(LongestAskedFor.Ticks, pause.Ticks))) : pause;
    }

    /// <summary>Null when there is no next try.</summary>
    public static DateTimeOffset? Next(DateTimeOffset firstTried, int tries, DateTimeOffset now, double chance, TimeSpan? asked = null)
    {
        var next = now + After(tries, chance, asked);
        return next > firstTried + GivesUpAfter ? null : next;
    }
}
