using Matching.Accounts;
using Matching.Api.Offers;
using Matching.Offers;
using Matching.Orders;
using Matching.Sites;
using Matching.Wishes;
using Microsoft.Extensions.DependencyInjection;

namespace Matching.Api.Tests.Dispatch;

/// <summary>How an order finds somebody.</summary>
public class DispatchTests
{
    private Service _service = null!;
    private DispatchWorld _world = null!;

    [SetUp]
    public async Task Start()
    {
        _service = await Service.StartAsync();
        _world = await DispatchWorld.CreateAsync(_service);
    }

    [TearDown]
    public async Task Stop() => await _service.DisposeAsync();

    [Test]
    public async Task A_wish_that_needs_no_curation_has_its_offers_out_at_once_and_the_first_yes_gets_the_seat()
    {
        var near = await _world.VolunteerAsync(_world.World.NorthStation);
        var far = await _world.VolunteerAsync(_world.World.NorthStation, 900);
        var order = await _world.OrderAsync();
        await _service.SettleAsync();

        var accepted = await _world.AcceptAsync(near, order);

        Assert.That((string?)accepted.Yes()["orderId"], Is.EqualTo(order));
        Assert.That((await _world.FindAsync(order)).State, Is.EqualTo(OrderState.Accepted));
        Assert.That(await DispatchWorld.OfferAsync(far, order), Is.Null);
        var told = (await far.Client.ReadAsync("/me/offers")).Yes()["items"]![0]!;
        Assert.That((string?)told["state"], Is.EqualTo("tooLate"));
        Assert.That((await far.Client.PostAsync($"/offers/{told["id"]}/accept", new { })).Code, Is.EqualTo("seat_taken"));
    }

    [Test]
    public async Task An_offer_shows_the_need_and_a_blurred_place_and_nothing_of_the_resident()
    {
        var volunteer = await _world.VolunteerAsync(_world.World.NorthStation);
        await _world.OrderAsync();
        await _service.SettleAsync();

        var offer = (await volunteer.Client.ReadAsync("/me/offers")).Yes();

        Assert.That((double?)offer["items"]![0]!["place"]!["accuracyM"], Is.GreaterThanOrEqualTo(250));
        Assert.That(offer.Text, Does.Not.Contain("陈桂香"));
    }

    [Test]
    public async Task A_wave_that_nobody_answers_closes_and_the_order_climbs_until_a_person_must_look()
    {
        var here = await _world.VolunteerAsync(_world.World.NorthStation);
        var inTheInstitute = await _world.VolunteerAsync(_world.World.NorthStation2, 300);
        var inTheCenter = await _world.VolunteerAsync(_world.World.SouthStation);
        var order = await _world.OrderAsync(Urgency.Urgent);
        await _service.SettleAsync();

        Assert.That(await DispatchWorld.OfferAsync(here, order), Is.Not.Null);
        Assert.That(await DispatchWorld.OfferAsync(inTheInstitute, order), Is.Null);

        await _service.UntilAsync(Service.Friday.AddMinutes(16));
        Assert.That((await _world.FindAsync(order)).Level, Is.EqualTo(SiteKind.Institute));
        Assert.That(await DispatchWorld.OfferAsync(here, order), Is.Null);
        Assert.That(await DispatchWorld.OfferAsync(inTheInstitute, order), Is.Not.Null);
        Assert.That(await DispatchWorld.OfferAsync(inTheCenter, order), Is.Null);

        await _service.UntilAsync(Service.Friday.AddMinutes(40));
        Assert.That((await _world.FindAsync(order)).Level, Is.EqualTo(SiteKind.Center));
        Assert.That(await DispatchWorld.OfferAsync(inTheCenter, order), Is.Not.Null);

        await _service.UntilAsync(Service.Friday.AddMinutes(60));
        var held = (await _world.Dispatcher.ReadAsync($"/orders/{order}")).Yes();
        Assert.That((string?)held["order"]!["state"], Is.EqualTo("manualHold"));
        Assert.That((int?)held["shortage"]!["considered"], Is.EqualTo(3));
        var asked = held["shortage"]!["rules"]!.AsArray().Single(rule => (string?)rule!["rule"] == "not_already_asked")!;
        Assert.That((int?)asked["wouldComeIn"], Is.EqualTo(3));

        var timeline = (await _world.Dispatcher.ReadAsync($"/orders/{order}/timeline")).Yes();
        Assert.That(timeline["transitions"]!.AsArray().Select(step => (string?)step!["toState"]), Is.EqualTo(new[] { "Draft", "Ready", "Dispatching", "ManualHold" }));
        Assert.That(timeline["escalations"]!.AsArray(), Has.Count.EqualTo(2));
    }

    [Test]
    public async Task When_all_of_a_round_have_said_no_the_next_need_not_wait()
    {
        var here = await _world.VolunteerAsync(_world.World.NorthStation);
        var next = await _world.VolunteerAsync(_world.World.NorthStation2, 300);
        var order = await _world.OrderAsync();
        await _service.SettleAsync();

        (await here.Client.PostAsync($"/offers/{await DispatchWorld.OfferAsync(here, order)}/decline", new { reason = "time" })).Yes();
        await _service.SettleAsync();

        Assert.That(await DispatchWorld.OfferAsync(next, order), Is.Not.Null);
    }

    [Test]
    public async Task Twenty_who_say_yes_at_once_fill_the_seats_there_are()
    {
        for (var round = 0; round < 5; round++)
        {
            var volunteers = await Task.WhenAll(Enumerable.Range(0, 12).Select(i => _world.VolunteerAsync(_world.World.NorthStation, 20 + i)));
            var order = await _world.OrderAsync(wanted: 4, needed: 2);
            await _service.SettleAsync();
            var offers = await Task.WhenAll(volunteers.Select(volunteer => DispatchWorld.OfferAsync(volunteer, order)));
            Assert.That(offers, Has.None.Null);

            var answers = await Task.WhenAll(volunteers.Zip(offers).Select(pair => pair.First.Client.PostAsync($"/offers/{pair.Second}/accept", new { })));

            Assert.That(answers.Count(answer => answer.Status == 200), Is.EqualTo(4));
            Assert.That(answers.Where(answer => answer.Status != 200).Select(answer => (answer.Status, answer.Code)), Is.All.EqualTo((409, "seat_taken")));
            Assert.That((await _world.FindAsync(order)).SeatsFilled, Is.EqualTo(4));
            foreach (var volunteer in volunteers)
            {
                await _world.LeaveAsync(volunteer);
            }
        }
    }

    [Test]
    public async Task One_volunteer_who_says_yes_to_two_orders_at_once_gets_one()
    {
        for (var round = 0; round < 10; round++)
        {
            var volunteer = await _world.VolunteerAsync(_world.World.NorthStation);
            var first = await _world.OrderAsync();
            var second = await _world.OrderAsync();
            await _service.SettleAsync();
            var offers = new[] { await DispatchWorld.OfferAsync(volunteer, first), await DispatchWorld.OfferAsync(volunteer, second) };

            var answers = await Task.WhenAll(offers.Select(offer => volunteer.Client.PostAsync($"/offers/{offer}/accept", new { })));

            Assert.That(answers.Count(answer => answer.Status == 200), Is.EqualTo(1));
            Assert.That(answers.Single(answer => answer.Status != 200).Code, Is.EqualTo("rule_broken_no_overlap"));
            await _world.LeaveAsync(volunteer);
        }
    }

    [Test]
    public async Task A_yes_that_comes_with_the_end_of_its_wave_is_either_a_seat_or_an_expired_offer()
    {
        for (var round = 0; round < 10; round++)
        {
            await _service.AtAsync(Service.Friday);
            var volunteer = await _world.VolunteerAsync(_world.World.NorthStation);
            var order = await _world.OrderAsync(Urgency.Urgent);
            await _service.SettleAsync();
            var offer = await DispatchWorld.OfferAsync(volunteer, order);
            await _service.AtAsync(Service.Friday.AddMinutes(15));

            var expiring = Task.Run(_service.SettleAsync);
            var accepting = volunteer.Client.PostAsync($"/offers/{offer}/accept", new { });
            await Task.WhenAll(expiring, accepting);

            Assert.That((await accepting).Code, Is.EqualTo("offer_expired"));
            Assert.That((await _world.FindAsync(order)).SeatsFilled, Is.Zero);
            await _world.LeaveAsync(volunteer);
        }
    }

    [Test]
    public async Task A_wish_withdrawn_while_somebody_says_yes_leaves_nobody_with_a_seat()
    {
        for (var round = 0; round < 10; round++)
        {
            var volunteer = await _world.VolunteerAsync(_world.World.NorthStation);
            var item = await _world.Wishes.ItemAsync(needsCuration: false);
            var wish = (await _world.Wishes.Resident.PostAsync("/wishes", Wishes.WishWorld.Words(menuItemId: item))).Yes();
            var order = (string)wish["orderIds"]![0]!;
            await _service.SettleAsync();
            var offer = await DispatchWorld.OfferAsync(volunteer, order);

            var accepting = volunteer.Client.PostAsync($"/offers/{offer}/accept", new { });
            var withdrawing = _world.Wishes.Resident.PostAsync($"/wishes/{wish["id"]}/withdraw", new { });
            await Task.WhenAll(accepting, withdrawing);

            (await withdrawing).Yes();
            Assert.That((await accepting).Code, Is.Null.Or.EqualTo("offer_withdrawn"));
            var row = await _world.FindAsync(order);
            Assert.That((row.State, row.SeatsFilled), Is.EqualTo((OrderState.Cancelled, 0)));
            Assert.That((await volunteer.Client.ReadAsync("/me/assignments?open=true")).Yes()["items"]!.AsArray(), Is.Empty);
            await _world.LeaveAsync(volunteer);
        }
    }

    [Test]
    public async Task A_seat_given_back_is_offered_to_those_who_were_too_late()
    {
        var first = await _world.VolunteerAsync(_world.World.NorthStation);
        var second = await _world.VolunteerAsync(_world.World.NorthStation, 800);
        var order = await _world.OrderAsync();
        await _service.SettleAsync();
        var accepted = (await _world.AcceptAsync(first, order)).Yes();

        (await first.Client.PostAsync($"/assignments/{accepted["assignmentIds"]![0]}/release", new { reason = "孩子病了" })).Yes();
        await _service.SettleAsync();

        Assert.That((await _world.FindAsync(order)).State, Is.EqualTo(OrderState.Dispatching));
        Assert.That(await DispatchWorld.OfferAsync(first, order), Is.Null);
        (await _world.AcceptAsync(second, order)).Yes();
    }

    [Test]
    public async Task Who_does_not_come_loses_the_seat_and_somebody_else_is_asked_urgently()
    {
        var first = await _world.VolunteerAsync(_world.World.NorthStation);
        var order = await _world.OrderAsync();
        await _service.SettleAsync();
        (await _world.AcceptAsync(first, order)).Yes();
        var second = await _world.VolunteerAsync(_world.World.NorthStation, 800);

        await _service.UntilAsync(Service.Friday.AddDays(1).AddHours(7).AddMinutes(31));

        Assert.That((await _world.FindAsync(order)).Urgency, Is.EqualTo(Urgency.Urgent));
        Assert.That(await DispatchWorld.OfferAsync(second, order), Is.Not.Null);
    }

    [Test]
    public async Task With_too_few_the_dispatcher_is_asked_and_her_silence_cancels()
    {
        var only = await _world.VolunteerAsync(_world.World.NorthStation);
        var order = await _world.OrderAsync(wanted: 3, needed: 2);
        await _service.SettleAsync();
        (await _world.AcceptAsync(only, order)).Yes();

        await _service.UntilAsync(Service.Friday.AddDays(1).AddHours(5).AddMinutes(1));
        Assert.That((await _world.FindAsync(order)).DispatcherAskedAt, Is.Not.Null);

        await _service.UntilAsync(Service.Friday.AddDays(1).AddHours(7).AddMinutes(1));
        Assert.That((await _world.FindAsync(order)).State, Is.EqualTo(OrderState.Cancelled));
    }

    [Test]
    public async Task A_dispatcher_who_says_that_one_is_enough_lets_it_go_ahead()
    {
        var only = await _world.VolunteerAsync(_world.World.NorthStation);
        var order = await _world.OrderAsync(wanted: 3, needed: 2);
        await _service.SettleAsync();
        (await _world.AcceptAsync(only, order)).Yes();
        await _service.UntilAsync(Service.Friday.AddDays(1).AddHours(5).AddMinutes(1));

        (await _world.Dispatcher.PostAsync($"/orders/{order}/continue", new { peopleNeeded = 1 })).Yes();
        await _service.UntilAsync(Service.Friday.AddDays(1).AddHours(7).AddMinutes(1));

        var row = await _world.FindAsync(order);
        Assert.That((row.State, row.PeopleWanted), Is.EqualTo((OrderState.Accepted, 1)));
    }

    [Test]
    public async Task A_draft_of_medium_risk_waits_for_a_second_person()
    {
        var order = await _world.OrderAsync(risk: Risk.Medium);
        Assert.That((await _world.FindAsync(order)).State, Is.EqualTo(OrderState.Draft));

        (await _world.Dispatcher.PostAsync($"/orders/{order}/approve", new { })).Yes();

        Assert.That((await _world.FindAsync(order)).State, Is.EqualTo(OrderState.Ready));
        Assert.That((await _world.Dispatcher.PostAsync($"/orders/{order}/approve", new { })).Code, Is.EqualTo("order_state_wrong"));
    }

    [Test]
    public async Task A_dispatcher_asks_whom_she_picks_and_is_told_which_rule_stands_in_the_way()
    {
        var picked = await _world.VolunteerAsync(_world.World.SouthStation);
        var order = await _world.OrderAsync();
        await _service.UntilAsync(Service.Friday.AddMinutes(1));
        (await _world.Dispatcher.PostAsync($"/orders/{order}/dispatch", new { mode = "directive", siteId = _world.World.NorthInstitute.Id.ToString() })).Yes();
        Assert.That(
            (await _world.Dispatcher.PostAsync($"/orders/{order}/dispatch", new { mode = "manual", volunteerIds = new[] { picked.Id.ToString() } })).Code,
            Is.EqualTo("rule_broken_in_pool"));
    }

    [Test]
    public async Task An_order_that_is_handed_down_says_from_where_to_where_and_the_site_below_is_told()
    {
        await _world.VolunteerAsync(_world.World.SouthStation);
        var below = await _world.World.HatAsync(Role.Dispatcher, _world.World.SouthInstitute);
        var order = await _world.OrderAsync(Urgency.Urgent);
        await _service.UntilAsync(Service.Friday.AddMinutes(1));
        Assert.That((await _world.FindAsync(order)).Level, Is.EqualTo(SiteKind.Center));

        (await _world.Dispatcher.PostAsync(
            $"/orders/{order}/dispatch", new { mode = "directive", siteId = _world.World.SouthInstitute.Id.ToString(), reason = "你们人多" })).Yes();
        await _service.SettleAsync();

        var down = (await _world.Dispatcher.ReadAsync($"/orders/{order}/timeline")).Yes()["escalations"]!.AsArray()
            .Single(line => (string?)line!["reason"] == "handed_down")!;
        Assert.That((string?)down["fromSiteId"], Is.EqualTo(_world.World.Center.Id.ToString()));
        Assert.That((string?)down["toSiteId"], Is.EqualTo(_world.World.SouthInstitute.Id.ToString()));
        Assert.That(
            (await _service.As(below).ReadAsync("/me/notices")).Yes()["items"]!.AsArray().Select(item => (string?)item!["topic"]), Does.Contain("order.handedDown"));
    }

    [Test]
    public async Task A_held_order_goes_on_with_a_new_window_and_may_ask_the_same_people_again()
    {
        var volunteer = await _world.VolunteerAsync(_world.World.NorthStation);
        var order = await _world.OrderAsync(Urgency.Urgent);
        await _service.SettleAsync();
        (await volunteer.Client.PostAsync($"/offers/{await DispatchWorld.OfferAsync(volunteer, order)}/decline", new { reason = "time" })).Yes();
        await _service.UntilAsync(Service.Friday.AddMinutes(5));
        Assert.That((await _world.FindAsync(order)).State, Is.EqualTo(OrderState.ManualHold));

        (await _world.Dispatcher.PostAsync($"/orders/{order}/dispatch", new
        {
            mode = "wave",
            windowStart = "2026-05-10T09:00:00+08:00",
            windowEnd = "2026-05-10T11:00:00+08:00",
        })).Yes();
        await _service.SettleAsync();

        (await _world.AcceptAsync(volunteer, order)).Yes();
        Assert.That((await _world.FindAsync(order)).State, Is.EqualTo(OrderState.Accepted));
    }

    [Test]
    public async Task An_emergency_hurries_the_orders_under_way_and_ends_by_itself()
    {
        var volunteer = await _world.VolunteerAsync(_world.World.NorthStation);
        var order = await _world.OrderAsync();
        await _service.SettleAsync();
        var before = (await _world.FindAsync(order)).DueAt;
        var admin = await _world.Wishes.AsAsync(Role.CenterAdmin, _world.World.Center);

        var on = await admin.PostAsync($"/sites/{_world.World.NorthInstitute.Id}/emergency", new { reason = "暴雨", endsAt = "2026-05-08T12:00:00+08:00" });
        Assert.That(on.Status, Is.EqualTo(201), on.Text);
        Assert.That(
            (await admin.PostAsync($"/sites/{_world.World.NorthInstitute.Id}/emergency", new { reason = "暴雨", endsAt = "2026-05-08T12:00:00+08:00" })).Code,
            Is.EqualTo("emergency_on"));
        await _service.SettleAsync();
        Assert.That(await DispatchWorld.OfferAsync(volunteer, order), Is.Not.Null);
        Assert.That((await _world.FindAsync(order)).DueAt, Is.LessThanOrEqualTo(before!.Value));

        await _service.UntilAsync(Service.Friday.AddHours(4));
        var all = (await admin.ReadAsync($"/sites/{_world.World.NorthInstitute.Id}/emergency")).Yes();
        Assert.That((string?)all["items"]![0]!["endedAt"], Is.EqualTo("2026-05-08T04:00:00Z"));
    }

    [Test]
    public async Task The_queues_say_what_waits_and_staff_of_another_institute_see_none_of_it()
    {
        await _world.OrderAsync();
        await _world.Wishes.SubmitAsync();
        var north = await _world.Wishes.AsAsync(Role.Dispatcher, _world.World.NorthInstitute);
        var south = await _world.Wishes.AsAsync(Role.Dispatcher, _world.World.SouthInstitute);

        var seen = (await north.ReadAsync("/queues")).Yes();
        Assert.That(((int?)seen["toCurate"], (int?)seen["orders"]!["ready"]), Is.EqualTo((1, 1)));
        Assert.That((int?)(await south.ReadAsync("/queues")).Yes()["toCurate"], Is.Zero);
        Assert.That((await south.ReadAsync($"/queues?siteId={_world.World.NorthInstitute.Id}")).Code, Is.EqualTo("site_unknown"));
        Assert.That((await north.ReadAsync("/orders")).Yes()["items"]!.AsArray(), Has.Count.EqualTo(1));
        Assert.That((await north.ReadAsync("/orders?sort=due")).Yes()["items"]!.AsArray(), Has.Count.EqualTo(1));
        Assert.That((await south.ReadAsync("/orders")).Yes()["items"]!.AsArray(), Is.Empty);
    }

    [Test]
    public async Task Candidates_come_with_their_factors_and_the_others_with_the_rule_that_removed_them()
    {
        var near = await _world.VolunteerAsync(_world.World.NorthStation);
        var far = await _world.VolunteerAsync(_world.World.NorthStation, 5_000);
        var order = await _world.OrderAsync();

        var answer = (await _world.Dispatcher.ReadAsync($"/orders/{order}/candidates?explain=counts")).Yes();

        Assert.That(answer["candidates"]!.AsArray().Select(candidate => (string?)candidate!["volunteerId"]), Is.EqualTo(new[] { near.Id.ToString() }));
        Assert.That((double?)answer["candidates"]![0]!["score"], Is.InRange(0.0, 1.0));
        var removed = answer["explanation"]!["rules"]!.AsArray().Single(rule => (string?)rule!["rule"] == "within_radius")!;
        Assert.That(((int?)removed["removed"], (int?)removed["wouldComeIn"]), Is.EqualTo((1, 1)));
        var whyNot = (await _world.Dispatcher.ReadAsync($"/orders/{order}/why-not/{far.Id}")).Yes();
        Assert.That(whyNot["broken"]!.AsArray().Select(rule => (string?)rule!["rule"]), Is.EqualTo(new[] { "within_radius" }));
    }

    [TestCase("leaves")]
    [TestCase("is signed off")]
    [TestCase("is suspended")]
    [TestCase("is blocked")]
    [TestCase("blocks")]
    [TestCase("is forgotten")]
    public async Task Nobody_waits_for_the_answer_of_who_may_not_say_yes_any_more(string what)
    {
        var here = await _world.VolunteerAsync(_world.World.NorthStation);
        var next = await _world.VolunteerAsync(_world.World.NorthStation2, 300);
        var order = await _world.OrderAsync();
        await _service.SettleAsync();
        var offer = await DispatchWorld.OfferAsync(here, order);
        var admin = await _world.Wishes.AsAsync(Role.SiteAdmin, _world.World.NorthStation);
        var residentId = (string)(await _world.Wishes.Resident.ReadAsync("/me/residents")).Yes()["own"]![0]!["id"]!;

        (await (what switch
        {
            "leaves" => here.Client.PostAsync("/me/volunteer/leave", new { }),
            "is signed off" => admin.PostAsync($"/volunteers/{here.Id}/leave", new { reason = "搬家" }),
            "is suspended" => admin.PostAsync($"/volunteers/{here.Id}/suspend", new { reason = "爽约" }),
            "is blocked" => _world.Wishes.Resident.PostAsync($"/residents/{residentId}/blocks", new { volunteerId = here.Id.ToString() }),
            "blocks" => here.Client.PostAsync("/me/volunteer/blocks", new { residentId }),
            _ => here.Client.AskAsync(HttpMethod.Delete, "/me/data"),
        })).Yes();
        await _service.SettleAsync();

        Assert.That(await DispatchWorld.OfferAsync(next, order), Is.Not.Null);
        Assert.That((await _service.Services.GetRequiredService<OfferStore>().FindAsync(Id.ParseOrNone(offer!)))!.State, Is.EqualTo(OfferState.Withdrawn));
    }

    [Test]
    public async Task What_a_suspended_volunteer_has_promised_for_that_time_is_open_again()
    {
        var (she, other) = (await _world.VolunteerAsync(_world.World.NorthStation), await _world.VolunteerAsync(_world.World.NorthStation, 900));
        var order = await _world.OrderAsync();
        await _service.SettleAsync();
        (await _world.AcceptAsync(she, order)).Yes();
        var admin = await _world.Wishes.AsAsync(Role.SiteAdmin, _world.World.NorthStation);

        (await admin.PostAsync($"/volunteers/{she.Id}/suspend", new { reason = "爽约", until = Service.Friday.AddHours(20) })).Yes();
        Assert.That((await _world.FindAsync(order)).SeatsFilled, Is.EqualTo(1), "the service is after that");
        (await admin.PostAsync($"/volunteers/{she.Id}/resume", new { })).Yes();
        // She would be at the door before it is over.
        var until = (await _world.FindAsync(order)).WindowStart.AddMinutes(-30);
        (await admin.PostAsync($"/volunteers/{she.Id}/suspend", new { reason = "爽约", until })).Yes();

        await _service.SettleAsync();
        (await _world.AcceptAsync(other, order)).Yes();
        var told = (await she.Client.ReadAsync("/me/notices")).Yes()["items"]!.AsArray().Select(item => (string?)item!["topic"]);
        Assert.That(told, Does.Contain("assignment.released"));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task What_a_volunteer_has_promised_to_somebody_whom_either_blocks_is_open_again(bool byTheResident)
    {
        var (she, other) = (await _world.VolunteerAsync(_world.World.NorthStation), await _world.VolunteerAsync(_world.World.NorthStation, 900));
        var order = await _world.OrderAsync();
        await _service.SettleAsync();
        var accepted = (await _world.AcceptAsync(she, order)).Yes();
        var seat = (await she.Client.ReadAsync($"/assignments/{accepted["assignmentIds"]![0]}")).Yes();
        var served = (await _world.Wishes.Resident.ReadAsync($"/orders/{order}/service")).Yes();
        var (residentId, volunteerId) = ((string)seat["contact"]!["residentId"]!, (string)served["services"]![0]!["volunteerId"]!);

        (await (byTheResident
            ? _world.Wishes.Resident.PostAsync($"/residents/{residentId}/blocks", new { volunteerId })
            : she.Client.PostAsync("/me/volunteer/blocks", new { residentId }))).Yes();

        await _service.SettleAsync();
        (await _world.AcceptAsync(other, order)).Yes();
        Assert.That((string?)(await she.Client.ReadAsync($"/assignments/{seat["assignmentId"]}")).Yes()["state"], Is.EqualTo("released"));
    }

    [Test]
    public async Task Why_not_somebody_of_another_station_is_answered_to_who_reaches_her_and_to_nobody_else()
    {
        var elsewhere = await _world.VolunteerAsync(_world.World.NorthStation2);
        await _world.VolunteerAsync(_world.World.NorthStation);
        var order = await _world.OrderAsync();
        var below = await _world.Wishes.AsAsync(Role.Dispatcher, _world.World.NorthStation);

        var whyNot = (await _world.Dispatcher.ReadAsync($"/orders/{order}/why-not/{elsewhere.Id}")).Yes();

        Assert.That((string?)whyNot["broken"]![0]!["rule"], Is.EqualTo("in_pool"));
        Assert.That((await below.ReadAsync($"/orders/{order}/why-not/{elsewhere.Id}")).Code, Is.EqualTo("volunteer_unknown"));
    }
}
