using System.Diagnostics;
using FluentValidation;
using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Jobs;

namespace Matching.Api.Development;

/// <summary>Where the field clock shall stand.</summary>
/// <param name="At">The instant; null lets it run with the machine's again.</param>
/// <param name="Settle">Wait until nothing is due any more.</param>
public sealed record SetClockRequest(DateTimeOffset? At, bool Settle = true);

public sealed class SetClockValidator : AbstractValidator<SetClockRequest>
{
    public SetClockValidator() => RuleFor(r => r.Settle).NotNull();
}

/// <summary>Development: sets the field clock and, unless told otherwise, answers when all that became due is done.</summary>
public sealed class SetClock(FieldClock clock, Database database, JobRunner jobs, DueStore due) : Endpoint<SetClockRequest, ClockResponse>
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    public override void Configure()
    {
        Post("/development/clock");
        AllowAnyone();
        OnlyInDevelopment();
        NeverKeepAnswer();
    }

    protected override async Task<Outcome<ClockResponse>> RunAsync(SetClockRequest request, CancellationToken ct)
    {
        await clock.SetAsync(database, request.At, ct);
        if (request.Settle)
        {
            await SettleAsync(ct);
        }

        return new ClockResponse(clock.GetUtcNow(), await due.NextAsync());
    }

    // Another node may have taken a part; if it dies over it, or fails, its lease ends.
    private async Task SettleAsync(CancellationToken ct)
    {
        var began = Stopwatch.GetTimestamp();
        bool waited;
        do
        {
            await jobs.RunAllUntilQuietAsync(ct);
            for (waited = false; await due.IsHeldAsync() && Stopwatch.GetElapsedTime(began) < Leases.Length + Pause; waited = true)
            {
                await Task.Delay(Pause, ct);
            }
        }
        while (waited);
    }
}
