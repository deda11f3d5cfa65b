using Matching.Accounts;
using Matching.Api.Catalog;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Residents;
using Matching.Api.Sites;
using Matching.Geography;
using Matching.Volunteers;
using Matching.Wishes;

namespace Matching.Api.Wishes;

/// <summary>
/// How a wish comes in, by whatever door: what it stands on is read, the rules are asked, it is written down, and where its menu item needs no curation it
/// becomes an order in the same transaction.
/// </summary>
public sealed class IntakeStore(
    WishStore wishes, ResidentStore residents, SiteStore sites, CatalogStore catalog, PolicyStore policies, CurationStore curation, Vault vault, Ids ids, TimeProvider clock)
{
    /// <summary>Where a wish is when neither it nor its resident has a place: the station, give or take this many metres.</summary>
    private const double SomewhereAtStationM = 2_000;

    public async Task<Outcome<SubmitWishResponse>> TakeAsync(Transaction tx, Caller caller, AskedWish asked)
    {
        var self = caller.Role == Role.Resident && (asked.ResidentId is null || asked.ResidentId == caller.SubjectId);
        var resident = self
            ? await residents.FindAsync(tx, caller.SubjectId)
            : await residents.MayAskForAsync(tx, caller, asked.ResidentId ?? Id.None);
        if (resident is null)
        {
            return Refusals.ResidentUnknown.At("residentId");
        }

        return await TakeForAsync(tx, caller, resident, asked.Channel ?? (self ? WishChannel.MiniProgram : WishChannel.Proxy), asked);
    }

    /// <summary>The same for a resident of whom it is known that the caller may ask for her.</summary>
    public async Task<Outcome<SubmitWishResponse>> TakeForAsync(Transaction tx, Caller caller, Resident resident, WishChannel channel, AskedWish asked)
    {
        var now = clock.GetUtcNow();
        if (await SiteAsync(tx, caller, resident, asked.SiteId) is not { } site)
        {
            return Refusals.SiteUnknown.At("siteId");
        }

        if (!site.IsOpen)
        {
            return Refusals.SiteClosed.At("siteId");
        }

        var item = asked.MenuItemId is { } itemId ? await catalog.MenuItemAsync(tx, itemId) : null;
        if (asked.MenuItemId is not null && item?.CenterId != site.CenterId)
        {
            return Refusals.MenuItemUnknown.At("menuItemId");
        }

        if (item is { IsOffered: false })
        {
            return Refusals.MenuItemRetired.At("menuItemId");
        }

        if (asked.GenderWanted is not null && item is not { MayAskGender: true })
        {
            return Refusals.GenderNotAsked.At("genderWanted");
        }

        if (asked.LanguageWanted is not null && item is not { MayAskLanguage: true })
        {
            return Refusals.LanguageNotAsked.At("languageWanted");
        }

        if (WishTerms.Check(asked.Window, now) is { } wrongWindow)
        {
            return wrongWindow.At("window");
        }

        // A partner asks in another's name, as a proxy does.
        var urgency = WishTerms.Ask(asked.Urgency, item?.Urgency ?? Urgency.Normal, caller.Role ?? Role.Proxy);
        if (urgency.Refusal is { } tooUrgent)
        {
            return tooUrgent;
        }

        var place = PlaceOf(asked.Place, resident, site);
        if (place.Refusal is { } wrongPlace)
        {
            return wrongPlace.At("place");
        }

        var policy = await policies.EffectiveAsync(site.CenterId, site.Path, now);
        var taken = Urgencies.Fit(urgency.Value, now, asked.Window, policy);
        var wish = new NewWish
        {
            Id = ids.Next(IdKind.Wish),
            CenterId = site.CenterId,
            SiteId = site.Id,
            Path = site.Path,
            ResidentId = resident.Id,
            SubmittedBy = caller.AccountId,
            Channel = channel.ToString(),
            MeetingId = asked.MeetingId,
            PartnerId = caller.Partner?.Id,
            PartnerReference = asked.PartnerReference,
            MenuItemId = item?.Id,
            Words = asked.Words,
            Lat = place.Value.Lat,
            Lng = place.Value.Lng,
            AccuracyM = place.Value.AccuracyM,
            SentLat = asked.Place?.Lat,
            SentLng = asked.Place?.Lng,
            SentDatum = asked.Place is { } sent ? Datums.Name(sent.Datum) : null,
            AddressSealed = asked.Address is { } address ? vault.Seal(address) : asked.Place is null ? resident.AddressSealed : null,
            WindowStart = asked.Window.Start,
            WindowEnd = asked.Window.End,
            Urgency = taken.ToString(),
            GenderWanted = asked.GenderWanted?.ToString(),
            LanguageWanted = asked.LanguageWanted,
            SubmittedAt = now,
        };
        await wishes.AddAsync(tx, wish, caller);
        if (item is not { NeedsCuration: false })
        {
            return new SubmitWishResponse(wish.Id, WishState.Submitted, taken, [], site.Id, resident.Id, 1);
        }

        var row = (await wishes.FindAsync(tx, wish.Id))!;
        await wishes.MoveAsync(tx, row, row.ToWish().OrderUncurated(now).Value, nameof(WishDeed.Order), Actor.System);
        // Not refused: all that it asks was asked above. A meeting's other wishes stand in the same transaction.
        var order = (await curation.OrderAsync(tx, [row], new OrderDraft(), Actor.System)).Value;
        return SubmitWishResponse.Of((await wishes.FindAsync(tx, wish.Id))!, [order.OrderId]);
    }

    // The resident's own station, unless somebody who may names another of the same center.
    private async Task<Site?> SiteAsync(Transaction tx, Caller caller, Resident resident, Id? named)
    {
        if (named is not { } siteId)
        {
            return await sites.OwnerOfAsync(tx, resident.SiteId);
        }

        return await sites.FindAsync(tx, siteId) is { OwnsOrders: true } site && site.CenterId == resident.CenterId && caller.Reach.Covers(site.Path) ? site : null;
    }

    private static Outcome<Place> PlaceOf(PlaceOnWire? sent, Resident resident, Site site)
    {
        if (sent is not null)
        {
            return Places.Read(sent.Lat, sent.Lng, sent.Datum, sent.AccuracyM ?? 0);
        }

        return resident.Place ?? site.Place with { AccuracyM = Math.Max(site.AccuracyM, SomewhereAtStationM) };
    }
}

/// <summary>What somebody asks for.</summary>
public sealed record AskedWish(
    Id? ResidentId,
    WishChannel? Channel,
    Id? MeetingId,
    string Words,
    PlaceOnWire? Place,
    string? Address,
    Id? MenuItemId,
    Window Window,
    Urgency? Urgency,
    Gender? GenderWanted,
    string? LanguageWanted,
    Id? SiteId,
    string? PartnerReference = null);
