using Matching.Offers;

namespace Matching.Tests.Offers;

public class OfferTests
{
    private static readonly DateTimeOffset Sent = At.China("2026-05-04 09:00");
    private static readonly DateTimeOffset Expires = Sent.AddHours(2);

    private static readonly TypedTable<OfferState, OfferDeed> Typed = new("""
        Pending  Accept    Accepted   by Volunteer
        Pending  Decline   Declined   by Volunteer
        Pending  Expire    Expired    by Clock
        Pending  Withdraw  Withdrawn  by Staff, Clock, System
        Pending  Lose      TooLate    by System
        """);

    private static IEnumerable<TestCaseData> EveryPair() => TypedTable<OfferState, OfferDeed>.EveryPair();

    [TestCaseSource(nameof(EveryPair))]
    public void An_offer_is_answered_once_and_then_says_what_became_of_it(OfferState from, OfferDeed deed)
    {
        var wrong = from switch
        {
            OfferState.Expired => Refusals.OfferExpired,
            OfferState.Withdrawn => Refusals.OfferWithdrawn,
            OfferState.TooLate => Refusals.SeatTaken,
            _ => Refusals.OfferNotPending,
        };

        Typed.Compare(from, deed, wrong, OfferStates.Move, OfferStates.Table);
    }

    [Test]
    public void A_yes_in_time_is_a_yes()
    {
        var yes = An(OfferState.Pending).Accept(Expires.AddTicks(-1)).Value;

        Assert.That(yes.State, Is.EqualTo(OfferState.Accepted));
        Assert.That(yes.AnsweredAt, Is.EqualTo(Expires.AddTicks(-1)));
        Assert.That(yes.SeenAt, Is.EqualTo(Expires.AddTicks(-1)));
    }

    [Test]
    public void A_yes_or_no_after_the_time_is_too_late_whether_or_not_a_job_has_noticed()
    {
        Assert.That(An(OfferState.Pending).Accept(Expires).Refusal, Is.EqualTo(Refusals.OfferExpired));
        Assert.That(An(OfferState.Pending).Decline(Expires, DeclineReason.Time).Refusal, Is.EqualTo(Refusals.OfferExpired));
        Assert.That(An(OfferState.Expired).Accept(Expires).Refusal, Is.EqualTo(Refusals.OfferExpired));
    }

    [TestCase(OfferState.TooLate, "seat_taken")]
    [TestCase(OfferState.Withdrawn, "offer_withdrawn")]
    [TestCase(OfferState.Accepted, "offer_not_pending")]
    [TestCase(OfferState.Declined, "offer_not_pending")]
    public void A_second_answer_is_told_why_not(OfferState state, string code)
    {
        Assert.That(An(state).Accept(Sent).Refusal!.Code, Is.EqualTo(code));
        Assert.That(An(state).Decline(Sent, DeclineReason.Other).Refusal!.Code, Is.EqualTo(code));
        Assert.That(An(state).Withdraw().Refusal!.Code, Is.EqualTo(code));
        Assert.That(An(state).Lose().Refusal!.Code, Is.EqualTo(code));
    }

    [Test]
    public void A_no_keeps_its_reason()
    {
        var no = An(OfferState.Pending).Decline(Sent.AddMinutes(5), DeclineReason.Distance).Value;

        Assert.That((no.State, no.Reason), Is.EqualTo((OfferState.Declined, DeclineReason.Distance)));
    }

    [Test]
    public void An_offer_expires_when_its_time_is_over_and_not_before()
    {
        Assert.That(An(OfferState.Pending).Expire(Expires.AddTicks(-1)).Refusal, Is.EqualTo(Refusals.OfferStillOpen));
        Assert.That(An(OfferState.Pending).Expire(Expires).Value.State, Is.EqualTo(OfferState.Expired));
    }

    [Test]
    public void Offers_are_withdrawn_or_lost_while_they_are_pending()
    {
        Assert.That(An(OfferState.Pending).Withdraw().Value.State, Is.EqualTo(OfferState.Withdrawn));
        Assert.That(An(OfferState.Pending).Lose().Value.State, Is.EqualTo(OfferState.TooLate));
    }

    [Test]
    public void The_first_look_counts()
    {
        var seen = An(OfferState.Pending).See(Sent.AddMinutes(1)).See(Sent.AddMinutes(9));

        Assert.That(seen.SeenAt, Is.EqualTo(Sent.AddMinutes(1)));
        Assert.That(seen.Accept(Sent.AddMinutes(10)).Value.SeenAt, Is.EqualTo(Sent.AddMinutes(1)));
        Assert.That(An(OfferState.Pending).See(Expires).SeenAt, Is.Null);
        Assert.That(An(OfferState.Withdrawn).See(Sent).SeenAt, Is.Null);
    }

    private static Offer An(OfferState state) => new()
    {
        Id = Id.From(0x010E), OrderId = Id.From(0x010C), VolunteerId = Id.From(0x0104), State = state, SentAt = Sent, ExpiresAt = Expires,
    };
}
