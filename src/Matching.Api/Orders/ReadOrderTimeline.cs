using Matching.Accounts;
using Matching.Api.Offers;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Orders;
using Matching.Sites;

namespace Matching.Api.Orders;

public sealed record ReadOrderTimelineRequest(Id OrderId);

/// <summary>All that happened to an order: its changes of state, its climbs, its rounds with what came of their offers.</summary>
public sealed record ReadOrderTimelineResponse(
    IReadOnlyList<Transition> Transitions, IReadOnlyList<EscalationOfOrder> Escalations, IReadOnlyList<RoundOnWire> Rounds);

/// <summary>A round of dispatch.</summary>
/// <param name="RadiusM">How far it looked, in metres; null: the whole subtree.</param>
/// <param name="Answers">How many of its offers are in each state.</param>
/// <param name="Arrived">How many of its offers arrived by WeChat, by short message, or in the app alone; the others are on their way, or nothing brings them.</param>
public sealed record RoundOnWire(
    Id Id, DispatchMode Mode, SiteKind Level, int Wave, double? RadiusM, DateTimeOffset OpenedAt, DateTimeOffset ClosesAt, DateTimeOffset? ClosedAt,
    int OffersSent, IReadOnlyDictionary<string, int> Answers, IReadOnlyDictionary<string, int> Arrived);

/// <summary>What happened to an order: who, when, why, from what.</summary>
public sealed class ReadOrderTimeline(OrderStore orders, OfferStore offers, Timeline timeline, Caller caller)
    : Endpoint<ReadOrderTimelineRequest, ReadOrderTimelineResponse>
{
    public override void Configure()
    {
        Get("/orders/{orderId}/timeline");
        Allow(Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin, Role.PlatformAdmin);
        Refuses(Refusals.OrderUnknown);
    }

    protected override async Task<Outcome<ReadOrderTimelineResponse>> RunAsync(ReadOrderTimelineRequest request, CancellationToken ct)
    {
        if (await orders.FindAsync(caller, request.OrderId) is not { } order)
        {
            return Refusals.OrderUnknown;
        }

        var answers = (await offers.OfOrderAsync(order.Id)).ToLookup(offer => offer.RoundId);
        return new ReadOrderTimelineResponse(
            await timeline.OfAsync(order.Id),
            await orders.EscalationsAsync(order.Id),
            [.. (await offers.RoundsOfAsync(order.Id)).Select(round => new RoundOnWire(
                round.Id, round.Mode, round.Level, round.Wave, round.RadiusM, round.OpenedAt, round.ClosesAt, round.ClosedAt, round.OffersSent,
                Count(answers[round.Id].Select(offer => offer.State.ToString())),
                Count(answers[round.Id].Where(offer => offer.DeliveredBy is not null).Select(offer => offer.DeliveredBy.ToString()!))))]);
    }

    private static Dictionary<string, int> Count(IEnumerable<string> words) =>
        words.CountBy(System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName).ToDictionary();
}
