using Matching.Accounts;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Partners;

public sealed record RevokePartnerKeyRequest(Id PartnerId, Id KeyId);

/// <summary>Takes a key back, from the next request on: it was lost, or seen by somebody.</summary>
public sealed class RevokePartnerKey(PartnerStore partners, Timeline timeline, Database database, Caller caller) : Endpoint<RevokePartnerKeyRequest, Done>
{
    public override void Configure()
    {
        Delete("/partners/{partnerId}/keys/{keyId}");
        Allow(Role.CenterAdmin, Role.PlatformAdmin);
        Refuses(Refusals.PartnerUnknown, Refusals.PartnerKeyUnknown);
    }

    protected override Task<Outcome<Done>> RunAsync(RevokePartnerKeyRequest request, CancellationToken ct) => database.WriteAsync<Outcome<Done>>(
        async tx =>
        {
            if (await partners.FindAsync(tx, caller, request.PartnerId) is not { } partner)
            {
                return Refusals.PartnerUnknown;
            }

            if (!await partners.RevokeKeyAsync(tx, partner.Id, request.KeyId))
            {
                return Refusals.PartnerKeyUnknown;
            }

            await timeline.AddAsync(tx, partner.Id, "Active", "Active", nameof(RevokePartnerKey), caller);
            return Done.It;
        },
        ct);
}
