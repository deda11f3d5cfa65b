using Matching.Accounts;
using Matching.Api.Dispatch;
using Matching.Api.Messages;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Volunteers;
using Matching.Engine;
using Matching.Messages;

namespace Matching.Api.Orders;

public sealed record ReadWhyNotRequest(Id OrderId, Id VolunteerId);

/// <summary>Why, or why not, this volunteer.</summary>
/// <param name="Broken">Every rule that she breaks, in the order in which they are asked; empty when she may be asked.</param>
/// <param name="Candidate">Where she stands among the others, when she may be asked.</param>
/// <param name="ReachedBy">What would bring her an offer now: WeChat while she allows it, a short message, or the app alone; null: nothing would.</param>
public sealed record ReadWhyNotResponse(long DataVersion, IReadOnlyList<BrokenRuleOnWire> Broken, Candidate? Candidate, Carrier? ReachedBy);

/// <summary>A rule that is broken.</summary>
public sealed record BrokenRuleOnWire(string Rule, string Zh, string En);

/// <summary>Answers "why was she not asked": every rule she breaks, or her place among the candidates.</summary>
public sealed class ReadWhyNot(
    OrderStore orders, Dispatcher dispatcher, VolunteerPool pool, VolunteerStore volunteers, ReachStore reach, Database database, Caller caller)
    : Endpoint<ReadWhyNotRequest, ReadWhyNotResponse>
{
    public override void Configure()
    {
        Get("/orders/{orderId}/why-not/{volunteerId}");
        Allow(Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.MatchingNotReady, Refusals.OrderUnknown, Refusals.VolunteerUnknown);
    }

    protected override async Task<Outcome<ReadWhyNotResponse>> RunAsync(ReadWhyNotRequest request, CancellationToken ct)
    {
        if (await orders.FindAsync(caller, request.OrderId) is not { } order)
        {
            return Refusals.OrderUnknown;
        }

        var search = await dispatcher.SearchAsync(order);
        var verdict = (await pool.CurrentAsync(ct)).WhyNot(search.Need, search.Policy.Weights, request.VolunteerId);

        // Whom neither the order's search nor the caller reaches is as unknown as one who does not exist.
        if (verdict is null || (verdict.Broken.Contains(HardRule.InPool) && await volunteers.FindInReachAsync(database, caller, request.VolunteerId) is null))
        {
            return Refusals.VolunteerUnknown.At("volunteerId");
        }

        var reached = await reach.OfAsync([request.VolunteerId]);
        return new ReadWhyNotResponse(
            verdict.Version, [.. verdict.Broken.ToList().Select(rule => new BrokenRuleOnWire(rule.Code(), rule.Zh(), rule.En()))], verdict.Candidate,
            reached.TryGetValue(request.VolunteerId, out var by) ? by : null);
    }
}
