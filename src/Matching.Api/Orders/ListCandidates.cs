using FluentValidation;
using Matching.Accounts;
using Matching.Api.Dispatch;
using Matching.Api.Messages;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Engine;
using Matching.Messages;

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
/// <param name="Candidates">Best first, each with what an offer would reach them by.</param>
/// <param name="Explanation">Why the others fell out, if asked for.</param>
public sealed record ListCandidatesResponse(
    long DataVersion, int PolicyVersion, double? RadiusM, IReadOnlyList<CandidateOnWire> Candidates, ShortageResponse? Explanation);

/// <summary>Somebody who may be asked, how good a choice they are, and why.</summary>
/// <param name="Rank">1 is the best.</param>
/// <param name="Score">0 to 1.</param>
/// <param name="Factors">What the score is made of, before weighting.</param>
/// <param name="DistanceM">Metres from the nearest of their places; null when they gave none.</param>
/// <param name="ReachedBy">What would bring them an offer now: WeChat while they allow it, a short message, or the app alone; null: nothing would.</param>
public sealed record CandidateOnWire(int Rank, Id VolunteerId, double Score, Factors Factors, double? DistanceM, Carrier? ReachedBy)
{
    public static CandidateOnWire From(Candidate candidate, Carrier? reachedBy) => new(
        candidate.Rank, candidate.VolunteerId, candidate.Score, candidate.Factors, candidate.DistanceM, reachedBy);
}

/// <summary>The best volunteers for an order as things are now: score, factors, whether an offer would reach them, and on request the rule that removed each of the others, counted.</summary>
public sealed class ListCandidates(OrderStore orders, Dispatcher dispatcher, VolunteerPool pool, ReachStore reach, Caller caller)
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
        var reached = await reach.OfAsync([.. ranking.Candidates.Select(candidate => candidate.VolunteerId)]);
        return new ListCandidatesResponse(
            ranking.Version, search.Policy.Version, search.RadiusM,
            [.. ranking.Candidates.Select(candidate => CandidateOnWire.From(candidate, reached.TryGetValue(candidate.VolunteerId, out var by) ? by : null))],
            request.Explain == Explain.Counts ? ShortageResponse.From(current.Explain(search.Need)) : null);
    }
}
