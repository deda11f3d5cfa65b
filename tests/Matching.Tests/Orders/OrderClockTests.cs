using Matching.Orders;
using Matching.Policies;
using Matching.Sites;
using Matching.Wishes;
using static Matching.Orders.OrderAction;

namespace Matching.Tests.Orders;

public class OrderClockTests
{
    // A Monday; the service is on Friday from nine to eleven.
    private static readonly DateTimeOffset Monday = At.China("2026-05-04 10:00");
    private static readonly Window Friday = At.ChinaWindow("2026-05-08 09:00", 2);

    // ── Before the search ───────────────────────────────────────────────────────────────────────────────────────────

    [Test]
    public void Staff_are_reminded_of_a_draft_and_then_every_working_morning()
    {
        var draft = An(OrderState.Draft) with { ReadyAt = null };

        Expect(draft, "2026-05-04 14:00", RemindStaff);
        Expect(draft with { StaffRemindedAt = At.China("2026-05-04 14:00") }, "2026-05-05 09:00", RemindStaff);
        Expect(draft with { Urgency = Urgency.Critical }, "2026-05-04 10:05", RemindStaff);
    }

    [TestCase(Urgency.Critical, "2026-05-04 22:10", "2026-05-04 22:10")]
    [TestCase(Urgency.Normal, "2026-05-04 22:10", "2026-05-05 08:00")]
    [TestCase(Urgency.Scheduled, "2026-05-04 10:10", "2026-05-04 10:30")]
    public void A_ready_order_has_its_first_wave_when_its_urgency_says(Urgency urgency, string ready, string due)
    {
        Expect(An(OrderState.Ready) with { Urgency = urgency, ReadyAt = At.China(ready) }, due, OpenWave);
    }

    [Test]
    public void Broadcast_asks_everybody_at_once_and_a_manual_order_waits_for_its_dispatcher()
    {
        Expect(An(OrderState.Ready) with { Mode = DispatchMode.Broadcast }, "2026-05-04 10:00", AskRest);
        Expect(An(OrderState.Ready) with { Mode = DispatchMode.Manual }, "2026-05-04 14:00", RemindStaff);
    }

    [Test]
    public void A_ready_order_that_may_not_ring_anybody_before_its_window_is_over_is_cancelled()
    {
        var night = An(OrderState.Ready) with { ReadyAt = At.China("2026-05-07 22:00"), Window = At.ChinaWindow("2026-05-07 23:00", 2) };

        Expect(night, "2026-05-08 01:00", CancelShort);
    }

    // ── Waves and levels ────────────────────────────────────────────────────────────────────────────────────────────

    [Test]
    public void A_running_wave_closes()
    {
        Expect(An(OrderState.Dispatching) with { Round = Wave(1, "10:00", "12:00", closed: false) }, "2026-05-04 12:00", CloseWave);
    }

    [TestCase(1, OpenWave)]
    [TestCase(2, OpenWave)]
    [TestCase(3, AskRest)]
    [TestCase(4, Escalate)]
    public void After_a_wave_comes_the_next_then_the_rest_then_the_parent(int wave, OrderAction next)
    {
        Expect(An(OrderState.Dispatching) with { Round = Wave(wave, "10:00", "12:00") }, "2026-05-04 12:00", next);
    }

    [TestCase(1, AskRest)]
    [TestCase(2, Escalate)]
    public void A_critical_order_has_one_wave_then_broadcast(int wave, OrderAction next)
    {
        var critical = An(OrderState.Dispatching) with { Urgency = Urgency.Critical, Round = Wave(wave, "10:00", "10:05") };

        Expect(critical, "2026-05-04 10:05", next);
    }

    [Test]
    public void A_wave_that_everybody_answered_early_is_followed_at_once()
    {
        Expect(An(OrderState.Dispatching) with { Round = Wave(1, "10:00", "10:20") }, "2026-05-04 10:20", OpenWave);
    }

    [Test]
    public void The_next_wave_waits_for_the_morning_unless_it_is_urgent()
    {
        var night = An(OrderState.Dispatching) with { Round = Wave(1, "19:00", "21:00") };

        Expect(night, "2026-05-05 08:00", OpenWave);
        Expect(night with { Urgency = Urgency.Urgent, ReadyAt = At.China("2026-05-04 20:30") }, "2026-05-04 21:00", OpenWave);
    }

    [Test]
    public void When_nobody_unasked_is_left_the_order_climbs_without_waiting_for_the_deadline()
    {
        var asked = An(OrderState.Dispatching) with { EverybodyAsked = true };

        Expect(asked with { Round = Wave(1, "10:00", "12:00", closed: false) }, "2026-05-04 12:00", CloseWave);
        Expect(asked with { Round = Wave(1, "10:00", "12:00") }, "2026-05-04 12:00", Escalate);
        Expect(asked, "2026-05-04 10:00", Escalate);
    }

    [TestCase(Urgency.Critical, SiteKind.Station, "2026-05-04 10:15", Escalate)]
    [TestCase(Urgency.Critical, SiteKind.Institute, "2026-05-04 10:30", Escalate)]
    [TestCase(Urgency.Critical, SiteKind.Center, "2026-05-04 11:00", HoldForPerson)]
    [TestCase(Urgency.Urgent, SiteKind.Station, "2026-05-04 11:00", Escalate)]
    [TestCase(Urgency.Urgent, SiteKind.Institute, "2026-05-04 12:00", Escalate)]
    [TestCase(Urgency.Urgent, SiteKind.Center, "2026-05-04 14:00", HoldForPerson)]
    [TestCase(Urgency.Normal, SiteKind.Station, "2026-05-05 10:00", Escalate)]
    [TestCase(Urgency.Normal, SiteKind.Institute, "2026-05-06 10:00", Escalate)]
    [TestCase(Urgency.Normal, SiteKind.Center, "2026-05-07 10:00", HoldForPerson)]
    [TestCase(Urgency.Scheduled, SiteKind.Station, "2026-05-05 09:00", Escalate)]
    [TestCase(Urgency.Scheduled, SiteKind.Institute, "2026-05-06 09:00", Escalate)]
    [TestCase(Urgency.Scheduled, SiteKind.Center, "2026-05-07 09:00", HoldForPerson)]
    public void A_level_has_until_its_deadline_even_while_a_wave_runs(Urgency urgency, SiteKind level, string due, OrderAction action)
    {
        var order = An(OrderState.Dispatching) with
        {
            Urgency = urgency,
            Level = level,
            Round = new RoundFacts(1, Monday, Monday.AddDays(4), IsClosed: false),
        };

        Expect(order, due, action);
    }

    [Test]
    public void At_its_next_level_an_order_is_offered_at_once()
    {
        var climbed = An(OrderState.Dispatching) with { Level = SiteKind.Institute, LevelSince = At.China("2026-05-04 17:10") };

        Expect(climbed, "2026-05-04 17:10", OpenWave);
        Expect(climbed with { Urgency = Urgency.Scheduled }, "2026-05-04 17:10", OpenWave);
        Expect(climbed with { LevelSince = At.China("2026-05-04 22:00") }, "2026-05-05 08:00", OpenWave);
    }

    [Test]
    public void A_deadline_that_lies_before_the_order_came_to_the_level_moves_it_on_at_once()
    {
        var late = An(OrderState.Dispatching) with
        {
            Urgency = Urgency.Urgent,
            Level = SiteKind.Institute,
            LevelSince = At.China("2026-05-04 13:00"),
            Round = Wave(1, "13:00", "13:15", closed: false),
        };

        Expect(late, "2026-05-04 13:00", Escalate);
    }

    [Test]
    public void A_seat_given_back_on_the_third_day_is_searched_for_anew()
    {
        var reopened = An(OrderState.Dispatching) with { ReadyAt = At.China("2026-05-06 15:00") };

        Expect(reopened, "2026-05-06 15:00", OpenWave);
        Expect(
            reopened with { Round = new RoundFacts(1, Monday, Friday.Start, IsClosed: false) },
            "2026-05-07 15:00",
            Escalate);
    }

    [Test]
    public void One_after_another_goes_on_until_nobody_is_left()
    {
        var direct = An(OrderState.Dispatching) with { Mode = DispatchMode.Direct, Round = Wave(9, "10:00", "11:00") };

        Expect(direct, "2026-05-04 11:00", OpenWave);
        Expect(direct with { EverybodyAsked = true }, "2026-05-04 11:00", Escalate);
    }

    [Test]
    public void What_a_dispatcher_offers_by_hand_comes_back_to_the_dispatcher()
    {
        var byHand = An(OrderState.Dispatching) with { Mode = DispatchMode.Manual, Round = Wave(1, "10:00", "11:00") };

        Expect(byHand, "2026-05-04 11:00", HoldForPerson);
    }

    [Test]
    public void A_broadcast_that_brought_nobody_climbs()
    {
        var broadcast = An(OrderState.Dispatching) with { Mode = DispatchMode.Broadcast };

        Expect(broadcast, "2026-05-04 10:00", AskRest);
        Expect(broadcast with { Round = Wave(1, "10:00", "12:00") }, "2026-05-04 12:00", Escalate);
    }

    [Test]
    public void With_enough_but_not_all_seats_filled_and_nobody_left_the_order_goes_ahead()
    {
        var enough = An(OrderState.Dispatching) with
        {
            Wanted = 3, Needed = 2, Seats = [Yes("11:00"), Yes("11:30")], Level = SiteKind.Center, EverybodyAsked = true, Round = Wave(1, "10:00", "12:00"),
        };

        Expect(enough, "2026-05-04 12:00", GoAhead);
        Expect(enough with { Needed = 3 }, "2026-05-04 12:00", HoldForPerson);
    }

    // ── Around the start ────────────────────────────────────────────────────────────────────────────────────────────

    [Test]
    public void The_dispatcher_is_asked_two_hours_before_when_too_few_said_yes()
    {
        var two = Waiting() with { Wanted = 3, Needed = 3, Seats = [Yes("11:00"), Yes("11:30")] };

        Expect(Reminded(two), "2026-05-08 07:00", AskDispatcher);
        Expect(Reminded(two) with { DispatcherAskedAt = At.China("2026-05-08 07:00") }, "2026-05-08 09:00", CancelShort);
    }

    [Test]
    public void A_dispatcher_who_says_go_on_keeps_the_order_until_its_window_ends()
    {
        var answered = Waiting() with { DispatcherAskedAt = At.China("2026-05-08 07:00"), DispatcherAnswered = true };

        Expect(answered, "2026-05-08 11:00", LeaveUnfilled);
    }

    [Test]
    public void With_the_needed_number_at_the_start_the_order_goes_ahead()
    {
        Expect(Reminded(Waiting()) with { Wanted = 3, Needed = 2, Seats = [Yes("11:00"), Yes("11:30")] }, "2026-05-08 09:00", GoAhead);
    }

    [Test]
    public void A_search_that_began_within_the_two_hours_asks_at_once_only_if_somebody_would_stand_there_alone()
    {
        var late = Waiting() with { Wanted = 2, Needed = 2, ReadyAt = At.China("2026-05-08 08:00") };

        Expect(late, "2026-05-08 11:00", LeaveUnfilled);
        Expect(late with { Seats = [new(At.China("2026-05-08 07:30"))], OnTheDaySentAt = Monday }, "2026-05-08 08:00", AskDispatcher);
    }

    [Test]
    public void Who_said_yes_is_reminded_a_day_before_and_at_nine_on_the_day()
    {
        var afternoon = An(OrderState.Accepted) with { Seats = [Yes("11:00")], Window = At.ChinaWindow("2026-05-08 15:00", 2) };

        Expect(afternoon, "2026-05-07 15:00", RemindDayBefore);
        Expect(afternoon with { DayBeforeSentAt = At.China("2026-05-07 15:00") }, "2026-05-08 09:00", RemindOnTheDay);
        Expect(Reminded(afternoon), "2026-05-08 15:30", FindNoShow);
    }

    [Test]
    public void Nobody_is_woken_by_a_reminder_and_nobody_is_reminded_after_the_start()
    {
        var early = An(OrderState.Accepted) with { Seats = [Yes("11:00")], Window = At.ChinaWindow("2026-05-08 07:00", 1) };

        Expect(early, "2026-05-07 08:00", RemindDayBefore);
        Expect(early with { DayBeforeSentAt = At.China("2026-05-07 08:00") }, "2026-05-08 07:30", FindNoShow);
    }

    [Test]
    public void Who_said_yes_after_a_reminder_was_due_is_not_sent_it()
    {
        var lately = An(OrderState.Accepted) with
        {
            Seats = [new SeatFacts(At.China("2026-05-08 12:00"))],
            Window = At.ChinaWindow("2026-05-08 15:00", 2),
        };

        Expect(lately, "2026-05-08 15:30", FindNoShow);
    }

    [Test]
    public void A_reminder_keeps_its_wall_time_where_the_clock_is_put_forward()
    {
        var policy = Policy.Default with { Zone = "America/Los_Angeles" };
        var window = new Window(At.Instant("2026-03-08T15:00:00-07:00"), At.Instant("2026-03-08T17:00:00-07:00"));
        var order = An(OrderState.Accepted) with { Window = window, ReadyAt = window.Start.AddDays(-5), Seats = [new(window.Start.AddDays(-4))] };

        Assert.That(OrderClock.Next(order, policy), Is.EqualTo(new NextStep(At.Instant("2026-03-07T15:00:00-08:00"), RemindDayBefore)));
    }

    [Test]
    public void Nobody_who_has_not_come_half_an_hour_after_the_start_is_waited_for()
    {
        var accepted = Reminded(An(OrderState.Accepted)) with { Seats = [Yes("11:00")] };

        Expect(accepted, "2026-05-08 09:30", FindNoShow);
        Expect(accepted with { Seats = [new(At.China("2026-05-08 09:20"))] }, "2026-05-08 09:50", FindNoShow);
    }

    [Test]
    public void The_seat_of_a_no_show_is_searched_for_while_others_serve_until_the_planned_end()
    {
        var serving = An(OrderState.InService) with
        {
            Since = Friday.Start,
            ReadyAt = Friday.Start.AddMinutes(30),
            Urgency = Urgencies.AfterNoShow(Urgency.Normal),
            Wanted = 2,
            Needed = 2,
            Seats = [new(Monday, Friday.Start)],
        };

        Expect(serving, "2026-05-08 09:30", OpenWave);
        Expect(serving with { Round = new(2, Friday.Start, Friday.End, IsClosed: true) }, "2026-05-08 10:30", Escalate);
        Expect(serving with { Level = SiteKind.Center, EverybodyAsked = true }, "2026-05-08 13:00", FinishService);
        Expect(serving with { Wanted = 1 }, "2026-05-08 13:00", FinishService);
    }

    [Test]
    public void Nobody_is_asked_to_join_a_service_after_its_planned_end()
    {
        var serving = An(OrderState.InService) with
        {
            Since = Friday.Start, ReadyAt = Friday.End.AddMinutes(-20), Urgency = Urgency.Urgent, Wanted = 2, Seats = [new(Monday, Friday.Start)],
        };
        var running = new RoundFacts(1, serving.ReadyAt!.Value, Friday.End, IsClosed: false);

        Expect(serving with { Round = running }, "2026-05-08 11:00", CloseWave);
        Expect(serving with { Round = running with { IsClosed = true } }, "2026-05-08 13:00", FinishService);
    }

    [Test]
    public void A_service_that_nobody_ended_ends_two_hours_after_its_planned_end()
    {
        Expect(An(OrderState.InService) with { Since = Friday.Start, Seats = [new(Monday, Friday.Start)] }, "2026-05-08 13:00", FinishService);
    }

    // ── Staff, and after the service ────────────────────────────────────────────────────────────────────────────────

    [Test]
    public void A_held_order_reminds_its_dispatcher_and_is_given_up_when_its_window_ends()
    {
        var held = An(OrderState.ManualHold);

        Expect(held, "2026-05-04 14:00", RemindStaff);
        Expect(held with { StaffRemindedAt = At.China("2026-05-06 10:00") }, "2026-05-07 09:00", RemindStaff);
        Expect(held with { StaffRemindedAt = At.China("2026-05-08 10:00") }, "2026-05-08 11:00", LeaveUnfilled);
        Expect(held with { Round = Wave(1, "10:00", "12:00", closed: false) }, "2026-05-04 12:00", CloseWave);
    }

    [Test]
    public void A_held_order_to_which_somebody_said_yes_does_not_leave_them_standing_there()
    {
        var held = Reminded(An(OrderState.ManualHold)) with
        {
            Wanted = 2, Needed = 2, Seats = [Yes("11:00")], StaffRemindedAt = At.China("2026-05-08 06:00"),
        };

        Expect(held, "2026-05-08 07:00", AskDispatcher);
    }

    [Test]
    public void Silence_confirms_after_two_days_and_ends_the_rating_after_seven()
    {
        Expect(An(OrderState.AwaitingConfirmation), "2026-05-06 10:00", CloseConfirmation);
        Expect(An(OrderState.AwaitingRating), "2026-05-11 10:00", CloseRating);
    }

    [Test]
    public void The_center_is_reminded_of_a_dispute()
    {
        Expect(An(OrderState.Disputed), "2026-05-06 10:00", RemindStaff);
        Expect(An(OrderState.Disputed) with { StaffRemindedAt = At.China("2026-05-06 10:00") }, "2026-05-07 09:00", RemindStaff);
    }

    private static OrderFacts An(OrderState state) => new()
    {
        State = state,
        Since = Monday,
        ReadyAt = Monday,
        Urgency = Urgency.Normal,
        Level = SiteKind.Station,
        Window = Friday,
        Wanted = 1,
        Needed = 1,
    };

    /// <summary>Its last wave runs and the center's time is not up before the window: only the clocks around the start are left.</summary>
    private static OrderFacts Waiting() => An(OrderState.Dispatching) with
    {
        Level = SiteKind.Center,
        ReadyAt = At.China("2026-05-06 10:00"),
        Round = new RoundFacts(4, Monday, Friday.End, IsClosed: false),
    };

    private static OrderFacts Reminded(OrderFacts order) => order with { DayBeforeSentAt = Monday, OnTheDaySentAt = Monday };

    private static SeatFacts Yes(string time) => new(At.China("2026-05-04 " + time));

    private static RoundFacts Wave(int number, string opens, string closes, bool closed = true) =>
        new(number, At.China("2026-05-04 " + opens), At.China("2026-05-04 " + closes), closed);

    private static void Expect(OrderFacts order, string due, OrderAction action)
    {
        Assert.That(OrderClock.Next(order, Policy.Default), Is.EqualTo(new NextStep(At.China(due), action)));
    }
}
