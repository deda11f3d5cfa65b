using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Accounts;

/// <summary>The hat that shall go.</summary>
public sealed record RevokeHatRequest(Id HatId);

/// <summary>Takes a role away, from the next request on. Whoever may give it may take it; the last platform admin stays.</summary>
public sealed class RevokeHat(Database database, HatStore hats, Caller caller) : Endpoint<RevokeHatRequest, Done>
{
    public override void Configure()
    {
        Delete("/hats/{hatId}");
        Allow(Role.SiteAdmin, Role.CenterAdmin, Role.PlatformAdmin);
        Refuses(Refusals.HatUnknown, Refusals.HatNotYoursToGrant, Refusals.HatSiteWrong, Refusals.LastPlatformAdmin);
    }

    protected override Task<Outcome<Done>> RunAsync(RevokeHatRequest request, CancellationToken ct) => database.WriteAsync<Outcome<Done>>(
        async tx =>
        {
            if (await hats.FindAsync(tx, request.HatId) is not { } hat || !HatRights.MaySee(caller, hat))
            {
                return Refusals.HatUnknown;
            }

            if (HatGrants.Check(caller.Role!.Value, caller.Reach, hat.Role, hat.Site) is { } refusal)
            {
                return refusal;
            }

            if (hat.Role == Role.PlatformAdmin && await HatStore.IsLastPlatformAdminAsync(tx, hat.Id))
            {
                return Refusals.LastPlatformAdmin;
            }

            return await hats.RevokeHatAsync(tx, hat.Id, caller.AccountId) ? Done.It : Refusals.HatUnknown;
        },
        ct);
}
