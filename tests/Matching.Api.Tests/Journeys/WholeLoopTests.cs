using Matching.Api.Tests.Serving;

namespace Matching.Api.Tests.Journeys;

/// <summary>点单 → 派单 → 接单 → 服务 → 评单 → 办结, over HTTP from the first word to the last.</summary>
public class WholeLoopTests
{
    [Test]
    public async Task A_wish_is_served_confirmed_rated_by_both_and_closed()
    {
        await using var service = await Service.StartAsync();
        var world = await ServingWorld.CreateAsync(service);
        var neighbour = await world.VolunteerAsync();
        var errand = await world.AcceptedAsync(await world.ItemAsync(), neighbour);

        await service.UntilAsync(ServingWorld.Start.AddMinutes(-5));
        var seat = (await neighbour.Client.ReadAsync($"/assignments/{errand.AssignmentId}")).Yes();
        Assert.That((string?)seat["contact"]!["name"], Is.EqualTo("陈桂香"));
        Assert.That((string?)seat["contact"]!["phone"], Is.EqualTo("139****5678"));

        var code = await world.CodeAsync(errand.OrderId);
        var came = (await neighbour.Client.PostAsync($"/assignments/{errand.AssignmentId}/check-in", new { serviceCode = code, place = seat["place"] }, key: "come")).Yes();
        Assert.That(((string?)came["evidence"], (string?)came["method"], (string?)came["orderState"]), Is.EqualTo(("A", "codeAndPlace", "inService")));

        await service.UntilAsync(ServingWorld.Start.AddMinutes(40));
        var left = (await neighbour.Client.PostAsync($"/assignments/{errand.AssignmentId}/check-out", new { serviceCode = code }, key: "go")).Yes();
        Assert.That(((string?)left["evidence"], (int)left["minutes"]!, (string?)left["orderState"]), Is.EqualTo(("B", 45, "awaitingConfirmation")));
        Assert.That(await world.ToldAsync(errand.WishId), Has.Some.EqualTo("order.confirmPlease"));

        var confirmed = (await world.Resident.PostAsync($"/orders/{errand.OrderId}/confirm", new { }, key: "done")).Yes();
        Assert.That((string?)confirmed["state"], Is.EqualTo("awaitingRating"));
        Assert.That((await world.Resident.PostAsync($"/orders/{errand.OrderId}/confirm", new { }, key: "done")).Headers, Does.ContainKey("Idempotency-Replayed"));
        Assert.That((await world.Resident.PostAsync($"/orders/{errand.OrderId}/confirm", new { })).Code, Is.EqualTo("order_state_wrong"));

        var mine = (await neighbour.Client.ReadAsync("/me/hours")).Yes();
        Assert.That(((int)mine["totalMinutes"]!, (string?)mine["items"]![0]!["evidence"], (int)mine["nextStarHours"]!), Is.EqualTo((45, "B", 100)));

        var given = (await world.Resident.PostAsync($"/assignments/{errand.AssignmentId}/ratings", new { score = 5, words = "很耐心" })).Yes();
        Assert.That(((bool)given["shown"]!, (string?)given["orderState"]), Is.EqualTo((false, "awaitingRating")));
        Assert.That((await neighbour.Client.ReadAsync($"/assignments/{errand.AssignmentId}/ratings")).Yes()["ofVolunteer"], Is.Null);

        var last = (await neighbour.Client.PostAsync($"/assignments/{errand.AssignmentId}/ratings", new { score = 4 })).Yes();
        Assert.That(((bool)last["shown"]!, (string?)last["orderState"]), Is.EqualTo((true, "closed")));
        Assert.That((string?)(await neighbour.Client.ReadAsync($"/assignments/{errand.AssignmentId}/ratings")).Yes()["ofVolunteer"]!["words"], Is.EqualTo("很耐心"));

        Assert.That(await world.Wishes.StateAsync(errand.WishId), Is.EqualTo("fulfilled"));
        Assert.That((await neighbour.Client.ReadAsync($"/assignments/{errand.AssignmentId}")).Yes()["contact"], Is.Null);
        Assert.That(await world.Wishes.RevealsAsync(world.Wishes.ResidentId), Is.EqualTo(new[] { "name,address,maskedPhone", "serviceCode" }));
        await world.HoldsAsync();
    }

    [Test]
    public async Task What_everybody_forgets_the_clock_brings_to_its_end()
    {
        await using var service = await Service.StartAsync();
        var world = await ServingWorld.CreateAsync(service);
        var (comes, staysAway) = (await world.VolunteerAsync("李明"), await world.VolunteerAsync("王芳"));
        var errand = await world.AcceptedAsync(await world.ItemAsync(people: 2), comes, staysAway);
        await service.UntilAsync(ServingWorld.Start.AddMinutes(10));
        (await comes.Client.PostAsync($"/assignments/{errand.AssignmentIds[0]}/check-in", new { serviceCode = await world.CodeAsync(errand.OrderId) })).Yes();

        // Two hours after the planned end it is over; the one who came left at the end, for all that is known.
        await service.UntilAsync(ServingWorld.End.AddHours(2));
        var served = (await world.Center.ReadAsync($"/orders/{errand.OrderId}/service")).Yes();
        Assert.That((string?)served["state"], Is.EqualTo("awaitingConfirmation"));
        Assert.That(((string?)served["services"]![0]!["checkOutMethod"], (int)served["services"]![0]!["minutes"]!), Is.EqualTo(("clock", 90)), "an hour and a half of the planned hour at most");
        Assert.That((string?)(await staysAway.Client.ReadAsync($"/assignments/{errand.AssignmentIds[1]}")).Yes()["state"], Is.EqualTo("noShow"));

        // 48 hours of silence, then seven days of it.
        await service.UntilAsync(ServingWorld.End.AddHours(2 + 48));
        Assert.That((string?)(await world.Center.ReadAsync($"/orders/{errand.OrderId}/service")).Yes()["confirmedHow"], Is.EqualTo("silence"));
        var line = (await comes.Client.ReadAsync("/me/hours")).Yes()["items"]![0]!;
        Assert.That(((int)line["minutes"]!, (string?)line["evidence"]), Is.EqualTo((90, "D")));

        await service.UntilAsync(ServingWorld.End.AddHours(2 + 48).AddDays(7));
        Assert.That(await world.StateAsync(errand), Is.EqualTo("closed"));
        var ratings = (await comes.Client.ReadAsync($"/assignments/{errand.AssignmentIds[0]}/ratings")).Yes();
        Assert.That(((bool)ratings["ofVolunteer"]!["silent"]!, ratings["ofVolunteer"]!["score"]), Is.EqualTo((true, (object?)null)));
        Assert.That((await world.Resident.PostAsync($"/assignments/{errand.AssignmentIds[0]}/ratings", new { score = 5 })).Code, Is.EqualTo("rating_not_open"));
        await world.HoldsAsync();
    }
}
