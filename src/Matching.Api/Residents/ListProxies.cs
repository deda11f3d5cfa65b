using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;

namespace Matching.Api.Residents;

public sealed record ListProxiesRequest(Id ResidentId);

/// <summary>Who may ask for a resident, by name.</summary>
public sealed class ListProxies(ResidentStore residents, Database database, Caller caller, Vault vault) : Endpoint<ListProxiesRequest, Page<ProxyResponse>>
{
    public override void Configure()
    {
        Get("/residents/{residentId}/proxies");
        AllowAnyAccount();
        Refuses(Refusals.ResidentUnknown);
    }

    protected override Task<Outcome<Page<ProxyResponse>>> RunAsync(ListProxiesRequest request, CancellationToken ct) => database.ReadAsync(
        async rows =>
        {
            if (await residents.FindAsync(rows, request.ResidentId) is not { } resident || !ResidentStore.MayEntrust(caller, resident))
            {
                return Refusals.ResidentUnknown;
            }

            var proxies = await residents.ProxiesAsync(rows, resident.Id);
            return (Outcome<Page<ProxyResponse>>)new Page<ProxyResponse>(
                proxies.ConvertAll(one => new ProxyResponse(one.AccountId, one.Relation, Masks.Phone(vault, one.PhoneSealed), one.GrantedAt)), null);
        },
        ct);
}
