using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;
using Matching.Api.Volunteers;
using Matching.Residents;
using Matching.Volunteers;

namespace Matching.Api.Residents;

/// <summary>What is left out stays as it is; an empty phone or address is taken away.</summary>
/// <param name="SiteId">Where she lives now; within the same center.</param>
public sealed record ChangeResidentRequest(
    Id ResidentId, string? Name = null, Id? SiteId = null, string? Phone = null, string? Address = null, PlaceOnWire? Place = null, Gender? Gender = null,
    int? BirthYear = null, IReadOnlyList<string>? Languages = null, IReadOnlyList<CareTag>? CareTags = null);

public sealed class ChangeResidentValidator : AbstractValidator<ChangeResidentRequest>
{
    public ChangeResidentValidator()
    {
        RuleFor(r => r.Name).NotEmpty().MaximumLength(60).When(r => r.Name is not null);
        RuleFor(r => r.Phone).Must(phone => phone is null or "" || PhoneNumber.TryParse(phone, out _)).Refuse(Refusals.PhoneInvalid);
        RuleFor(r => r.Address).MaximumLength(ResidentShapes.LongestAddress);
        RuleFor(r => r.Place).OnEarth();
        RuleFor(r => r.BirthYear).BirthYear();
        RuleFor(r => r.Languages).Languages();
        RuleFor(r => r.CareTags).CareTags();
    }
}

/// <summary>Changes what is on record about a resident: by herself, by those who may ask for her, or by those who look after her.</summary>
public sealed class ChangeResident(ResidentStore residents, SiteStore sites, Database database, Caller caller, Vault vault)
    : Endpoint<ChangeResidentRequest, ResidentResponse>
{
    public override void Configure()
    {
        Patch("/residents/{residentId}");
        AllowAnyAccount();
        EditsWithIfMatch();
        Refuses(Refusals.ResidentUnknown, Refusals.SiteUnknown, Refusals.PhoneInvalid, Refusals.CareTagsNotYours);
    }

    protected override Task<Outcome<ResidentResponse>> RunAsync(ChangeResidentRequest request, CancellationToken ct)
    {
        var version = IfMatch;
        return database.WriteAsync(
            async tx =>
            {
                if (await residents.MayAskForAsync(tx, caller, request.ResidentId) is not { } resident)
                {
                    return Refusals.ResidentUnknown;
                }

                if (request.CareTags is not null && !ResidentStore.LooksAfter(caller, resident.Path))
                {
                    return Refusals.CareTagsNotYours.At("careTags");
                }

                var site = request.SiteId is { } siteId ? await sites.OwnerOfAsync(tx, siteId) : null;
                if (request.SiteId is not null && (site is null || site.CenterId != resident.CenterId || !await sites.HoldAsync(tx, site)))
                {
                    return Refusals.SiteUnknown.At("siteId");
                }

                var changed = With(resident, request, site) with { Version = version };
                if (!await residents.UpdateAsync(tx, changed, request.CareTags))
                {
                    return Refusals.ChangedMeanwhile;
                }

                var tags = (await residents.TagsAsync(tx, [resident.Id]))[resident.Id];
                return (Outcome<ResidentResponse>)ResidentResponse.Of(changed with { Version = version + 1 }, tags, caller, vault);
            },
            ct);
    }

    private Resident With(Resident it, ChangeResidentRequest request, Site? site)
    {
        var place = request.Place?.Read().Value ?? it.Place;
        return it with
        {
            Name = request.Name?.Trim() ?? it.Name,
            SiteId = site?.Id ?? it.SiteId,
            Path = site?.Path ?? it.Path,
            Gender = request.Gender ?? it.Gender,
            BirthYear = request.BirthYear ?? it.BirthYear,
            Languages = request.Languages is { } languages ? string.Join(',', languages) : it.Languages,
            PhoneSealed = request.Phone switch
            {
                null => it.PhoneSealed,
                "" => null,
                var phone => vault.Seal(PhoneNumber.Read(phone).Value),
            },
            AddressSealed = request.Address switch
            {
                null => it.AddressSealed,
                "" => null,
                var address => vault.Seal(address),
            },
            Lat = place?.Lat,
            Lng = place?.Lng,
            AccuracyM = place?.AccuracyM,
        };
    }
}
