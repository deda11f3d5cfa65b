using Matching.Accounts;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Partners;

public sealed record EndPartnerRequest(Id PartnerId);

/// <summary>Ends the work with a partner: its keys do no longer, and nothing is delivered to it. Its wishes stay.</summary>
public sealed class EndPartner(PartnerStore partners, Timeline timeline, Database database, Caller caller) : Endpoint<EndPartnerRequest, Done>
{
    public override void Configure()
    {
        Delete("/partners/{partnerId}");
        Allow(Role.CenterAdmin, Role.PlatformAdmin);
        Refuses(Refusals.PartnerUnknown);
    }

    protected override Task<Outcome<Done>> RunAsync(EndPartnerRequest request, CancellationToken ct) => database.WriteAsync<Outcome<Done>>(
        async tx =>
        {
            if (await partners.FindAsync(tx, caller, request.PartnerId) is not { } partner || !await partners.EndAsync(tx, partner.Id))
            {
                return Refusals.PartnerUnknown;
            }

            // What waits for its webhooks is given up by their lanes.
            await timeline.AddAsync(tx, partner.Id, "Active", "Ended", nameof(EndPartner), caller);
            return Done.It;
        },
        ct);
}
