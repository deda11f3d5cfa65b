using Matching.Api.Tests.Accounts;

namespace Matching.Api.Tests.Plumbing;

/// <summary>The key of the vault is changed, as those who run the service do it.</summary>
public class ResealCommandTests
{
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
}
