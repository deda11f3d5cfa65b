using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Telemetry;

namespace Matching.Api.Operations;

public sealed record ShowOutboxRequest;

/// <summary>What waits to be delivered.</summary>
/// <param name="Waiting">Messages that are not delivered.</param>
/// <param name="OldestSeconds">How long ago the oldest of them was written; 0 when none waits.</param>
public sealed record ShowOutboxResponse(int Waiting, double OldestSeconds);

/// <summary>Shows how many messages wait in the outbox, and for how long.</summary>
public sealed class ShowOutbox(OverdueStore overdue) : Endpoint<ShowOutboxRequest, ShowOutboxResponse>
{
    public override void Configure()
    {
        Get("/operations/outbox");
        Allow(Role.CenterAdmin, Role.PlatformAdmin);
    }

    protected override async Task<Outcome<ShowOutboxResponse>> RunAsync(ShowOutboxRequest request, CancellationToken ct)
    {
        var now = await overdue.ReadAsync();
        return new ShowOutboxResponse(now.OutboxWaiting, now.OutboxLag.TotalSeconds);
    }
}
