using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;

namespace Matching.Api.Accounts;

/// <summary>Who shall hold which role where. The account is named in one way: by id, by username, or by phone.</summary>
/// <param name="Role">A role that is given by hand: proxy, curator, dispatcher, siteAdmin, centerAdmin, platformAdmin.</param>
/// <param name="SiteId">Where it is held; none for a platform admin.</param>
/// <param name="AccountId">The account.</param>
/// <param name="Username">Its username.</param>
/// <param name="Phone">Its phone; an account is made when there is none.</param>
public sealed record GrantHatRequest(Role Role, Id? SiteId = null, Id? AccountId = null, string? Username = null, string? Phone = null);

/// <summary>The hat; the one held already, when it was held already.</summary>
public sealed record GrantHatResponse(Id Id, Id AccountId, Role Role, Id? SiteId);

public sealed class GrantHatValidator : AbstractValidator<GrantHatRequest>
{
    public GrantHatValidator()
    {
        RuleFor(r => r.AccountId).NotNull().When(r => r.Username is null && r.Phone is null);
        RuleFor(r => r.Username).MaximumLength(Credentials.LongestUsername);
        RuleFor(r => r.Username).Null().When(r => r.AccountId is not null || r.Phone is not null);
        RuleFor(r => r.Phone).MaximumLength(40);
        RuleFor(r => r.Phone).Null().When(r => r.AccountId is not null);
    }
}

/// <summary>Gives an account a role at a site within reach. Nobody gives a role above the own one.</summary>
public sealed class GrantHat(Database database, AccountStore accounts, HatStore hats, SiteStore sites, Caller caller) : Endpoint<GrantHatRequest, GrantHatResponse>
{
    public override void Configure()
    {
        Post("/hats");
        Allow(Role.SiteAdmin, Role.CenterAdmin, Role.PlatformAdmin);
        Creates();
        Refuses(Refusals.SiteUnknown, Refusals.SiteClosed, Refusals.HatNotYoursToGrant, Refusals.HatSiteWrong, Refusals.AccountUnknown, Refusals.PhoneInvalid);
    }

    protected override Task<Outcome<GrantHatResponse>> RunAsync(GrantHatRequest request, CancellationToken ct) => database.WriteAsync<Outcome<GrantHatResponse>>(
        async tx =>
        {
            if (await HatRights.RefusalAsync(tx, sites, caller, request.Role, request.SiteId) is { } refusal)
            {
                return refusal;
            }

            var account = await AccountAsync(tx, request);
            if (account.Refusal is { } unknown)
            {
                return unknown;
            }

            var id = await hats.GrantHatAsync(tx, account.Value, request.Role, request.SiteId, null, caller.AccountId);
            return new GrantHatResponse(id, account.Value, request.Role, request.SiteId);
        },
        ct);

    private async Task<Outcome<Id>> AccountAsync(Transaction tx, GrantHatRequest request)
    {
        if (request.Phone is { } typed)
        {
            return PhoneNumber.TryParse(typed, out var phone) ? await accounts.FindOrCreateByPhoneAsync(tx, phone) : Refusals.PhoneInvalid.At("phone");
        }

        var found = request.Username is { } username ? await accounts.FindByUsernameAsync(tx, username) : await accounts.FindAsync(tx, request.AccountId!.Value);
        return found is null ? Refusals.AccountUnknown : found.Id;
    }
}
