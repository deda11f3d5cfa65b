using Matching.Accounts;
using Matching.Api.Plumbing.Database;
using Matching.Api.Plumbing.Jobs;
using Matching.Api.Plumbing.Outbox;
using Microsoft.Extensions.DependencyInjection;

namespace Matching.Api.Tests.Plumbing;

/// <summary>Messages reach whom they are for, once, whatever happens to those who carry them.</summary>
public class OutboxTests
{
    private static readonly Sql<ById, NoticeRow> NoticesOf = new("SELECT body FROM notices WHERE account_id = @Id ORDER BY id");

    private static readonly Sql<Nothing, WaitingRow> Waiting = new("SELECT attempts, error FROM outbox WHERE due_at IS NOT NULL ORDER BY id");

    private Service _service = null!;
    private Hat _hat = null!;

    [SetUp]
    public async Task Start()
    {
        _service = await Service.StartAsync();
        _hat = await (await World.CreateAsync(_service)).HatAsync(Role.Volunteer);
    }

    [TearDown]
    public async Task Stop() => await _service.DisposeAsync();

    [Test]
    public async Task Messages_arrive_in_the_order_in_which_they_were_left()
    {
        await LeaveAsync(130);

        Assert.That(await DeliverAsync(_service), Is.EqualTo(130));
        Assert.That(await ArrivedAsync(), Is.EqualTo(Enumerable.Range(0, 130)));
        Assert.That(await DeliverAsync(_service), Is.Zero);
    }

    [Test]
    public async Task Two_processes_that_deliver_at_once_deliver_each_message_once()
    {
        await using var other = new Service(("Database:File", _service.DatabaseFile));
        for (var round = 0; round < 5; round++)
        {
            await LeaveAsync(100, from: round * 100);
            var delivered = await Task.WhenAll(Task.Run(() => DeliverAsync(_service)), Task.Run(() => DeliverAsync(other)));

            Assert.That(delivered.Sum(), Is.EqualTo(100));
            Assert.That((await ArrivedAsync()).Order(), Is.EqualTo(Enumerable.Range(0, (round + 1) * 100)));
        }
    }

    [Test]
    public async Task What_one_took_that_died_is_delivered_when_its_lease_is_over_and_once()
    {
        await LeaveAsync(3);
        var outbox = _service.Services.GetRequiredService<OutboxStore>();
        var dead = await outbox.TakeAsync(2, CancellationToken.None);

        Assert.That(await DeliverAsync(_service), Is.EqualTo(1), "nobody takes what is under a lease");
        _service.Machine.Move(OutboxStore.Lease);
        Assert.That(await DeliverAsync(_service), Is.EqualTo(2));

        // It was not dead, only slow.
        var late = await _service.Database.WriteAsync(tx => outbox.DeliveredAsync(tx, dead), CancellationToken.None);
        await outbox.FailedAsync(dead, _service.Machine.GetUtcNow(), "late");
        Assert.That(late, Is.Empty);
        Assert.That(await DeliverAsync(_service), Is.Zero);
        Assert.That((await ArrivedAsync()).Order(), Is.EqualTo(Enumerable.Range(0, 3)));
    }

    [Test]
    public async Task One_that_comes_back_after_another_has_taken_over_delivers_nothing_of_it()
    {
        await LeaveAsync(2);
        var outbox = _service.Services.GetRequiredService<OutboxStore>();
        var slow = await outbox.TakeAsync(2, CancellationToken.None);
        _service.Machine.Move(OutboxStore.Lease);
        var next = await outbox.TakeAsync(1, CancellationToken.None);

        var late = await _service.Database.WriteAsync(tx => outbox.DeliveredAsync(tx, slow), CancellationToken.None);

        Assert.That(late.Select(message => message.Id), Is.EqualTo(slow.Messages.Select(message => message.Id).Except(next.Messages.Select(message => message.Id))));
        Assert.That(next.Messages.Single().Id, Is.EqualTo(slow.Messages[0].Id), "the same message under the same id");
    }

    [Test]
    public async Task A_message_that_cannot_be_delivered_holds_up_none_of_the_others_and_is_tried_again_later()
    {
        await LeaveAsync(5);
        await LeaveAsync(1, from: 5, account: _service.Ids.Next(IdKind.Account));
        await LeaveAsync(5, from: 6);

        Assert.That(await DeliverAsync(_service), Is.EqualTo(10));
        Assert.That((await ArrivedAsync()).Order(), Is.EqualTo(Enumerable.Range(0, 11).Except([5])));
        Assert.That(await WaitingAsync(), Is.EqualTo(new[] { (1, "SqliteException") }));

        Assert.That(await DeliverAsync(_service), Is.Zero, "not at once");
        _service.Machine.Move(TimeSpan.FromSeconds(2));
        Assert.That(await DeliverAsync(_service), Is.Zero);
        Assert.That(await WaitingAsync(), Is.EqualTo(new[] { (2, "SqliteException") }));
    }

    private static Task<int> DeliverAsync(Service service) =>
        service.Services.GetRequiredService<JobRunner>().RunAsync(typeof(DeliverOutbox), CancellationToken.None);

    private async Task LeaveAsync(int count, int from = 0, Id? account = null)
    {
        var outbox = _service.Services.GetRequiredService<OutboxStore>();
        await _service.Database.WriteAsync(
            async tx =>
            {
                for (var number = from; number < from + count; number++)
                {
                    await outbox.AddAsync(tx, "test", _hat.Id, null, account ?? _hat.AccountId, new { number });
                }
            },
            CancellationToken.None);
    }

    private async Task<IReadOnlyList<int>> ArrivedAsync() =>
        [.. (await _service.Database.ListAsync(NoticesOf, new ById(_hat.AccountId))).Select(row => (int)System.Text.Json.Nodes.JsonNode.Parse(row.Body)!["number"]!)];

    private async Task<IEnumerable<(int, string?)>> WaitingAsync() =>
        (await _service.Database.ListAsync(Waiting, Nothing.It)).Select(row => (row.Attempts, row.Error));

    private sealed record NoticeRow
    {
        public string Body { get; init; } = "";
    }

    private sealed record WaitingRow
    {
        public int Attempts { get; init; }

        public string? Error { get; init; }
    }
}
