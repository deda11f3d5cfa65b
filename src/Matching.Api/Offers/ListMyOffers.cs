using FluentValidation;
using Matching.Accounts;
using Matching.Api.Orders;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Offers;

/// <summary>Which of my offers.</summary>
/// <param name="Open">Only those that can still be answered.</param>
public sealed record ListMyOffersRequest(bool Open = false, string? Cursor = null, int Take = Page<OfferOnWire>.Usual);

public sealed class ListMyOffersValidator : AbstractValidator<ListMyOffersRequest>
{
    public ListMyOffersValidator() => RuleFor(r => r.Take).InclusiveBetween(1, Page<OfferOnWire>.Most);
}

/// <summary>What I, or my team, was asked, newest first.</summary>
public sealed class ListMyOffers(OfferStore offers, OrderStore orders, Caller caller) : Endpoint<ListMyOffersRequest, Page<OfferOnWire>>
{
    public override void Configure()
    {
        Get("/me/offers");
        Allow(Role.Volunteer, Role.Captain);
        Refuses(Refusals.CursorInvalid);
    }

    protected override async Task<Outcome<Page<OfferOnWire>>> RunAsync(ListMyOffersRequest request, CancellationToken ct)
    {
        var list = $"me/offers/{caller.SubjectId}/{request.Open}";
        var before = Cursor.ReadId(request.Cursor, list);
        if (before.Refusal is { } refusal)
        {
            return refusal;
        }

        var rows = await offers.MineAsync(caller.SubjectId, request.Open, before.Value ?? Id.From(UInt128.MaxValue), request.Take + 1);
        var byId = (await orders.FindManyAsync([.. rows.Select(row => row.OrderId).Distinct()])).ToDictionary(order => order.Id);
        return Page<OfferOnWire>.Of(rows, request.Take, row => OfferOnWire.From(row, byId[row.OrderId]), row => Cursor.Make(list, row.Id.ToString()));
    }
}
