using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Residents;

public sealed record ShowResidentRequest(Id ResidentId);

/// <summary>One resident, to herself, to those who may ask for her and to those who look after her.</summary>
public sealed class ShowResident(ResidentStore residents, Database database, Caller caller, Vault vault) : Endpoint<ShowResidentRequest, ResidentResponse>
{
    public override void Configure()
    {
        Get("/residents/{residentId}");
        AllowAnyAccount();
        Refuses(Refusals.ResidentUnknown);
    }

    protected override Task<Outcome<ResidentResponse>> RunAsync(ShowResidentRequest request, CancellationToken ct) => database.ReadAsync(
        async rows => await residents.MayAskForAsync(rows, caller, request.ResidentId) is { } resident
            ? ResidentResponse.Of(resident, (await residents.TagsAsync(rows, [resident.Id]))[resident.Id], caller, vault)
            : (Outcome<ResidentResponse>)Refusals.ResidentUnknown,
        ct);
}
