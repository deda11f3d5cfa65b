using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Http;

namespace Matching.Api.Development;

public sealed record ReadClockRequest;

/// <summary>What time it is in the field, and whether the clock stands.</summary>
/// <param name="Now">The field clock's time.</param>
/// <param name="NextDueAt">The earliest due-date that lies ahead; null when nothing is planned.</param>
public sealed record ClockResponse(DateTimeOffset Now, DateTimeOffset? NextDueAt);

/// <summary>Development: what time it is in the field, and when something is due next.</summary>
public sealed class ReadClock(FieldClock clock, DueStore due) : Endpoint<ReadClockRequest, ClockResponse>
{
    public override void Configure()
    {
        Get("/development/clock");
        AllowAnyone();
        OnlyInDevelopment();
    }

    protected override async Task<Outcome<ClockResponse>> RunAsync(ReadClockRequest request, CancellationToken ct) =>
        new ClockResponse(clock.GetUtcNow(), await due.NextAsync());
}
