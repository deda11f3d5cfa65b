using System.Globalization;
using Matching.Api.Messages;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Database;

namespace Matching.Api.WeChat;

/// <summary>
/// Brings a message as a subscription message of WeChat. Each uses up one that its user has allowed: it is put aside in the message's own row before anything is
/// sent, so that a message that is sent again, for a pause or a crash, uses up no second one.
/// </summary>
[Shared]
public sealed class WeChatCarrier(WeChatStore users, MessageStore messages, WeChatClient client, WeChatSettings settings, Database database, TimeProvider clock)
{
    /// <summary>Null when it has to go another way: nobody of the account allows it, or WeChat does not take it.</summary>
    /// <param name="isLast">A WeChat that says "later" now has said so too often.</param>
    public async Task<Carried?> SendAsync(MessageRow message, Id lease, bool isLast, CancellationToken ct)
    {
        if (message.AccountId is not { } accountId || !settings.IsSetUp || !settings.Templates.TryGetValue(message.Topic, out var template))
        {
            return null;
        }

        var aside = message.AllowanceOf;
        while (await database.WriteAsync(tx => PutAsideAsync(tx, message, lease, accountId, aside), ct) is { } user)
        {
            switch (await client.SendAsync(user.OpenId, template, PageOf(template, message), FieldsOf(template, message), ct))
            {
                case WeChatSent.Sent:
                    return Carried.Sent;
                case WeChatSent.Later when !isLast:
                    return Carried.Later;
                case WeChatSent.NotAllowed:
                    // She has taken it back; what we counted was not so. There may be another of the account.
                    await database.WriteAsync(tx => ForgetAsync(tx, message, lease, user.IdentityId), CancellationToken.None);
                    aside = null;
                    break;
                default:
                    await database.WriteAsync(tx => GiveBackAsync(tx, message with { AllowanceOf = user.IdentityId }), CancellationToken.None);
                    return null;
            }
        }

        return null;
    }

    /// <summary>The message does not go by WeChat after all: what was put aside for it may be used for another.</summary>
    public async Task GiveBackAsync(Transaction tx, MessageRow message)
    {
        if (message.AllowanceOf is { } identityId && await messages.ClearAllowanceAsync(tx, message.Id, identityId))
        {
            await users.GiveBackAsync(tx, identityId, message.Topic);
        }
    }

    private async Task<WeChatUser?> PutAsideAsync(Transaction tx, MessageRow message, Id lease, Id accountId, Id? aside)
    {
        if (aside is { } identityId)
        {
            return await users.FindAsync(tx, identityId);
        }

        if (await users.UseAsync(tx, accountId, message.Topic) is not { } user)
        {
            return null;
        }

        return await messages.SetAllowanceAsync(tx, message.Id, lease, user.IdentityId) ? user : throw new InvalidOperationException("A message has lost its lease.");
    }

    private async Task ForgetAsync(Transaction tx, MessageRow message, Id lease, Id identityId)
    {
        await messages.SetAllowanceAsync(tx, message.Id, lease, null);
        await users.NoneLeftAsync(tx, identityId, message.Topic);
    }

    private static string PageOf(WeChatTemplate template, MessageRow message) =>
        template.Page.Replace("{subject}", message.SubjectId.ToString(), StringComparison.Ordinal);

    private Dictionary<string, string> FieldsOf(WeChatTemplate template, MessageRow message) => template.Fields.ToDictionary(one => one.Key, one => one.Value
        .Replace("{title}", MessageWords.Title(message.Topic), StringComparison.Ordinal)
        .Replace("{time}", LocalNow(), StringComparison.Ordinal));

    // As WeChat documents times: in China's, to the minute.
    private string LocalNow() => (clock.GetUtcNow().UtcDateTime + TimeSpan.FromHours(8)).ToString("yyyy年M月d日 HH:mm", CultureInfo.InvariantCulture);
}
