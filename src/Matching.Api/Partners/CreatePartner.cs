using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;
using Matching.Partners;

namespace Matching.Api.Partners;

/// <summary>A platform that shall hand in wishes.</summary>
/// <param name="Name">Stands on what it does; one of a kind in its center.</param>
/// <param name="SiteIds">Where it may hand in wishes: these sites of one center, each with all below it.</param>
/// <param name="Scopes">What it may do.</param>
/// <param name="RequestsAMinute">How often it may ask.</param>
/// <param name="KeyDays">How long its first key works; none: until it is revoked.</param>
public sealed record CreatePartnerRequest(
    string Name, IReadOnlyList<Id> SiteIds, IReadOnlyList<PartnerScope> Scopes, int RequestsAMinute = PartnerTerms.UsualRequestsAMinute, int? KeyDays = null);

/// <summary>A partner and its key, which is shown this once.</summary>
/// <param name="Partner">The partner.</param>
/// <param name="KeyId">By which the key is revoked.</param>
/// <param name="Key">Sent as <c>Authorization: Bearer …</c>. Nobody can show it again.</param>
/// <param name="KeyExpiresAt">None: it works until it is revoked.</param>
public sealed record CreatePartnerResponse(PartnerResponse Partner, Id KeyId, string Key, DateTimeOffset? KeyExpiresAt);

public sealed class CreatePartnerValidator : AbstractValidator<CreatePartnerRequest>
{
    public CreatePartnerValidator()
    {
        RuleFor(r => r.Name).NotEmpty().MaximumLength(60);
        RuleFor(r => r.SiteIds).Sites();
        RuleFor(r => r.Scopes).Scopes();
        RuleFor(r => r.RequestsAMinute).InclusiveBetween(1, PartnerTerms.MostRequestsAMinute);
        RuleFor(r => r.KeyDays).InclusiveBetween(1, PartnerTerms.LongestKeyDays);
    }
}

/// <summary>Lets a partner platform in: says what it may do and where, and gives its first key.</summary>
public sealed class CreatePartner(PartnerStore partners, SiteStore sites, Timeline timeline, Database database, Caller caller)
    : Endpoint<CreatePartnerRequest, CreatePartnerResponse>
{
    public override void Configure()
    {
        Post("/partners");
        Allow(Role.CenterAdmin, Role.PlatformAdmin);
        Creates();
        NeverKeepAnswer();
        Refuses(Refusals.SiteUnknown, Refusals.PartnerSitesOfOneCenter, Refusals.PartnerNameTaken);
    }

    protected override Task<Outcome<CreatePartnerResponse>> RunAsync(CreatePartnerRequest request, CancellationToken ct) =>
        database.WriteAsync<Outcome<CreatePartnerResponse>>(
            async tx =>
            {
                var center = await PartnerTerms.CenterOfAsync(tx, sites, caller, request.SiteIds);
                if (center.Refusal is { } refusal)
                {
                    return refusal;
                }

                try
                {
                    var partner = await partners.AddAsync(
                        tx, center.Value, request.Name.Trim(), request.Scopes, request.SiteIds, request.RequestsAMinute, caller.AccountId);
                    var (key, keyId, expires) = await partners.AddKeyAsync(tx, partner.Id, request.KeyDays, null, caller.AccountId);
                    await timeline.AddAsync(tx, partner.Id, null, "Active", nameof(CreatePartner), caller);
                    return new CreatePartnerResponse(await partners.ShowAsync(tx, partner), keyId, key.Text, expires);
                }
                catch (SomebodyWasFirstException)
                {
                    return Refusals.PartnerNameTaken.At("name");
                }
            },
            ct);
}
