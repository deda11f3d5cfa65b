using Matching.Api.Operations;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Tests.Accounts;
using Matching.Api.Tests.Partners;
using Microsoft.Data.Sqlite;

namespace Matching.Api.Tests.Operations;

public class ResealTests
{
    private static readonly VaultKey Demo = new() { Id = "demo-1", Secret = "ZGVtby12YXVsdC1rZXktbm90LWZvci1yZWFsLXVzZSE=" };
    private static readonly VaultKey Newer = new() { Id = "demo-2", Secret = Convert.ToBase64String(new byte[32]) };

    [Test]
    public async Task Every_sealed_column_of_the_schema_is_on_the_list()
    {
        await using var service = await Service.StartAsync();
        using var connection = new SqliteConnection($"Data Source={service.DatabaseFile};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND c.name LIKE '%\\_sealed' ESCAPE '\\'";
        using var reader = command.ExecuteReader();
        var columns = new List<string>();
        while (reader.Read())
        {
            columns.Add(reader.GetString(0));
        }

        // Kept for a day only.
        columns.Remove("idempotency_keys.answer_sealed");
        Assert.That(SealedColumn.All.Select(column => $"{column.Table}.{column.Column}"), Is.EquivalentTo(columns));
    }

    [Test]
    public async Task What_an_older_key_sealed_is_sealed_anew_and_then_opens_without_it()
    {
        await using var service = await Service.StartAsync();
        await PersonRows.CreateAsync(service, await World.CreateAsync(service));
        var (_, partner, _) = await (await PartnerWorld.CreateAsync(service)).PartnerAsync("听电话的平台");
        var hook = (await partner.PostAsync("/partner/webhooks", new { url = "https://hooks.example.org/", types = new[] { "*" } })).Yes();
        (await partner.PostAsync($"/partner/webhooks/{hook["webhook"]!["id"]}/secret", new { })).Yes();
        var lookup = Convert.ToBase64String(new byte[32]);
        var both = new Vault(new VaultSettings { Keys = [Newer, Demo], LookupKey = lookup });
        var newer = new Vault(new VaultSettings { Keys = [Newer], LookupKey = lookup });

        var first = await AllAsync(new Reseal(service.Database, both));
        Assert.That(first.Where(column => column.Value == 0).Select(column => column.Key.Table), Is.All.EqualTo("sites"), "only the sites have no sealed phone here");
        foreach (var column in SealedColumn.All)
        {
            foreach (var row in await service.Database.ListAsync(column.Read, new SealedPage(Id.None, 10)))
            {
                Assert.That(newer.Open(row.ValueSealed), column.Table switch
                {
                    "ring_keys" => Does.StartWith("<key "),
                    "webhooks" => Does.StartWith("whsec_"),
                    _ => (NUnit.Framework.Constraints.IResolveConstraint)Is.EqualTo(PersonRows.Mark).Or.EqualTo("+86" + PersonRows.Phone),
                });
            }
        }

        Assert.That((await AllAsync(new Reseal(service.Database, both))).Values, Is.All.EqualTo(0), "a second run finds nothing to do");
    }

    private static async Task<Dictionary<SealedColumn, int>> AllAsync(Reseal reseal)
    {
        var done = new Dictionary<SealedColumn, int>();
        foreach (var column in SealedColumn.All)
        {
            done[column] = await reseal.RunAsync(column, CancellationToken.None);
        }

        return done;
    }
}
