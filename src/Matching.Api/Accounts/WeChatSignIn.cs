using Matching.Api.Plumbing;
using Matching.Api.WeChat;

namespace Matching.Api.Accounts;

/// <summary>The way in from the mini-program. WeChat is asked first; what it says is settled in one write.</summary>
[Shared]
public sealed class WeChatSignIn(WeChatClient weChat, WeChatStore identities, WeChatSettings settings)
{
    /// <summary>By a code of <c>wx.login</c>; the first time with one of <c>getPhoneNumber</c>.</summary>
    public async Task<Outcome<OpenSession>> OpenAsync(string loginCode, string? phoneCode, Id? hatId, CancellationToken ct)
    {
        if (!settings.IsSetUp)
        {
            return Refusals.WeChatNotSetUp;
        }

        var openId = await weChat.OpenIdAsync(loginCode, ct);
        if (openId.Refusal is { } refusal)
        {
            return refusal.At("weChatCode");
        }

        if (phoneCode is null)
        {
            return await identities.SignInAsync(openId.Value, null, hatId, ct);
        }

        var phone = await weChat.PhoneAsync(phoneCode, ct);
        return phone.Refusal is { } wrong ? wrong.At("weChatPhoneCode") : await identities.SignInAsync(openId.Value, phone.Value, hatId, ct);
    }
}
