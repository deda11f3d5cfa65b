namespace Matching.Api.Plumbing.Clocks;

/// <summary>The machine's time, never faked in a running service: tokens, leases, retry pauses, rate limits, idempotency, signatures. Milliseconds.</summary>
public sealed class MachineClock(TimeProvider source)
{
    public DateTimeOffset Now => source.GetUtcNow().ToMilliseconds();

    public TimeProvider Source => source;
}

public static class Instants
{
    /// <summary>Cut to what both engines keep, so that what is answered is what is stored.</summary>
    public static DateTimeOffset ToMilliseconds(this DateTimeOffset instant) => new(instant.UtcTicks - (instant.UtcTicks % TimeSpan.TicksPerMillisecond), TimeSpan.Zero);
}
