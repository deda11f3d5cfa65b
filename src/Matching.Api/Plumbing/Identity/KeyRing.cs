using System.Xml.Linq;
using Matching.Api.Plumbing.Clocks;
using Matching.Api.Plumbing.Database;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.Repositories;

namespace Matching.Api.Plumbing.Identity;

/// <summary>
/// The keys of cookies and forms, one ring for all nodes: in the database, sealed by the vault. Without it each process would keep a ring of its own in a folder, and a
/// page that one node made could not be sent to another.
/// </summary>
[Shared]
public sealed class KeyRing(Database.Database database, Vault vault, Ids ids, MachineClock clock) : IXmlRepository
{
    private static readonly Sql<Nothing, KeyRow> All = new("SELECT id, xml_sealed FROM ring_keys ORDER BY id");

    private static readonly Sql<NewKey> Insert = new("INSERT INTO ring_keys (id, xml_sealed, created_at) VALUES (@Id, @XmlSealed, @CreatedAt)");

    public static void Add(WebApplicationBuilder builder)
    {
        builder.Services.AddDataProtection().SetApplicationName("matching");
        builder.Services.AddOptions<KeyManagementOptions>().Configure<KeyRing>((options, ring) => options.XmlRepository = ring);
        // It warns that nothing encrypts the keys; it cannot see that the whole of what it hands over is sealed here.
        builder.Logging.AddFilter("Microsoft.AspNetCore.DataProtection.KeyManagement.XmlKeyManager", LogLevel.Error);
    }

    // The framework asks once at the start and then once a day, and knows no other way than to wait.
    public IReadOnlyCollection<XElement> GetAllElements() =>
        [.. database.ListAsync(All, Nothing.It).GetAwaiter().GetResult().Select(row => XElement.Parse(vault.Open(row.XmlSealed)))];

    public void StoreElement(XElement element, string friendlyName)
    {
        var key = new NewKey(ids.Next(IdKind.RingKey), vault.Seal(element.ToString(SaveOptions.DisableFormatting)), clock.Now);
        database.WriteAsync(tx => tx.ExecuteAsync(Insert, key), CancellationToken.None).GetAwaiter().GetResult();
    }

    private sealed record KeyRow
    {
        public Id Id { get; init; }

        public string XmlSealed { get; init; } = "";
    }

    private sealed record NewKey(Id Id, string XmlSealed, DateTimeOffset CreatedAt);
}
