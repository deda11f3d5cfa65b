using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Accounts;

/// <summary>The password that was, and the one that shall be.</summary>
public sealed record ChangeMyPasswordRequest(string Current, string Password);

public sealed class ChangeMyPasswordValidator : AbstractValidator<ChangeMyPasswordRequest>
{
    public ChangeMyPasswordValidator()
    {
        RuleFor(r => r.Current).MaximumLength(Credentials.LongestPassword);
        RuleFor(r => r.Password).MaximumLength(Credentials.LongestPassword);
    }
}

/// <summary>Changes my own password and ends all my other sign-ins. Wrong guesses at the current one count like those at the door.</summary>
public sealed class ChangeMyPassword(Database database, AccountStore accounts, SignInAttemptStore attempts, SessionStore sessions, Caller caller)
    : Endpoint<ChangeMyPasswordRequest, Done>
{
    public override void Configure()
    {
        Put("/me/password");
        AllowAnyAccount();
        Refuses(Refusals.PasswordWrong, Refusals.PasswordTooWeak, Refusals.SignInLocked);
    }

    protected override async Task<Outcome<Done>> RunAsync(ChangeMyPasswordRequest request, CancellationToken ct)
    {
        if (await accounts.FindAsync(caller.AccountId) is not { Username: { } username, PasswordHash: { } was })
        {
            // Signs in by phone: there is no password to change.
            return Refusals.PasswordWrong.At("current");
        }

        if (!Credentials.IsStrong(request.Password, username))
        {
            return Refusals.PasswordTooWeak.At("password");
        }

        if (await attempts.BeginAsync(username, ct) is { Refusal: { } refusal })
        {
            return refusal;
        }

        if (!Passwords.Verify(was, request.Current))
        {
            return Refusals.PasswordWrong.At("current");
        }

        var passwordHash = Passwords.Hash(request.Password);
        return await database.WriteAsync<Outcome<Done>>(
            async tx =>
            {
                if (!await accounts.ChangePasswordAsync(tx, caller.AccountId, was, passwordHash))
                {
                    return Refusals.PasswordWrong.At("current");
                }

                await attempts.ForgiveAsync(tx, username);
                await sessions.EndOthersAsync(tx, caller.AccountId, caller.FamilyId);
                return Done.It;
            },
            ct);
    }
}
