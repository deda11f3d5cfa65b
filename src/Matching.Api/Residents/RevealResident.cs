using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Volunteers;

namespace Matching.Api.Residents;

/// <summary>What of a resident is kept sealed.</summary>
public enum ResidentSecret
{
    /// <summary>电话</summary>
    Phone,

    /// <summary>住址</summary>
    Address,
}

public sealed record RevealResidentRequest(Id ResidentId, ResidentSecret What, string Reason);

public sealed class RevealResidentValidator : AbstractValidator<RevealResidentRequest>
{
    public RevealResidentValidator() => RuleFor(r => r.Reason).NotEmpty().MaximumLength(400);
}

/// <summary>Shows a resident's phone or address to somebody who looks after her. She can see who looked, when and why.</summary>
public sealed class RevealResident(ResidentStore residents, Reveals reveals, Database database, Caller caller, Vault vault)
    : Endpoint<RevealResidentRequest, RevealedResponse>
{
    public override void Configure()
    {
        Post("/residents/{residentId}/reveal");
        Allow(Role.Proxy, Role.Curator, Role.Dispatcher, Role.SiteAdmin, Role.CenterAdmin);
        Refuses(Refusals.ResidentUnknown, Refusals.NothingToReveal);
    }

    protected override Task<Outcome<RevealedResponse>> RunAsync(RevealResidentRequest request, CancellationToken ct) => database.WriteAsync(
        async tx =>
        {
            if (await residents.MayAskForAsync(tx, caller, request.ResidentId) is not { } resident)
            {
                return Refusals.ResidentUnknown;
            }

            var found = request.What == ResidentSecret.Phone ? resident.PhoneSealed : resident.AddressSealed;
            if (found is null)
            {
                return Refusals.NothingToReveal;
            }

            await reveals.AddAsync(tx, resident.Id, caller, request.What == ResidentSecret.Phone ? "phone" : "address", null, request.Reason);
            return (Outcome<RevealedResponse>)new RevealedResponse(vault.Open(found));
        },
        ct);
}
