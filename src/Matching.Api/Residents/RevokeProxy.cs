using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Residents;

public sealed record RevokeProxyRequest(Id ResidentId, Id AccountId);

/// <summary>From now on somebody does not ask for a resident any more. A proxy may lay it down herself.</summary>
public sealed class RevokeProxy(ResidentStore residents, Database database, Timeline timeline, Caller caller) : Endpoint<RevokeProxyRequest, Done>
{
    public override void Configure()
    {
        Delete("/residents/{residentId}/proxies/{accountId}");
        AllowAnyAccount();
        Refuses(Refusals.ResidentUnknown, Refusals.ProxyUnknown);
    }

    protected override Task<Outcome<Done>> RunAsync(RevokeProxyRequest request, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            if (await residents.MayAskForAsync(tx, caller, request.ResidentId) is not { } resident
                || (!ResidentStore.MayEntrust(caller, resident) && request.AccountId != caller.AccountId))
            {
                return Refusals.ResidentUnknown;
            }

            if (!await residents.DropProxyAsync(tx, resident.Id, request.AccountId))
            {
                return Refusals.ProxyUnknown;
            }

            await timeline.AddAsync(tx, resident.Id, "Known", "Known", nameof(RevokeProxy), caller);
            return (Outcome<Done>)Done.It;
        },
        ct);
}
