using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Sites;

namespace Matching.Api.Accounts;

/// <summary>Somebody who works at a site, and their first hat.</summary>
/// <param name="Name">Stands on what they do.</param>
/// <param name="Username">3 to 64 letters, digits or . _ - @; however it is typed it is the same.</param>
/// <param name="Password">10 to 128 characters; they change it themselves.</param>
/// <param name="Role">The first hat.</param>
/// <param name="SiteId">Where it is held; none for a platform admin.</param>
public sealed record CreateAccountRequest(string Name, string Username, string Password, Role Role, Id? SiteId = null);

public sealed record CreateAccountResponse(Id AccountId, Id HatId);

public sealed class CreateAccountValidator : AbstractValidator<CreateAccountRequest>
{
    public CreateAccountValidator()
    {
        RuleFor(r => r.Name).NotEmpty().MaximumLength(60);
        RuleFor(r => r.Username).Must(Credentials.IsUsername).Refuse(Refusals.UsernameInvalid);
        RuleFor(r => r.Password).Must((request, password) => Credentials.IsStrong(password, request.Username)).Refuse(Refusals.PasswordTooWeak);
    }
}

/// <summary>Makes an account with username and password for somebody who works at a site within reach.</summary>
public sealed class CreateAccount(Database database, AccountStore accounts, HatStore hats, SiteStore sites, Caller caller)
    : Endpoint<CreateAccountRequest, CreateAccountResponse>
{
    public override void Configure()
    {
        Post("/accounts");
        Allow(Role.SiteAdmin, Role.CenterAdmin, Role.PlatformAdmin);
        Creates();
        Refuses(
            Refusals.UsernameInvalid, Refusals.PasswordTooWeak, Refusals.UsernameTaken, Refusals.SiteUnknown, Refusals.SiteClosed, Refusals.HatNotYoursToGrant, Refusals.HatSiteWrong);
    }

    protected override async Task<Outcome<CreateAccountResponse>> RunAsync(CreateAccountRequest request, CancellationToken ct)
    {
        var passwordHash = Passwords.Hash(request.Password);
        return await database.WriteAsync<Outcome<CreateAccountResponse>>(
            async tx =>
            {
                if (await HatRights.RefusalAsync(tx, sites, caller, request.Role, request.SiteId) is { } refusal)
                {
                    return refusal;
                }

                try
                {
                    var accountId = await accounts.CreateAccountAsync(tx, null, request.Username, passwordHash, request.Name);
                    var hatId = await hats.GrantHatAsync(tx, accountId, request.Role, request.SiteId, null, caller.AccountId);
                    return new CreateAccountResponse(accountId, hatId);
                }
                catch (SomebodyWasFirstException)
                {
                    return Refusals.UsernameTaken.At("username");
                }
            },
            ct);
    }
}
