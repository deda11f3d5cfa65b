using FluentValidation;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Accounts;

/// <summary>Which sign-in shall end: the token's own, or, where the access token has expired, the refresh token's.</summary>
public sealed record SignOutRequest(string? RefreshToken = null);

public sealed class SignOutValidator : AbstractValidator<SignOutRequest>
{
    public SignOutValidator() => RuleFor(r => r.RefreshToken).MaximumLength(100);
}

/// <summary>Ends a sign-in: its refresh tokens, and its access tokens from the next request on. A token that nobody knows is signed out already.</summary>
public sealed class SignOut(Database database, SessionStore sessions, Caller caller) : Endpoint<SignOutRequest, Done>
{
    public override void Configure()
    {
        Post("/auth/logout");
        AllowAnyone();
        NeverKeepAnswer();
        Refuses(Refusals.SignInNeeded);
    }

    protected override async Task<Outcome<Done>> RunAsync(SignOutRequest request, CancellationToken ct)
    {
        if (caller.IsNobody && request.RefreshToken is null)
        {
            return Refusals.SignInNeeded;
        }

        return await database.WriteAsync<Outcome<Done>>(
            async tx =>
            {
                var family = request.RefreshToken is { } token ? await SessionStore.FamilyOfAsync(tx, token) : caller.FamilyId;
                if (family is { } id)
                {
                    await sessions.EndAsync(tx, id);
                }

                return Done.It;
            },
            ct);
    }
}
