using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;

namespace Matching.Api.Accounts;

/// <summary>Accounts: a phone, or a username with a password, or both. What an account may do is in its hats.</summary>
public sealed class AccountStore(Database database, Vault vault, Ids ids, TimeProvider clock)
{
    private static readonly Sql<NewAccount> Insert = new(
        """
        INSERT INTO accounts (id, version, name, phone_sealed, phone_hash, username, username_folded, password_hash, created_at)
        VALUES (@Id, 1, @Name, @PhoneSealed, @PhoneHash, @Username, @UsernameFolded, @PasswordHash, @CreatedAt)
        """);

    private static readonly Sql<ById, AccountRow> Find = new(
        "SELECT id, name, phone_sealed, username, password_hash, created_at FROM accounts WHERE id = @Id AND forgotten_at IS NULL");

    private static readonly Sql<ByUsername, AccountRow> FindByUsername = new(
        "SELECT id, name, phone_sealed, username, password_hash, created_at FROM accounts WHERE username_folded = @UsernameFolded");

    private static readonly Sql<ByPhone, AccountRow> FindByPhone = new(
        "SELECT id, name, phone_sealed, username, password_hash, created_at FROM accounts WHERE phone_hash = @PhoneHash");

    private static readonly Sql<ByPhones, PhoneRow> FindByPhones = new("SELECT id, phone_hash FROM accounts WHERE phone_hash IN @PhoneHashes");

    private static readonly Sql<NewPassword> SetPassword = new(
        "UPDATE accounts SET password_hash = @PasswordHash, version = version + 1 WHERE id = @Id AND password_hash = @Was");

    private static readonly Sql<Reset> ResetPassword = new(
        "UPDATE accounts SET password_hash = @PasswordHash, version = version + 1 WHERE id = @Id AND username_folded IS NOT NULL AND forgotten_at IS NULL");

    private static readonly Sql<ById> Touch = new("UPDATE accounts SET version = version + 1 WHERE id = @Id AND forgotten_at IS NULL");

    public Task<AccountRow?> FindAsync(Id id) => database.FirstAsync(Find, new ById(id));

    public Task<AccountRow?> FindAsync(IRows rows, Id id) => rows.FirstAsync(Find, new ById(id));

    public Task<AccountRow?> FindByUsernameAsync(string username) => FindByUsernameAsync(database, username);

    public Task<AccountRow?> FindByUsernameAsync(IRows rows, string username) => rows.FirstAsync(FindByUsername, new ByUsername(Folded.Of(username)));

    public Task<AccountRow?> FindByPhoneAsync(PhoneNumber phone) => database.FirstAsync(FindByPhone, new ByPhone(vault.PhoneHash(phone)));

    /// <summary>
    /// Makes an account. The password comes hashed (<see cref="Passwords.Hash"/>): that takes long, and a write must not. A phone or username that
    /// another account has is <see cref="SomebodyWasFirstException"/>.
    /// </summary>
    public async Task<Id> CreateAccountAsync(
        Transaction tx, PhoneNumber? phone = null, string? username = null, string? passwordHash = null, string? name = null)
    {
        var id = ids.Next(IdKind.Account);
        await tx.ExecuteAsync(Insert, new NewAccount(
            id,
            name,
            phone is null ? null : vault.Seal(phone),
            phone is null ? null : vault.PhoneHash(phone),
            username?.Trim(),
            username is null ? null : Folded.Of(username),
            passwordHash,
            clock.GetUtcNow()));
        return id;
    }

    /// <summary>The account of a phone, made when there is none.</summary>
    public async Task<Id> FindOrCreateByPhoneAsync(Transaction tx, PhoneNumber phone)
    {
        var byPhone = new ByPhone(vault.PhoneHash(phone));
        if (await tx.FirstAsync(FindByPhone, byPhone) is { } known)
        {
            return known.Id;
        }

        try
        {
            return await CreateAccountAsync(tx, phone);
        }
        catch (SomebodyWasFirstException)
        {
            return (await tx.FirstAsync(FindByPhone, byPhone))!.Id;
        }
    }

    /// <summary>The accounts of these phones; those that are missing are made.</summary>
    public async Task<Dictionary<PhoneNumber, Id>> FindOrCreateByPhonesAsync(Transaction tx, IEnumerable<PhoneNumber> phones)
    {
        var byHash = phones.Distinct().ToDictionary(phone => Convert.ToHexString(vault.PhoneHash(phone)));
        var found = new Dictionary<PhoneNumber, Id>();
        foreach (var chunk in byHash.Keys.Chunk(ByIds.Most))
        {
            foreach (var row in await tx.ListAsync(FindByPhones, new ByPhones([.. chunk.Select(Convert.FromHexString)])))
            {
                found[byHash[Convert.ToHexString(row.PhoneHash)]] = row.Id;
            }
        }

        var now = clock.GetUtcNow();
        var missing = new List<NewAccount>();
        foreach (var (hash, phone) in byHash.Where(one => !found.ContainsKey(one.Value)))
        {
            var account = new NewAccount(ids.Next(IdKind.Account), null, vault.Seal(phone), Convert.FromHexString(hash), null, null, null, now);
            missing.Add(account);
            found[phone] = account.Id;
        }

        await tx.ExecuteEachAsync(Insert, missing);
        return found;
    }

    /// <summary>False when the password is not any more what it was.</summary>
    public async Task<bool> ChangePasswordAsync(Transaction tx, Id id, string was, string passwordHash) =>
        await tx.ExecuteAsync(SetPassword, new NewPassword(id, was, passwordHash)) == 1;

    /// <summary>Whatever the password was; who asks has shown otherwise that they may.</summary>
    public Task ResetPasswordAsync(Transaction tx, Id id, string passwordHash) => tx.ExecuteAsync(ResetPassword, new Reset(id, passwordHash));

    /// <summary>Makes others who change this account or its hats wait for this transaction; false when there is no such account.</summary>
    public static async Task<bool> HoldAsync(Transaction tx, Id id) => await tx.ExecuteAsync(Touch, new ById(id)) == 1;

    private sealed record NewAccount(
        Id Id, string? Name, string? PhoneSealed, byte[]? PhoneHash, string? Username, string? UsernameFolded, string? PasswordHash, DateTimeOffset CreatedAt);

    private sealed record ByPhones(IReadOnlyList<byte[]> PhoneHashes);

    private sealed record PhoneRow
    {
        public Id Id { get; init; }

        public byte[] PhoneHash { get; init; } = [];
    }

    private sealed record ByUsername(string UsernameFolded);

    private sealed record ByPhone(byte[] PhoneHash);

    private sealed record Reset(Id Id, string PasswordHash);

    private sealed record NewPassword(Id Id, string Was, string PasswordHash);
}

/// <summary>An account as it is stored.</summary>
public sealed record AccountRow
{
    public Id Id { get; init; }

    /// <summary>Of staff: whose name stands on what they did.</summary>
    public string? Name { get; init; }

    public string? PhoneSealed { get; init; }

    public string? Username { get; init; }

    public string? PasswordHash { get; init; }

    public DateTimeOffset CreatedAt { get; init; }
}
