using Matching.Api.Operations;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Tests.Accounts;
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
        var lookup = Convert.ToBase64String(new byte[32]);
        var both = new Vault(new VaultSettings { Keys = [Newer, Demo], LookupKey = lookup });
        var newer = new Vault(new VaultSettings { Keys = [Newer], LookupKey = lookup });

        var first = await AllAsync(new Reseal(service.Database, both));
        Assert.That(first.Where(column => column.Value == 0).Select(column => column.Key.Table), Is.All.EqualTo("sites"), "only the sites have no sealed phone here");
        foreach (var column in SealedColumn.All)
        {
            foreach (var row in await service.Database.ListAsync(column.Read, new SealedPage(Id.None, 10)))
            {
                Assert.That(newer.Open(row.ValueSealed), column.Table == "ring_keys" ? Does.StartWith("<key ") : Is.EqualTo(PersonRows.Mark).Or.EqualTo("+86" + PersonRows.Phone));
            }
        }

        Assert.That((await AllAsync(new Reseal(service.Database, both))).Values, Is.All.EqualTo(0), "a second run finds nothing to do");
    }

    [Test]
    public async Task After_the_command_the_old_key_can_go_and_everything_is_still_readable()
    {
        (string, string)[] old = [("Vault:Keys:0:Id", "v1"), ("Vault:Keys:0:Secret", Convert.ToBase64String(Enumerable.Repeat((byte)1, 32).ToArray()))];
        (string, string)[] fresh = [("Vault:Keys:0:Id", "v2"), ("Vault:Keys:0:Secret", Convert.ToBase64String(Enumerable.Repeat((byte)2, 32).ToArray()))];
        await using var before = await Service.StartAsync(old);
        var person = await PersonRows.CreateAsync(before, await World.CreateAsync(before));
        var file = ("Database:File", before.DatabaseFile);
        await using (var tooSoon = new Service([file, .. fresh]))
        {
            Assert.That((await tooSoon.As(person.Volunteer).ReadAsync("/me/data")).Status, Is.EqualTo(500), "sealed with a key that is not there");
        }

        // While the service runs.
        using var first = new ServerProcess(Path.GetDirectoryName(before.DatabaseFile)!, ["reseal"], [file, .. fresh, .. old.Select(Second)]);
        await first.ExitAsync();
        Assert.That(first.ExitCode, Is.Zero, first.Output);
        Assert.That(first.Output, Does.Contain("residents.address_sealed: 1 sealed anew."));
        using var again = new ServerProcess(Path.GetDirectoryName(before.DatabaseFile)!, ["reseal"], [file, .. fresh, .. old.Select(Second)]);
        await again.ExitAsync();
        Assert.That(again.Output, Does.Not.Contain(": 1 sealed anew."), "nothing is left to do");

        await using var after = new Service([file, .. fresh]);
        var data = (await after.As(person.Volunteer).ReadAsync("/me/data")).Yes();
        Assert.That((string?)data["account"]!["phone"], Is.EqualTo("+86" + PersonRows.Phone));
        Assert.That((string?)data["volunteers"]![0]!["volunteer"]!["idNumber"], Is.EqualTo(PersonRows.Mark));
        Assert.That((string?)data["residents"]![0]!["resident"]!["address"], Is.EqualTo(PersonRows.Mark));

        static (string, string) Second((string Name, string Value) setting) => (setting.Name.Replace(":0:", ":1:", StringComparison.Ordinal), setting.Value);
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
