using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;
using Matching.Orders;
using Matching.Wishes;

namespace Matching.Api.Queues;

/// <summary>Whose queues.</summary>
/// <param name="SiteId">Of this site and all below it; left out: of my own site.</param>
public sealed record ReadQueuesRequest(Id? SiteId = null);

/// <summary>What waits at a site and below it.</summary>
/// <param name="SiteId">Whose queues these are.</param>
/// <param name="At">When they were counted.</param>
/// <param name="Wishes">Wishes that wait for a curator or an answer.</param>
/// <param name="Orders">Unfinished orders by state.</param>
/// <param name="ToCurate">Wishes that nobody has taken up.</param>
/// <param name="ToReview">Drafts that wait for a second person.</param>
/// <param name="Held">Orders for which nobody was found: a person must look.</param>
/// <param name="Disputed">Orders that wait for the center's word.</param>
/// <param name="Overdue">Orders whose window has begun while they still look for somebody.</param>
/// <param name="AtRisk">Orders that begin within a day with too few.</param>
/// <param name="OwnedHere">Unfinished orders that lie with this very site, many of them climbed up to it.</param>
/// <param name="OldestWishAt">When the wish that has waited longest was made.</param>
/// <param name="OldestSearchAt">Since when the oldest search has been going on.</param>
public sealed record ReadQueuesResponse(
    Id SiteId,
    DateTimeOffset At,
    IReadOnlyDictionary<WishState, int> Wishes,
    IReadOnlyDictionary<OrderState, int> Orders,
    int ToCurate,
    int ToReview,
    int Held,
    int Disputed,
    int Overdue,
    int AtRisk,
    int OwnedHere,
    DateTimeOffset? OldestWishAt,
    DateTimeOffset? OldestSearchAt);

/// <summary>What a dispatcher opens in the morning: what waits, what is late, what is about to be, at a site and all below it.</summary>
public sealed class ReadQueues(QueueStore queues, SiteAccess access, Caller caller, TimeProvider clock) : Endpoint<ReadQueuesRequest, ReadQueuesResponse>
{
    public override void Configure()
    {
        Get("/queues");
        Allow(Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin, Role.PlatformAdmin);
        Refuses(Refusals.SiteUnknown);
    }

    protected override async Task<Outcome<ReadQueuesResponse>> RunAsync(ReadQueuesRequest request, CancellationToken ct)
    {
        var site = await access.WithinReachAsync(caller, request.SiteId);
        if (site.Refusal is { } unknown)
        {
            return unknown;
        }

        var wishes = await queues.WishesAsync(site.Value);
        var orders = await queues.OrdersAsync(site.Value);
        return new ReadQueuesResponse(
            site.Value.Id,
            clock.GetUtcNow(),
            wishes.ToDictionary(count => count.State, count => count.Number),
            orders.ToDictionary(count => count.State, count => count.Number),
            wishes.Where(count => count.State == WishState.Submitted).Sum(count => count.Number),
            NumberOf(OrderState.Draft),
            NumberOf(OrderState.ManualHold),
            NumberOf(OrderState.Disputed),
            orders.Sum(count => count.Overdue),
            orders.Sum(count => count.AtRisk),
            orders.Sum(count => count.Mine),
            wishes.Min(count => count.Oldest),
            orders.Where(count => count.State == OrderState.Dispatching).Select(count => count.Oldest).Min());

        int NumberOf(OrderState state) => orders.Where(count => count.State == state).Sum(count => count.Number);
    }
}
