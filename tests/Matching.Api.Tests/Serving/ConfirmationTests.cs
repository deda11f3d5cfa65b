using Matching.Accounts;

namespace Matching.Api.Tests.Serving;

/// <summary>What is said after a service, and what becomes of its minutes.</summary>
public class ConfirmationTests
{
    private Service _service = null!;
    private ServingWorld _world = null!;

    [SetUp]
    public async Task Start()
    {
        _service = await Service.StartAsync();
        _world = await ServingWorld.CreateAsync(_service);
    }

    [TearDown]
    public async Task Stop() => await _service.DisposeAsync();

    [Test]
    public async Task A_clerk_confirms_by_phone_by_her_own_name_and_with_fewer_minutes()
    {
        var neighbour = await _world.VolunteerAsync();
        var errand = await _world.ServedAsync(neighbour);
        var address = $"/orders/{errand.OrderId}/confirm";
        object With(int minutes) => new { how = "phone", minutes = new[] { new { assignmentId = errand.AssignmentId, minutes } } };

        Assert.That((await _world.Clerk.PostAsync(address, new { how = "app" })).Code, Is.EqualTo("confirm_how_wrong"));
        Assert.That((await _world.Resident.PostAsync(address, new { how = "phone" })).Code, Is.EqualTo("confirm_how_wrong"));
        Assert.That((await _world.Resident.PostAsync(address, new { how = "silence" })).Code, Is.EqualTo("confirm_how_wrong"));
        Assert.That((await _world.Clerk.PostAsync(address, With(61))).Code, Is.EqualTo("minutes_above_served"));
        Assert.That((await _world.Clerk.PostAsync(address, new { minutes = new[] { new { assignmentId = _service.Ids.Next(IdKind.Assignment).ToString(), minutes = 1 } } })).Code, Is.EqualTo("minutes_not_of_order"));
        Assert.That((await (await _world.Wishes.AsAsync(Role.Dispatcher, _world.World.SouthStation)).PostAsync(address, With(30))).Code, Is.EqualTo("order_unknown"));

        var confirmed = (await _world.Clerk.PostAsync(address, With(30))).Yes();
        Assert.That((int)confirmed["services"]![0]!["minutes"]!, Is.EqualTo(30));
        Assert.That((string?)(await _world.Resident.ReadAsync($"/orders/{errand.OrderId}/service")).Yes()["confirmedHow"], Is.EqualTo("phone"));
        Assert.That((int)(await neighbour.Client.ReadAsync("/me/hours")).Yes()["totalMinutes"]!, Is.EqualTo(30));
        await _world.HoldsAsync();
    }

    [Test]
    public async Task Of_many_confirmations_at_once_one_counts()
    {
        for (var round = 0; round < 8; round++)
        {
            var neighbour = await _world.VolunteerAsync($"志愿者{round}");
            var start = ServingWorld.Start.AddDays(round);
            var errand = await _world.AcceptedAsync(await _world.ItemAsync(), start, start.AddHours(2), neighbour);
            await _service.UntilAsync(start);
            (await _world.Clerk.PostAsync($"/assignments/{errand.AssignmentId}/check-in", new { })).Yes();
            await _service.UntilAsync(start.AddHours(1));
            (await _world.Clerk.PostAsync($"/assignments/{errand.AssignmentId}/check-out", new { })).Yes();

            var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(i => i % 2 == 0
                ? _world.Resident.PostAsync($"/orders/{errand.OrderId}/confirm", new { })
                : _world.Clerk.PostAsync($"/orders/{errand.OrderId}/confirm", new { how = "paper" })));

            Assert.That(answers.Count(answer => answer.Status == 200), Is.EqualTo(1));
            Assert.That(answers.Where(answer => answer.Status != 200).Select(answer => answer.Code), Is.All.EqualTo("order_state_wrong"));
            Assert.That((await neighbour.Client.ReadAsync("/me/hours")).Yes()["items"]!.AsArray(), Has.Count.EqualTo(1));
        }

        await _world.HoldsAsync();
    }

    [Test]
    public async Task Leaving_by_hand_and_by_the_clock_at_once_is_leaving_once()
    {
        for (var round = 0; round < 6; round++)
        {
            var neighbour = await _world.VolunteerAsync($"志愿者{round}");
            var start = ServingWorld.Start.AddDays(round);
            var errand = await _world.AcceptedAsync(await _world.ItemAsync(), start, start.AddHours(2), neighbour);
            await _service.UntilAsync(start);
            (await _world.Clerk.PostAsync($"/assignments/{errand.AssignmentId}/check-in", new { })).Yes();
            await _service.AtAsync(start.AddHours(4));

            var byHand = _world.Clerk.PostAsync($"/assignments/{errand.AssignmentId}/check-out", new { });
            await Task.WhenAll(byHand, _service.SettleAsync());

            var answer = await byHand;
            Assert.That(answer.Code, Is.Null.Or.EqualTo("checked_out_already"));
            var services = (await _world.Center.ReadAsync($"/orders/{errand.OrderId}/service")).Yes();
            Assert.That((string?)services["state"], Is.EqualTo("awaitingConfirmation"));
            Assert.That((string?)services["services"]![0]!["checkOutMethod"], Is.EqualTo(answer.Code is null ? "organiser" : "clock"));
        }

        await _world.HoldsAsync();
    }

    [Test]
    public async Task Disputed_hours_wait_until_the_center_has_said_how_many_count()
    {
        var neighbour = await _world.VolunteerAsync();
        var errand = await _world.ServedAsync(neighbour);
        (await _world.Resident.PostAsync($"/orders/{errand.OrderId}/dispute", new { reason = "只待了二十分钟" })).Yes();
        Assert.That(await _world.StateAsync(errand), Is.EqualTo("disputed"));
        Assert.That((await _world.Resident.PostAsync($"/orders/{errand.OrderId}/confirm", new { })).Code, Is.EqualTo("order_state_wrong"));
        Assert.That((int)(await neighbour.Client.ReadAsync("/me/hours")).Yes()["totalMinutes"]!, Is.Zero);

        var resolve = new { outcome = "settle", reason = "双方同意", minutes = new[] { new { assignmentId = errand.AssignmentId, minutes = 20 } } };
        Assert.That((await _world.SiteAdmin.PostAsync($"/orders/{errand.OrderId}/resolve", resolve)).Code, Is.EqualTo("role_not_allowed"));
        (await _world.Center.PostAsync($"/orders/{errand.OrderId}/resolve", resolve)).Yes();
        Assert.That((int)(await neighbour.Client.ReadAsync("/me/hours")).Yes()["totalMinutes"]!, Is.EqualTo(20));
        Assert.That((string?)(await _world.Resident.ReadAsync($"/orders/{errand.OrderId}/service")).Yes()["disputes"]![0]!["words"], Is.EqualTo("只待了二十分钟"));
        Assert.That((await neighbour.Client.ReadAsync($"/orders/{errand.OrderId}/service")).Yes()["disputes"]!.AsArray(), Is.Empty);
        await _world.HoldsAsync();
    }

    [Test]
    public async Task Hours_of_a_service_that_came_to_nothing_after_all_are_taken_back_by_a_line()
    {
        var neighbour = await _world.VolunteerAsync();
        var errand = await _world.ServedAsync(neighbour);
        (await _world.Resident.PostAsync($"/orders/{errand.OrderId}/confirm", new { })).Yes();
        Assert.That((await _world.Center.PostAsync($"/orders/{errand.OrderId}/resolve", new { outcome = "fail", reason = "无争议" })).Code, Is.EqualTo("order_state_wrong"));
        (await _world.Resident.PostAsync($"/orders/{errand.OrderId}/dispute", new { reason = "家里东西不见了" })).Yes();
        (await _world.Center.PostAsync($"/orders/{errand.OrderId}/resolve", new { outcome = "fail", reason = "查实" })).Yes();

        var mine = (await neighbour.Client.ReadAsync("/me/hours")).Yes();
        Assert.That((int)mine["totalMinutes"]!, Is.Zero);
        Assert.That(mine["items"]!.AsArray().Select(line => (int)line!["minutes"]!), Is.EqualTo(new[] { -60, 60 }));
        Assert.That(await _world.StateAsync(errand), Is.EqualTo("failed"));
        Assert.That(await _world.Wishes.StateAsync(errand.WishId), Is.EqualTo("unfulfilled"));
        await _world.HoldsAsync();
    }

    [Test]
    public async Task Ratings_are_hidden_until_both_are_in_and_weigh_only_then()
    {
        var neighbour = await _world.VolunteerAsync();
        var errand = await _world.ServedAsync(neighbour);
        var address = $"/assignments/{errand.AssignmentId}/ratings";
        Assert.That((await _world.Resident.PostAsync(address, new { score = 5 })).Code, Is.EqualTo("rating_not_open"));
        (await _world.Resident.PostAsync($"/orders/{errand.OrderId}/confirm", new { })).Yes();

        Assert.That((await _world.Resident.PostAsync(address, new { score = 6 })).Code, Is.EqualTo("rating_out_of_range"));
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => _world.Resident.PostAsync(address, new { score = 1 + (i % 5) })));
        Assert.That(answers.Count(answer => answer.Status == 200), Is.EqualTo(1));
        Assert.That(answers.Where(answer => answer.Status != 200).Select(answer => answer.Code), Is.All.EqualTo("rating_given_already"));
        Assert.That((await _world.Resident.ReadAsync(address)).Yes()["ofVolunteer"], Is.Not.Null, "one's own");
        Assert.That((await neighbour.Client.ReadAsync(address)).Yes()["ofVolunteer"], Is.Null);
        Assert.That((await _world.Clerk.ReadAsync(address)).Yes()["ofVolunteer"], Is.Null);

        var (_, stranger) = await _world.Wishes.ResidentAsync(_world.World.NorthStation);
        Assert.That((await stranger.PostAsync(address, new { score = 1 })).Code, Is.EqualTo("assignment_unknown"));
        (await neighbour.Client.PostAsync(address, new { score = 5 })).Yes();
        Assert.That((await _world.Clerk.ReadAsync(address)).Yes()["ofVolunteer"], Is.Not.Null);
        Assert.That(await _world.StateAsync(errand), Is.EqualTo("closed"));
        await _world.HoldsAsync();
    }
}
