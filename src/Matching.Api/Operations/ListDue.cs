using Matching.Accounts;
using Matching.Api.Plumbing.Http;

namespace Matching.Api.Operations;

public sealed record ListDueRequest;

/// <summary>What is due now, by kind.</summary>
public sealed record ListDueResponse(IReadOnlyList<DueLine> Items);

/// <summary>Due rows of a kind.</summary>
/// <param name="Waiting">How many are due and not done.</param>
/// <param name="OldestSeconds">For how long the oldest has been due; 0 when none is.</param>
public sealed record DueLine(DueKind Kind, int Waiting, double OldestSeconds);

/// <summary>Shows how many rows of each kind are due and wait for their job, and for how long the oldest has waited.</summary>
public sealed class ListDue(DueCountStore due) : Endpoint<ListDueRequest, ListDueResponse>
{
    public override void Configure()
    {
        Get("/operations/due");
        Allow(Role.CenterAdmin, Role.PlatformAdmin);
    }

    protected override async Task<Outcome<ListDueResponse>> RunAsync(ListDueRequest request, CancellationToken ct) =>
        new ListDueResponse([.. (await due.ReadAsync()).Select(one => new DueLine(one.Kind, one.Waiting, one.Oldest.TotalSeconds))]);
}
