using FluentValidation;
using Matching.Accounts;
using Matching.Api.Dispatch;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Engine;

namespace Matching.Api.Orders;

/// <summary>How much to tell.</summary>
public enum Explain
{
    /// <summary>The candidates only.</summary>
    No,

    /// <summary>Also how many each rule removed, and the shortage; this looks at everybody.</summary>
    Counts,
}

/// <summary>Which candidates.</summary>
/// <param name="OrderId">For which order.</param>
/// <param name="Take">How many, at most 100.</param>
/// <param name="Explain">Whether to count why the others fell out.</param>
public sealed record ListCandidatesRequest(Id OrderId, int Take = 20, Explain Explain = Explain.No);

public sealed class ListCandidatesValidator : AbstractValidator<ListCandidatesRequest>
{
    public ListCandidatesValidator() => RuleFor(r => r.Take).InclusiveBetween(1, 100);
}

/// <summary>Who could be asked now, best first, and why.</summary>
/// <param name="DataVersion">The version of the volunteers' data that was seen.</param>
/// <param name="PolicyVersion">The policy whose weights were used.</param>
/// <param name="RadiusM">How far was looked, in metres; null: the whole subtree.</param>
/// <param name="Candidates">Best first.</param>
/// <param name="Explanation">Why the others fell out, if asked for.</param>
public sealed record ListCandidatesResponse(
    long DataVersion, int PolicyVersion, double? RadiusM, IReadOnlyList<Candidate> Candidates, ShortageResponse? Explanation);

/// <summary>The best volunteers for an order as things are now: score, factors, and on request the rule that removed each of the others, counted.</summary>
public sealed class ListCandidates(OrderStore orders, Dispatcher dispatcher, VolunteerPool pool, Caller caller)
    : Endpoint<ListCandidatesRequest, ListCandidatesResponse>
{
    public override void Configure()
    {
        Get("/orders/{orderId}/candidates");
        Allow(Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.MatchingNotReady, Refusals.OrderUnknown);
    }

    protected override async Task<Outcome<ListCandidatesResponse>> RunAsync(ListCandidatesRequest request, CancellationToken ct)
    {
        if (await orders.FindAsync(caller, request.OrderId) is not { } order)
        {
            return Refusals.OrderUnknown;
        }

        var search = await dispatcher.SearchAsync(order);
        var current = await pool.CurrentAsync(ct);
        var ranking = current.Best(search.Need, search.Policy.Weights, request.Take);
        return new ListCandidatesResponse(
            ranking.Version, search.Policy.Version, search.RadiusM, ranking.Candidates,
            request.Explain == Explain.Counts ? ShortageResponse.From(current.Explain(search.Need)) : null);
    }
}
