using Matching.Accounts;
using Matching.Api.Tests.Accounts;
using Matching.Api.Tests.Plumbing;

namespace Matching.Api.Tests.Messages;

/// <summary>Short messages that go out through the door of somebody who carries them.</summary>
public class SmsDoorTests
{
    private FakeSms _door = null!;
    private MessageWorld _world = null!;

    [SetUp]
    public async Task Start()
    {
        _door = await FakeSms.StartAsync();
        _world = await MessageWorld.CreateAsync(("Messages:SmsUrl", _door.Url), ("Messages:SmsKey", "door-key"));
    }

    [TearDown]
    public async Task Stop()
    {
        await _world.DisposeAsync();
        await _door.DisposeAsync();
    }

    [Test]
    public async Task It_is_handed_in_with_its_id_and_our_key_and_nothing_is_written_into_a_file()
    {
        var code = await _world.Service.CodeAsync("13800000001");
        await _world.Service.SettleAsync();

        var received = _door.Received.Single();
        Assert.That((string?)received["phone"], Is.EqualTo("+8613800000001"));
        Assert.That((string?)received["id"], Does.StartWith("msg_"));
        Assert.That((string?)received["text"], Does.Contain(code));
        Assert.That(_door.Keys.Single(), Is.EqualTo("Bearer door-key"));
        Assert.That(_world.Sms(), Is.Empty);
    }

    [TestCase(503)]
    [TestCase(429)]
    [TestCase(408)]
    public async Task While_the_door_is_shut_it_is_tried_again_under_the_same_id(int status)
    {
        _door.Status = status;
        await _world.Service.CodeAsync("13800000002");
        await _world.Service.SettleAsync();
        _door.Status = 200;
        await LaterAsync(TimeSpan.FromSeconds(10));
        await LaterAsync(TimeSpan.FromHours(1));

        Assert.That(_door.Received.Select(one => (string?)one["id"]).Distinct().Count(), Is.EqualTo(1));
        Assert.That(_door.Received, Has.Count.EqualTo(2));
    }

    [TestCase(400)]
    [TestCase(302)]
    public async Task What_the_door_refuses_is_not_tried_again_and_the_station_hears_of_an_offer(int status)
    {
        _door.Status = status;
        await _world.VolunteerAsync("13800000003");

        var (_, offer) = await _world.OfferAsync();
        await LaterAsync(TimeSpan.FromHours(1));

        Assert.That((_door.Received.Count, _door.Elsewhere), Is.EqualTo((1, 0)));
        Assert.That((await _world.MessagesAsync(offer)).Single().State, Is.EqualTo("Failed"));
        Assert.That(await _world.World.ToldAsync(offer), Does.Contain("offer.undelivered"));
    }

    [Test]
    public async Task A_code_that_nobody_takes_is_given_up_before_it_is_stale()
    {
        _door.Status = 503;
        await _world.Service.CodeAsync("13800000004");
        for (var second = 0; second < 600; second += 10)
        {
            await LaterAsync(TimeSpan.FromSeconds(10));
        }

        Assert.That(_door.Received, Has.Count.EqualTo(5));
    }

    [Test]
    public async Task Of_what_was_tried_in_the_evening_the_next_try_waits_for_the_morning()
    {
        _door.Status = 503;
        var hat = await _world.World.World.HatAsync(Role.Volunteer);
        await _world.GivePhoneAsync(hat.AccountId, "13800000005");
        await _world.Service.AtAsync(Service.Friday.AddHours(11.95));
        var wish = await _world.World.Wishes.SubmitAsync();
        await _world.TellAsync("wish.question", Id.ParseOrNone(wish), _world.World.World.Center.Id, hat.AccountId);
        Assert.That(Questions, Is.EqualTo(1), "three minutes before nine");

        _door.Status = 200;
        await _world.Service.AtAsync(Service.Friday.AddHours(12.1));
        await LaterAsync(TimeSpan.FromMinutes(5));
        Assert.That(Questions, Is.EqualTo(1), "it is night");
        await _world.Service.AtAsync(Service.Friday.AddHours(23));
        await LaterAsync(TimeSpan.FromMinutes(5));

        Assert.That(Questions, Is.EqualTo(2));
    }

    [Test]
    public async Task The_log_names_no_phone_and_no_code()
    {
        var log = new KeptLog();
        await using var service = new Service(("Messages:SmsUrl", _door.Url), ("Messages:SmsKey", "door-key"), ("Logging:LogLevel:Default", "Trace"), ("Logging:LogLevel:Matching", "Trace")) { Log = log };
        await service.AtAsync(Service.Friday);
        _door.Status = 400;
        var code = await service.CodeAsync("13800000006");
        await service.SettleAsync();
        await _door.DisposeAsync();
        service.Machine.Move(TimeSpan.FromMinutes(2));
        var other = await service.CodeAsync("13800000007");
        await service.SettleAsync();

        var said = string.Join('\n', log.Lines.Where(line => !line.Contains("Development: the code", StringComparison.Ordinal)));
        Assert.That(said, Is.Not.Empty.And.Not.Contain("13800000006").And.Not.Contain("13800000007").And.Not.Contain("door-key"));
        Assert.That(said, Does.Not.Contain(code).And.Not.Contain(other));
    }

    private int Questions => _door.Received.Count(one => ((string)one["text"]!).Contains("有一个问题", StringComparison.Ordinal));

    private async Task LaterAsync(TimeSpan later)
    {
        _world.Service.Machine.Move(later);
        await _world.Service.SettleAsync();
    }
}
