using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Accounts;

public sealed record ShowMeRequest;

/// <summary>An account and what it may be.</summary>
/// <param name="Id">The account.</param>
/// <param name="Name">Of staff; null for others.</param>
/// <param name="Phone">Masked.</param>
/// <param name="Username">Null for those who sign in by phone.</param>
/// <param name="CreatedAt">Since when.</param>
/// <param name="Hat">The hat of this token; null when it wears none.</param>
/// <param name="Hats">All of them.</param>
public sealed record ShowMeResponse(
    Id Id, string? Name, string? Phone, string? Username, DateTimeOffset CreatedAt, HeldHat? Hat, IReadOnlyList<HeldHat> Hats);

/// <summary>Who I am: my account, the hat I wear, and those I could wear.</summary>
public sealed class ShowMe(AccountStore accounts, HatStore hats, Vault vault, Caller caller) : Endpoint<ShowMeRequest, ShowMeResponse>
{
    public override void Configure()
    {
        Get("/me");
        AllowAnyAccount();
    }

    protected override async Task<Outcome<ShowMeResponse>> RunAsync(ShowMeRequest request, CancellationToken ct)
    {
        if (await accounts.FindAsync(caller.AccountId) is not { } account)
        {
            return Refusals.TokenInvalid;
        }

        var held = await hats.HeldByAsync(account.Id);
        return new ShowMeResponse(
            account.Id, account.Name, vault.MaskIfAny(account.PhoneSealed), account.Username, account.CreatedAt,
            held.Find(hat => hat.Id == caller.HatId), held);
    }
}
