using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;

namespace Matching.Api.Figures;

/// <param name="SiteId">Of this site and all below it; left out: of my own site.</param>
/// <param name="Days">What was made in so many days up to now.</param>
public sealed record ReadFunnelRequest(Id? SiteId = null, int Days = 30);

public sealed class ReadFunnelValidator : AbstractValidator<ReadFunnelRequest>
{
    public ReadFunnelValidator() => RuleFor(r => r.Days).InclusiveBetween(1, 366);
}

/// <summary>How far what was made in the last days has come.</summary>
/// <param name="FulfilmentRate">Fulfilled wishes among those that are finished, 0 to 1; null while none is.</param>
/// <param name="Since">From when on was counted.</param>
public sealed record FunnelResponse(
    Id SiteId, int Days, int Wishes, int WishesOrdered, int WishesFulfilled, double? FulfilmentRate, int Orders, int Offered, int Accepted, int Served, int Closed,
    DateTimeOffset Since);

/// <summary>The loop as a funnel: wishes, orders, offered, accepted, served, closed.</summary>
public sealed class ReadFunnel(FigureStore figures, SiteAccess access, Caller caller, TimeProvider clock) : Endpoint<ReadFunnelRequest, FunnelResponse>
{
    public override void Configure()
    {
        Get("/figures/funnel");
        Allow(Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin, Role.PlatformAdmin);
        Refuses(Refusals.SiteUnknown);
    }

    protected override async Task<Outcome<FunnelResponse>> RunAsync(ReadFunnelRequest request, CancellationToken ct)
    {
        var site = await access.WithinReachAsync(caller, request.SiteId);
        if (site.Refusal is { } unknown)
        {
            return unknown;
        }

        var since = clock.GetUtcNow().AddDays(-request.Days);
        var wishes = await figures.WishesAsync(site.Value, since);
        var orders = await figures.OrdersAsync(site.Value, since);
        return new FunnelResponse(
            site.Value.Id, request.Days, wishes.Submitted, wishes.Ordered, wishes.Fulfilled,
            wishes.Finished == 0 ? null : Math.Round((double)wishes.Fulfilled / wishes.Finished, 4),
            orders.Made, orders.Offered, orders.Accepted, orders.Served, orders.Closed, since);
    }
}
