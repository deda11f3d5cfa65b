using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Residents;

public sealed record ListMyResidentsRequest;

/// <summary>Whom the caller can ask for by name: herself, and those who entrusted her with it.</summary>
public sealed record MyResidentsResponse(IReadOnlyList<ResidentResponse> Own, IReadOnlyList<ResidentResponse> Entrusted);

/// <summary>The residents that an account speaks for: itself, and those for whom it is a proxy by name.</summary>
public sealed class ListMyResidents(ResidentStore residents, Database database, Caller caller, Vault vault) : Endpoint<ListMyResidentsRequest, MyResidentsResponse>
{
    public override void Configure()
    {
        Get("/me/residents");
        AllowAnyAccount();
    }

    protected override Task<Outcome<MyResidentsResponse>> RunAsync(ListMyResidentsRequest request, CancellationToken ct) => database.ReadAsync(
        async rows =>
        {
            var (own, entrusted) = await residents.OfAccountAsync(rows, caller.AccountId);
            var tags = await residents.TagsAsync(rows, own.Concat(entrusted).Select(resident => resident.Id));
            return (Outcome<MyResidentsResponse>)new MyResidentsResponse(
                own.ConvertAll(it => ResidentResponse.Of(it, tags[it.Id], caller, vault)),
                entrusted.ConvertAll(it => ResidentResponse.Of(it, tags[it.Id], caller, vault)));
        },
        ct);
}
