using Matching.Api.Plumbing.Database;
using Matching.Api.Tests.Serving;

namespace Matching.Api.Tests.Partners;

/// <summary>What a partner says after a service, for a resident whose wish it handed in.</summary>
public class PartnerServiceTests
{
    private Service _service = null!;
    private ServingWorld _serving = null!;
    private PartnerWorld _world = null!;
    private HttpClient _partner = null!;

    [SetUp]
    public async Task Start()
    {
        _service = await Service.StartAsync();
        _serving = await ServingWorld.CreateAsync(_service);
        _world = await PartnerWorld.InAsync(_serving.Wishes);
        (_, _partner, _) = await _world.PartnerAsync("12345 热线");
    }

    [TearDown]
    public async Task Stop() => await _service.DisposeAsync();

    [Test]
    public async Task A_partner_confirms_by_phone_and_the_minutes_count()
    {
        var neighbour = await _serving.VolunteerAsync();
        var (_, orderId) = await ServedAsync(neighbour, "c-1");

        var confirmed = (await _partner.PostAsync($"/orders/{orderId}/confirm", new { }, key: "yes")).Yes();

        Assert.That((string?)confirmed["state"], Is.EqualTo("awaitingRating"));
        Assert.That((int)(await neighbour.Client.ReadAsync("/me/hours")).Yes()["totalMinutes"]!, Is.EqualTo(60));
        var service = (await _serving.Center.ReadAsync($"/orders/{orderId}/service")).Yes();
        Assert.That((string?)service["confirmedHow"], Is.EqualTo("phone"));
        var steps = (await _serving.Center.ReadAsync($"/orders/{orderId}/timeline")).Yes();
        Assert.That(steps.Text, Does.Contain("\"ConfirmOrder\"").Or.Contain("\"Confirm\""));
        Assert.That(steps.Text, Does.Contain("Partner"));
        await _serving.HoldsAsync();
    }

    [Test]
    public async Task The_same_yes_under_one_key_counts_once_and_another_comes_too_late()
    {
        var neighbour = await _serving.VolunteerAsync();
        var (_, orderId) = await ServedAsync(neighbour, "c-2");

        var answers = await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => _partner.PostAsync($"/orders/{orderId}/confirm", new { how = "paper" }, key: "one")));
        var later = await _partner.PostAsync($"/orders/{orderId}/confirm", new { how = "paper" }, key: "two");

        Assert.That(answers.Select(answer => answer.Status), Is.All.EqualTo(200));
        Assert.That((later.Status, later.Code), Is.EqualTo((409, "order_state_wrong")));
        Assert.That((await neighbour.Client.ReadAsync("/me/hours")).Yes()["items"]!.AsArray(), Has.Count.EqualTo(1));
        await _serving.HoldsAsync();
    }

    [Test]
    public async Task A_partner_disputes_and_the_hours_wait()
    {
        var neighbour = await _serving.VolunteerAsync();
        var (wishId, orderId) = await ServedAsync(neighbour, "d-1");

        (await _partner.PostAsync($"/orders/{orderId}/dispute", new { reason = "只来了十分钟" }, key: "no")).Yes();

        Assert.That((string?)(await _partner.ReadAsync($"/wishes/{wishId}")).Yes()["orders"]![0]!["state"], Is.EqualTo("disputed"));
        Assert.That((int)(await neighbour.Client.ReadAsync("/me/hours")).Yes()["totalMinutes"]!, Is.Zero);
        Assert.That((string?)(await _serving.Center.ReadAsync($"/orders/{orderId}/service")).Yes()["disputes"]![0]!["words"], Is.EqualTo("只来了十分钟"));
        await _serving.HoldsAsync();
    }

    [Test]
    public async Task Orders_of_wishes_that_it_did_not_hand_in_do_not_exist_for_a_partner()
    {
        var neighbour = await _serving.VolunteerAsync();
        var (wishId, orderId) = await ServedAsync(neighbour, "f-1");
        var (otherId, other, _) = await _world.PartnerAsync("另一条热线");
        var (_, without, _) = await _world.PartnerAsync("没有这项权限的热线", scopes: ["wishesWrite", "wishesRead"]);
        // The same resident, known to the other partner as well: that it may ask for her does not make this order its own.
        var residentId = Id.ParseOrNone((string)(await _partner.ReadAsync($"/wishes/{wishId}")).Yes()["residentId"]!);
        var account = (await _service.Database.FirstAsync(AccountOf, new ById(Id.ParseOrNone(otherId))))!.AccountId;
        await _world.Wishes.GrantAsync(residentId, account);

        foreach (var deed in new[] { "confirm", "dispute" })
        {
            var body = deed == "confirm" ? (object)new { how = "phone" } : new { reason = "不是我们的" };
            var foreign = await other.PostAsync($"/orders/{orderId}/{deed}", body, key: $"foreign-{deed}");
            var scopeless = await without.PostAsync($"/orders/{orderId}/{deed}", body, key: $"scopeless-{deed}");
            Assert.That((foreign.Status, foreign.Code), Is.EqualTo((404, "order_unknown")), deed);
            Assert.That((scopeless.Status, scopeless.Code), Is.EqualTo((403, "scope_missing")), deed);
        }

        (await _partner.PostAsync($"/orders/{orderId}/confirm", new { }, key: "own")).Yes();
    }

    private static readonly Sql<ById, AccountRow> AccountOf = new("SELECT account_id FROM partners WHERE id = @Id");

    /// <summary>A wish of the partner's whose order was accepted by the neighbour, and served: in at the start, out an hour later.</summary>
    private async Task<(string WishId, string OrderId)> ServedAsync(Neighbour neighbour, string reference)
    {
        var wish = (await _partner.PostAsync("/partner/wishes", _world.Wish(reference, menuItemId: await _serving.ItemAsync()), key: reference)).Yes();
        var orderId = (string)wish["orderIds"]![0]!;
        await _service.SettleAsync();
        var offer = (await neighbour.Client.ReadAsync("/me/offers?open=true")).Yes()["items"]!.AsArray().Single(one => (string?)one!["orderId"] == orderId)!;
        var seat = (await neighbour.Client.PostAsync($"/offers/{offer["id"]}/accept", new { })).Yes()["assignmentIds"]![0]!;
        await _service.UntilAsync(ServingWorld.Start);
        (await _serving.Clerk.PostAsync($"/assignments/{seat}/check-in", new { })).Yes();
        await _service.UntilAsync(ServingWorld.Start.AddHours(1));
        (await _serving.Clerk.PostAsync($"/assignments/{seat}/check-out", new { })).Yes();
        return ((string)wish["id"]!, orderId);
    }

    private sealed record AccountRow
    {
        public Id AccountId { get; init; }
    }
}
