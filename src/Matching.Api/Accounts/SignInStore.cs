using Matching.Accounts;
using Matching.Api.Plumbing.Database;

namespace Matching.Api.Accounts;

/// <summary>The three ways in. What a refused attempt counted or ended stays counted and ended.</summary>
public sealed class SignInStore(Database database, CodeStore codes, AccountStore accounts, SignInAttemptStore attempts, SessionStore sessions)
{
    /// <summary>By the newest code of a phone, once. The first time, it makes the account.</summary>
    public async Task<Outcome<OpenSession>> ByCodeAsync(string typedPhone, string code, Id? hatId, CancellationToken ct)
    {
        if (!PhoneNumber.TryParse(typedPhone, out var phone))
        {
            return Refusals.PhoneInvalid.At("phone");
        }

        var settled = await database.WriteAsync<Settled<OpenSession>>(
            async tx => await codes.UseAsync(tx, phone, Folded.Of(code))
                ? await sessions.OpenAsync(tx, await accounts.FindOrCreateByPhoneAsync(tx, phone), hatId)
                : Refusals.CodeWrong,
            ct);
        return settled.Outcome;
    }

    /// <summary>By username and password; in the same time and with the same words whether the username is known or not.</summary>
    public async Task<Outcome<OpenSession>> ByPasswordAsync(string username, string password, Id? hatId, CancellationToken ct)
    {
        if (await attempts.BeginAsync(username, ct) is { Refusal: { } refusal })
        {
            return refusal;
        }

        var account = await accounts.FindByUsernameAsync(username);
        if (!Passwords.Verify(account?.PasswordHash, password))
        {
            return Refusals.PasswordWrong;
        }

        var settled = await database.WriteAsync<Settled<OpenSession>>(
            async tx =>
            {
                await attempts.ForgiveAsync(tx, username);
                return await sessions.OpenAsync(tx, account!.Id, hatId);
            },
            ct);
        return settled.Outcome;
    }

    /// <summary>By the refresh token of an earlier sign-in.</summary>
    public async Task<Outcome<OpenSession>> ByRefreshAsync(string token, Id? hatId, CancellationToken ct) =>
        (await database.WriteAsync(tx => sessions.RefreshAsync(tx, token, hatId), ct)).Outcome;
}
