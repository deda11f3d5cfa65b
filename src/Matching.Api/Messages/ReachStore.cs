using Matching.Accounts;
using Matching.Api.Offers;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Matching.Api.WeChat;
using Matching.Messages;

namespace Matching.Api.Messages;

/// <summary>By what an offer would reach volunteers if it were sent now. It says by what, and never where.</summary>
public sealed class ReachStore(Database database, MessageSettings settings, WeChatSettings weChat, Vault vault)
{
    private static readonly Sql<ByIds, PhoneRow> Phones = new(
        "SELECT v.id, a.phone_sealed FROM volunteers v JOIN accounts a ON a.id = v.account_id WHERE v.id IN @Ids");

    private static readonly Sql<AllowingQuery, IdRow> Allowing = new(
        """
        SELECT v.id FROM volunteers v
        JOIN wechat_identities i ON i.account_id = v.account_id
        JOIN wechat_allowances w ON w.identity_id = i.id AND w.topic = @Topic AND w.allowed > 0
        WHERE v.id IN @Ids
        """);

    /// <summary>Who is not in it has no account, and hears of nothing.</summary>
    public async Task<IReadOnlyDictionary<Id, Carrier>> OfAsync(IReadOnlyCollection<Id> volunteerIds)
    {
        var found = new Dictionary<Id, Carrier>(volunteerIds.Count);
        foreach (var chunk in ByIds.Chunks(volunteerIds))
        {
            foreach (var row in await database.ListAsync(Phones, chunk))
            {
                found[row.Id] = settings.Carry && PhoneNumber.TryParse(vault.OpenIfAny(row.PhoneSealed), out var phone) && phone.TakesMessages ? Carrier.Sms : Carrier.Inbox;
            }

            if (settings.Carry && weChat.Sends(OfferMessages.Sent))
            {
                foreach (var row in await database.ListAsync(Allowing, new AllowingQuery(chunk.Ids, OfferMessages.Sent)))
                {
                    found[row.Id] = Carrier.WeChat;
                }
            }
        }

        return found;
    }

    private sealed record AllowingQuery(IReadOnlyList<byte[]> Ids, string Topic);

    private sealed record PhoneRow
    {
        public Id Id { get; init; }

        public string? PhoneSealed { get; init; }
    }

    private sealed record IdRow
    {
        public Id Id { get; init; }
    }
}
