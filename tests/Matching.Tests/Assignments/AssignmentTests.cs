using Matching.Assignments;
using Matching.Geography;
using Matching.Policies;

namespace Matching.Tests.Assignments;

public class AssignmentTests
{
    private static readonly Window Morning = At.ChinaWindow("2026-05-08 09:00", 2);
    private static readonly Presence ByCode = new(CodeMatches: true);

    private static readonly TypedTable<AssignmentState, AssignmentDeed> Typed = new("""
        Confirmed   CheckIn   CheckedIn   by Volunteer, Staff
        Confirmed   Release   Released    by Volunteer, Staff, Clock, System
        Confirmed   Miss      NoShow      by Clock, Staff
        Confirmed   Reassign  Reassigned  by Staff
        CheckedIn   CheckOut  CheckedOut  by Volunteer, Staff, Clock
        CheckedOut  Verify    Verified    by System
        """);

    private static IEnumerable<TestCaseData> EveryPair() => TypedTable<AssignmentState, AssignmentDeed>.EveryPair();

    [TestCaseSource(nameof(EveryPair))]
    public void An_assignment_moves_along_its_table_and_no_other_way(AssignmentState from, AssignmentDeed deed)
    {
        var wrong = (from, deed) switch
        {
            (AssignmentState.CheckedIn or AssignmentState.CheckedOut or AssignmentState.Verified, AssignmentDeed.CheckIn) => Refusals.CheckedInAlready,
            (AssignmentState.CheckedOut or AssignmentState.Verified, AssignmentDeed.CheckOut) => Refusals.CheckedOutAlready,
            (AssignmentState.Confirmed, AssignmentDeed.CheckOut) => Refusals.NotCheckedIn,
            (AssignmentState.NoShow, AssignmentDeed.CheckIn) => Refusals.NoShowRecorded,
            _ => Refusals.AssignmentStateWrong,
        };

        Typed.Compare(from, deed, wrong, AssignmentStates.Move, AssignmentStates.Table);
    }

    [TestCase(AssignmentState.Confirmed, true)]
    [TestCase(AssignmentState.CheckedIn, true)]
    [TestCase(AssignmentState.CheckedOut, true)]
    [TestCase(AssignmentState.Verified, true)]
    [TestCase(AssignmentState.Released, false)]
    [TestCase(AssignmentState.NoShow, false)]
    [TestCase(AssignmentState.Reassigned, false)]
    public void A_seat_is_held_by_who_is_expected_or_came(AssignmentState state, bool holds)
    {
        Assert.That(state.HoldsSeat(), Is.EqualTo(holds));
    }

    // ── Proof ───────────────────────────────────────────────────────────────────────────────────────────────────────

    [TestCase(true, GeofenceAnswer.Inside, false, EvidenceGrade.A)]
    [TestCase(true, null, false, EvidenceGrade.B)]
    [TestCase(true, GeofenceAnswer.Outside, false, EvidenceGrade.B)]
    [TestCase(true, GeofenceAnswer.TooVague, false, EvidenceGrade.B)]
    [TestCase(null, GeofenceAnswer.Inside, true, EvidenceGrade.B)]
    [TestCase(null, GeofenceAnswer.Inside, false, EvidenceGrade.C)]
    [TestCase(null, null, true, EvidenceGrade.D)]
    [TestCase(null, GeofenceAnswer.Outside, true, EvidenceGrade.D)]
    public void Proofs_are_graded(bool? code, GeofenceAnswer? fence, bool organiser, EvidenceGrade grade)
    {
        Assert.That(new Presence(code, fence, organiser).Grade().Value, Is.EqualTo(grade));
    }

    [TestCase(false, GeofenceAnswer.Inside, false, "service_code_wrong")]
    [TestCase(false, null, true, "service_code_wrong")]
    [TestCase(null, GeofenceAnswer.Outside, false, "not_within_geofence")]
    [TestCase(null, GeofenceAnswer.TooVague, false, "presence_not_shown")]
    [TestCase(null, null, false, "presence_not_shown")]
    public void What_proves_nothing_is_told_why(bool? code, GeofenceAnswer? fence, bool organiser, string refused)
    {
        Assert.That(new Presence(code, fence, organiser).Grade().Refusal!.Code, Is.EqualTo(refused));
    }

    [Test]
    public void Silence_is_one_grade_lower_and_nothing_is_below_D()
    {
        Assert.That(EvidenceGrades.Whole(EvidenceGrade.A, EvidenceGrade.B, confirmed: true), Is.EqualTo(EvidenceGrade.B));
        Assert.That(EvidenceGrades.Whole(EvidenceGrade.C, EvidenceGrade.A, confirmed: false), Is.EqualTo(EvidenceGrade.D));
        Assert.That(EvidenceGrades.Whole(EvidenceGrade.A, EvidenceGrade.A, confirmed: false), Is.EqualTo(EvidenceGrade.B));
        Assert.That(EvidenceGrade.D.Lower(), Is.EqualTo(EvidenceGrade.D));
    }

    // ── Coming ──────────────────────────────────────────────────────────────────────────────────────────────────────

    [TestCase("07:59", "check_in_too_early")]
    [TestCase("08:00", null)]
    [TestCase("09:29", null)]
    [TestCase("09:30", "check_in_too_late")]
    public void Checking_in_opens_an_hour_before_and_closes_when_nobody_waits_any_more(string time, string? refused)
    {
        var outcome = A(AssignmentState.Confirmed).CheckIn(ByCode, Morning, At.China("2026-05-08 " + time), Policy.Default);

        Assert.That(outcome.Refusal?.Code, Is.EqualTo(refused));
    }

    [Test]
    public void Who_comes_too_early_is_told_when_to_try_again()
    {
        var outcome = A(AssignmentState.Confirmed).CheckIn(ByCode, Morning, At.China("2026-05-08 07:50"), Policy.Default);

        Assert.That(outcome.Refusal!.RetryAfterSeconds, Is.EqualTo(600));
    }

    [Test]
    public void Who_said_yes_after_the_start_has_half_an_hour_from_then()
    {
        var late = A(AssignmentState.Confirmed) with { ConfirmedAt = At.China("2026-05-08 10:00") };

        Assert.That(late.CheckIn(ByCode, Morning, At.China("2026-05-08 10:29"), Policy.Default).Refused, Is.False);
        Assert.That(late.Miss(Morning, At.China("2026-05-08 10:29"), Policy.Default).Refusal, Is.EqualTo(Refusals.MayStillCome));
        Assert.That(late.Miss(Morning, At.China("2026-05-08 10:30"), Policy.Default).Value.State, Is.EqualTo(AssignmentState.NoShow));
    }

    [Test]
    public void Who_checks_in_is_there_with_the_grade_of_the_proof()
    {
        var came = A(AssignmentState.Confirmed).CheckIn(ByCode, Morning, Morning.Start, Policy.Default).Value;

        Assert.That((came.State, came.CheckedInAt, came.InGrade), Is.EqualTo((AssignmentState.CheckedIn, Morning.Start, EvidenceGrade.B)));
        Assert.That(came.CheckIn(ByCode, Morning, Morning.Start, Policy.Default).Refusal, Is.EqualTo(Refusals.CheckedInAlready));
        Assert.That(
            A(AssignmentState.Confirmed).CheckIn(new Presence(CodeMatches: false), Morning, Morning.Start, Policy.Default).Refusal,
            Is.EqualTo(Refusals.ServiceCodeWrong));
    }

    // ── Leaving ─────────────────────────────────────────────────────────────────────────────────────────────────────

    [Test]
    public void Who_leaves_without_showing_anything_is_let_go_with_the_lowest_grade()
    {
        var left = Came("09:00").CheckOut(new Presence(), Morning.End).Value;

        Assert.That((left.State, left.CheckedOutAt, left.OutGrade), Is.EqualTo((AssignmentState.CheckedOut, Morning.End, EvidenceGrade.D)));
        Assert.That(Came("09:00").CheckOut(ByCode, Morning.End).Value.Evidence(confirmed: true), Is.EqualTo(EvidenceGrade.B));
        Assert.That(Came("09:00").CheckOut(ByCode, Morning.End).Value.Evidence(confirmed: false), Is.EqualTo(EvidenceGrade.C));
    }

    [Test]
    public void A_wrong_code_or_a_time_before_coming_does_not_check_out()
    {
        Assert.That(Came("09:00").CheckOut(new Presence(CodeMatches: false), Morning.End).Refusal, Is.EqualTo(Refusals.ServiceCodeWrong));
        Assert.That(Came("09:00").CheckOut(ByCode, Morning.Start.AddMinutes(-1)).Refusal, Is.EqualTo(Refusals.CheckOutBeforeCheckIn));
        Assert.That(A(AssignmentState.Confirmed).CheckOut(ByCode, Morning.End).Refusal, Is.EqualTo(Refusals.NotCheckedIn));
    }

    [Test]
    public void Who_forgets_to_check_out_left_at_the_planned_end()
    {
        var left = Came("09:10").CheckOutByClock(Morning).Value;

        Assert.That((left.CheckedOutAt, left.OutGrade), Is.EqualTo((Morning.End, EvidenceGrade.D)));
        Assert.That(left.Minutes(Morning.Length, Policy.Default), Is.EqualTo(new ServedMinutes(110, Cut: false)));
        Assert.That(Came("11:10").CheckOutByClock(Morning).Value.Minutes(Morning.Length, Policy.Default).Minutes, Is.Zero);
    }

    [TestCase("10:59:59", 119, false)]
    [TestCase("11:00:00", 120, false)]
    [TestCase("12:00:00", 180, false)]
    [TestCase("12:00:59", 180, false)]
    [TestCase("12:01:00", 180, true)]
    [TestCase("15:00:00", 180, true)]
    public void Whole_minutes_count_up_to_one_and_a_half_times_the_plan(string left, int minutes, bool cut)
    {
        var served = Came("09:00").CheckOut(ByCode, At.China("2026-05-08 " + left)).Value.Minutes(Morning.Length, Policy.Default);

        Assert.That(served, Is.EqualTo(new ServedMinutes(minutes, cut)));
    }

    [Test]
    public void Nothing_counts_before_they_have_left()
    {
        Assert.That(Came("09:00").Minutes(Morning.Length, Policy.Default), Is.EqualTo(default(ServedMinutes)));
    }

    [Test]
    public void Seats_are_given_back_and_reassigned_before_they_are_taken_up()
    {
        Assert.That(A(AssignmentState.Confirmed).Release().Value.State, Is.EqualTo(AssignmentState.Released));
        Assert.That(A(AssignmentState.Confirmed).Reassign().Value.State, Is.EqualTo(AssignmentState.Reassigned));
        Assert.That(Came("09:00").Release().Refusal, Is.EqualTo(Refusals.AssignmentStateWrong));
        Assert.That(Came("09:00").CheckOut(ByCode, Morning.End).Value.Verify().Value.State, Is.EqualTo(AssignmentState.Verified));
    }

    private static Assignment A(AssignmentState state) => new()
    {
        Id = Id.From(0x010F), OrderId = Id.From(0x010C), VolunteerId = Id.From(0x0104), State = state, ConfirmedAt = Morning.Start.AddDays(-1),
    };

    private static Assignment Came(string time) =>
        A(AssignmentState.CheckedIn) with { CheckedInAt = At.China("2026-05-08 " + time), InGrade = EvidenceGrade.B };

    [TestCase(-10, -60, true)]
    [TestCase(0, -60, true)]
    [TestCase(1, -60, false)]
    [TestCase(20, 5, true)]
    public void On_time_is_by_the_start_unless_she_said_yes_after_it(int cameMinutes, int saidYesMinutes, bool onTime)
    {
        var start = At.China("2026-05-08 16:00");
        var assignment = new Assignment
        {
            Id = Id.From(0x010F),
            OrderId = Id.From(0x010C),
            VolunteerId = Id.From(0x0104),
            ConfirmedAt = start.AddMinutes(saidYesMinutes),
            CheckedInAt = start.AddMinutes(cameMinutes),
        };

        Assert.That(assignment.CameOnTime(new Window(start, start.AddHours(2))), Is.EqualTo(onTime));
        Assert.That((assignment with { CheckedInAt = null }).CameOnTime(new Window(start, start.AddHours(2))), Is.False);
    }

    [TestCase(true, GeofenceAnswer.Inside, false, PresenceMethod.CodeAndPlace)]
    [TestCase(true, GeofenceAnswer.Outside, false, PresenceMethod.ServiceCode)]
    [TestCase(true, null, true, PresenceMethod.ServiceCode)]
    [TestCase(null, GeofenceAnswer.Inside, true, PresenceMethod.Organiser)]
    [TestCase(null, GeofenceAnswer.Inside, false, PresenceMethod.Geofence)]
    [TestCase(null, GeofenceAnswer.TooVague, false, PresenceMethod.Unproved)]
    [TestCase(null, null, false, PresenceMethod.Unproved)]
    public void The_method_is_the_best_that_was_shown(bool? code, GeofenceAnswer? fence, bool organiser, PresenceMethod method) =>
        Assert.That(new Presence(code, fence, organiser).Method, Is.EqualTo(method));
}
