using System.Globalization;
using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;
using Matching.Orders;
using Matching.Sites;
using Matching.Wishes;

namespace Matching.Api.Orders;

/// <summary>In which order a list of orders comes.</summary>
public enum OrderSort
{
    /// <summary>The newest first.</summary>
    Newest,

    /// <summary>The one whose next due-date comes first; finished ones are left out.</summary>
    Due,
}

/// <summary>How far an order has come, whatever came of it afterwards.</summary>
public enum OrderStep
{
    /// <summary>已派: somebody was asked.</summary>
    Offered,

    /// <summary>已接: somebody has said yes, or was there.</summary>
    Accepted,

    /// <summary>已服务</summary>
    Served,
}

/// <summary>Which orders.</summary>
/// <param name="SiteId">Of this site and all below it; left out: of my own site.</param>
/// <param name="State">Only in this state.</param>
/// <param name="Urgency">Only of this urgency.</param>
/// <param name="Sort">In which order.</param>
/// <param name="MadeFrom">Only those that were made then or later; with the newest first only.</param>
/// <param name="MadeBefore">Only those that were made before; with the newest first only.</param>
/// <param name="Step">Only those that came so far at least; with the newest first only.</param>
/// <param name="Home">Only those that were made there, whoever looks after them now; with the newest first only.</param>
/// <param name="Alone">Only those that were made at this very site, without those below; with the newest first only.</param>
/// <param name="Cursor">Where the last page ended.</param>
/// <param name="Take">How many, at most 100.</param>
public sealed record ListOrdersRequest(
    Id? SiteId = null, OrderState? State = null, Urgency? Urgency = null, OrderSort Sort = OrderSort.Newest,
    DateTimeOffset? MadeFrom = null, DateTimeOffset? MadeBefore = null, OrderStep? Step = null, bool Home = false, bool Alone = false, string? Cursor = null, int Take = Page<OrderOnWire>.Usual);

public sealed class ListOrdersValidator : AbstractValidator<ListOrdersRequest>
{
    public ListOrdersValidator()
    {
        RuleFor(r => r.Take).InclusiveBetween(1, Page<OrderOnWire>.Most);
        RuleFor(r => r.MadeFrom).Null().When(r => r.Sort == OrderSort.Due);
        RuleFor(r => r.MadeBefore).Null().When(r => r.Sort == OrderSort.Due);
        RuleFor(r => r.Step).Null().When(r => r.Sort == OrderSort.Due);
        RuleFor(r => r.Home).Equal(false).When(r => r.Sort == OrderSort.Due);
        RuleFor(r => r.Alone).Equal(false).When(r => r.Sort == OrderSort.Due);
    }
}

/// <summary>The orders of a site and all below it.</summary>
public sealed class ListOrders(OrderStore orders, SiteAccess access, Caller caller) : Endpoint<ListOrdersRequest, Page<OrderOnWire>>
{
    public override void Configure()
    {
        Get("/orders");
        Allow(Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin, Role.PlatformAdmin);
        Refuses(Refusals.SiteUnknown, Refusals.CursorInvalid);
    }

    protected override async Task<Outcome<Page<OrderOnWire>>> RunAsync(ListOrdersRequest request, CancellationToken ct)
    {
        var site = await access.WithinReachAsync(caller, request.SiteId);
        if (site.Refusal is { } unknown)
        {
            return unknown;
        }

        var reach = SiteAccess.ReachOf(site.Value);
        Reach? home = request.Alone ? Reach.Only(site.Value.Path) : request.Home ? reach : null;
        var filter = new OrderFilter(site.Value.CenterId, reach, request.State, request.Urgency, request.MadeFrom, request.MadeBefore, home, request.Step);
        var list = $"orders/{site.Value.Id}/{request.State}/{request.Urgency}/{request.Sort}/{request.MadeFrom:O}/{request.MadeBefore:O}/{request.Step}/{home?.To}";
        return request.Sort == OrderSort.Newest ? await NewestAsync(filter, request, list) : await SoonestDueAsync(filter, request, list);
    }

    private async Task<Outcome<Page<OrderOnWire>>> NewestAsync(OrderFilter filter, ListOrdersRequest request, string list)
    {
        var before = Cursor.ReadId(request.Cursor, list);
        if (before.Refusal is { } refusal)
        {
            return refusal;
        }

        var rows = await orders.NewestAsync(filter, before.Value ?? Id.From(UInt128.MaxValue), request.Take + 1);
        return Page<OrderOnWire>.Of(rows, request.Take, OrderOnWire.From, row => Cursor.Make(list, row.Id.ToString()));
    }

    private async Task<Outcome<Page<OrderOnWire>>> SoonestDueAsync(OrderFilter filter, ListOrdersRequest request, string list)
    {
        var read = Cursor.Read(request.Cursor, list, 2);
        if (read.Refusal is { } refusal)
        {
            return refusal;
        }

        var (dueAfter, after) = (DateTimeOffset.UnixEpoch, Id.None);
        if (read.Value is [var due, var id] && (!DateTimeOffset.TryParse(due, CultureInfo.InvariantCulture, out dueAfter) || !Id.TryParse(id, out after)))
        {
            return Refusals.CursorInvalid.At("cursor");
        }

        var rows = await orders.SoonestDueAsync(filter, dueAfter, after, request.Take + 1);
        return Page<OrderOnWire>.Of(rows, request.Take, OrderOnWire.From, row => Cursor.Make(list, row.DueAt!.Value.ToString("O"), row.Id.ToString()));
    }
}
