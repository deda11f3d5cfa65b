using FluentValidation;
using Matching.Accounts;
using Matching.Api.Dispatch;
using Matching.Api.Offers;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Queues;
using Matching.Api.Sites;
using Matching.Engine;
using Matching.Orders;
using Matching.Policies;
using Matching.Sites;
using Matching.Wishes;

namespace Matching.Api.Orders;

/// <summary>How to look for volunteers from here on.</summary>
/// <param name="OrderId">Which order.</param>
/// <param name="Mode">wave, broadcast, direct, team, manual, or directive.</param>
/// <param name="SiteId">Directive: the site below that shall look after it.</param>
/// <param name="VolunteerIds">Manual: whom to ask.</param>
/// <param name="WindowStart">A new window, as long as nobody has said yes to the old one.</param>
/// <param name="WindowEnd">Its end.</param>
/// <param name="PeopleWanted">More seats, or fewer.</param>
/// <param name="PeopleNeeded">Without this many it does not take place.</param>
/// <param name="Reason">Why.</param>
public sealed record DispatchOrderRequest(
    Id OrderId,
    DispatchMode Mode,
    Id? SiteId = null,
    IReadOnlyList<Id>? VolunteerIds = null,
    DateTimeOffset? WindowStart = null,
    DateTimeOffset? WindowEnd = null,
    int? PeopleWanted = null,
    int? PeopleNeeded = null,
    string? Reason = null)
{
    /// <summary>The new window, when both ends are given.</summary>
    internal Window? Window => WindowStart is { } start && WindowEnd is { } end ? new Window(start, end) : null;
}

public sealed class DispatchOrderValidator : AbstractValidator<DispatchOrderRequest>
{
    public DispatchOrderValidator()
    {
        RuleFor(r => r.VolunteerIds).Must(ids => ids is null or { Count: > 0 and <= 100 });
        RuleFor(r => r.VolunteerIds).NotNull().When(r => r.Mode == DispatchMode.Manual).Refuse(Refusals.NoVolunteersNamed);
        RuleFor(r => r.SiteId).NotNull().When(r => r.Mode == DispatchMode.Directive);
        RuleFor(r => r.PeopleWanted).InclusiveBetween(1, 200);
        RuleFor(r => r.PeopleNeeded).InclusiveBetween(1, 200);
        RuleFor(r => r.WindowEnd).NotNull().When(r => r.WindowStart is not null);
        RuleFor(r => r.WindowStart).NotNull().When(r => r.WindowEnd is not null);
        RuleFor(r => r.WindowEnd).Must((r, end) => end is null || r.WindowStart is null || end > r.WindowStart).Refuse(Refusals.WindowBackwards);
        RuleFor(r => r.Reason).MaximumLength(400);
    }
}

/// <summary>A dispatcher says how to look: begins the search, changes its mode, hands the order down, asks whom she picks, or lets a held order go on.</summary>
public sealed class DispatchOrder(
    OrderStore orders, OfferStore offers, Dispatcher dispatcher, StaffStore staff, SiteStore sites, PolicyStore policies, Database database, Caller caller,
    TimeProvider clock)
    : Endpoint<DispatchOrderRequest, OrderAnswer>
{
    public override void Configure()
    {
        Post("/orders/{orderId}/dispatch");
        Allow(Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin);
        Refuses(
            Refusals.MatchingNotReady,
            Refusals.OrderUnknown, Refusals.OrderStateWrong, Refusals.SiteUnknown, Refusals.SiteNotBelow, Refusals.VolunteerUnknown, Refusals.NoVolunteersNamed,
            Refusals.WindowBackwards, Refusals.WindowInPast, Refusals.WindowPromised, Refusals.SeatsBelowFilled, Refusals.PeopleNeededAboveWanted,
            Refusals.TooManyForSeats);
        Refuses([.. HardRules.InOrder.Select(rule => rule.Refusal())]);
    }

    protected override async Task<Outcome<OrderAnswer>> RunAsync(DispatchOrderRequest request, CancellationToken ct)
    {
        if (await orders.FindAsync(caller, request.OrderId) is not { } read)
        {
            return Refusals.OrderUnknown;
        }

        // Matching looks at the order as it will be; nothing is written yet.
        var asItWillBe = request.Window is { } window
            ? read with { WindowStart = window.Start, WindowEnd = window.End, Edition = read.Edition + 1, FreshEdition = read.Edition + 1 }
            : read;
        var picked = request.Mode == DispatchMode.Manual ? await dispatcher.PickAsync(asItWillBe, request.VolunteerIds!, ct) : new List<NewOffer>();
        if (picked.Refusal is { } rule)
        {
            return rule;
        }

        return await database.WriteAsync(
            async tx =>
            {
                var order = (await orders.LockAsync(tx, read.Id))!;
                var changed = await ChangeAsync(tx, order, request);
                if (changed.Refusal is { } refusal)
                {
                    return refusal;
                }

                if (picked.Value.Count > 0)
                {
                    await AskAsync(tx, changed.Value, picked.Value);
                }

                return (Outcome<OrderAnswer>)OrderAnswer.From(await orders.SettleAsync(tx, order.Id, caller));
            },
            ct);
    }

    private async Task<Outcome<OrderRow>> ChangeAsync(Transaction tx, OrderRow order, DispatchOrderRequest request)
    {
        if (order.State is not (OrderState.Ready or OrderState.Dispatching or OrderState.ManualHold))
        {
            return Refusals.OrderStateWrong;
        }

        if (await ChangePeopleAsync(tx, order, request) is { } peopleWrong)
        {
            return peopleWrong;
        }

        if (await ChangeWindowAsync(tx, order, request) is { } windowWrong)
        {
            return windowWrong;
        }

        if (request.Mode == DispatchMode.Directive && await HandDownAsync(tx, order, request.SiteId!.Value) is { } siteWrong)
        {
            return siteWrong;
        }

        await orders.SetModeAsync(tx, order.Id, request.Mode);
        if (order.State != OrderState.Dispatching)
        {
            await orders.MoveAsync(tx, order, order.State == OrderState.Ready ? OrderDeed.Dispatch : OrderDeed.Redispatch, caller, request.Reason);
        }

        if (order.RoundId is { } running)
        {
            await offers.CloseRoundAsync(tx, running);
        }

        // What was asked before stays open until it expires; the search itself counts from now.
        var now = (await orders.FindAsync(tx, order.Id))!;
        var policy = await policies.EffectiveAsync(now.CenterId, now.OwnerPath, clock.GetUtcNow());
        await orders.SearchAnewAsync(tx, order.Id, Urgencies.Fit(now.Urgency, clock.GetUtcNow(), now.Window, policy));
        return (await orders.FindAsync(tx, order.Id))!;
    }

    private async Task<Refusal?> ChangePeopleAsync(Transaction tx, OrderRow order, DispatchOrderRequest request)
    {
        var wanted = request.PeopleWanted ?? order.PeopleWanted;
        var needed = request.PeopleNeeded ?? Math.Min(order.PeopleNeeded, wanted);
        if (wanted < order.SeatsFilled)
        {
            return Refusals.SeatsBelowFilled.At("peopleWanted");
        }

        if (needed > wanted)
        {
            return Refusals.PeopleNeededAboveWanted.At("peopleNeeded");
        }

        if (wanted != order.PeopleWanted || needed != order.PeopleNeeded)
        {
            await orders.SetPeopleAsync(tx, order, wanted, needed);
        }

        return request.VolunteerIds?.Count > wanted - order.SeatsFilled && request.Mode == DispatchMode.Manual
            ? Refusals.TooManyForSeats.At("volunteerIds")
            : null;
    }

    private async Task<Refusal?> ChangeWindowAsync(Transaction tx, OrderRow order, DispatchOrderRequest request)
    {
        if (request.Window is not { } window)
        {
            return null;
        }

        if (window.End <= clock.GetUtcNow())
        {
            return Refusals.WindowInPast.At("windowEnd");
        }

        if (order.SeatsFilled > 0)
        {
            return Refusals.WindowPromised.At("windowStart");
        }

        await offers.EndPendingAsync(tx, order.Id, Matching.Offers.OfferState.Withdrawn, caller);
        await orders.SetWindowAsync(tx, order.Id, window);
        return null;
    }

    private async Task<Refusal?> HandDownAsync(Transaction tx, OrderRow order, Id siteId)
    {
        if (await sites.FindAsync(tx, siteId) is not { } site || site.CenterId != order.CenterId)
        {
            return Refusals.SiteUnknown.At("siteId");
        }

        if (!site.OwnsOrders || !site.IsOpen || site.Id == order.OwnerSiteId || !Reach.Of(order.OwnerPath).Covers(site.Path))
        {
            return Refusals.SiteNotBelow.At("siteId");
        }

        await orders.HandDownAsync(tx, order, site);
        await staff.TellAsync(tx, order with { OwnerPath = site.Path }, "order.handedDown");
        return null;
    }

    private async Task AskAsync(Transaction tx, OrderRow order, IReadOnlyList<NewOffer> picked)
    {
        var policy = await policies.EffectiveAsync(order.CenterId, order.OwnerPath, clock.GetUtcNow());
        await dispatcher.OpenAsync(tx, order, policy, radiusM: null, wave: 1, picked, run: null, allAsked: false);
    }
}
