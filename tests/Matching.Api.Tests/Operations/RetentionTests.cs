using Matching.Accounts;
using Matching.Api.Accounts;
using Matching.Api.Plumbing;
using Matching.Api.Plumbing.Identity;
using Matching.Api.Plumbing.Outbox;
using Matching.Api.Tests.Accounts;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Matching.Api.Tests.Operations;

public class RetentionTests
{
    [Test]
    public async Task Rows_go_when_they_have_been_kept_long_enough_and_not_before()
    {
        await using var service = await Service.StartAsync();
        var world = await World.CreateAsync(service);
        var hat = await world.HatAsync(Role.SiteAdmin, world.NorthStation);
        await service.SignInAsync();
        await service.TokensAsync(new { grant = "password", username = "nobody.here", password = "not the right one" });
        (await service.As(hat).PostAsync("/hats", new { phone = "13800000009", role = "proxy", siteId = world.NorthStation.Id.ToString() }, key: "k1")).Yes();
        await service.Services.GetRequiredService<Reveals>().AddAsync(hat.AccountId, Actor.System, "name", null, CancellationToken.None);
        var outbox = service.Services.GetRequiredService<OutboxStore>();
        await service.Database.WriteAsync(tx => outbox.AddAsync(tx, "test.topic", hat.Id, null, hat.AccountId, new { }), CancellationToken.None);
        await service.SettleAsync();

        await service.Database.WriteAsync(
            tx => service.Services.GetRequiredService<ResetCodeStore>().MakeAsync(tx, hat.AccountId, hat.AccountId), CancellationToken.None);

        string[] aDay = ["codes", "reset_codes", "code_allowances", "sign_in_attempts", "idempotency_keys"];
        string[] aMonth = ["sessions", "outbox"];
        string[] all = [.. aDay, .. aMonth, "job_runs", "notices", "reveals"];
        Assert.That(all.Where(table => Count(service, table) == 0), Is.Empty, "there is something to forget");

        await MoveAsync(TimeSpan.FromHours(23));
        Assert.That(all.Where(table => Count(service, table) == 0), Is.Empty, "before a day");
        await MoveAsync(TimeSpan.FromHours(1.1));
        Assert.That(all.Where(table => Count(service, table) == 0), Is.EquivalentTo(aDay), "after a day");
        await MoveAsync(TimeSpan.FromDays(29));
        Assert.That(all.Where(table => Count(service, table) == 0), Is.EquivalentTo(aDay.Concat(aMonth)), "after a month");

        // By the field's clock.
        await service.AtAsync(Service.Friday.AddDays(89));
        await service.SettleAsync();
        Assert.That(Count(service, "notices"), Is.EqualTo(1));
        await service.AtAsync(Service.Friday.AddDays(91));
        await service.SettleAsync();
        Assert.That((Count(service, "notices"), Count(service, "reveals")), Is.EqualTo((0, 1)));
        await service.AtAsync(Service.Friday.AddYears(3).AddDays(2));
        await service.SettleAsync();
        Assert.That(Count(service, "reveals"), Is.EqualTo(0));

        var runs = Count(service, "job_runs");
        await MoveAsync(TimeSpan.FromDays(100));
        Assert.That(runs, Is.GreaterThan(1));
        Assert.That(Count(service, "job_runs"), Is.EqualTo(1), "the run that deleted the others");

        async Task MoveAsync(TimeSpan by)
        {
            service.Machine.Move(by);
            await service.SettleAsync();
        }
    }

    private static long Count(Service service, string table)
    {
        using var connection = new SqliteConnection($"Data Source={service.DatabaseFile};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT COUNT(*) FROM {table}";
        return (long)command.ExecuteScalar()!;
    }
}
