using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Identity;
using Microsoft.Extensions.DependencyInjection;

namespace Matching.Api.Tests.Messages;

/// <summary>A phone for an account that was made without one, unless it is another's already.</summary>
public static class Phones
{
    private static readonly Sql<PhoneAndHash> Give = new(
        """
        UPDATE accounts SET phone_sealed = @Phone, phone_hash = @Hash
        WHERE id = @Id AND NOT EXISTS (SELECT 1 FROM accounts other WHERE other.phone_hash = @Hash)
        """);

    public static Task GiveAsync(Service service, Id account, string phone)
    {
        var vault = service.Services.GetRequiredService<Vault>();
        Assert.That(PhoneNumber.TryParse(phone, out var number));
        return service.Database.WriteAsync(tx => tx.ExecuteAsync(Give, new PhoneAndHash(account, vault.Seal(number!), vault.PhoneHash(number!))), CancellationToken.None);
    }

    private sealed record PhoneAndHash(Id Id, string Phone, byte[] Hash);
}
