using Matching.Api.Plumbing.Database;
using Microsoft.Data.Sqlite;

namespace Matching.Api.Tests.Plumbing;

/// <summary>A copy of the embedded database is worth what it can be started from.</summary>
public class BackupTests
{
    private string _folder = null!;

    [SetUp]
    public void Start() => _folder = Directory.CreateTempSubdirectory("matching-").FullName;

    [TearDown]
    public void Stop() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task A_backup_of_a_running_service_is_restored_elsewhere_and_starts_with_all_that_was_there()
    {
        var copy = new DatabaseSettings { File = Path.Combine(_folder, "elsewhere", "matching.db") };
        await using (var service = await Service.StartAsync())
        {
            await service.AsNobody().PostAsync("/development/clock", new { at = "2026-05-01T08:00:00+08:00" });
            Assert.That(Backup.Take(new DatabaseSettings { File = service.DatabaseFile }, File("copy.db"), force: false), Is.Null);
            await service.AsNobody().PostAsync("/development/clock", new { at = "2026-06-01T08:00:00+08:00" });
        }

        Assert.That(Backup.Restore(copy, File("copy.db"), force: false), Is.Null);

        await using var restored = new Service(("Database:File", copy.File));
        Assert.That((string?)(await restored.AsNobody().ReadAsync("/development/clock")).Yes()["now"], Is.EqualTo("2026-05-01T00:00:00Z"));
    }

    [Test]
    public async Task A_database_that_a_service_holds_is_not_replaced_not_even_by_force()
    {
        await using var service = await Service.StartAsync();
        var settings = new DatabaseSettings { File = service.DatabaseFile };
        Assert.That(Backup.Take(settings, File("copy.db"), force: false), Is.Null);

        Assert.That(Backup.Restore(settings, File("copy.db"), force: true), Does.Contain("holds").And.Contain("stop it first"));
        Assert.That((await service.AsNobody().ReadAsync("/development/clock")).Status, Is.EqualTo(200));
    }

    [Test]
    public async Task What_is_there_already_is_replaced_only_by_force()
    {
        var target = new DatabaseSettings { File = File("target.db") };
        await using (var service = await Service.StartAsync())
        {
            Backup.Take(new DatabaseSettings { File = service.DatabaseFile }, File("copy.db"), force: false);
            Assert.That(Backup.Take(new DatabaseSettings { File = service.DatabaseFile }, File("copy.db"), force: false), Does.Contain("--force"));
        }

        Assert.That(Backup.Restore(target, File("copy.db"), force: false), Is.Null);
        Assert.That(Backup.Restore(target, File("copy.db"), force: false), Does.Contain("--force"));
        Assert.That(Backup.Restore(target, File("copy.db"), force: true), Is.Null);
    }

    [Test]
    public void A_file_that_is_no_database_of_ours_is_not_put_in_its_place()
    {
        using (var other = new SqliteConnection($"Data Source={File("other.db")};Pooling=false"))
        {
            other.Open();
            using var command = other.CreateCommand();
            command.CommandText = "CREATE TABLE birds (id INT)";
            command.ExecuteNonQuery();
        }

        var target = new DatabaseSettings { File = File("target.db") };
        Assert.That(Backup.Restore(target, File("other.db"), force: false), Does.Contain("not a database of this service"));
        Assert.That(System.IO.File.Exists(target.File), Is.False);
    }

    [Test]
    public async Task The_command_says_what_it_did_and_why_not()
    {
        Assert.That(await Api.Plumbing.Commands.TryRunAsync(["restore", File("nothing.db")]), Is.EqualTo(1));
        Assert.That(await Api.Plumbing.Commands.TryRunAsync(["backup"]), Is.EqualTo(1));
        Assert.That(await Api.Plumbing.Commands.TryRunAsync(["--urls", "http://127.0.0.1:0"]), Is.Null);
    }

    private string File(string name) => Path.Combine(_folder, name);
}
