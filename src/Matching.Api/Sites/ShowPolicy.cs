using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Policies;

namespace Matching.Api.Sites;

/// <param name="Version">An older one; none for the one in force.</param>
public sealed record ShowPolicyRequest(Id CenterId, int? Version = null);

/// <summary>What a center has decided, under its number.</summary>
public sealed record PolicyResponse(Id CenterId, int Version, Policy Policy) : IVersioned;

/// <summary>The policy that a center's staff work under.</summary>
public sealed class ShowPolicy(PolicyStore policies, SiteStore sites, Caller caller) : Endpoint<ShowPolicyRequest, PolicyResponse>
{
    public override void Configure()
    {
        Get("/centers/{centerId}/policy");
        Allow(Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin, Role.PlatformAdmin);
        Refuses(Refusals.SiteUnknown, Refusals.PolicyUnknown);
    }

    protected override async Task<Outcome<PolicyResponse>> RunAsync(ShowPolicyRequest request, CancellationToken ct)
    {
        // It binds everybody who works in the center, so a clerk of a station may read it too.
        if (await sites.CenterAsync(request.CenterId) is not { } center || (caller.CenterId != center.Id && !caller.Reach.Covers(center.Path)))
        {
            return Refusals.SiteUnknown;
        }

        var policy = request.Version is { } version ? await policies.VersionAsync(center.Id, version) : await policies.CurrentAsync(center.Id);
        return policy is null ? Refusals.PolicyUnknown : new PolicyResponse(center.Id, policy.Version, policy);
    }
}
