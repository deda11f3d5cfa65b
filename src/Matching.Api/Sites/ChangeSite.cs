using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Sites;

/// <summary>What is left out stays as it is; an empty text takes the responsible person's name or phone away.</summary>
public sealed record ChangeSiteRequest(
    Id SiteId, string? Name = null, PlaceOnWire? Place = null, int? RadiusM = null, string? ResponsibleName = null, string? ResponsiblePhone = null);

public sealed class ChangeSiteValidator : AbstractValidator<ChangeSiteRequest>
{
    public ChangeSiteValidator()
    {
        RuleFor(r => r.Name).NotEmpty().MaximumLength(100).When(r => r.Name is not null);
        RuleFor(r => r.Place).OnEarth();
        RuleFor(r => r.RadiusM).InclusiveBetween(100, 100_000);
        RuleFor(r => r.ResponsibleName).MaximumLength(60);
        RuleFor(r => r.ResponsiblePhone).Must(phone => phone is null or "" || PhoneNumber.TryParse(phone, out _)).Refuse(Refusals.PhoneInvalid);
    }
}

/// <summary>Changes a site's name, place, radius or responsible person.</summary>
public sealed class ChangeSite(SiteStore sites, Database database, Caller caller, Vault vault) : Endpoint<ChangeSiteRequest, SiteResponse>
{
    public override void Configure()
    {
        Patch("/sites/{siteId}");
        Allow(Role.SiteAdmin, Role.CenterAdmin, Role.PlatformAdmin);
        EditsWithIfMatch();
        Refuses(Refusals.SiteUnknown, Refusals.SiteClosed, Refusals.PhoneInvalid);
    }

    protected override Task<Outcome<SiteResponse>> RunAsync(ChangeSiteRequest request, CancellationToken ct)
    {
        var version = IfMatch;
        return database.WriteAsync(
            async tx =>
            {
                if (await sites.FindAsync(tx, request.SiteId) is not { } site || !caller.Reach.Covers(site.Path))
                {
                    return Refusals.SiteUnknown;
                }

                if (!site.IsOpen)
                {
                    return Refusals.SiteClosed;
                }

                var changed = With(site, request) with { Version = version };
                return await sites.UpdateAsync(tx, changed)
                    ? (Outcome<SiteResponse>)SiteResponse.Of(changed with { Version = version + 1 }, caller, vault)
                    : Refusals.ChangedMeanwhile;
            },
            ct);
    }

    private Site With(Site site, ChangeSiteRequest request)
    {
        var place = request.Place?.Read().Value ?? site.Place;
        return site with
        {
            Name = request.Name?.Trim() ?? site.Name,
            Lat = place.Lat,
            Lng = place.Lng,
            AccuracyM = place.AccuracyM,
            RadiusM = request.RadiusM ?? site.RadiusM,
            ResponsibleName = request.ResponsibleName switch
            {
                null => site.ResponsibleName,
                "" => null,
                var name => name,
            },
            ResponsiblePhoneSealed = request.ResponsiblePhone switch
            {
                null => site.ResponsiblePhoneSealed,
                "" => null,
                var phone => vault.Seal(PhoneNumber.Read(phone).Value),
            },
        };
    }
}
