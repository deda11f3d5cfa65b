using FluentValidation;
using Matching.Accounts;
using Matching.Api.Accounts;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;
using Matching.Residents;

namespace Matching.Api.Residents;

/// <param name="Phone">The phone by which the proxy signs in.</param>
public sealed record GrantProxyRequest(Id ResidentId, string Phone, ProxyRelation Relation);

public sealed class GrantProxyValidator : AbstractValidator<GrantProxyRequest>
{
    public GrantProxyValidator()
    {
        RuleFor(r => r.Phone).Must(phone => PhoneNumber.TryParse(phone, out _)).Refuse(Refusals.PhoneInvalid);
        RuleFor(r => r.Relation).NotEqual(ProxyRelation.Partner);
    }
}

/// <summary>Somebody who may ask for a resident.</summary>
/// <param name="Phone">Masked.</param>
public sealed record ProxyResponse(Id AccountId, ProxyRelation Relation, string? Phone, DateTimeOffset GrantedAt);

/// <summary>A resident, or who looks after her, lets somebody else ask for her.</summary>
public sealed class GrantProxy(
    ResidentStore residents, AccountStore accounts, Database database, Timeline timeline, Caller caller, TimeProvider clock)
    : Endpoint<GrantProxyRequest, ProxyResponse>
{
    public override void Configure()
    {
        Post("/residents/{residentId}/proxies");
        AllowAnyAccount();
        Creates();
        Refuses(Refusals.ResidentUnknown, Refusals.ProxyAlready, Refusals.PhoneInvalid);
    }

    protected override async Task<Outcome<ProxyResponse>> RunAsync(GrantProxyRequest request, CancellationToken ct)
    {
        var phone = PhoneNumber.Read(request.Phone).Value;
        try
        {
            return await database.WriteAsync(
                async tx =>
                {
                    // A proxy by name does not name further ones.
                    if (await residents.FindAsync(tx, request.ResidentId) is not { } resident || !ResidentStore.MayEntrust(caller, resident))
                    {
                        return Refusals.ResidentUnknown;
                    }

                    var now = clock.GetUtcNow();
                    var accountId = await accounts.FindOrCreateByPhoneAsync(tx, phone);
                    await residents.AddProxyAsync(tx, resident.Id, accountId, request.Relation, caller.AccountId, now);
                    await timeline.AddAsync(tx, resident.Id, "Known", "Known", nameof(GrantProxy), caller);
                    return (Outcome<ProxyResponse>)new ProxyResponse(accountId, request.Relation, phone.Masked, now);
                },
                ct);
        }
        catch (SomebodyWasFirstException)
        {
            return Refusals.ProxyAlready;
        }
    }
}
