using Matching.Accounts;
using Matching.Api.Accounts;
using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.WeChat;

/// <summary>Who is who in our mini-program, and how many messages they still let us send.</summary>
public sealed class WeChatStore(AccountStore accounts, SessionStore sessions, Database database, WeChatSettings settings, Vault vault, Ids ids, MachineClock clock)
{
    /// <summary>So many of one topic are kept in hand at most; a user may say yes again and again.</summary>
    private const int MostAllowed = 100;

    private static readonly Sql<ByOpenId, AccountRow> Find = new("SELECT account_id FROM wechat_identities WHERE open_id_hash = @OpenIdHash");

    private static readonly Sql<NewIdentity> Insert = new(
        """
        INSERT INTO wechat_identities (open_id_hash, id, account_id, open_id_sealed, bound_at)
        VALUES (@OpenIdHash, @Id, @AccountId, @OpenIdSealed, @BoundAt)
        """);

    private static readonly Sql<ById, IdentityRow> OfAccount = new(
        "SELECT id, open_id_sealed FROM wechat_identities WHERE account_id = @Id ORDER BY id");

    private static readonly Sql<ById, IdentityRow> FindIdentity = new("SELECT id, open_id_sealed FROM wechat_identities WHERE id = @Id");

    private static readonly Sql<AllowanceRow> Raise = new(
        "UPDATE wechat_allowances SET allowed = allowed + 1 WHERE identity_id = @IdentityId AND topic = @Topic AND allowed < @Most");

    private static readonly Sql<AllowanceRow> FirstAllowance = new(
        """
        INSERT INTO wechat_allowances (identity_id, topic, allowed)
        SELECT @IdentityId, @Topic, 1 WHERE NOT EXISTS (SELECT 1 FROM wechat_allowances WHERE identity_id = @IdentityId AND topic = @Topic)
        """);

    private static readonly Sql<OneAllowance> TakeOne = new(
        "UPDATE wechat_allowances SET allowed = allowed - 1 WHERE identity_id = @IdentityId AND topic = @Topic AND allowed > 0");

    private static readonly Sql<OneAllowance> TakeAll = new("UPDATE wechat_allowances SET allowed = 0 WHERE identity_id = @IdentityId AND topic = @Topic");

    private static readonly Sql<ById, LeftRow> AllowancesOf = new(
        """
        SELECT a.topic, a.allowed FROM wechat_identities i INNER JOIN wechat_allowances a ON a.identity_id = i.id
        WHERE i.account_id = @Id AND a.allowed > 0
        """);

    /// <summary>
    /// Opens a session for whoever this is in the mini-program. The first time she is bound to the account of the phone that she has shown, which is made when
    /// there is none; without a phone she is asked for one.
    /// </summary>
    public async Task<Outcome<OpenSession>> SignInAsync(string openId, PhoneNumber? phone, Id? hatId, CancellationToken ct)
    {
        var settled = await database.WriteAsync<Settled<OpenSession>>(
            async tx =>
            {
                var hash = HashOf(openId);
                if (await tx.FirstAsync(Find, new ByOpenId(hash)) is { } known)
                {
                    return await sessions.OpenAsync(tx, known.AccountId, hatId);
                }

                if (phone is null)
                {
                    return Refusals.WeChatPhoneNeeded.At("weChatPhoneCode");
                }

                return await sessions.OpenAsync(tx, await BindAsync(tx, hash, openId, phone), hatId);
            },
            ct);
        return settled.Outcome;
    }

    /// <summary>One more message of a topic may be sent to everybody of the account who is in the mini-program; false when nobody is.</summary>
    public async Task<bool> AllowAsync(Transaction tx, Id accountId, string topic)
    {
        var identities = await IdentitiesAsync(tx, accountId);
        foreach (var identity in identities)
        {
            await AllowAsync(tx, new AllowanceRow(identity.Id, topic, MostAllowed));
        }

        return identities.Count > 0;
    }

    /// <summary>How many messages of each topic may still be sent.</summary>
    public async Task<IReadOnlyDictionary<string, int>> AllowancesAsync(IRows rows, Id accountId) =>
        (await rows.ListAsync(AllowancesOf, new ById(accountId))).GroupBy(row => row.Topic).ToDictionary(group => group.Key, group => group.Sum(row => row.Allowed));

    /// <summary>Uses one message up; to whom it may go, or null when none is allowed.</summary>
    public async Task<WeChatUser?> UseAsync(Transaction tx, Id accountId, string topic)
    {
        foreach (var identity in await IdentitiesAsync(tx, accountId))
        {
            if (await tx.ExecuteAsync(TakeOne, new OneAllowance(identity.Id, topic)) == 1)
            {
                return Open(identity);
            }
        }

        return null;
    }

    /// <summary>Null when she has been forgotten since.</summary>
    public async Task<WeChatUser?> FindAsync(IRows rows, Id identityId) => await rows.FirstAsync(FindIdentity, new ById(identityId)) is { } found ? Open(found) : null;

    /// <summary>One that was used up was not needed.</summary>
    public Task GiveBackAsync(Transaction tx, Id identityId, string topic) => tx.ExecuteAsync(Raise, new AllowanceRow(identityId, topic, MostAllowed));

    /// <summary>WeChat knows better: there is none left.</summary>
    public Task NoneLeftAsync(Transaction tx, Id identityId, string topic) => tx.ExecuteAsync(TakeAll, new OneAllowance(identityId, topic));

    private static async Task AllowAsync(Transaction tx, AllowanceRow row)
    {
        if (await tx.ExecuteAsync(Raise, row) > 0)
        {
            return;
        }

        try
        {
            await tx.ExecuteAsync(FirstAllowance, row);
        }
        catch (SomebodyWasFirstException)
        {
            await tx.ExecuteAsync(Raise, row);
        }
    }

    private async Task<Id> BindAsync(Transaction tx, byte[] hash, string openId, PhoneNumber phone)
    {
        var accountId = await accounts.FindOrCreateByPhoneAsync(tx, phone);
        try
        {
            await tx.ExecuteAsync(Insert, new NewIdentity(hash, ids.Next(IdKind.WeChatIdentity), accountId, vault.Seal(openId), clock.Now));
            return accountId;
        }
        catch (SomebodyWasFirstException)
        {
            // The same user, on two devices at once.
            return (await tx.FirstAsync(Find, new ByOpenId(hash)))!.AccountId;
        }
    }

    private static Task<List<IdentityRow>> IdentitiesAsync(IRows rows, Id accountId) => rows.ListAsync(OfAccount, new ById(accountId));

    private WeChatUser Open(IdentityRow identity) => new(identity.Id, vault.Open(identity.OpenIdSealed));

    private byte[] HashOf(string openId) => vault.LookupHash("wechat", $"{settings.AppId}\n{openId}");

    private sealed record ByOpenId(byte[] OpenIdHash);

    private sealed record NewIdentity(byte[] OpenIdHash, Id Id, Id AccountId, string OpenIdSealed, DateTimeOffset BoundAt);

    private sealed record AllowanceRow(Id IdentityId, string Topic, int Most);

    private sealed record OneAllowance(Id IdentityId, string Topic);

    private sealed record AccountRow
    {
        public Id AccountId { get; init; }
    }

    private sealed record IdentityRow
    {
        public Id Id { get; init; }

        public string OpenIdSealed { get; init; } = "";
    }

    private sealed record LeftRow
    {
        public string Topic { get; init; } = "";

        public int Allowed { get; init; }
    }
}

/// <summary>Somebody in our mini-program, as WeChat knows them.</summary>
public sealed record WeChatUser(Id IdentityId, string OpenId)
{
    /// <summary>What prints by accident names nobody.</summary>
    public override string ToString() => IdentityId.ToString();
}
