using FluentValidation;
using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Accounts;

/// <summary>By what somebody shows who they are.</summary>
public enum Grant
{
    /// <summary>A phone and the code that was sent to it.</summary>
    Code,

    /// <summary>A username and its password.</summary>
    Password,

    /// <summary>The refresh token of an earlier answer.</summary>
    Refresh,

    /// <summary>A code of <c>wx.login</c>; the first time with one of <c>getPhoneNumber</c>.</summary>
    WeChat,
}

/// <summary>What is shown, and the hat that is wanted.</summary>
/// <param name="Grant">Which of the ways.</param>
/// <param name="Phone">For a code.</param>
/// <param name="Code">The six digits.</param>
/// <param name="Username">For a password.</param>
/// <param name="Password">The password.</param>
/// <param name="RefreshToken">For a refresh; it is used up, the answer has the next one.</param>
/// <param name="WeChatCode">For WeChat: what <c>wx.login</c> gave.</param>
/// <param name="WeChatPhoneCode">For WeChat, the first time: what <c>getPhoneNumber</c> gave.</param>
/// <param name="HatId">The hat to wear; not needed where there is only one, and on a refresh not where it stays the same.</param>
public sealed record SignInRequest(
    Grant Grant, string? Phone = null, string? Code = null, string? Username = null, string? Password = null, string? RefreshToken = null, Id? HatId = null,
    string? WeChatCode = null, string? WeChatPhoneCode = null);

/// <summary>Tokens, and all hats of the account. Without a hat: take one of the list, by a refresh that names it.</summary>
public sealed record SignInResponse(
    string AccessToken,
    DateTimeOffset ExpiresAt,
    string RefreshToken,
    DateTimeOffset RefreshExpiresAt,
    Id AccountId,
    HeldHat? Hat,
    IReadOnlyList<HeldHat> Hats);

public sealed class SignInValidator : AbstractValidator<SignInRequest>
{
    public SignInValidator()
    {
        RuleFor(r => r.Phone).NotEmpty().When(r => r.Grant == Grant.Code).MaximumLength(40);
        RuleFor(r => r.Code).NotEmpty().When(r => r.Grant == Grant.Code).MaximumLength(10);
        RuleFor(r => r.Username).NotEmpty().When(r => r.Grant == Grant.Password).MaximumLength(Credentials.LongestUsername);
        RuleFor(r => r.Password).NotEmpty().When(r => r.Grant == Grant.Password).MaximumLength(Credentials.LongestPassword);
        RuleFor(r => r.RefreshToken).NotEmpty().When(r => r.Grant == Grant.Refresh).MaximumLength(100);
        RuleFor(r => r.WeChatCode).NotEmpty().When(r => r.Grant == Grant.WeChat).MaximumLength(200);
        RuleFor(r => r.WeChatPhoneCode).MaximumLength(200);
    }
}

/// <summary>
/// Gives an access token of fifteen minutes and a refresh token of thirty days, for a code, a password, an earlier refresh token or a login of the
/// mini-program. The first sign-in with a phone makes the account. Four wrong passwords are forgiven; from the fifth on the username rests one minute, then two, four … up to an hour.
/// </summary>
public sealed class SignIn(SignInStore ways, WeChatSignIn weChat, Tokens tokens) : Endpoint<SignInRequest, SignInResponse>
{
    public override void Configure()
    {
        Post("/auth/tokens");
        AllowAnyone();
        NeverKeepAnswer();
        Refuses(
            Refusals.PhoneInvalid, Refusals.CodeWrong, Refusals.PasswordWrong, Refusals.SignInLocked, Refusals.RefreshTokenInvalid, Refusals.HatUnknown,
            Refusals.WeChatNotSetUp, Refusals.WeChatNotAnswering, Refusals.WeChatCodeWrong, Refusals.WeChatUserBlocked, Refusals.WeChatTooOften, Refusals.WeChatPhoneNeeded);
    }

    protected override async Task<Outcome<SignInResponse>> RunAsync(SignInRequest request, CancellationToken ct)
    {
        var session = request.Grant switch
        {
            Grant.Code => await ways.ByCodeAsync(request.Phone!, request.Code!, request.HatId, ct),
            Grant.Password => await ways.ByPasswordAsync(request.Username!, request.Password!, request.HatId, ct),
            Grant.Refresh => await ways.ByRefreshAsync(request.RefreshToken!, request.HatId, ct),
            _ => await weChat.OpenAsync(request.WeChatCode!, request.WeChatPhoneCode, request.HatId, ct),
        };
        if (session.Refusal is { } refusal)
        {
            return refusal;
        }

        var open = session.Value;
        var (token, expires) = tokens.Issue(open.AccountId, open.Hat?.Id, open.FamilyId);
        return new SignInResponse(token, expires, open.RefreshToken, open.RefreshExpiresAt, open.AccountId, open.Hat, open.Hats);
    }
}
