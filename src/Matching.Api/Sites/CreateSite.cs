using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Sites;

namespace Matching.Api.Sites;

/// <param name="ParentId">None for a center.</param>
/// <param name="RadiusM">How far its service reaches, in metres.</param>
/// <param name="TimeZone">IANA name; for a center, Asia/Shanghai when nobody says.</param>
public sealed record CreateSiteRequest(
    SiteKind Kind, Id? ParentId, string Name, PlaceOnWire Place, int RadiusM, string? TimeZone = null, string? ResponsibleName = null,
    string? ResponsiblePhone = null);

public sealed class CreateSiteValidator : AbstractValidator<CreateSiteRequest>
{
    public CreateSiteValidator()
    {
        RuleFor(r => r.Name).NotEmpty().MaximumLength(100);
        RuleFor(r => r.Place).OnEarth();
        RuleFor(r => r.RadiusM).InclusiveBetween(100, 100_000);
        RuleFor(r => r.TimeZone).Must(zone => zone is null || (TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var found) && found.HasIanaId))
            .Refuse(Refusals.PolicyZoneUnknown);
        RuleFor(r => r.ResponsibleName).MaximumLength(60);
        RuleFor(r => r.ResponsiblePhone).Must(phone => phone is null || PhoneNumber.TryParse(phone, out _)).Refuse(Refusals.PhoneInvalid);
    }
}

/// <summary>A new site under one that the caller reaches. A new center is the platform's.</summary>
public sealed class CreateSite(SiteStore sites, Database database, Timeline timeline, Ids ids, Caller caller, Vault vault, TimeProvider clock)
    : Endpoint<CreateSiteRequest, SiteResponse>
{
    public override void Configure()
    {
        Post("/sites");
        Allow(Role.SiteAdmin, Role.CenterAdmin, Role.PlatformAdmin);
        Creates();
        Refuses(Refusals.SiteUnknown, Refusals.SiteClosed, Refusals.SiteParentWrong, Refusals.PolicyZoneUnknown, Refusals.PhoneInvalid);
    }

    protected override Task<Outcome<SiteResponse>> RunAsync(CreateSiteRequest request, CancellationToken ct)
    {
        var id = ids.Next(IdKind.Site);
        var place = request.Place.Read().Value;
        return database.WriteAsync(
            async tx =>
            {
                var parent = request.ParentId is { } parentId ? await sites.FindAsync(tx, parentId) : null;
                if (request.ParentId is null ? caller.Role != Role.PlatformAdmin : parent is null || !caller.Reach.Covers(parent.Path))
                {
                    return Refusals.SiteUnknown.At("parentId");
                }

                if (SiteRules.CheckParent(request.Kind, parent?.Kind) is { } wrong)
                {
                    return wrong.At("parentId");
                }

                if (parent is not null && !await sites.HoldAsync(tx, parent))
                {
                    return Refusals.SiteClosed.At("parentId");
                }

                var site = new Site
                {
                    Id = id,
                    Version = 1,
                    Kind = request.Kind,
                    ParentId = parent?.Id,
                    CenterId = parent?.CenterId ?? id,
                    Path = SiteStore.PathUnder(parent, id),
                    Name = request.Name.Trim(),
                    Lat = place.Lat,
                    Lng = place.Lng,
                    AccuracyM = place.AccuracyM,
                    RadiusM = request.RadiusM,
                    TimeZone = request.Kind == SiteKind.Center ? request.TimeZone ?? Policies.Policy.Default.Zone : null,
                    ResponsibleName = request.ResponsibleName,
                    ResponsiblePhoneSealed = request.ResponsiblePhone is { } phone ? vault.Seal(PhoneNumber.Read(phone).Value) : null,
                    CreatedAt = clock.GetUtcNow(),
                };
                await sites.InsertAsync(tx, site);
                await timeline.AddAsync(tx, id, null, "Open", nameof(CreateSite), caller);
                return (Outcome<SiteResponse>)SiteResponse.Of(site, caller, vault);
            },
            ct);
    }
}
