using FsCheck;
using Matching.Geography;

namespace Matching.Tests.Geography;

public class PlaceTests
{
    [TestCase(90.0001, 0)]
    [TestCase(-91, 0)]
    [TestCase(0, 180.5)]
    [TestCase(0, -181)]
    [TestCase(double.NaN, 0)]
    [TestCase(0, double.PositiveInfinity)]
    public void A_place_off_the_earth_is_refused(double lat, double lng)
    {
        Assert.That(Places.Read(lat, lng, "wgs84").Refusal, Is.EqualTo(Refusals.PlaceOffEarth));
        Assert.That(Places.Read(lat, lng, "bd09").Refusal, Is.EqualTo(Refusals.PlaceOffEarth));
    }

    [TestCase(-1)]
    [TestCase(100_001)]
    [TestCase(double.NaN)]
    public void An_accuracy_that_says_nothing_is_refused(double accuracyM)
    {
        Assert.That(Places.Read(30, 110, "wgs84", accuracyM).Refusal, Is.EqualTo(Refusals.AccuracyOutOfRange));
    }

    [TestCase(90, 180, 0)]
    [TestCase(-90, -180, 100_000)]
    public void The_ends_of_the_earth_are_on_it(double lat, double lng, double accuracyM)
    {
        Assert.That(Places.Read(lat, lng, "wgs84", accuracyM).Value, Is.EqualTo(new Place(lat, lng, accuracyM)));
    }

    [FsCheck.NUnit.Property]
    public void The_true_place_lies_within_the_blur_and_the_blur_is_blurred_to_itself(DoNotSize<int> seed)
    {
        var place = DistanceTests.Anywhere(new Random(seed.Item)) with { AccuracyM = 30 };
        var blurred = Places.Blur(place);

        Assert.That(Places.Check(blurred), Is.Null);
        Assert.That(Distance.Metres(place, blurred), Is.LessThanOrEqualTo(blurred.AccuracyM));
        var again = Places.Blur(blurred);
        Assert.That((again.Lat, again.Lng), Is.EqualTo((blurred.Lat, blurred.Lng)));
    }

    [Test]
    public void Neighbours_are_blurred_to_the_same_few_places()
    {
        var shown = Enumerable.Range(0, 1_000).Select(i => Places.Blur(A.Home.North(i))).Select(place => (place.Lat, place.Lng)).Distinct();

        Assert.That(shown.Count(), Is.InRange(2, 4));
    }

    [TestCase(0, 0, GeofenceAnswer.Inside)]
    [TestCase(299, 0, GeofenceAnswer.Inside)]
    [TestCase(301, 0, GeofenceAnswer.Outside)]
    [TestCase(350, 60, GeofenceAnswer.Inside)]
    [TestCase(450, 900, GeofenceAnswer.Outside)]
    [TestCase(0, 1_001, GeofenceAnswer.TooVague)]
    public void At_a_fence_of_300_metres(double metres, double accuracyM, GeofenceAnswer answer)
    {
        Assert.That(Geofence.Check(A.Home, 300, A.Home.North(metres) with { AccuracyM = accuracyM }), Is.EqualTo(answer));
    }

    [Test]
    public void A_fence_around_a_place_that_is_known_roughly_is_wider()
    {
        Assert.That(Geofence.Check(A.Home with { AccuracyM = 2_000 }, 300, A.Home.North(2_200)), Is.EqualTo(GeofenceAnswer.Inside));
    }
}
