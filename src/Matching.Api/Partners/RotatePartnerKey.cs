using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Partners;

/// <param name="OverlapHours">How long the keys that there are go on working beside the new one.</param>
/// <param name="KeyDays">How long the new one works; none: until it is revoked.</param>
public sealed record RotatePartnerKeyRequest(Id PartnerId, int OverlapHours = 24, int? KeyDays = null);

/// <summary>A key, which is shown this once.</summary>
/// <param name="KeyId">By which it is revoked.</param>
/// <param name="Key">Sent as <c>Authorization: Bearer …</c>. Nobody can show it again.</param>
/// <param name="KeyExpiresAt">None: it works until it is revoked.</param>
public sealed record RotatePartnerKeyResponse(Id KeyId, string Key, DateTimeOffset? KeyExpiresAt);

public sealed class RotatePartnerKeyValidator : AbstractValidator<RotatePartnerKeyRequest>
{
    public RotatePartnerKeyValidator()
    {
        RuleFor(r => r.OverlapHours).InclusiveBetween(0, 30 * 24);
        RuleFor(r => r.KeyDays).InclusiveBetween(1, PartnerTerms.LongestKeyDays);
    }
}

/// <summary>Gives a partner a new key. Those before it go on for a while, so that nothing stands still while the partner puts the new one in place.</summary>
public sealed class RotatePartnerKey(PartnerStore partners, Timeline timeline, Database database, Caller caller)
    : Endpoint<RotatePartnerKeyRequest, RotatePartnerKeyResponse>
{
    public override void Configure()
    {
        Post("/partners/{partnerId}/keys");
        Allow(Role.CenterAdmin, Role.PlatformAdmin);
        Creates();
        NeverKeepAnswer();
        Refuses(Refusals.PartnerUnknown);
    }

    protected override Task<Outcome<RotatePartnerKeyResponse>> RunAsync(RotatePartnerKeyRequest request, CancellationToken ct) =>
        database.WriteAsync<Outcome<RotatePartnerKeyResponse>>(
            async tx =>
            {
                if (await partners.FindAsync(tx, caller, request.PartnerId) is not { EndedAt: null } partner)
                {
                    return Refusals.PartnerUnknown;
                }

                var (key, keyId, expires) = await partners.AddKeyAsync(
                    tx, partner.Id, request.KeyDays, TimeSpan.FromHours(request.OverlapHours), caller.AccountId);
                await timeline.AddAsync(tx, partner.Id, "Active", "Active", nameof(RotatePartnerKey), caller);
                return new RotatePartnerKeyResponse(keyId, key.Text, expires);
            },
            ct);
}
