using Matching.Accounts;
using Matching.Orders;
using Matching.Policies;
using Matching.Wishes;

namespace Matching.Tests.Wishes;

public class WishTests
{
    private static readonly DateTimeOffset Now = At.China("2026-05-04 09:00");
    private static readonly Id Chen = Id.From(0x0101);
    private static readonly Id Wang = Id.From(0x0201);

    private static readonly TypedTable<WishState, WishDeed> Typed = new("""
        Submitted  Claim             Triaging     by Curator
        Submitted  Order             Ordered      by System
        Submitted  Withdraw          Withdrawn    by Resident
        Triaging   RenewLease        Triaging     by Curator
        Triaging   LapseLease        Submitted    by Clock
        Triaging   Release           Submitted    by Curator
        Triaging   AskForDetail      NeedsInfo    by Curator
        Triaging   Order             Ordered      by Curator
        Triaging   Merge             Merged       by Curator
        Triaging   Reject            Rejected     by Curator
        Triaging   Refer             Referred     by Curator
        Triaging   Withdraw          Withdrawn    by Resident
        NeedsInfo  Answer            Triaging     by Resident
        NeedsInfo  Withdraw          Withdrawn    by Resident
        NeedsInfo  FallSilent        Withdrawn    by Clock
        NeedsInfo  Reject            Rejected     by Curator
        Rejected   Appeal            Triaging     by Resident
        Ordered    Fulfil            Fulfilled    by System
        Ordered    LeaveUnfulfilled  Unfulfilled  by System
        Ordered    Withdraw          Withdrawn    by Resident
        """);

    private static IEnumerable<TestCaseData> EveryPair() => TypedTable<WishState, WishDeed>.EveryPair();

    [TestCaseSource(nameof(EveryPair))]
    public void A_wish_moves_along_its_table_and_no_other_way(WishState from, WishDeed deed)
    {
        Typed.Compare(from, deed, Refusals.WishStateWrong, WishStates.Move, WishStates.Table);
    }

    [Test]
    public void A_curator_has_a_claimed_wish_for_fifteen_minutes()
    {
        var claimed = A(WishState.Submitted).Claim(Chen, Now, Policy.Default).Value;

        Assert.That(claimed.State, Is.EqualTo(WishState.Triaging));
        Assert.That(claimed.LeaseHolder, Is.EqualTo(Chen));
        Assert.That(claimed.Next(Policy.Default), Is.EqualTo(new WishStep(Now.AddMinutes(15), WishAction.LapseLease)));
    }

    [Test]
    public void A_second_curator_is_told_that_a_colleague_has_it()
    {
        var claimed = Claimed(Chen);

        Assert.That(claimed.Claim(Wang, Now.AddMinutes(14), Policy.Default).Refusal, Is.EqualTo(Refusals.WishClaimedByOther));
        Assert.That(claimed.Order(Wang, Now).Refusal, Is.EqualTo(Refusals.WishClaimedByOther));
        Assert.That(claimed.RenewLease(Wang, Now, Policy.Default).Refusal, Is.EqualTo(Refusals.WishClaimedByOther));
    }

    [Test]
    public void A_colleague_takes_over_when_the_lease_is_over_even_before_a_job_has_noticed()
    {
        Assert.That(Claimed(Chen).Claim(Wang, Now.AddMinutes(15), Policy.Default).Value.LeaseHolder, Is.EqualTo(Wang));
    }

    [Test]
    public void Who_lets_the_lease_run_out_has_to_take_it_up_again()
    {
        Assert.That(Claimed(Chen).Refer(Chen, "12345", Now.AddMinutes(15)).Refusal, Is.EqualTo(Refusals.WishLeaseLapsed));
        Assert.That(Claimed(Chen).RenewLease(Chen, Now.AddMinutes(15), Policy.Default).Refusal, Is.EqualTo(Refusals.WishLeaseLapsed));
        Assert.That(Claimed(Chen).Claim(Chen, Now.AddMinutes(20), Policy.Default).Value.LeaseUntil, Is.EqualTo(Now.AddMinutes(35)));
    }

    [Test]
    public void A_lease_can_be_renewed_while_it_runs()
    {
        Assert.That(Claimed(Chen).RenewLease(Chen, Now.AddMinutes(10), Policy.Default).Value.LeaseUntil, Is.EqualTo(Now.AddMinutes(25)));
        Assert.That(Claimed(Chen).Claim(Chen, Now.AddMinutes(10), Policy.Default).Value.LeaseUntil, Is.EqualTo(Now.AddMinutes(25)));
    }

    [Test]
    public void A_lapsed_lease_puts_the_wish_back_in_the_queue_and_a_running_one_does_not()
    {
        Assert.That(Claimed(Chen).LapseLease(Now.AddMinutes(14)).Refusal, Is.EqualTo(Refusals.WishLeaseRuns));

        var back = Claimed(Chen).LapseLease(Now.AddMinutes(15)).Value;
        Assert.That(back.State, Is.EqualTo(WishState.Submitted));
        Assert.That(back.LeaseHolder, Is.EqualTo(Id.None));
    }

    [Test]
    public void A_curator_who_lets_go_puts_the_wish_back_in_the_queue_and_nobody_else_can()
    {
        Assert.That(Claimed(Chen).Release(Wang, Now.AddMinutes(1)).Refusal, Is.EqualTo(Refusals.WishClaimedByOther));
        Assert.That(Claimed(Chen).Release(Chen, Now.AddMinutes(15)).Refusal, Is.EqualTo(Refusals.WishLeaseLapsed));

        var back = Claimed(Chen).Release(Chen, Now.AddMinutes(1)).Value;
        Assert.That((back.State, back.LeaseHolder), Is.EqualTo((WishState.Submitted, Id.None)));
        Assert.That(back.Claim(Wang, Now.AddMinutes(1), Policy.Default).Value.LeaseHolder, Is.EqualTo(Wang));
    }

    [Test]
    public void A_wish_that_nobody_took_up_is_not_worked_on()
    {
        Assert.That(A(WishState.Submitted).Order(Chen, Now).Refusal, Is.EqualTo(Refusals.WishNotClaimed));
        Assert.That(A(WishState.Submitted).Refer(Chen, "12345", Now).Refusal, Is.EqualTo(Refusals.WishStateWrong));
    }

    [Test]
    public void A_menu_item_without_curation_becomes_an_order_by_itself()
    {
        Assert.That(A(WishState.Submitted).OrderUncurated(Now).Value.State, Is.EqualTo(WishState.Ordered));
        Assert.That(Claimed(Chen).OrderUncurated(Now).Refused);
    }

    [Test]
    public void Who_asked_for_detail_has_the_answer_back()
    {
        var asked = Claimed(Chen).AskForDetail(Chen, Now).Value;
        Assert.That(asked.Next(Policy.Default), Is.EqualTo(new WishStep(Now.AddDays(7), WishAction.FallSilent)));

        var answered = asked.Answer(Now.AddDays(2), Policy.Default).Value;
        Assert.That(answered.State, Is.EqualTo(WishState.Triaging));
        Assert.That(answered.LeaseHolder, Is.EqualTo(Chen));
        Assert.That(answered.LeaseUntil, Is.EqualTo(Now.AddDays(2).AddMinutes(15)));
    }

    [Test]
    public void Seven_days_of_silence_withdraw_a_wish_and_six_do_not()
    {
        var asked = Claimed(Chen).AskForDetail(Chen, Now).Value;

        Assert.That(asked.FallSilent(Now.AddDays(7).AddTicks(-1), Policy.Default).Refusal, Is.EqualTo(Refusals.WishAnswerStillAwaited));
        Assert.That(asked.FallSilent(Now.AddDays(7), Policy.Default).Value.State, Is.EqualTo(WishState.Withdrawn));
    }

    [Test]
    public void A_no_has_its_reason()
    {
        Assert.That(Claimed(Chen).Reject(Chen, "  ", Now).Refusal!.Code, Is.EqualTo("reason_missing"));
        Assert.That(Claimed(Chen).Reject(Chen, "not for volunteers", Now).Value.State, Is.EqualTo(WishState.Rejected));
        Assert.That(Claimed(Chen).AskForDetail(Chen, Now).Value.Reject(Wang, "answered by phone", Now).Value.State, Is.EqualTo(WishState.Rejected));
    }

    [TestCase("12345", true)]
    [TestCase("110", true)]
    [TestCase("120", true)]
    [TestCase("119", false)]
    public void A_wish_is_referred_to_one_of_three_lines(string line, bool allowed)
    {
        var outcome = Claimed(Chen).Refer(Chen, line, Now);

        Assert.That(outcome.Refused, Is.Not.EqualTo(allowed));
        Assert.That(outcome.Refused || outcome.Value.State == WishState.Referred);
    }

    [Test]
    public void A_rejected_wish_is_appealed_once()
    {
        var rejected = Claimed(Chen).Reject(Chen, "twice asked", Now).Value;
        var appealed = rejected.Appeal(Now, Policy.Default).Value;

        Assert.That(appealed.State, Is.EqualTo(WishState.Triaging));
        Assert.That(appealed.Order(Chen, Now).Refusal, Is.EqualTo(Refusals.WishNotClaimed));

        var again = appealed.Claim(Wang, Now.AddMinutes(1), Policy.Default).Value.Reject(Wang, "still", Now.AddMinutes(2)).Value;
        Assert.That(again.Appeal(Now.AddMinutes(3), Policy.Default).Refusal, Is.EqualTo(Refusals.WishAppealedBefore));
    }

    [TestCase(OrderState.Draft, true)]
    [TestCase(OrderState.Dispatching, true)]
    [TestCase(OrderState.Accepted, true)]
    [TestCase(OrderState.Cancelled, true)]
    [TestCase(OrderState.Unfilled, true)]
    [TestCase(OrderState.InService, false)]
    [TestCase(OrderState.AwaitingConfirmation, false)]
    [TestCase(OrderState.AwaitingRating, false)]
    [TestCase(OrderState.Disputed, false)]
    [TestCase(OrderState.Closed, false)]
    public void A_wish_is_withdrawn_only_before_its_orders_are_in_service(OrderState order, bool allowed)
    {
        var outcome = A(WishState.Ordered).Withdraw([OrderState.Draft, order], Now);

        Assert.That(outcome.Refusal, Is.EqualTo(allowed ? null : Refusals.WishInService));
    }

    [TestCase(WishState.Ordered, OrderState.Closed, OrderState.AwaitingRating)]
    [TestCase(WishState.Ordered, OrderState.Draft)]
    [TestCase(WishState.Ordered)]
    [TestCase(WishState.Fulfilled, OrderState.Closed)]
    [TestCase(WishState.Fulfilled, OrderState.Closed, OrderState.Unfilled)]
    [TestCase(WishState.Unfulfilled, OrderState.Unfilled, OrderState.Cancelled, OrderState.Failed)]
    public void A_wish_follows_its_orders(WishState follows, params OrderState[] orders)
    {
        Assert.That(A(WishState.Ordered).Follow(orders, Now).State, Is.EqualTo(follows));
    }

    [Test]
    public void The_share_served_is_kept()
    {
        var share = Wish.ShareServed([OrderState.Closed, OrderState.Closed, OrderState.Unfilled, OrderState.Cancelled]);

        Assert.That(share, Is.EqualTo(new ServedShare(2, 4)));
        Assert.That(share.Share, Is.EqualTo(0.5));
    }

    [Test]
    public void A_withdrawn_wish_no_longer_follows_its_orders()
    {
        Assert.That(A(WishState.Withdrawn).Follow([OrderState.Closed], Now).State, Is.EqualTo(WishState.Withdrawn));
    }

    [Test]
    public void A_merged_wish_shows_the_state_of_the_one_it_was_merged_into()
    {
        var last = A(WishState.Ordered) with { Id = Id.From(0x030A) };
        var middle = A(WishState.Merged) with { Id = Id.From(0x020A), MergedInto = last.Id };
        var first = A(WishState.Merged) with { MergedInto = middle.Id };

        Assert.That(Wish.Shown(first, id => id == middle.Id ? middle : last), Is.EqualTo(WishState.Ordered));
        Assert.That(Wish.Shown(last, _ => null), Is.EqualTo(WishState.Ordered));
    }

    [Test]
    public void A_wish_is_merged_into_another_that_is_open()
    {
        var other = A(WishState.Ordered) with { Id = Id.From(0x020A) };
        var merged = Claimed(Chen).Merge(Chen, other, Now).Value;

        Assert.That(merged.MergedInto, Is.EqualTo(other.Id));
        Assert.That(Claimed(Chen).Merge(Chen, Claimed(Chen), Now).Refusal, Is.EqualTo(Refusals.WishMergeTargetWrong));
        foreach (var over in Enum.GetValues<WishState>().Where(state => !state.IsOpen()))
        {
            Assert.That(Claimed(Chen).Merge(Chen, other with { State = over }, Now).Refusal, Is.EqualTo(Refusals.WishMergeTargetWrong));
        }
    }

    [Test]
    public void Curators_are_reminded_of_a_wish_that_nobody_took_up_and_then_every_working_morning()
    {
        var wish = A(WishState.Submitted) with { Urgency = Urgency.Critical };

        Assert.That(wish.Next(Policy.Default), Is.EqualTo(new WishStep(Now.AddMinutes(5), WishAction.RemindCurators)));
        Assert.That(
            (wish with { RemindedAt = Now.AddMinutes(5) }).Next(Policy.Default),
            Is.EqualTo(new WishStep(At.China("2026-05-05 09:00"), WishAction.RemindCurators)));
    }

    [Test]
    public void A_wish_whose_story_is_elsewhere_or_over_has_no_clock_of_its_own()
    {
        foreach (var state in Enum.GetValues<WishState>())
        {
            var expected = state is WishState.Submitted or WishState.Triaging or WishState.NeedsInfo;
            Assert.That(A(state).Next(Policy.Default) is not null, Is.EqualTo(expected), state.ToString());
        }
    }

    [TestCase("2026-05-07 09:00", Urgency.Scheduled, Description = "exactly 72 hours: not later than its deadline")]
    [TestCase("2026-05-07 08:59", Urgency.Urgent)]
    [TestCase("2026-05-04 13:00", Urgency.Urgent)]
    [TestCase("2026-05-04 12:59", Urgency.Critical)]
    [TestCase("2026-05-04 09:10", Urgency.Critical)]
    public void A_scheduled_wish_made_late_takes_the_urgency_whose_deadlines_fit(string start, Urgency fits)
    {
        Assert.That(Urgencies.Fit(Urgency.Scheduled, Now, At.ChinaWindow(start, 2), Policy.Default), Is.EqualTo(fits));
    }

    [Test]
    public void A_center_with_a_longer_scheduled_lead_lets_late_ones_be_normal()
    {
        var policy = Policy.Default with { Scheduled = Policy.Default.Scheduled with { Station = TimeSpan.FromDays(10) } };

        Assert.That(Urgencies.Fit(Urgency.Scheduled, Now, At.ChinaWindow("2026-05-08 09:00", 2), policy), Is.EqualTo(Urgency.Normal));
    }

    [Test]
    public void What_is_not_scheduled_stays_what_it_is()
    {
        foreach (var urgency in Enum.GetValues<Urgency>().Where(urgency => urgency != Urgency.Scheduled))
        {
            Assert.That(Urgencies.Fit(urgency, Now, At.ChinaWindow("2026-05-04 09:10", 2), Policy.Default), Is.EqualTo(urgency));
        }
    }

    [TestCase(Role.Resident, Party.Resident)]
    [TestCase(Role.Proxy, Party.Resident)]
    [TestCase(Role.Volunteer, Party.Volunteer)]
    [TestCase(Role.Captain, Party.Volunteer)]
    [TestCase(Role.Curator, Party.Curator | Party.Reviewer)]
    [TestCase(Role.Dispatcher, Party.Dispatcher | Party.Reviewer)]
    [TestCase(Role.SiteAdmin, Party.Curator | Party.Reviewer | Party.Dispatcher)]
    [TestCase(Role.CenterAdmin, Party.Staff)]
    [TestCase(Role.PlatformAdmin, Party.None)]
    public void A_role_stands_for_its_parties(Role role, Party party)
    {
        Assert.That(Parties.Of(role), Is.EqualTo(party));
    }

    private static Wish A(WishState state) => new() { Id = Id.From(0x010A), State = state, Since = Now, Urgency = Urgency.Normal };

    private static Wish Claimed(Id curator) => A(WishState.Submitted).Claim(curator, Now, Policy.Default).Value;
}
