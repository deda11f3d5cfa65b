using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Plumbing.Outbox;

namespace Matching.Api.Accounts;

/// <summary>Who has forgotten the password, the code that an administrator told, and the password that shall be.</summary>
/// <param name="Username">The username.</param>
/// <param name="Code">As it was told; dashes, blanks and capitals do not matter.</param>
/// <param name="Password">10 to 128 characters.</param>
public sealed record SetForgottenPasswordRequest(string Username, string Code, string Password);

public sealed class SetForgottenPasswordValidator : AbstractValidator<SetForgottenPasswordRequest>
{
    public SetForgottenPasswordValidator()
    {
        RuleFor(r => r.Username).NotEmpty().MaximumLength(Credentials.LongestUsername);
        RuleFor(r => r.Code).NotEmpty().MaximumLength(40);
        RuleFor(r => r.Password).Must((request, password) => Credentials.IsStrong(password, request.Username)).Refuse(Refusals.PasswordTooWeak);
    }
}

/// <summary>
/// Sets a new password by a code of <see cref="IssueResetCode"/>; all sign-ins of the account end. A wrong code, one that was used or is too old, and a username
/// that nobody has look the same; guesses count like wrong passwords at the door.
/// </summary>
public sealed class SetForgottenPassword(
    Database database, AccountStore accounts, ResetCodeStore codes, SignInAttemptStore attempts, SessionStore sessions, Timeline timeline, OutboxStore outbox)
    : Endpoint<SetForgottenPasswordRequest, Done>
{
    public override void Configure()
    {
        Post("/auth/password");
        AllowAnyone();
        NeverKeepAnswer();
        Refuses(Refusals.ResetCodeWrong, Refusals.PasswordTooWeak, Refusals.SignInLocked);
    }

    protected override async Task<Outcome<Done>> RunAsync(SetForgottenPasswordRequest request, CancellationToken ct)
    {
        if (await attempts.BeginAsync(request.Username, ct) is { Refusal: { } refusal })
        {
            return refusal;
        }

        var passwordHash = Passwords.Hash(request.Password);
        return await database.WriteAsync<Outcome<Done>>(
            async tx =>
            {
                if (await accounts.FindByUsernameAsync(tx, request.Username) is not { } account || !await codes.UseAsync(tx, account.Id, request.Code))
                {
                    return Refusals.ResetCodeWrong.At("code");
                }

                await accounts.ResetPasswordAsync(tx, account.Id, passwordHash);
                await attempts.ForgiveAsync(tx, request.Username);
                await sessions.EndOthersAsync(tx, account.Id, Id.None);
                await timeline.AddAsync(tx, account.Id, "ResetCodeIssued", "PasswordSet", nameof(SetForgottenPassword), new Actor(account.Id, null, "Nobody"));
                await outbox.AddAsync(tx, "account.passwordSet", account.Id, null, account.Id, new { accountId = account.Id });
                return Done.It;
            },
            ct);
    }
}
