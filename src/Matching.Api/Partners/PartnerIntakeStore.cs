using Matching.Accounts;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Residents;
using Matching.Api.Sites;
using Matching.Api.Wishes;
using Matching.Residents;

namespace Matching.Api.Partners;

/// <summary>How a partner's wish comes in: it is found by its reference, or made, and with it the resident where she is new.</summary>
public sealed class PartnerIntakeStore(
    PartnerStore partners, WishStore wishes, IntakeStore intake, ResidentStore residents, SiteStore sites, Timeline timeline, Vault vault, Ids ids, TimeProvider clock)
{
    /// <summary>Throws <see cref="SomebodyWasFirstException"/> when the same reference was written at the same moment.</summary>
    public async Task<Outcome<PartnerWishResponse>> TakeAsync(Transaction tx, Caller caller, SubmitPartnerWishRequest request)
    {
        var partner = caller.Partner!;
        if (await wishes.FindByReferenceAsync(tx, partner.Id, request.Reference) is { } there)
        {
            var orders = await wishes.OrdersAsync(tx, there.Id);
            return new PartnerWishResponse(
                there.Id, true, request.Reference, there.State, there.Urgency, [.. orders.Select(order => order.Id)], there.SiteId, there.ResidentId, there.Version);
        }

        var resident = await ResidentAsync(tx, caller, request);
        if (resident.Refusal is { } unknown)
        {
            return unknown;
        }

        var made = await intake.TakeForAsync(tx, caller, resident.Value, WishChannel.Partner, new AskedWish(
            resident.Value.Id, WishChannel.Partner, null, request.Words, request.Place, request.Address, request.MenuItemId, request.Window.ToWindow(),
            request.Urgency, request.GenderWanted, request.LanguageWanted, null, request.Reference));
        if (made.Refusal is { } refusal)
        {
            return refusal;
        }

        var wish = made.Value;
        return new PartnerWishResponse(
            wish.Id, false, request.Reference, wish.State, wish.Urgency, wish.OrderIds, wish.SiteId, wish.ResidentId, wish.Version);
    }

    // Known: whom the partner brought before, and who let the partner ask for her. Nobody else exists for a partner.
    private async Task<Outcome<Resident>> ResidentAsync(Transaction tx, Caller caller, SubmitPartnerWishRequest request)
    {
        var partner = caller.Partner!;
        var named = request.ResidentId
            ?? (request.Resident!.Reference is { } reference ? await partners.ResidentAsync(tx, partner.Id, reference) : null);
        if (named is { } id)
        {
            return await residents.MayAskForAsync(tx, caller, id) is { } known && partner.Reaches(known.Path)
                ? known
                : Refusals.ResidentUnknown.At(request.ResidentId is null ? "resident.reference" : "residentId");
        }

        return await NewResidentAsync(tx, caller, request.Resident!);
    }

    private async Task<Outcome<Resident>> NewResidentAsync(Transaction tx, Caller caller, PartnerResident described)
    {
        var partner = caller.Partner!;
        if (await sites.OwnerOfAsync(tx, described.SiteId) is not { } site || !partner.Reaches(site.Path))
        {
            return Refusals.SiteUnknown.At("resident.siteId");
        }

        if (!site.IsOpen || !await sites.HoldAsync(tx, site))
        {
            return Refusals.SiteClosed.At("resident.siteId");
        }

        var phone = described.Phone is { } typed ? PhoneNumber.Read(typed).Value : null;
        var place = described.Place?.Read().Value;
        var resident = new Resident
        {
            Id = ids.Next(IdKind.Resident),
            Version = 1,
            CenterId = site.CenterId,
            SiteId = site.Id,
            Path = site.Path,
            Name = described.Name.Trim(),
            Gender = described.Gender,
            BirthYear = described.BirthYear,
            Languages = "zh",
            PhoneSealed = phone is null ? null : vault.Seal(phone),
            AddressSealed = vault.SealIfAny(described.Address),
            Lat = place?.Lat,
            Lng = place?.Lng,
            AccuracyM = place?.AccuracyM,
            CreatedAt = clock.GetUtcNow(),
        };
        await residents.InsertAsync(tx, resident, phone, []);
        await residents.AddProxyAsync(tx, resident.Id, caller.AccountId, ProxyRelation.Partner, caller.AccountId, resident.CreatedAt);
        if (described.Reference is { } reference)
        {
            await partners.AddResidentAsync(tx, partner.Id, reference, resident.Id);
        }

        await timeline.AddAsync(tx, resident.Id, null, "Known", nameof(SubmitPartnerWish), caller);
        return resident;
    }
}
