using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;

namespace Matching.Api.Emergency;

public sealed record ListEmergenciesRequest(Id SiteId);

/// <summary>The emergencies of a site, the latest first.</summary>
public sealed record ListEmergenciesResponse(IReadOnlyList<EmergencyOnWire> Items);

/// <summary>When a site was, or is, in emergency, and why.</summary>
public sealed class ListEmergencies(EmergencyStore emergencies, SiteAccess access, Caller caller) : Endpoint<ListEmergenciesRequest, ListEmergenciesResponse>
{
    public override void Configure()
    {
        Get("/sites/{siteId}/emergency");
        Allow(Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.SiteUnknown);
    }

    protected override async Task<Outcome<ListEmergenciesResponse>> RunAsync(ListEmergenciesRequest request, CancellationToken ct)
    {
        var site = await access.WithinReachAsync(caller, request.SiteId);
        if (site.Refusal is { } unknown)
        {
            return unknown;
        }

        return new ListEmergenciesResponse([.. (await emergencies.OfSiteAsync(site.Value.Id)).Select(EmergencyOnWire.From)]);
    }
}
