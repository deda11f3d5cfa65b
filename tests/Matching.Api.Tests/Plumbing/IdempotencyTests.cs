using Matching.Accounts;
using Matching.Api.Plumbing.Http;
using Matching.Api.Tests.Wishes;

namespace Matching.Api.Tests.Plumbing;

/// <summary>The same key: the same answer, one effect.</summary>
public class IdempotencyTests
{
    private Service _service = null!;
    private WishWorld _world = null!;

    [SetUp]
    public async Task Start()
    {
        _service = await Service.StartAsync();
        _world = await WishWorld.CreateAsync(_service);
    }

    [TearDown]
    public async Task Stop() => await _service.DisposeAsync();

    [Test]
    public async Task Another_body_under_the_same_key_is_refused()
    {
        (await _world.Resident.PostAsync("/wishes", WishWorld.Words(), key: "one")).Yes();

        var other = await _world.Resident.PostAsync("/wishes", WishWorld.Words("另一个心愿"), key: "one");

        Assert.That((other.Status, other.Code), Is.EqualTo((422, "idempotency_key_reused")));
    }

    [Test]
    public async Task The_answer_is_the_same_after_a_restart()
    {
        var first = (await _world.Resident.PostAsync("/wishes", WishWorld.Words(), key: "one")).Yes();
        using var second = new Service(_service.Shared);
        var client = second.CreateClient();
        client.DefaultRequestHeaders.Authorization = _world.Resident.DefaultRequestHeaders.Authorization;

        var again = (await client.PostAsync("/wishes", WishWorld.Words(), key: "one")).Yes();

        Assert.That(again.Text, Is.EqualTo(first.Text));
        Assert.That(again.Headers["Idempotency-Replayed"], Is.EqualTo("true"));
    }

    [Test]
    public async Task A_no_is_kept_like_a_yes()
    {
        var id = (string)(await _world.Resident.PostAsync("/wishes", WishWorld.Words())).Yes()["id"]!;
        var refused = await _world.Resident.PostAsync($"/wishes/{id}/answer", new { answer = "在" }, key: "one");

        var again = await _world.Resident.PostAsync($"/wishes/{id}/answer", new { answer = "在" }, key: "one");

        Assert.That(refused.Code, Is.EqualTo("wish_state_wrong"));
        Assert.That((again.Status, again.Code), Is.EqualTo((refused.Status, refused.Code)));
        Assert.That(again.Headers.ContainsKey("Idempotency-Replayed"));
    }

    [Test]
    public async Task A_key_is_each_callers_own_and_free_again_after_a_day()
    {
        var hat = await _world.World.HatAsync(Role.Proxy, _world.World.NorthStation);
        var body = WishWorld.Words(residentId: _world.ResidentId);
        var first = (await _service.As(hat).PostAsync("/wishes", body, key: "one")).Yes();
        var others = (await _world.Proxy.PostAsync("/wishes", body, key: "one")).Yes();
        Assert.That((string?)others["id"], Is.Not.EqualTo((string?)first["id"]));

        _service.Machine.Move(Idempotency.Kept);
        var later = (await _service.As(hat).PostAsync("/wishes", body, key: "one")).Yes();
        Assert.That((string?)later["id"], Is.Not.EqualTo((string?)first["id"]));
    }

    [Test]
    public async Task A_key_that_is_none_is_refused([Values("with a blank", "x201")] string key)
    {
        var answer = await _world.Resident.PostAsync("/wishes", WishWorld.Words(), key: key == "x201" ? new string('x', 201) : key);

        Assert.That((answer.Status, answer.Code), Is.EqualTo((400, "idempotency_key_invalid")));
    }
}
