using Matching.Orders;
using Matching.Ratings;

namespace Matching.Tests.Ratings;

public class RatingTests
{
    private static readonly DateTimeOffset Now = At.China("2026-05-08 12:00");
    private static readonly RatingPair Open = new(Now.AddDays(7));

    [Test]
    public void Neither_rating_is_shown_before_both_are_in()
    {
        var one = Open.Rate(RatingDirection.OfVolunteer, 5, OrderState.AwaitingRating, Now).Value;
        Assert.That((one.IsComplete, one.IsShown(Now)), Is.EqualTo((false, false)));

        var both = one.Rate(RatingDirection.OfResident, 4, OrderState.AwaitingRating, Now).Value;
        Assert.That((both.IsComplete, both.IsShown(Now)), Is.EqualTo((true, true)));
        Assert.That((both.OfVolunteer!.Score, both.OfResident!.Score), Is.EqualTo((5, 4)));
    }

    [Test]
    public void When_the_time_is_over_the_one_that_is_in_is_shown()
    {
        var one = Open.Rate(RatingDirection.OfResident, 3, OrderState.AwaitingRating, Now).Value;

        Assert.That(one.IsShown(Now.AddDays(7).AddTicks(-1)), Is.False);
        Assert.That(one.IsShown(Now.AddDays(7)));
    }

    [Test]
    public void Silence_is_kept_as_silence_and_is_no_score()
    {
        var closed = Open.Rate(RatingDirection.OfVolunteer, 2, OrderState.AwaitingRating, Now).Value.Close(Now.AddDays(7));

        Assert.That(closed.OfVolunteer!.Score, Is.EqualTo(2));
        Assert.That(closed.OfResident!.IsSilence);
        Assert.That(closed.OfResident.Score, Is.Null);
        Assert.That(closed.Close(Now.AddDays(8)), Is.EqualTo(closed));
    }

    [Test]
    public void Nobody_is_silent_before_the_time_is_over()
    {
        Assert.That(Open.Close(Now.AddDays(7).AddTicks(-1)), Is.EqualTo(Open));
    }

    [TestCase(0, false)]
    [TestCase(1, true)]
    [TestCase(5, true)]
    [TestCase(6, false)]
    public void A_rating_is_one_to_five(int score, bool allowed)
    {
        var outcome = Open.Rate(RatingDirection.OfVolunteer, score, OrderState.AwaitingRating, Now);

        Assert.That(outcome.Refusal?.Code, Is.EqualTo(allowed ? null : "rating_out_of_range"));
    }

    [Test]
    public void Nobody_rates_twice()
    {
        var one = Open.Rate(RatingDirection.OfVolunteer, 5, OrderState.AwaitingRating, Now).Value;

        Assert.That(one.Rate(RatingDirection.OfVolunteer, 1, OrderState.AwaitingRating, Now).Refusal, Is.EqualTo(Refusals.RatingGivenAlready));
    }

    [Test]
    public void Ratings_are_given_while_they_are_asked_for_and_at_no_other_time()
    {
        foreach (var state in Enum.GetValues<OrderState>())
        {
            var outcome = Open.Rate(RatingDirection.OfVolunteer, 5, state, Now);
            Assert.That(outcome.Refusal, Is.EqualTo(state == OrderState.AwaitingRating ? null : Refusals.RatingNotOpen), state.ToString());
        }

        var late = Now.AddDays(7);
        Assert.That(Open.Rate(RatingDirection.OfVolunteer, 5, OrderState.AwaitingRating, late).Refusal, Is.EqualTo(Refusals.RatingNotOpen));
        Assert.That(
            Open.Close(late).Rate(RatingDirection.OfVolunteer, 5, OrderState.AwaitingRating, Now).Refusal,
            Is.EqualTo(Refusals.RatingNotOpen));
    }
}
