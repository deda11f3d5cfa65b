using FluentValidation;
using Matching.Api.Catalog;
using Matching.Api.Orders;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;
using Matching.Geography;
using Matching.Orders;
using Matching.Volunteers;
using Matching.Wishes;

namespace Matching.Api.Wishes;

/// <summary>What a curator makes of a wish. What is left out is as the wish has it, or as the menu item says.</summary>
/// <param name="MenuItemId">The item of the menu; needed where the wish names none.</param>
/// <param name="Need">What volunteers read before they accept: no name, no address. Left out: the item's name.</param>
/// <param name="Place">Where.</param>
/// <param name="Address">In words, for whoever comes; kept sealed.</param>
/// <param name="Window">When.</param>
/// <param name="Minutes">How long it takes.</param>
/// <param name="Urgency">Left out: the most urgent of its wishes.</param>
/// <param name="PeopleWanted">How many seats.</param>
/// <param name="PeopleNeeded">Without this many it does not take place.</param>
/// <param name="Mode">How volunteers are looked for.</param>
/// <param name="GenderWanted">Of whoever comes, where the item allows asking.</param>
/// <param name="LanguageWanted">A language tag, where the item allows asking.</param>
public sealed record OrderDraft(
    Id? MenuItemId = null,
    string? Need = null,
    PlaceOnWire? Place = null,
    string? Address = null,
    WindowOnWire? Window = null,
    int? Minutes = null,
    Urgency? Urgency = null,
    int? PeopleWanted = null,
    int? PeopleNeeded = null,
    DispatchMode? Mode = null,
    Gender? GenderWanted = null,
    string? LanguageWanted = null);

public sealed class OrderDraftValidator : AbstractValidator<OrderDraft>
{
    public OrderDraftValidator()
    {
        RuleFor(r => r.Need).Length(1, 1_000);
        RuleFor(r => r.Place).OnEarth();
        RuleFor(r => r.Address).Length(1, WishLimits.Address);
        RuleFor(r => r.Window).Forwards();
        RuleFor(r => r.Minutes).InclusiveBetween(5, 1_440);
        RuleFor(r => r.PeopleWanted).InclusiveBetween(1, 200);
        RuleFor(r => r.PeopleNeeded).InclusiveBetween(1, 200);
        RuleFor(r => r.LanguageWanted).Length(2, 20);
    }
}

/// <summary>How orders are made of wishes: of one, or of several that are served together.</summary>
public sealed class CurationStore(WishStore wishes, OrderStore orders, SiteStore sites, CatalogStore catalog, Vault vault, TimeProvider clock)
{
    /// <summary>Makes one order of these wishes, which this transaction holds, and counts it with each of them.</summary>
    public async Task<Outcome<CreatedOrder>> OrderAsync(Transaction tx, IReadOnlyList<WishRow> made, OrderDraft draft, Actor actor)
    {
        var first = made[0];
        if ((draft.MenuItemId ?? first.MenuItemId) is not { } itemId)
        {
            return Refusals.MenuItemNeeded;
        }

        if (await catalog.MenuItemAsync(tx, itemId) is not { } item || item.CenterId != first.CenterId)
        {
            return Refusals.MenuItemUnknown.At("menuItemId");
        }

        // An item that was retired after the wish was made still serves it.
        if (!item.IsOffered && itemId != first.MenuItemId)
        {
            return Refusals.MenuItemRetired.At("menuItemId");
        }

        if (draft.GenderWanted is not null && !item.MayAskGender)
        {
            return Refusals.GenderNotAsked.At("genderWanted");
        }

        if (draft.LanguageWanted is not null && !item.MayAskLanguage)
        {
            return Refusals.LanguageNotAsked.At("languageWanted");
        }

        if ((draft.PeopleNeeded ?? item.PeopleNeeded) > (draft.PeopleWanted ?? item.PeopleWanted) && draft.PeopleNeeded is not null)
        {
            return Refusals.PeopleNeededAboveWanted.At("peopleNeeded");
        }

        var window = draft.Window?.ToWindow() ?? first.Window;
        if (WishTerms.Check(window, clock.GetUtcNow()) is { } wrongWindow)
        {
            return wrongWindow.At("window");
        }

        var home = await HomeOfAsync(tx, made);
        var alone = made.All(wish => wish.ResidentId == first.ResidentId);
        var place = draft.Place is { } sent ? Places.Read(sent.Lat, sent.Lng, sent.Datum, sent.AccuracyM ?? 0) : alone ? first.Place : home.Place;
        if (place.Refusal is { } wrongPlace)
        {
            return wrongPlace.At("place");
        }

        var created = await orders.CreateAsync(
            tx,
            new NewOrder
            {
                CenterId = home.CenterId,
                HomeSiteId = home.Id,
                MenuItemId = item.Id,
                ResidentId = alone ? first.ResidentId : null,
                Need = draft.Need ?? item.NameZh,
                Place = place.Value,
                // Another place, or a place for many, has nothing to do with where one of them lives.
                AddressSealed = draft.Address is { } address ? vault.Seal(address) : draft.Place is null && alone ? first.AddressSealed : null,
                Window = window,
                Urgency = draft.Urgency ?? made.Min(wish => wish.Urgency),
                Minutes = draft.Minutes,
                PeopleWanted = draft.PeopleWanted,
                PeopleNeeded = draft.PeopleNeeded,
                Mode = draft.Mode,
                GenderWanted = draft.GenderWanted ?? first.GenderWanted,
                LanguageWanted = draft.LanguageWanted ?? first.LanguageWanted,
            },
            [.. made.Select(wish => wish.Id)],
            actor);
        await wishes.FollowOrderAsync(tx, created.OrderId, null);
        return created;
    }

    // Their station; where they come from several, the nearest site above all of them.
    private async Task<Site> HomeOfAsync(Transaction tx, IReadOnlyList<WishRow> made)
    {
        var site = (await sites.FindAsync(tx, made[0].SiteId))!;
        foreach (var siteId in made.Select(wish => wish.SiteId).Distinct().Skip(1))
        {
            var other = (await sites.FindAsync(tx, siteId))!;
            while (!other.Path.StartsWith(site.Path, StringComparison.Ordinal))
            {
                site = (await sites.ParentAsync(tx, site.Id))!;
            }
        }

        return site;
    }
}
