using Matching.Accounts;
using Matching.Api.Dispatch;
using Matching.Api.Plumbing.Database;
using Matching.Api.Sites;
using Matching.Engine;
using Matching.Engine.Compact;
using Matching.Policies;
using Matching.Wishes;
using Microsoft.Extensions.DependencyInjection;

namespace Matching.Api.Tests.Sites;

/// <summary>What a center decides for its subtree.</summary>
public class PolicyTests
{
    private Service _service = null!;
    private World _world = null!;

    [SetUp]
    public async Task Start()
    {
        _service = await Service.StartAsync();
        _world = await World.CreateAsync(_service);
    }

    [TearDown]
    public async Task Stop() => await _service.DisposeAsync();

    [Test]
    public async Task A_center_puts_another_policy_in_force_and_the_old_one_stays_readable()
    {
        var admin = _service.As(await _world.HatAsync(Role.CenterAdmin, _world.Center));
        var read = (await admin.ReadAsync(Address)).Yes();
        var policy = read["policy"]!.DeepClone().AsObject();
        policy["waveSizes"] = new System.Text.Json.Nodes.JsonArray(2, 4);

        var put = (await admin.AskAsync(HttpMethod.Put, Address, new { policy, reason = "志愿者不多" }, ifMatch: 1)).Yes();

        Assert.That((int)put["version"]!, Is.EqualTo(2));
        Assert.That(put.Headers["ETag"], Is.EqualTo("\"v2\""));
        Assert.That((await Policies.CurrentAsync(_world.Center.Id)).WaveSizes, Is.EqualTo(new[] { 2, 4 }));
        Assert.That((string?)(await admin.ReadAsync(Address + "?version=1")).Yes()["policy"]!["waveSizes"]!.ToJsonString(), Is.EqualTo("[3,6,12]"));
        var versions = (await admin.ReadAsync(Address + "/versions")).Yes()["items"]!.AsArray();
        Assert.That(versions.Select(version => (string?)version!["reason"]), Is.EqualTo(new[] { "志愿者不多" }));
        Assert.That((await admin.AskAsync(HttpMethod.Put, Address, new { policy, reason = "再来" }, ifMatch: 1)).Code, Is.EqualTo("changed_meanwhile"));
    }

    [Test]
    public async Task The_pool_is_tuned_to_the_weights_of_a_center_from_the_start_and_follows_a_new_policy()
    {
        var admin = _service.As(await _world.HatAsync(Role.CenterAdmin, _world.Center));
        await PutWeightsAsync(new ScoreWeights { Distance = 0.7 }, 1);
        var pool = _service.Services.GetRequiredService<VolunteerPool>();
        var index = (VolunteerIndex)await pool.CurrentAsync(CancellationToken.None);
        Assert.That(index.WeightsOf(_world.Center.Path), Is.EqualTo(new ScoreWeights { Distance = 0.7 }.Normalised()));

        await PutWeightsAsync(new ScoreWeights { Rotation = 0.9 }, 2);
        await _service.SettleAsync();

        Assert.That(index.WeightsOf(_world.Center.Path), Is.EqualTo(new ScoreWeights { Rotation = 0.9 }.Normalised()));
        Assert.That(index.WeightsOf("elsewhere/"), Is.EqualTo(ScoreWeights.Default.Normalised()));

        async Task PutWeightsAsync(ScoreWeights weights, int version) =>
            (await admin.AskAsync(HttpMethod.Put, Address, new { policy = new { weights }, reason = "近的先问" }, ifMatch: version)).Yes();
    }

    [Test]
    public async Task A_policy_that_cannot_be_is_refused_with_every_field_that_is_wrong()
    {
        var admin = _service.As(await _world.HatAsync(Role.CenterAdmin, _world.Center));
        var policy = (await admin.ReadAsync(Address)).Yes()["policy"]!.DeepClone().AsObject();
        policy["zone"] = "Mars/Olympus";
        policy["geofenceM"] = 1;

        var answer = await admin.AskAsync(HttpMethod.Put, Address, new { policy, reason = "试试" }, ifMatch: 1);

        Assert.That((answer.Status, answer.Code), Is.EqualTo((400, "policy_zone_unknown")));
        Assert.That(answer["errors"]!.AsArray().Select(error => (string?)error!["field"]), Is.EquivalentTo(new[] { "policy.zone", "policy.geofenceM" }));
    }

    [Test]
    public async Task A_new_zone_holds_for_the_center_itself()
    {
        var admin = _service.As(await _world.HatAsync(Role.CenterAdmin, _world.Center));
        var policy = (await admin.ReadAsync(Address)).Yes()["policy"]!.DeepClone().AsObject();
        policy["zone"] = "Asia/Urumqi";

        (await admin.AskAsync(HttpMethod.Put, Address, new { policy, reason = "当地时间" }, ifMatch: 1)).Yes();

        Assert.That((await _service.Services.GetRequiredService<SiteStore>().TimeZoneAsync(_world.Center.Id)).Id, Is.EqualTo("Asia/Urumqi"));
        Assert.That((string?)(await _service.AsNobody().ReadAsync($"/sites/{_world.Center.Id}")).Yes()["timeZone"], Is.EqualTo("Asia/Urumqi"));
    }

    [Test]
    public async Task Staff_of_a_station_read_the_policy_that_binds_them_and_do_not_change_it()
    {
        var clerk = _service.As(await _world.HatAsync(Role.Curator, _world.NorthStation));
        var stranger = _service.As(await _world.HatAsync(Role.CenterAdmin, await _world.SiteAsync(Matching.Sites.SiteKind.Center, null, "别处", 28, 112)));

        Assert.That((await clerk.ReadAsync(Address)).Status, Is.EqualTo(200));
        Assert.That((await clerk.AskAsync(HttpMethod.Put, Address, new { policy = new { }, reason = "x" }, ifMatch: 1)).Code, Is.EqualTo("role_not_allowed"));
        Assert.That((await stranger.ReadAsync(Address)).Code, Is.EqualTo("site_unknown"));
        Assert.That((await stranger.AskAsync(HttpMethod.Put, Address, new { policy = new { }, reason = "x" }, ifMatch: 1)).Code, Is.EqualTo("site_unknown"));
    }

    [Test]
    public async Task An_emergency_changes_the_figures_below_its_site_only_and_only_while_it_lasts()
    {
        var start = Service.Friday;
        await _service.Database.WriteAsync(
            tx => tx.ExecuteAsync(InsertMode, new NewMode(
                _service.Ids.Next(IdKind.ModeActivation), _world.NorthInstitute.Id, _world.Center.Id, _world.NorthInstitute.Path, start, start.AddHours(6))),
            CancellationToken.None);

        Assert.That((await EffectiveAsync(_world.NorthStation.Path, start)).Emergency, Is.True);
        Assert.That((await EffectiveAsync(_world.NorthStation.Path, start)).ClocksOf(Urgency.Normal).WaveLength, Is.EqualTo(TimeSpan.FromHours(1)));
        Assert.That((await EffectiveAsync(_world.SouthStation.Path, start)).Emergency, Is.False);
        Assert.That((await EffectiveAsync(_world.Center.Path, start)).Emergency, Is.False);
        Assert.That((await EffectiveAsync(_world.NorthStation.Path, start.AddHours(6))).Emergency, Is.False);
    }

    [Test]
    public async Task Another_process_is_heard_within_a_second_or_two()
    {
        Assert.That((await EffectiveAsync(_world.NorthStation.Path, Service.Friday)).WaveSizes[0], Is.EqualTo(3));
        await using var other = new Service(_service.Shared);
        var store = other.Services.GetRequiredService<PolicyStore>();
        await other.Database.WriteAsync(
            tx => store.PutAsync(tx, _world.Center.Id, Policy.Default with { Version = 2, WaveSizes = [9] }, "x", _service.Ids.Next(IdKind.Account), Service.Friday),
            CancellationToken.None);

        Assert.That(
            async () => (await EffectiveAsync(_world.NorthStation.Path, Service.Friday)).WaveSizes[0],
            Is.EqualTo(9).After(3_000, 100));
    }

    private string Address => $"/centers/{_world.Center.Id}/policy";

    private PolicyStore Policies => _service.Services.GetRequiredService<PolicyStore>();

    private Task<Policy> EffectiveAsync(string path, DateTimeOffset now) => Policies.EffectiveAsync(_world.Center.Id, path, now);

    private static readonly Sql<NewMode> InsertMode = new(
        """
        INSERT INTO mode_activations (id, version, site_id, center_id, path, reason, starts_at, ends_at, due_at, activated_by)
        VALUES (@Id, 1, @SiteId, @CenterId, @Path, '山洪', @StartsAt, @EndsAt, @EndsAt, @Id)
        """);

    private sealed record NewMode(Id Id, Id SiteId, Id CenterId, string Path, DateTimeOffset StartsAt, DateTimeOffset EndsAt);
}
