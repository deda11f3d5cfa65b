using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Plumbing.Outbox;

namespace Matching.Api.Accounts;

/// <summary>Whose password was forgotten, and how that is known.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="Reason">Stays on record: who came, and by what they were known.</param>
public sealed record IssueResetCodeRequest(Id AccountId, string Reason);

/// <summary>To be told to the person, and to nobody else.</summary>
/// <param name="Code">Shown this once.</param>
/// <param name="ExpiresAt">Until when it can be used.</param>
public sealed record IssueResetCodeResponse(string Code, DateTimeOffset ExpiresAt);

public sealed class IssueResetCodeValidator : AbstractValidator<IssueResetCodeRequest>
{
    public IssueResetCodeValidator() => RuleFor(r => r.Reason).NotEmpty().MaximumLength(400);
}

/// <summary>
/// Gives somebody who works within reach and has forgotten the password a code to set a new one: once, within half an hour; a newer code replaces it. All their
/// sign-ins end, and they are told who gave it.
/// </summary>
public sealed class IssueResetCode(
    Database database, AccountStore accounts, ResetCodeStore codes, SignInAttemptStore attempts, SessionStore sessions, Timeline timeline,
    OutboxStore outbox, Caller caller)
    : Endpoint<IssueResetCodeRequest, IssueResetCodeResponse>
{
    public override void Configure()
    {
        Post("/accounts/{accountId}/reset-codes");
        Allow(Role.SiteAdmin, Role.CenterAdmin, Role.PlatformAdmin);
        Creates();
        NeverKeepAnswer();
        Refuses(Refusals.AccountUnknown, Refusals.ResetNotYours, Refusals.ResetOwnPassword, Refusals.AccountHasNoPassword);
    }

    protected override Task<Outcome<IssueResetCodeResponse>> RunAsync(IssueResetCodeRequest request, CancellationToken ct) =>
        database.WriteAsync<Outcome<IssueResetCodeResponse>>(
            async tx =>
            {
                if (HatGrants.CheckReset(caller.Role!.Value, caller.Reach, await HatStore.PlacesOfAsync(tx, request.AccountId)) is { } refusal)
                {
                    return refusal;
                }

                if (request.AccountId == caller.AccountId)
                {
                    return Refusals.ResetOwnPassword;
                }

                if (await accounts.FindAsync(tx, request.AccountId) is not { Username: { } username, PasswordHash: not null })
                {
                    return Refusals.AccountHasNoPassword;
                }

                var fresh = await codes.MakeAsync(tx, request.AccountId, caller.AccountId);
                // Who has forgotten a password has tried many; the code must not wait for that to be forgiven.
                await attempts.ForgiveAsync(tx, username);
                await sessions.EndOthersAsync(tx, request.AccountId, Id.None);
                await timeline.AddAsync(tx, request.AccountId, null, "ResetCodeIssued", nameof(IssueResetCode), caller, request.Reason);
                await outbox.AddAsync(
                    tx, "account.resetCode", request.AccountId, null, request.AccountId, new { by = caller.AccountId, fresh.ExpiresAt });
                return new IssueResetCodeResponse(fresh.Code, fresh.ExpiresAt);
            },
            ct);
}
